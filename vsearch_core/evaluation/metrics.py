"""Figures from labels and predictions, with bootstrapped intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import precision_recall_fscore_support

BOOTSTRAPS = 1000


@dataclass(frozen=True)
class Figure:
    """A mean over `count` cases with its 95 % interval."""

    value: float
    low: float
    high: float
    count: int

    def as_dict(self) -> dict[str, float]:
        """For JSON, rounded to a tenth of a percent point of a percent."""
        return {
            "value": round(self.value, 4),
            "low": round(self.low, 4),
            "high": round(self.high, 4),
            "count": self.count,
        }


def mean_figure(values: np.ndarray, groups: Sequence[str], *, seed: int = 0) -> Figure:
    """Mean of one value a case, its interval bootstrapped by group, so that cases of one group are not independent.

    Args:
        values: (n,) numbers or booleans.
        groups: (n,) title group or sender of each case.
    """
    values = np.asarray(values, np.float64)
    _, group = np.unique(np.asarray(groups), return_inverse=True)
    sums, sizes = np.bincount(group, values), np.bincount(group)
    random = np.random.default_rng(seed)
    drawn = random.integers(len(sizes), size=(BOOTSTRAPS, len(sizes)))
    means = sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return Figure(float(values.mean()), float(low), float(high), len(values))


def resampled_figure(
    statistic: Callable[[np.ndarray], float], groups: Sequence[str], *, seed: int = 0, rounds: int = 200
) -> Figure:
    """A statistic of rows (F1, a ratio …) with its interval, rows drawn anew by group.

    Args:
        statistic: of an array of row numbers.
    """
    _, group = np.unique(np.asarray(groups), return_inverse=True)
    rows_of = np.split(np.argsort(group, kind="stable"), np.cumsum(np.bincount(group))[:-1])
    random = np.random.default_rng(seed)
    values = [
        statistic(np.concatenate([rows_of[one] for one in random.integers(len(rows_of), size=len(rows_of))]))
        for _ in range(rounds)
    ]
    low, high = np.percentile(values, [2.5, 97.5])
    return Figure(statistic(np.arange(len(group))), float(low), float(high), len(group))


def classification_report(labels: Sequence[str], predicted: Sequence[str], names: Sequence[str]) -> list[dict]:
    """Precision, recall, F1 and support of each name, in the order of `names`."""
    precision, recall, f1, support = precision_recall_fscore_support(
        labels, predicted, labels=list(names), zero_division=0
    )
    return [
        {
            "name": name,
            "precision": round(float(precision[place]), 4),
            "recall": round(float(recall[place]), 4),
            "f1": round(float(f1[place]), 4),
            "support": int(support[place]),
        }
        for place, name in enumerate(names)
    ]


def macro_f1(labels: np.ndarray, predicted: np.ndarray, names: Sequence[str]) -> float:
    """Mean F1 over `names`."""
    return float(precision_recall_fscore_support(labels, predicted, labels=list(names), zero_division=0)[2].mean())


def nearest(queries: np.ndarray, gallery: np.ndarray, k: int, *, block: int = 256) -> tuple[np.ndarray, np.ndarray]:
    """Exact nearest neighbours by cosine.

    Args:
        queries: (q, d) and gallery: (n, d), L2-normalised float32.

    Returns:
        Rows of the gallery (q, k), best first, and their cosines (q, k).
    """
    rows, scores = [], []
    for start in range(0, len(queries), block):
        cosines = queries[start : start + block] @ gallery.T
        best = np.argpartition(-cosines, k - 1, axis=1)[:, :k]
        found = np.take_along_axis(cosines, best, axis=1)
        order = np.argsort(-found, axis=1, kind="stable")
        rows.append(np.take_along_axis(best, order, axis=1))
        scores.append(np.take_along_axis(found, order, axis=1))
    return np.concatenate(rows), np.concatenate(scores)
