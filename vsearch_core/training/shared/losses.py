"""Losses of the fashion network. All take logits or L2-normalised embeddings and return a mean over the batch."""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf

_FAR = -1e9

MOST_TWINS = 10
"""A larger group is mostly a title that names many designs ("Women Silver Earrings"): its products are not twins."""


def any_right_type(logits: tf.Tensor, right: tf.Tensor) -> tf.Tensor:
    """Cross-entropy where several classes may be right: minus the log of the sum of their probabilities.

    Args:
        logits: (b, classes).
        right: (b, classes), 1 for every class that counts as right; rows without any are left out.
    """
    known = tf.cast(tf.reduce_any(right > 0, axis=1), tf.float32)
    chosen = tf.reduce_logsumexp(tf.where(right > 0, logits, _FAR), axis=1)
    losses = tf.reduce_logsumexp(logits, axis=1) - chosen
    return _mean(losses, known)


def known_class(logits: tf.Tensor, number: tf.Tensor) -> tf.Tensor:
    """Cross-entropy over the rows whose class is known (`number` >= 0).

    Args:
        logits: (b, classes); number: (b,) int32.
    """
    known = tf.cast(number >= 0, tf.float32)
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.maximum(number, 0), logits)
    return _mean(losses, known)


def sureness(logits: tf.Tensor, nothing: tf.Tensor) -> tf.Tensor:
    """How far the probabilities are from being all the same, where a picture shows none of the classes.

    Args:
        logits: (b, classes); nothing: (b,) booleans.
    """
    even = tf.reduce_logsumexp(logits, axis=1) - tf.reduce_mean(logits, axis=1)
    return _mean(even - tf.math.log(tf.cast(tf.shape(logits)[1], tf.float32)), tf.cast(nothing, tf.float32))


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
    """A memory of one embedding a product, which every new embedding is compared with.

    Products of one group (same title, near-identical picture) are never pushed apart; products that were not seen
    yet take no part. `types` (n,) is the number of each product's type; the number of types stands for none of them.
    """

    def __init__(
        self,
        groups: np.ndarray,
        types: np.ndarray,
        dimension: int,
        *,
        temperature: float = 0.07,
        keep: float = 0.4,
    ) -> None:
        self.temperature, self.keep = temperature, keep
        self.groups, self.types = tf.constant(groups, tf.int32), tf.constant(types, tf.int32)
        count = int(self.groups.shape[0])
        self.sizes = tf.constant(np.bincount(groups)[groups], tf.int32)
        self.embeddings = tf.Variable(tf.zeros((count, dimension)), trainable=False, name="bank")
        self.seen = tf.Variable(tf.zeros((count,), tf.bool), trainable=False, name="bank_seen")

    def losses(self, embeddings: tf.Tensor, rows: tf.Tensor, right: tf.Tensor) -> dict[str, tf.Tensor]:
        """Cross-entropies of finding the right thing among all memories.

        `instance` is of finding each row's own product (Wu et al., Unsupervised Feature Learning via Non-Parametric
        Instance Discrimination, arXiv 1805.01978); rows outside the bank and unseen ones are left out. The others are
        of finding any product of several (Wu et al., Improving Generalization via Scalable Neighborhood Component
        Analysis, arXiv 1808.04699): `neighbour` of finding one of a right type in another group, which holds for user
        photos too, which are no product's, and `twin` of finding another one of the row's own group of few.

        Args:
            embeddings: (b, d) L2-normalised; rows: (b,) int32, -1 for pictures that have no place in the bank.
            right: (b, types), 1 for every type that counts as right.
        """
        inside = tf.maximum(rows, 0)
        stored = rows >= 0
        logits = tf.matmul(embeddings, self.embeddings, transpose_b=True) / self.temperature
        logits = tf.where(self.seen[None], logits, _FAR)
        same_group = stored[:, None] & (tf.gather(self.groups, inside)[:, None] == self.groups[None])
        own = tf.reduce_sum(embeddings * tf.gather(self.embeddings, inside), axis=1) / self.temperature
        others = tf.where(same_group, _FAR, logits)
        everything = tf.reduce_logsumexp(others, axis=1)

        known = tf.cast(stored & tf.gather(self.seen, inside), tf.float32)
        instance = _added(own, everything) - own

        with_unknown = tf.pad(right, [[0, 0], [0, 1]])
        of_kind = tf.gather(with_unknown, self.types, axis=1) > 0
        chosen = tf.reduce_logsumexp(tf.where(of_kind, others, _FAR), axis=1)
        any_there = tf.cast(chosen > _FAR / 2, tf.float32)

        itself = inside[:, None] == tf.range(tf.shape(self.groups)[0])[None]
        few = tf.gather(self.sizes, inside) <= MOST_TWINS
        twins = tf.reduce_logsumexp(tf.where(same_group & ~itself & few[:, None], logits, _FAR), axis=1)
        twins_there = tf.cast(twins > _FAR / 2, tf.float32)
        return {
            "instance": _mean(instance, known),
            "neighbour": _mean(everything - chosen, any_there),
            "twin": _mean(_added(twins, everything) - twins, twins_there),
        }

    def remember(self, embeddings: tf.Tensor, rows: tf.Tensor) -> None:
        """Move the memory of the rows towards their new embeddings."""
        inside = tf.where(rows >= 0)[:, 0]
        rows, embeddings = tf.gather(rows, inside), tf.gather(embeddings, inside)
        kept = tf.gather(self.embeddings, rows) * self.keep + embeddings * (1 - self.keep)
        self.embeddings.scatter_nd_update(rows[:, None], tf.math.l2_normalize(kept, axis=1))
        self.seen.scatter_nd_update(rows[:, None], tf.ones_like(rows, tf.bool))


def _added(one: tf.Tensor, other: tf.Tensor) -> tf.Tensor:
    return tf.reduce_logsumexp(tf.stack([one, other], axis=1), axis=1)


def _mean(losses: tf.Tensor, counted: tf.Tensor) -> tf.Tensor:
    """Over the rows that count; zero where there is none (and no NaN from rows that do not)."""
    return tf.reduce_sum(tf.where(counted > 0, losses, 0.0)) / tf.maximum(tf.reduce_sum(counted), 1.0)
