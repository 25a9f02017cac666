"""Joins what a network sees with what it takes it for: one embedding for similar products of the same type."""

from __future__ import annotations

from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf

BATCH = 128


class HellingerTypes(keras.layers.Layer):
    """Logits -> square roots of their probabilities, an L2-normalised vector.

    The inner product of two such vectors is the Bhattacharyya coefficient: 1 where two pictures get the same
    probabilities, 0 where no type is likely for both.
    """

    def __init__(self, temperature: float, name: str) -> None:
        super().__init__(name=name)
        self.temperature = temperature

    def call(self, logits: tf.Tensor) -> tf.Tensor:
        """(b, types) -> (b, types)."""
        return keras.ops.sqrt(keras.ops.softmax(logits / self.temperature))


def with_types(
    network: keras.Model, pictures: Sequence[np.ndarray], *, share: float, temperature: float
) -> keras.Model:
    """The network with an embedding whose inner product is `1 - share` of the old one and `share` of the types'.

    The joined vector is brought back to the old dimension along its principal directions on `pictures`, so that a store
    stays as small and as fast to search.

    Args:
        pictures: of part train, (n, side, side, 3) uint8, more than the embedding has dimensions.
        share, temperature: see `joint_network`.
    """
    whole = joint_network(network, share=share, temperature=temperature)
    wide = keras.Model(whole.input, whole.get_layer("joined").output)
    vectors = np.concatenate(
        [
            np.asarray(wide(np.stack(pictures[start : start + BATCH]).astype(np.float32), training=False))
            for start in range(0, len(pictures), BATCH)
        ]
    )
    directions = whole.get_layer("principal_directions")
    directions.set_weights([principal_directions(vectors, directions.units)])
    return whole


def joint_network(network: keras.Model, *, share: float, temperature: float) -> keras.Model:
    """The layers of `with_types`, before its principal directions are set.

    Args:
        share: 0..1; temperature: of the types' probabilities.
    """
    picture = keras.Input(network.input_shape[1:], dtype="float32", name="image")
    outputs = dict(network(picture))
    look = outputs["embedding"]
    types = HellingerTypes(temperature, name="types_as_vector")(outputs["product_type"])
    joined = keras.layers.Concatenate(name="joined")([look * (1 - share) ** 0.5, types * share**0.5])
    to_old_dimension = keras.layers.Dense(look.shape[-1], use_bias=False, name="principal_directions")
    outputs["embedding"] = keras.layers.UnitNormalization(name="joint_embedding")(to_old_dimension(joined))
    return keras.Model(picture, outputs, name=network.name)


def principal_directions(vectors: np.ndarray, count: int) -> np.ndarray:
    """The directions that keep most of the vectors' inner products: (n, d) -> (d, count), orthonormal columns."""
    _, directions = np.linalg.eigh(vectors.T.astype(np.float64) @ vectors)
    return np.ascontiguousarray(directions[:, ::-1][:, :count], np.float32)
