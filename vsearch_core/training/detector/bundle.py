"""Writes a trained detector as the bundle that ships."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from vsearch_core.contracts import Photo
from vsearch_core.errors import BundleError
from vsearch_core.files import replace_bytes, replace_json
from vsearch_core.training.detector.layers import LAYERS
from vsearch_core.training.detector.network import answering, of_size, to_litert
from vsearch_core.training.detector.train import PLAIN, DetectorOutcome
from vsearch_core.training.shared.bundle import machine
from vsearch_core.vision.bundle_files import SCHEMA, seal
from vsearch_core.vision.detector import Detector

LARGEST = 8_000_000
_SAME = 0.03
"""How much a score may differ between the network and its LiteRT model with 16-bit weights."""


def write_detector(outcome: DetectorOutcome, path: Path, *, command: str = "train detector") -> Path:
    """Convert to LiteRT, check that it still finds what the network finds, and write the bundle's files.

    A bundle that was there is replaced only once the new one is checked; `evaluate detector` chooses the thresholds on
    validation and writes card and figures.

    Raises:
        BundleError: the LiteRT model is too large or disagrees with the network.
    """
    recipe = outcome.recipe
    network = of_size(outcome.network, recipe.serving)
    model = to_litert(network)
    if len(model) > LARGEST:
        raise BundleError(f"The model has {len(model):,} bytes and a bundle may have {LARGEST:,}; use a smaller one.")
    draft = path.with_name(f".{path.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        replace_bytes(draft / "model.tflite", model)
        replace_json(
            draft / "labels.json",
            {
                "schema": SCHEMA,
                "name": path.name,
                "size": recipe.serving,
                "side": max(recipe.serving),
                "layers": [asdict(layer) for layer in LAYERS],
                "thresholds": asdict(PLAIN),
            },
        )
        replace_json(
            draft / "training.json",
            {
                "command": f"python -m vsearch_core {command}",
                "recipe": asdict(recipe),
                "data": outcome.data,
                "minutes": round(sum(epoch["seconds"] for epoch in outcome.history) / 60, 1),
                "history": outcome.history,
                "machine": machine(),
                "versions": {
                    "python": platform.python_version(),
                    "tensorflow": tf.__version__,
                    "keras": keras.__version__,
                },
            },
        )
        seal(draft)
        _check_agreement(network, draft)
        if path.exists():
            # with the card and evaluation, which are figures of the old weights
            shutil.rmtree(path)
        draft.rename(path)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return path


def _check_agreement(network: keras.Model, path: Path) -> None:
    """The LiteRT model and the network must be equally sure of everything."""
    detector = Detector.open(path, threads=1)
    width, height = detector.size
    answers = answering(network)
    for pixels in _patterns(height, width):
        expected = answers(pixels[None].astype(np.float32), training=False)["scores"].numpy().max(axis=(0, 1))
        got = detector.outputs(Photo(pixels, (width, height), "array"))["scores"].max(axis=0)
        worst = float(np.abs(expected - got).max())
        if not worst <= _SAME:  # also where it is not a number
            raise BundleError(f"The LiteRT model's scores differ from the network's by {worst:.3f}; do not ship it.")


def _patterns(height: int, width: int) -> Sequence[np.ndarray]:
    random = np.random.default_rng(0)
    blocks = random.integers(0, 256, (2, height // 32, width // 32, 3), dtype=np.uint8)
    return [np.repeat(np.repeat(one, 32, axis=0), 32, axis=1) for one in blocks]
