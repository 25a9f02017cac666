"""What a training that can be stopped and gone on with keeps after every epoch, and the schedule it goes on with."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from vsearch_core.errors import VsearchError
from vsearch_core.files import replace_json

Say = Callable[[str], None]

History = list[dict[str, Any]]
"""A record an epoch."""


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


def save(checkpoint: tf.train.Checkpoint, folder: Path, history: History) -> None:
    """Keep the state after an epoch; the history is written last and names it."""
    folder.mkdir(parents=True, exist_ok=True)
    checkpoint.write(str(folder / f"epoch-{len(history)}"))
    replace_json(folder / "history.json", history)
    for old in folder.glob(f"epoch-{len(history) - 1}.*"):
        old.unlink()


def resume(checkpoint: tf.train.Checkpoint, folder: Path, *, fresh: bool) -> History:
    """The history of the training that was begun in a folder, with its state read; empty where there is none.

    Args:
        fresh: forget what was begun.
    """
    listing = folder / "history.json"
    if fresh:
        # at once, or a run that is stopped in its first epoch would leave the old one to be gone on with
        listing.unlink(missing_ok=True)
    if not listing.is_file():
        return []
    history = json.loads(listing.read_text(encoding="utf-8"))
    checkpoint.read(str(folder / f"epoch-{len(history)}")).assert_consumed()
    return history


def take_over(earlier: Path, folder: Path) -> None:
    """Begin a training with the epochs of an earlier one whose first stages were the same; their records say so.

    Args:
        earlier: the folder that the earlier one keeps its state in; it stays as it is.

    Raises:
        VsearchError: there is no state in it, or the training has begun by itself (code `cannot_take_over`).
    """
    if (folder / "history.json").is_file():
        raise VsearchError(f"{folder} holds a training that has begun; delete it first.", code="cannot_take_over")
    if not (earlier / "history.json").is_file():
        raise VsearchError(f"{earlier} holds no training; name the folder of one.", code="cannot_take_over")
    history = json.loads((earlier / "history.json").read_text(encoding="utf-8"))
    folder.mkdir(parents=True, exist_ok=True)
    for path in earlier.glob(f"epoch-{len(history)}.*"):
        shutil.copy2(path, folder / path.name)
    replace_json(folder / "history.json", [{"taken_over_from": earlier.name, **record} for record in history])


def let_settle(network: keras.Model, momentum: float) -> None:
    """Let batch-norm statistics follow so fast that a few batches estimate them for the weights as they are.

    During a training they are an average over weights that have changed meanwhile.
    """
    for layer in network._flatten_layers():
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = momentum
