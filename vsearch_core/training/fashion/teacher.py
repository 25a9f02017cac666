"""The ImageNet network beside the one that learns, so that nothing it knew is forgotten."""

from __future__ import annotations

import keras
import tensorflow as tf

SHARE = 4
"""One picture in `SHARE` of a batch is shown to the teacher: it costs a forward pass of its own."""


class Teacher:
    """A copy of a network's trunk as it was before the training, and a head that says its features again.

    What can be read from the features is kept, and not the features themselves: they are free to turn. Source: Romero
    et al., FitNets: Hints for Thin Deep Nets, arXiv 1412.6550.
    """

    def __init__(self, network: keras.Model) -> None:
        trunk = next(layer for layer in network.layers if isinstance(layer, keras.Model))
        self.trunk = keras.models.clone_model(trunk)
        self.trunk.set_weights(trunk.get_weights())
        self.trunk.trainable = False
        self.scale = network.get_layer("scale")
        self.head = keras.layers.Dense(trunk.output.shape[-1], name="recall")
        self.head.build((None, trunk.output.shape[-1]))

    @property
    def trainable_variables(self) -> list[keras.Variable]:
        """Those of the head."""
        return self.head.trainable_variables

    def forgotten(self, pixels: tf.Tensor, features: tf.Tensor) -> tf.Tensor:
        """One minus the cosine between the teacher's features and what the head says of them, a mean.

        Args:
            pixels: (b, side, side, 3) in 0..255; features: (b, f) of the network that learns.
        """
        wanted = tf.stop_gradient(self.trunk(self.scale(pixels[::SHARE]), training=False))
        said = self.head(features[::SHARE])
        return tf.reduce_mean(1 + keras.losses.cosine_similarity(wanted, said))
