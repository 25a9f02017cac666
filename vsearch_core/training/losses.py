"""Losses of the fashion network. All take logits or L2-normalised embeddings and return a mean over the batch."""

from __future__ import annotations

import keras
import tensorflow as tf

_FAR = -1e9


def any_right_type(logits: tf.Tensor, right: tf.Tensor) -> tf.Tensor:
    """Cross-entropy where several classes may be right: minus the log of the sum of their probabilities.

    Args:
        logits: (b, classes).
        right: (b, classes), 1 for every class that counts as right; rows without any are left out.
    """
    known = tf.cast(tf.reduce_any(right > 0, axis=1), tf.float32)
    chosen = tf.reduce_logsumexp(tf.where(right > 0, logits, _FAR), axis=1)
    losses = tf.reduce_logsumexp(logits, axis=1) - chosen
    return tf.reduce_sum(losses * known) / tf.maximum(tf.reduce_sum(known), 1.0)


def known_class(logits: tf.Tensor, number: tf.Tensor) -> tf.Tensor:
    """Cross-entropy over the rows whose class is known (`number` >= 0).

    Args:
        logits: (b, classes); number: (b,) int32.
    """
    known = tf.cast(number >= 0, tf.float32)
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.maximum(number, 0), logits)
    return tf.reduce_sum(losses * known) / tf.maximum(tf.reduce_sum(known), 1.0)


class Proxies(keras.layers.Layer):
    """One learned direction a class; logits are cosines over a temperature (normalised softmax).

    Source: Zhai and Wu, Classification is a Strong Baseline for Deep Metric Learning, arXiv 1811.12649.
    """

    def __init__(self, classes: int, dimension: int, temperature: float, name: str) -> None:
        super().__init__(name=name)
        self.temperature = temperature
        self.directions = self.add_weight(
            shape=(classes, dimension), initializer=keras.initializers.RandomNormal(seed=7), name="directions"
        )

    def call(self, embeddings: tf.Tensor) -> tf.Tensor:
        """(b, d) L2-normalised -> (b, classes) logits."""
        return tf.matmul(embeddings, tf.math.l2_normalize(self.directions, axis=1), transpose_b=True) / self.temperature


class InstanceBank:
    """Tells every product from all others: a memory of one embedding a product, compared with the new one.

    Source: Wu et al., Unsupervised Feature Learning via Non-Parametric Instance Discrimination, arXiv 1805.01978.
    Products of one group (same title, near-identical picture) are never pushed apart; products that were not seen
    yet take no part.
    """

    def __init__(self, groups: tf.Tensor, dimension: int, *, temperature: float = 0.07, keep: float = 0.4) -> None:
        self.temperature, self.keep = temperature, keep
        self.groups = tf.constant(groups, tf.int32)
        count = int(self.groups.shape[0])
        self.embeddings = tf.Variable(tf.zeros((count, dimension)), trainable=False, name="bank")
        self.seen = tf.Variable(tf.zeros((count,), tf.bool), trainable=False, name="bank_seen")

    def loss(self, embeddings: tf.Tensor, rows: tf.Tensor) -> tf.Tensor:
        """Cross-entropy of finding each row's own memory among all; rows outside the bank and unseen are left out.

        Args:
            embeddings: (b, d) L2-normalised; rows: (b,) int32, -1 for pictures that have no place in the bank.
        """
        inside = tf.maximum(rows, 0)
        known = tf.cast((rows >= 0) & tf.gather(self.seen, inside), tf.float32)
        logits = tf.matmul(embeddings, self.embeddings, transpose_b=True) / self.temperature
        same_group = tf.gather(self.groups, inside)[:, None] == self.groups[None]
        own = tf.reduce_sum(embeddings * tf.gather(self.embeddings, inside), axis=1) / self.temperature
        others = tf.where(same_group | ~self.seen[None], _FAR, logits)
        losses = tf.reduce_logsumexp(tf.concat([own[:, None], others], axis=1), axis=1) - own
        return tf.reduce_sum(losses * known) / tf.maximum(tf.reduce_sum(known), 1.0)

    def remember(self, embeddings: tf.Tensor, rows: tf.Tensor) -> None:
        """Move the memory of the rows towards their new embeddings."""
        inside = tf.where(rows >= 0)[:, 0]
        rows, embeddings = tf.gather(rows, inside), tf.gather(embeddings, inside)
        kept = tf.gather(self.embeddings, rows) * self.keep + embeddings * (1 - self.keep)
        self.embeddings.scatter_nd_update(rows[:, None], tf.math.l2_normalize(kept, axis=1))
        self.seen.scatter_nd_update(rows[:, None], tf.ones_like(rows, tf.bool))
