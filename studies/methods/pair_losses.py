"""The classic losses of metric learning over a batch of products, two views each.

All take L2-normalised embeddings (b, d) and the products' groups (b,) int32: rows of one group are the same thing.
"""

from __future__ import annotations

import tensorflow as tf

CONTRASTIVE_MARGIN = 1.0
"""In Euclidean distance, which is 1.41 between embeddings at a right angle."""

TRIPLET_MARGIN = 0.2
"""In squared distance, as in FaceNet."""

_FAR = 1e9


def contrastive(first: tf.Tensor, second: tf.Tensor, same: tf.Tensor) -> tf.Tensor:
    """Pull pairs of the same together, push the others to the margin.

    Source: Hadsell, Chopra and LeCun, Dimensionality Reduction by Learning an Invariant Mapping, CVPR 2006.

    Args:
        first, second: (p, d) embeddings of the pairs; same: (p,) 1 for the same product, else 0.
    """
    squared = tf.reduce_sum(tf.square(first - second), axis=1)
    # the square root has no slope at zero
    distance = tf.sqrt(tf.maximum(squared, 1e-12))
    apart = tf.square(tf.maximum(CONTRASTIVE_MARGIN - distance, 0.0))
    return tf.reduce_mean(same * squared + (1 - same) * apart)


def siamese(embeddings: tf.Tensor, groups: tf.Tensor) -> tf.Tensor:
    """The contrastive loss of a batch: every product's two views, and as many pairs of different products.

    Args:
        embeddings: the two views of a product are neighbours: rows 0 and 1, 2 and 3, …
    """
    one, other = embeddings[0::2], embeddings[1::2]
    next_one = tf.roll(other, -1, axis=0)
    same = tf.cast(groups[0::2] == tf.roll(groups[1::2], -1, axis=0), tf.float32)
    return contrastive(
        tf.concat([one, one], axis=0), tf.concat([other, next_one], axis=0), tf.concat([tf.ones_like(same), same], 0)
    )


def squared_distances(embeddings: tf.Tensor) -> tf.Tensor:
    """(b, b) squared Euclidean distances."""
    return tf.maximum(2 - 2 * tf.matmul(embeddings, embeddings, transpose_b=True), 0.0)


def semi_hard(distances: tf.Tensor, groups: tf.Tensor) -> tf.Tensor:
    """For each pair of anchor and positive the negative to learn from: the nearest of those farther than the positive.

    Where no negative is farther than the positive, it is the farthest one. Source: Schroff, Kalenichenko and Philbin,
    FaceNet, arXiv 1503.03832.

    Args:
        distances: (b, b).

    Returns:
        (b, b) int32: at [anchor, positive] the row of the negative.
    """
    negative = groups[:, None] != groups[None]
    farther = negative[:, None, :] & (distances[:, None, :] > distances[:, :, None])
    nearest = tf.argmin(tf.where(farther, distances[:, None, :], _FAR), axis=2, output_type=tf.int32)
    farthest = tf.argmax(tf.where(negative, distances, -1.0), axis=1, output_type=tf.int32)
    return tf.where(tf.reduce_any(farther, axis=2), nearest, farthest[:, None])


def triplet(embeddings: tf.Tensor, groups: tf.Tensor) -> tf.Tensor:
    """The triplet loss over all pairs of anchor and positive of the batch, with semi-hard negatives."""
    distances = squared_distances(embeddings)
    negatives = tf.gather(distances, tf.stop_gradient(semi_hard(distances, groups)), axis=1, batch_dims=1)
    losses = tf.maximum(distances - negatives + TRIPLET_MARGIN, 0.0)
    same = groups[:, None] == groups[None]
    pairs = tf.cast(same & ~tf.eye(tf.shape(groups)[0], dtype=tf.bool), tf.float32)
    return tf.reduce_sum(losses * pairs) / tf.maximum(tf.reduce_sum(pairs), 1.0)


def matched_views(embeddings: tf.Tensor, groups: tf.Tensor, temperature: float) -> tf.Tensor:
    """Cross-entropy of finding the other view of each product among all views of the batch, both ways.

    Views of the same group are never pushed apart. Source: Sohn, Improved Deep Metric Learning with Multi-class N-pair
    Loss Objective, NeurIPS 2016, on normalised embeddings over a temperature.

    Args:
        embeddings: the two views of a product are neighbours: rows 0 and 1, 2 and 3, …
    """
    one, other = embeddings[0::2], embeddings[1::2]
    logits = tf.matmul(one, other, transpose_b=True) / temperature
    products = groups[0::2]
    itself = tf.eye(tf.shape(products)[0], dtype=tf.bool)
    logits = tf.where((products[:, None] == products[None]) & ~itself, -_FAR, logits)
    own = tf.linalg.diag_part(logits)
    there, back = (tf.reduce_logsumexp(logits, axis=axis) for axis in (1, 0))
    return tf.reduce_mean((there + back) / 2 - own)
