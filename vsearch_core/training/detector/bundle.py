"""Writes a trained detector as the bundle that ships."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path

import keras
import numpy as np

from vsearch_core.contracts import Photo
from vsearch_core.errors import BundleError
from vsearch_core.training.detector.layers import LAYERS
from vsearch_core.training.detector.network import answering, of_size
from vsearch_core.training.detector.train import PLAIN, DetectorOutcome
from vsearch_core.training.shared.bundle import to_litert, training_of, write_bundle
from vsearch_core.vision.detector import Detector

_SAME = 0.03
"""How much a score may differ between the network and its LiteRT model with 16-bit weights."""


def write_detector(
    outcome: DetectorOutcome, path: Path, *, command: str = "python -m vsearch_core train detector"
) -> Path:
    """Convert to LiteRT, check that it still finds what the network finds, and write the bundle.

    `evaluate detector` chooses the thresholds on validation and writes card and figures.

    Raises:
        BundleError: the model is too large, or its LiteRT form disagrees with the network.
    """
    recipe = outcome.recipe
    answers = answering(of_size(outcome.network, recipe.serving))
    labels = {
        "size": recipe.serving,
        "side": max(recipe.serving),
        "layers": [asdict(layer) for layer in LAYERS],
        "thresholds": asdict(PLAIN),
    }
    return write_bundle(
        outcome.network,
        to_litert(answers),
        path,
        labels=labels,
        training=training_of(command, recipe, outcome.data, outcome.history),
        check=partial(_check_agreement, answers),
    )


def _check_agreement(answers: keras.Model, path: Path) -> None:
    """The LiteRT model and the network must be equally sure of everything."""
    detector = Detector.open(path, threads=1)
    width, height = detector.size
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
