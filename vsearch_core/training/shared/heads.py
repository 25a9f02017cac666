"""Heads on the pooled features of a trunk: linear probes, projections, and the network that they make together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import keras
import numpy as np
import tensorflow as tf

from vsearch_core.contracts import ATTRIBUTES
from vsearch_core.training.shared.datasets import Targets
from vsearch_core.training.shared.descent import by_steps, descend
from vsearch_core.training.shared.labels import Labels
from vsearch_core.training.shared.losses import any_right_type, known_class

_BLOCK, _PROBE_BATCH = 256, 256


def pooled(base: keras.Model, pixels: np.ndarray, rows: Sequence[int] | np.ndarray) -> np.ndarray:
    """A trunk's features of some pictures.

    Args:
        base: (b, side, side, 3) in -1..1 -> (b, f).
        pixels: (n, side, side, 3) uint8.

    Returns:
        (len(rows), f) float32.
    """
    forward = tf.function(lambda block: base(block, training=False), reduce_retracing=True)
    found = []
    for start in range(0, len(rows), _BLOCK):
        block = np.asarray(pixels[rows[start : start + _BLOCK]], np.float32)
        found.append(forward(tf.constant(block / 127.5 - 1)).numpy())
    return np.concatenate(found)


def linear_probe(features: np.ndarray, targets: Targets, labels: Labels, *, epochs: int, seed: int) -> keras.Model:
    """Linear classifiers of product type and attributes on frozen features.

    Args:
        features: (n, f) float32; targets: of the same rows.

    Returns:
        A network of (b, f) that gives a dict of logits, the product type and each attribute.
    """
    keras.utils.set_random_seed(seed)
    given = keras.Input((features.shape[1],), name="features")
    # features of a trunk are of any size: a fixed scale makes one learning rate fit all
    scaled = keras.layers.Normalization(mean=features.mean(axis=0), variance=features.var(axis=0) + 1e-3)(given)
    outputs = {"product_type": keras.layers.Dense(len(labels.product_types), name="product_type")(scaled)}
    outputs |= {name: keras.layers.Dense(len(values), name=name)(scaled) for name, values in labels.attributes.items()}
    probe = keras.Model(given, outputs, name="probe")

    def loss_of(rows: tf.Tensor, types: tf.Tensor, attributes: tf.Tensor) -> tf.Tensor:
        out = probe(rows, training=True)
        attribute = [known_class(out[name], attributes[:, place]) for place, name in enumerate(ATTRIBUTES)]
        return any_right_type(out["product_type"], types) + tf.add_n(attribute)

    steps = epochs * (len(features) // min(_PROBE_BATCH, len(features)))
    batches = (
        (tf.constant(features[rows]), tf.constant(targets.types[rows]), tf.constant(targets.attributes[rows]))
        for rows in shuffled(len(features), _PROBE_BATCH, seed)
    )
    descend(probe.trainable_variables, loss_of, batches, peak_rate=2e-3, place=by_steps(steps))
    return probe


def shuffled(count: int, size: int, seed: int) -> Iterator[np.ndarray]:
    """Batches of row numbers, every row once before any comes again, without end."""
    random = np.random.default_rng(seed)
    size = min(size, count)
    while True:
        order = random.permutation(count)
        for start in range(0, count - size + 1, size):
            yield order[start : start + size]


def main_directions(features: np.ndarray, dimension: int) -> tuple[np.ndarray, np.ndarray]:
    """The projection on the first principal components.

    Args:
        features: (n, f).

    Returns:
        (f, dimension) directions and the (dimension,) bias that puts the mean at zero.
    """
    mean = features.mean(axis=0, dtype=np.float64)
    covariance = features.T.astype(np.float64) @ features / len(features) - np.outer(mean, mean)
    _, vectors = np.linalg.eigh(covariance)
    directions = vectors[:, ::-1][:, :dimension]
    return directions.astype(np.float32), (-mean @ directions).astype(np.float32)


def projection(
    size: int, dimension: int, *, layer_norm: bool, features: np.ndarray | None = None, seed: int = 0
) -> keras.Model:
    """A head that gives L2-normalised embeddings of features.

    Args:
        size: of the features.
        layer_norm: as in the normalised softmax of Zhai and Wu, arXiv 1811.12649: without scale and offset.
        features: (n, size); where they are given, the head begins as their principal components (at most `size`),
            else as orthogonal directions drawn at random, which keep distances in any dimension.
    """
    given = keras.Input((size,), name="features")
    linear = keras.layers.Dense(dimension, kernel_initializer=keras.initializers.Orthogonal(seed=seed), name="linear")
    value = linear(given)
    if features is not None:
        linear.set_weights(list(main_directions(features, dimension)))
    if layer_norm:
        value = keras.layers.LayerNormalization(center=False, scale=False, name="direction")(value)
    return keras.Model(given, keras.layers.UnitNormalization(name="unit")(value), name="head")


def assembled(side: int, base: keras.Model, probe: keras.Model, head: keras.Model | None) -> keras.Model:
    """Trunk, probes and head as one network of the bundle's contract (see `network.fashion_network`).

    Args:
        head: features -> embeddings; without it the embedding is the L2-normalised features.
    """
    picture = keras.Input((side, side, 3), dtype="float32", name="image")
    features = base(keras.layers.Rescaling(1 / 127.5, offset=-1, name="scale")(picture))
    unit = head(features) if head is not None else keras.layers.UnitNormalization(name="unit")(features)
    return keras.Model(picture, {**probe(features), "embedding": unit, "features": features})
