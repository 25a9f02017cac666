"""Writes a trained fashion network, or another with its outputs, as the bundle that ships."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import keras
import numpy as np

from vsearch_core.contracts import Photo
from vsearch_core.errors import BundleError
from vsearch_core.training.fashion.network import answering
from vsearch_core.training.fashion.train import Outcome
from vsearch_core.training.shared.bundle import to_litert, training_of, write_bundle
from vsearch_core.training.shared.labels import Labels
from vsearch_core.vision.bundle import Bundle
from vsearch_core.vision.fashion import FashionModel

_SAME = 0.999


def write_fashion(outcome: Outcome, path: Path, *, command: str = "python -m vsearch_core train fashion") -> Path:
    """Write what `train_fashion` made as a bundle; `evaluate fashion` writes card and figures.

    Raises:
        BundleError: the model is too large, or its LiteRT form disagrees with the network.
    """
    recipe = outcome.recipe
    training = training_of(command, recipe, outcome.data, outcome.history)
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
    keeps_weights: bool = True,
) -> Path:
    """Convert to LiteRT, check that it still says what the network says, and write the bundle.

    Args:
        network: with outputs as those of `fashion_network`, the embedding of any dimension.
        training: what `training.json` says; machine and versions are added.
        trims: whether the network learned from catalogue pictures that were trimmed to their content.
        keeps_weights: see `write_bundle`.

    Raises:
        BundleError: the model is too large, or its LiteRT form disagrees with the network.
    """
    names = {
        "side": side,
        "trims": trims,
        "dimension": int(network.output["embedding"].shape[-1]),
        "product_types": labels.product_types,
        "attributes": labels.attributes,
        "hierarchy": labels.hierarchy,
    }
    return write_bundle(
        network,
        to_litert(answering(network)),
        path,
        labels=names,
        training=training,
        check=partial(_check_agreement, network, side),
        keeps_weights=keeps_weights,
    )


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
