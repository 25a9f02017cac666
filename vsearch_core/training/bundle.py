"""Writes a trained network as the bundle that ships."""

from __future__ import annotations

import os
import platform
import shutil
from dataclasses import asdict
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from vsearch_core.contracts import Photo
from vsearch_core.errors import BundleError
from vsearch_core.files import replace_bytes, replace_json
from vsearch_core.training.fashion import Outcome
from vsearch_core.training.network import EMBEDDING, to_litert
from vsearch_core.vision.bundle import SCHEMA, Bundle
from vsearch_core.vision.fashion import FashionModel

LARGEST = 16_000_000
_SAME = 0.999


def write_bundle(outcome: Outcome, path: Path) -> Path:
    """Convert to LiteRT, check that it still says what the network says, and write the bundle's files.

    A bundle that was there is replaced only once the new one is checked; `evaluate fashion` writes card and figures.

    Raises:
        BundleError: the LiteRT model is too large or disagrees with the network.
    """
    model = to_litert(outcome.network, outcome.recipe.side)
    if len(model) > LARGEST:
        raise BundleError(f"The model has {len(model):,} bytes and a bundle may have {LARGEST:,}; use a smaller one.")
    labels = {
        "schema": SCHEMA,
        "name": path.name,
        "side": outcome.recipe.side,
        "dimension": EMBEDDING,
        "product_types": outcome.labels.product_types,
        "attributes": outcome.labels.attributes,
        "hierarchy": outcome.labels.hierarchy,
    }
    training = {
        "command": "python -m vsearch_core train fashion",
        "recipe": asdict(outcome.recipe),
        "data": outcome.data,
        "minutes": round(sum(epoch["seconds"] for epoch in outcome.history) / 60, 1),
        "history": outcome.history,
        "machine": f"{os.cpu_count()} processor cores, {platform.machine()}",
        "versions": {"python": platform.python_version(), "tensorflow": tf.__version__, "keras": keras.__version__},
    }
    draft = path.with_name(f".{path.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        replace_bytes(draft / "model.tflite", model)
        replace_json(draft / "labels.json", labels)
        replace_json(draft / "training.json", training)
        _check_agreement(outcome, draft)
        if path.exists():
            # with the card, evaluation and calibration, which are figures of the old weights
            shutil.rmtree(path)
        draft.rename(path)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return path


def _check_agreement(outcome: Outcome, path: Path) -> None:
    """The LiteRT model and the network must give the same embeddings."""
    side = outcome.recipe.side
    pictures = np.random.default_rng(0).integers(0, 256, (4, side, side, 3), dtype=np.uint8)
    expected = outcome.network.predict(pictures.astype(np.float32), verbose=0)["embedding"]
    got = FashionModel(Bundle.open(path)).embed([Photo(picture, (side, side), "array") for picture in pictures])
    worst = float((expected * got).sum(axis=1).min())
    if not worst >= _SAME:  # also where it is not a number
        raise BundleError(
            f"The LiteRT model's embeddings differ from the network's (cosine {worst:.4f}); do not ship it."
        )
