"""The network of `models/fashion`: one trunk, heads for product type and attributes, one embedding."""

from __future__ import annotations

from pathlib import Path

import keras

from vsearch_core.training.fashion.recipe import MOBILENET
from vsearch_core.training.shared import efficientnet_lite as lite
from vsearch_core.training.shared.labels import Labels
from vsearch_core.training.shared.trunks import lite_trunk, trunk

EMBEDDING = 256
VECTORS = ("embedding", "features")
"""Outputs that are not probabilities."""


def fashion_network(
    side: int, labels: Labels, keras_home: Path, *, frozen_before: str, trunk_name: str = MOBILENET
) -> keras.Model:
    """Outputs a dict: `product_type` and each attribute as logits, `embedding` L2-normalised, `features` as pooled.

    Input: (batch, side, side, 3), values 0..255 in any number type.

    Args:
        trunk_name: `MOBILENET` or `LITE0`.
    """
    picture = keras.Input((side, side, 3), dtype="float32", name="image")
    if trunk_name == MOBILENET:
        scaled = keras.layers.Rescaling(1 / 127.5, offset=-1, name="scale")(picture)
        features = trunk(side, keras_home, frozen_before=frozen_before)(scaled)
    else:
        features = lite_trunk(side, frozen_before=frozen_before)(lite.scaled(picture))
    kept = keras.layers.Dropout(0.2, seed=1, name="dropout")(features)
    outputs = {"product_type": keras.layers.Dense(len(labels.product_types), name="product_type")(kept)}
    for name, values in labels.attributes.items():
        outputs[name] = keras.layers.Dense(len(values), name=name)(kept)
    direction = keras.layers.LayerNormalization(name="direction")(
        keras.layers.Dense(EMBEDDING, use_bias=False, name="projection")(features)
    )
    outputs["embedding"] = keras.layers.UnitNormalization(name="embedding")(direction)
    outputs["features"] = features
    return keras.Model(picture, outputs, name="fashion")


def answering(network: keras.Model) -> keras.Model:
    """The network as a bundle's model gives its answers, by name: probabilities of `product_type` and each attribute,
    and as they are `embedding` and, where the network gives them, `features`."""
    named = {
        name: keras.layers.Identity(name=f"out_{name}")(value)
        if name in VECTORS
        else keras.layers.Softmax(name=f"out_{name}")(value)
        for name, value in network.output.items()
    }
    return keras.Model(network.input, named, name="answers")
