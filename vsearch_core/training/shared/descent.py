"""The one way in which the studies' networks and heads are trained: AdamW, a short warm-up, a cosine to zero."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence

import keras
import numpy as np
import tensorflow as tf

from vsearch_core.training.shared.epochs import optimiser_of
from vsearch_core.training.shared.stages import rate_at

WARM_UP = 0.05
WEIGHT_DECAY = 1e-4


def by_steps(steps: int) -> Callable[[int], float]:
    """The place of each step (from 0) in a training of `steps` steps; 1 behind the last one."""
    return lambda number: (number + 1) / (steps + 1) if number < steps else 1.0


def by_minutes(minutes: float, clock: Callable[[], float] = time.monotonic) -> Callable[[int], float]:
    """The place in a training that lasts some minutes from its second step on: the first one compiles the graph."""
    started: list[float] = []

    def place(number: int) -> float:
        if number == 0:
            return 1e-3
        if not started:
            started.append(clock())
        return max(1e-3, (clock() - started[0]) / (60 * minutes))

    return place


def descend(
    variables: Sequence[keras.Variable],
    loss_of: Callable[..., tf.Tensor],
    batches: Iterable[tuple[tf.Tensor, ...]],
    *,
    peak_rate: float,
    place: Callable[[int], float],
) -> list[float]:
    """Train until `place` reaches 1 or the batches end.

    Args:
        variables: what is trained.
        loss_of: a mean loss of one batch's tensors.
        place: of each step, from `by_steps` or `by_minutes`.

    Returns:
        The loss of every step.
    """
    optimiser = optimiser_of(0.0, variables, weight_decay=WEIGHT_DECAY)

    @tf.function
    def step(*tensors: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            loss = loss_of(*tensors)
        optimiser.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        return loss

    losses = []
    for number, tensors in enumerate(batches):
        now = place(number)
        if now >= 1:
            break
        optimiser.learning_rate.assign(float(rate_at(np.array(now), peak_rate, WARM_UP)))
        losses.append(step(*tensors))
    return [float(loss) for loss in losses]
