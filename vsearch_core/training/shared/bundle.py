"""Writes a trained network as the bundle that ships."""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from vsearch_core.contracts import Photo
from vsearch_core.errors import BundleError
from vsearch_core.files import replace_bytes, replace_json
from vsearch_core.training.fashion.network import to_litert
from vsearch_core.training.fashion.train import Outcome
from vsearch_core.training.shared.labels import Labels
from vsearch_core.vision.bundle import Bundle
from vsearch_core.vision.bundle_files import SCHEMA, seal
from vsearch_core.vision.fashion import FashionModel

LARGEST = 16_000_000
_SAME = 0.999


def write_bundle(outcome: Outcome, path: Path, *, command: str = "python -m vsearch_core train fashion") -> Path:
    """Write what `train_fashion` made as a bundle; `evaluate fashion` writes card and figures.

    Raises:
        BundleError: the LiteRT model is too large or disagrees with the network.
    """
    training = {
        "command": command,
        "recipe": asdict(outcome.recipe),
        "data": outcome.data,
        "minutes": round(sum(epoch["seconds"] for epoch in outcome.history) / 60, 1),
        "history": outcome.history,
    }
    recipe = outcome.recipe
    return write_network(
        outcome.network, path, labels=outcome.labels, side=recipe.side, training=training, trims=recipe.looks
    )


def write_network(
    network: keras.Model,
    path: Path,
    *,
    labels: Labels,
    side: int,
    training: Mapping[str, object],
    trims: bool = False,
) -> Path:
    """Convert to LiteRT, check that it still says what the network says, and write the bundle's files.

    A bundle that was there is replaced only once the new one is checked.

    Args:
        network: with outputs as those of `fashion_network`, the embedding of any dimension.
        training: what `training.json` says; machine and versions are added.
        trims: whether the network learned from catalogue pictures that were trimmed to their content.

    Raises:
        BundleError: the LiteRT model is too large or disagrees with the network.
    """
    model = to_litert(network, side)
    if len(model) > LARGEST:
        raise BundleError(f"The model has {len(model):,} bytes and a bundle may have {LARGEST:,}; use a smaller one.")
    names = {
        "schema": SCHEMA,
        "name": path.name,
        "side": side,
        "trims": trims,
        "dimension": int(network.output["embedding"].shape[-1]),
        "product_types": labels.product_types,
        "attributes": labels.attributes,
        "hierarchy": labels.hierarchy,
    }
    made_with = {
        "machine": machine(),
        "versions": {"python": platform.python_version(), "tensorflow": tf.__version__, "keras": keras.__version__},
    }
    draft = path.with_name(f".{path.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        replace_bytes(draft / "model.tflite", model)
        replace_json(draft / "labels.json", names)
        replace_json(draft / "training.json", {**training, **made_with})
        seal(draft)
        _check_agreement(network, side, draft)
        if path.exists():
            # with the card, evaluation and calibration, which are figures of the old weights
            shutil.rmtree(path)
        draft.rename(path)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return path


def machine() -> str:
    """The machine that this runs on, in words."""
    return f"{os.cpu_count()} processor cores, {platform.machine()}"


def _check_agreement(network: keras.Model, side: int, path: Path) -> None:
    """The LiteRT model and the network must give the same embeddings."""
    pictures = np.random.default_rng(0).integers(0, 256, (4, side, side, 3), dtype=np.uint8)
    expected = network.predict(pictures.astype(np.float32), verbose=0)["embedding"]
    got = FashionModel(Bundle.open(path)).embed([Photo(picture, (side, side), "array") for picture in pictures])
    worst = float((expected * got).sum(axis=1).min())
    if not worst >= _SAME:  # also where it is not a number
        raise BundleError(
            f"The LiteRT model's embeddings differ from the network's (cosine {worst:.4f}); do not ship it."
        )
