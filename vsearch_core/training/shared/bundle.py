"""Writes a trained network as a bundle: the files, and the checks before they replace others."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from vsearch_core.errors import BundleError
from vsearch_core.files import replace_bytes, replace_json
from vsearch_core.machine import machine
from vsearch_core.training.shared.state import History
from vsearch_core.training.shared.weights import packed
from vsearch_core.vision.bundle_files import LITERT, SCHEMA, WEIGHTS, seal

LARGEST = 16_000_000
"""Bytes that the model and the weights may have together."""


def write_bundle(
    network: keras.Model,
    model: bytes,
    path: Path,
    *,
    labels: Mapping[str, object],
    training: Mapping[str, object],
    check: Callable[[Path], None],
    keeps_weights: bool = True,
) -> Path:
    """Write a bundle's files, check them, and put them where they belong.

    A bundle that was there is replaced only once the new one is checked: with its card, evaluation and calibration,
    which are figures of the old weights.

    Args:
        network: what was trained; its weights are kept.
        model: the LiteRT file that was made of it.
        labels: what `labels.json` says besides schema and name.
        training: what `training.json` says; machine and versions are added.
        check: opens the draft of the bundle, and raises where it does not answer as the network does.
        keeps_weights: false where they can be had elsewhere, as `training` says.

    Raises:
        BundleError: the files are too large, or the check says so.
    """
    files = {LITERT: model} | ({WEIGHTS: packed(network)} if keeps_weights else {})
    size = sum(map(len, files.values()))
    if size > LARGEST:
        raise BundleError(
            f"{' and '.join(files)} have {size:,} bytes and a bundle may have {LARGEST:,}; use a smaller network."
        )
    draft = path.with_name(f".{path.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        for name, content in files.items():
            replace_bytes(draft / name, content)
        replace_json(draft / "labels.json", {"schema": SCHEMA, "name": path.name, **labels})
        replace_json(draft / "training.json", {**training, **made_with()})
        seal(draft)
        check(draft)
        if path.exists():
            shutil.rmtree(path)
        draft.rename(path)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return path


def training_of(command: str, recipe: Any, data: Mapping[str, object], history: History) -> dict[str, object]:
    """What `training.json` says of a training in epochs.

    Args:
        command: as it is typed; recipe: a dataclass.
    """
    return {
        "command": command,
        "recipe": asdict(recipe),
        "data": data,
        "minutes": round(sum(epoch["seconds"] for epoch in history) / 60, 1),
        "history": history,
    }


def made_with() -> dict[str, object]:
    """The machine in words, and the versions of what a network was made with."""
    return {
        "machine": machine(),
        "versions": {"python": platform.python_version(), "tensorflow": tf.__version__, "keras": keras.__version__},
    }


def to_litert(network: keras.Model) -> bytes:
    """A network as a LiteRT model with float16 weights, for one picture a call."""
    picture = keras.Input(network.input_shape[1:], batch_size=1, dtype="float32", name="image")
    # not from a concrete function: with that the converter leaves the weights out of the file
    model = keras.Model(picture, network(picture, training=False))
    return converted(tf.lite.TFLiteConverter.from_keras_model(model))


def converted(converter: Any) -> bytes:
    """What a LiteRT converter makes, with float16 weights."""
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_types = [tf.float16]
    return bytes(converter.convert())
