"""User photos against the catalogue: is what is found of the right kind?

Right is what `photo_types.csv` says of a photo's label. Micro: every photo counts the same; macro: every label does.
"""

from __future__ import annotations

import numpy as np

from vsearch_core.evaluation.statistics import Figure, Stopwatch, group_weights, mean_figure, nearest, weighted_figure


def user_photo_figures(
    embeddings: np.ndarray,
    predicted: np.ndarray | None,
    right: np.ndarray,
    labels: np.ndarray,
    senders: np.ndarray,
    *,
    gallery: np.ndarray,
    kinds: np.ndarray,
) -> dict[str, object]:
    """Shares of right kinds: of the predicted type, of the first hit, among the first ten hits.

    Args:
        embeddings: (q, d); predicted: (q,) the most probable product type of each photo; None of a model that
            tells none, which has no figures of it.
        right: (q,) sets of product types that count as right; labels, senders: (q,).
        gallery: (n, d) of the whole catalogue; kinds: (n,) its product types.
    """
    with Stopwatch(len(embeddings)) as watch:
        found, _ = nearest(embeddings, gallery, 10)
    hits = np.array([np.isin(kinds[rows], list(one)) for rows, one in zip(found, right, strict=True)], np.float64)
    told: dict[str, object] = {}
    typed = None
    if predicted is not None:
        typed = np.array([name in one for name, one in zip(predicted, right, strict=True)], np.float64)
        told["type_is_right_kind"] = mean_figure(typed, senders).as_dict()
        told["type_is_right_kind_macro"] = macro_figure(typed, labels, senders).as_dict()
    return {
        **told,
        "first_hit_right_kind": mean_figure(hits[:, 0], senders).as_dict(),
        "first_hit_right_kind_macro": macro_figure(hits[:, 0], labels, senders).as_dict(),
        "first_ten_right_kind": mean_figure(hits.mean(axis=1), senders).as_dict(),
        "first_ten_right_kind_macro": macro_figure(hits.mean(axis=1), labels, senders).as_dict(),
        "by_label": _by_label(typed, hits, labels),
        "search_ms": watch.milliseconds,
    }


def macro_figure(values: np.ndarray, labels: np.ndarray, senders: np.ndarray) -> Figure:
    """Mean over labels of each label's mean; the interval is bootstrapped by sender.

    Args:
        values: (n,) a number a photo; labels, senders: (n,).
    """
    _, code = np.unique(labels, return_inverse=True)
    weights = group_weights(senders)
    sums = np.stack([np.bincount(code, row * values) for row in weights])
    sizes = np.stack([np.bincount(code, row) for row in weights])
    means = np.divide(sums, sizes, out=np.full_like(sums, np.nan), where=sizes > 0)
    # a label of few senders may not be drawn at all; the mean is then over the others
    return weighted_figure(np.nanmean(means, axis=1), len(values))


def _by_label(typed: np.ndarray | None, hits: np.ndarray, labels: np.ndarray) -> list[dict]:
    names, counts = np.unique(labels, return_counts=True)
    return [
        {
            "label": str(name),
            "photos": int(count),
            **({} if typed is None else {"type_is_right_kind": round(float(typed[labels == name].mean()), 4)}),
            "first_hit_right_kind": round(float(hits[labels == name, 0].mean()), 4),
            "first_ten_right_kind": round(float(hits[labels == name].mean()), 4),
        }
        for name, count in sorted(zip(names, counts, strict=True), key=lambda pair: -pair[1])
    ]
