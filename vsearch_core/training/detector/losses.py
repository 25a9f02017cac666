"""Losses of the detector. All return a scalar, summed over the grid and divided by what there was to find."""

from __future__ import annotations

import tensorflow as tf

from vsearch_core.training.detector.layers import LABELS, LAYERS


def heat_loss(logits: tf.Tensor, heat: tf.Tensor, known: tf.Tensor) -> tf.Tensor:
    """The focal loss of Zhou et al., Objects as Points (arXiv 1904.07850): near a middle, being sure costs less.

    Args:
        logits, heat, known: (b, h, w, layers); heat is 1 at middles, known 0 where nothing is judged.
    """
    chance = tf.sigmoid(logits)
    middle = tf.cast(heat > 0.9999, tf.float32)
    hit = middle * (1 - chance) ** 2 * tf.nn.softplus(-logits)
    miss = (1 - middle) * (1 - heat) ** 4 * chance**2 * tf.nn.softplus(logits)
    return tf.reduce_sum((hit + miss) * known) / tf.maximum(tf.reduce_sum(middle * known), 1.0)


def box_loss(logs: tf.Tensor, reach: tf.Tensor, weight: tf.Tensor) -> tf.Tensor:
    """One minus the generalised intersection over union (Rezatofighi et al., arXiv 1902.09630), a weighted mean.

    Args:
        logs: (b, h, w, layers * 4), logarithms of the cells to each edge; reach: (b, h, w, layers, 4), the true
            cells; weight: (b, h, w, layers).
    """
    shape = tf.shape(weight)
    said = tf.exp(tf.clip_by_value(tf.reshape(logs, (shape[0], shape[1], shape[2], weight.shape[-1], 4)), -4.0, 5.0))
    areas = [(one[..., 0] + one[..., 2]) * (one[..., 1] + one[..., 3]) for one in (said, reach)]
    least, most = tf.minimum(said, reach), tf.maximum(said, reach)
    shared = (least[..., 0] + least[..., 2]) * (least[..., 1] + least[..., 3])
    around = (most[..., 0] + most[..., 2]) * (most[..., 1] + most[..., 3])
    union = areas[0] + areas[1] - shared
    agreement = shared / union - (around - union) / around
    return tf.reduce_sum((1 - agreement) * weight) / tf.maximum(tf.reduce_sum(weight), 1.0)


def name_loss(logits: tf.Tensor, name: tf.Tensor, weight: tf.Tensor) -> tf.Tensor:
    """Cross-entropy of the labels within each layer, a weighted mean over cells whose label is known.

    Args:
        logits: (b, h, w, labels); name: (b, h, w, layers) int32, number of the label or -1; weight: as in `box_loss`.
    """
    total, count, start = tf.constant(0.0), tf.constant(0.0), 0
    for place, layer in enumerate(LAYERS):
        size = len(layer.labels)
        if size > 1:
            right = name[..., place] - start
            judged = weight[..., place] * tf.cast(name[..., place] >= 0, tf.float32)
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(
                tf.clip_by_value(right, 0, size - 1), logits[..., start : start + size]
            )
            total += tf.reduce_sum(losses * judged)
            count += tf.reduce_sum(judged)
        start += size
    return total / tf.maximum(count, 1.0)


assert sum(len(layer.labels) for layer in LAYERS) == len(LABELS)
