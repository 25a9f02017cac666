"""Runs the epochs of a training: optimiser, mean losses, records, and the batch-norm statistics at the end."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from vsearch_core.training.shared.state import History, Say, save

_TOLD_EVERY = 25
"""Steps between two lines of progress."""


class Restarts(keras.optimizers.schedules.LearningRateSchedule):
    """A learning rate for each step; behind the last one, the last."""

    def __init__(self, table: np.ndarray) -> None:
        self.table = table

    def __call__(self, step: tf.Tensor) -> tf.Tensor:
        """The rate of a step (from 0)."""
        return tf.gather(tf.constant(self.table), tf.minimum(tf.cast(step, tf.int32), len(self.table) - 1))

    def get_config(self) -> dict:
        """What the schedule was made with."""
        return {"table": self.table.tolist()}


def optimiser_of(
    rate: np.ndarray | float, variables: Sequence[keras.Variable], *, weight_decay: float
) -> keras.optimizers.AdamW:
    """AdamW with clipped gradients, built for some variables.

    Args:
        rate: of each step, see `stages.rates`; or one that is assigned later.
    """
    schedule = Restarts(rate) if isinstance(rate, np.ndarray) else rate
    optimiser = keras.optimizers.AdamW(schedule, weight_decay=weight_decay, global_clipnorm=5.0)
    optimiser.build(variables)
    return optimiser


def mean_losses(
    losses: Iterable[Mapping[str, tf.Tensor]], *, epoch: int, steps: int, batch: int, say: Say
) -> dict[str, float]:
    """The mean of each loss over an epoch, with a line of progress now and then.

    Args:
        losses: of each step, made as they are asked for.
        epoch: from 0; steps: of the epoch; batch: pictures of a step.
    """
    started = time.monotonic()
    sums: dict[str, float] = {}
    for number, parts in enumerate(losses, start=1):
        for name, value in parts.items():
            sums[name] = sums.get(name, 0.0) + float(value)
        if number % _TOLD_EVERY == 0:
            speed = number * batch / (time.monotonic() - started)
            means = " ".join(f"{name} {value / number:.3f}" for name, value in sums.items())
            say(f"epoch {epoch + 1} step {number}/{steps} {speed:.1f} pictures/s {means}")
    return {name: round(value / steps, 4) for name, value in sums.items()}


def run_epochs(
    run: Callable[[int], dict[str, Any]],
    checkpoint: tf.train.Checkpoint,
    folder: Path,
    history: History,
    *,
    epochs: int,
    until: int | None = None,
    say: Say,
) -> None:
    """Run the epochs that the history lacks, and keep the state after each.

    Args:
        run: runs an epoch (from 0) and returns its record.
        history: as `state.resume` gives it; the new records are added to it.
        epochs: of the whole training; until: stop after this one, to resume another time.
    """
    if history:
        say(f"going on after epoch {len(history)} of {epochs}")
    for epoch in range(len(history), min(epochs, until or epochs)):
        started = time.monotonic()
        record = run(epoch)
        history.append(record | {"epoch": epoch + 1, "seconds": round(time.monotonic() - started, 1)})
        save(checkpoint, folder, history)
        say(json.dumps(history[-1]))


def settle(network: keras.Model, batches: Iterable[np.ndarray], *, momentum: float) -> None:
    """Estimate the batch-norm statistics of the final weights: during a training they are an average over weights that
    have changed meanwhile.

    Args:
        batches: of pictures, (b, height, width, 3) each.
        momentum: so low that these few batches are enough.
    """
    for layer in network._flatten_layers():
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = momentum
    forward = tf.function(lambda pixels: network(pixels, training=True))
    for pixels in batches:
        forward(tf.constant(pixels, tf.float32))
