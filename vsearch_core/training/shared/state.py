"""Keeps the state of a training after every epoch, so that it can be stopped and resumed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import tensorflow as tf

from vsearch_core.errors import VsearchError
from vsearch_core.files import replace_json

Say = Callable[[str], None]

History = list[dict[str, Any]]
"""A record an epoch."""


def save(checkpoint: tf.train.Checkpoint, folder: Path, history: History) -> None:
    """Write the state after an epoch; the history is written last, and says which epoch's state counts."""
    folder.mkdir(parents=True, exist_ok=True)
    checkpoint.write(str(folder / f"epoch-{len(history)}"))
    replace_json(folder / "history.json", history)
    for old in folder.glob(f"epoch-{len(history) - 1}.*"):
        old.unlink()


def resume(checkpoint: tf.train.Checkpoint, folder: Path, *, fresh: bool) -> History:
    """Read the state that a folder keeps, and return its history; empty where there is none.

    Args:
        fresh: forget what is kept there.
    """
    listing = folder / "history.json"
    if fresh:
        # at once, or a run that is stopped in its first epoch would leave the old training to be resumed
        listing.unlink(missing_ok=True)
    if not listing.is_file():
        return []
    history = json.loads(listing.read_text(encoding="utf-8"))
    checkpoint.read(str(folder / f"epoch-{len(history)}")).assert_consumed()
    return history


def take_over(earlier: Path, folder: Path) -> None:
    """Copy the state of an earlier training, whose first stages were the same, to begin another one with it.

    The records of the copied epochs say where they are from.

    Args:
        earlier: the folder of the earlier training's state; it stays as it is.
        folder: of the new training's.

    Raises:
        VsearchError: `earlier` holds no state, or `folder` holds one already (code `cannot_take_over`).
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
