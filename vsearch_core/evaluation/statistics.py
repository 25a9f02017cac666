"""Figures from labels and predictions, with bootstrapped intervals."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

BOOTSTRAPS = 1000
ROUNDS = 200
"""Drawings for the interval of what is no mean (F1, ROC AUC …)."""

Groups = Sequence[str] | np.ndarray
"""(n,) title group or sender of each case: cases of one group are drawn together."""

_EQUAL = 1e-6
"""Cosines that differ by less are a tie: the same picture twice may differ so much by rounding."""


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


def mean_figure(values: np.ndarray, groups: Groups, *, seed: int = 0) -> Figure:
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
    statistic: Callable[[np.ndarray], float], groups: Groups, *, seed: int = 0, rounds: int = 200
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


def group_weights(groups: Groups, *, rounds: int = ROUNDS, seed: int = 0) -> np.ndarray:
    """How often each case counts when its groups are drawn anew: (rounds + 1, n) float64, the first row all ones."""
    _, group = np.unique(np.asarray(groups), return_inverse=True)
    count = int(group.max()) + 1
    drawn = np.random.default_rng(seed).integers(count, size=(rounds, count))
    times = np.stack([np.bincount(row, minlength=count) for row in drawn]) if rounds else np.empty((0, count))
    return np.concatenate([np.ones((1, len(group))), times[:, group]])


def weighted_figure(values: np.ndarray, count: int) -> Figure:
    """The figure of a statistic whose value under each row of `group_weights` is given, the plain one first."""
    low, high = np.nanpercentile(values[1:], [2.5, 97.5])
    return Figure(float(values[0]), float(low), float(high), count)


@dataclass(frozen=True)
class ClassScores:
    """Scores of each class under each row of the weights, (rounds + 1, classes), and its `support` (classes,).

    `there` says where a class has any case under a row: a rare one is missing from many resamples.
    """

    precision: np.ndarray
    recall: np.ndarray
    f1: np.ndarray
    support: np.ndarray
    there: np.ndarray

    @property
    def macro_f1(self) -> np.ndarray:
        """Mean F1 of the classes that are there, (rounds + 1,): counted as 0, a missing one would pull it down."""
        return (self.f1 * self.there).sum(axis=1) / np.maximum(self.there.sum(axis=1), 1)


def class_scores(
    labels: np.ndarray, predicted: np.ndarray, names: Sequence[str], groups: Groups, *, seed: int = 0
) -> ClassScores:
    """Scores of `names` with what their intervals need; a class that is never predicted has precision and F1 of 0."""
    place = {name: number for number, name in enumerate(names)}
    size = len(names)
    truth, guess = (np.array([place.get(name, size) for name in given], np.int64) for given in (labels, predicted))
    hit = truth == guess
    weights = group_weights(groups, seed=seed)

    def sums(codes: np.ndarray, chosen: np.ndarray) -> np.ndarray:
        return np.stack([np.bincount(codes[chosen], row[chosen], minlength=size + 1)[:size] for row in weights])

    everything = np.ones(len(truth), bool)
    right, had, said = sums(truth, hit), sums(truth, everything), sums(guess, everything)
    return ClassScores(
        precision=_ratio(right, said),
        recall=_ratio(right, had),
        f1=_ratio(2 * right, had + said),
        support=np.bincount(truth, minlength=size + 1)[:size],
        there=had > 0,
    )


def classification_report(
    labels: np.ndarray, predicted: np.ndarray, names: Sequence[str], groups: Groups
) -> list[dict]:
    """Precision, recall and F1 of each name with their 95 % intervals (`…_low`, `…_high`) and its support."""
    scores = class_scores(labels, predicted, names, groups)
    rows: list[dict] = []
    for place, name in enumerate(names):
        row: dict[str, object] = {"name": name}
        for score in ("precision", "recall", "f1"):
            figure = weighted_figure(getattr(scores, score)[:, place], int(scores.support[place])).as_dict()
            row |= {score: figure["value"], f"{score}_low": figure["low"], f"{score}_high": figure["high"]}
        rows.append({**row, "support": int(scores.support[place])})
    return rows


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.zeros(part.shape), where=whole > 0)


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


@dataclass(frozen=True)
class Question:
    """For each query the rows of the gallery that are right, and those that are not in its gallery at all.

    A query without a right row is not asked.
    """

    targets: Sequence[np.ndarray]
    ignored: Sequence[np.ndarray] | None = None

    def rank(self, place: int, scores: np.ndarray) -> int:
        """The place, from 1, of the first right row by the scores (n,) of one query; 0 where there is none."""
        right = self.targets[place]
        if not len(right):
            return 0
        aside = right if self.ignored is None else np.union1d(right, self.ignored[place])
        least = scores[right].max() - _EQUAL
        return 1 + int(np.count_nonzero(scores >= least) - np.count_nonzero(scores[aside] >= least))


def ranks_of(
    queries: np.ndarray, gallery: np.ndarray, questions: Sequence[Question], *, block: int = 256
) -> list[np.ndarray]:
    """The place, from 1, at which the first right product comes up for each query; a tie counts against it.

    Args:
        queries: (q, d) and gallery: (n, d), L2-normalised float32.

    Returns:
        For each question (q,) int64, 0 where a query has no right row.
    """
    found = [np.zeros(len(queries), np.int64) for _ in questions]
    for start in range(0, len(queries), block):
        for place, scores in enumerate(queries[start : start + block] @ gallery.T, start=start):
            for places, question in zip(found, questions, strict=True):
                places[place] = question.rank(place, scores)
    return found


def ranks(
    queries: np.ndarray,
    gallery: np.ndarray,
    targets: Sequence[np.ndarray],
    ignored: Sequence[np.ndarray] | None = None,
    *,
    block: int = 256,
) -> np.ndarray:
    """`ranks_of` for one question, (q,) int64."""
    return ranks_of(queries, gallery, [Question(targets, ignored)], block=block)[0]


def recalls(places: np.ndarray, groups: Groups, ks: Sequence[int]) -> dict[str, dict]:
    """`r_at_<k>`: the share of queries whose right product is among the first k, for each k."""
    return {f"r_at_{k}": mean_figure(places <= k, groups).as_dict() for k in ks}


class Stopwatch:
    """Milliseconds of what is run inside, for each of `count` queries: `timing` is ready afterwards."""

    def __init__(self, count: int) -> None:
        self._count = count
        self.milliseconds = 0.0

    def __enter__(self) -> Stopwatch:
        self._started = time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        self.milliseconds = 1000 * (time.perf_counter() - self._started) / max(self._count, 1)


def timing(*, inference_ms: float, search_ms: float) -> Mapping[str, float]:
    """How the figures say what a query took: one picture through the network, one exact search of the gallery."""
    return {"inference_ms": round(inference_ms, 3), "search_ms": round(search_ms, 3)}
