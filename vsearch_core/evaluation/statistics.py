"""Figures from labels and predictions, with bootstrapped intervals: those of the cards and those of the pages."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from vsearch_core.store.exact import cosine_blocks, highest

BOOTSTRAPS = 1000
ROUNDS = 200
"""Resamples for the interval of a mean, and of anything else (F1, ROC AUC …)."""

BINS = 15
"""Bins of equal width in confidence, as in Guo et al., On Calibration of Modern Neural Networks (arXiv 1706.04599)."""

_SHRUNK = np.linspace(0, 2, 201)

Groups = Sequence[str] | np.ndarray
"""(n,) title group or sender of each case: cases of one group are drawn together."""

_EQUAL = 1e-6
"""Cosines that differ by less are a tie: the same picture twice may differ so much by rounding."""


@dataclass(frozen=True)
class Figure:
    """A figure over `count` cases with its 95 % interval; NaN where there is no case."""

    value: float
    low: float
    high: float
    count: int

    def as_dict(self) -> dict[str, float]:
        """The same for JSON, rounded to four decimals: a hundredth of a percent point."""
        return {
            "value": round(self.value, 4),
            "low": round(self.low, 4),
            "high": round(self.high, 4),
            "count": self.count,
        }


_NOTHING = Figure(float("nan"), float("nan"), float("nan"), 0)


def mean_figure(values: np.ndarray, groups: Groups, *, seed: int = 0) -> Figure:
    """Mean of one value a case, its interval bootstrapped by group, so that cases of one group are not independent.

    Args:
        values: (n,) numbers or booleans.
        groups: (n,) title group or sender of each case.
    """
    values = np.asarray(values, np.float64)
    if not len(values):
        return _NOTHING
    _, group = np.unique(np.asarray(groups), return_inverse=True)
    sums, sizes = np.bincount(group, values), np.bincount(group)
    means = [(times @ sums) / (times @ sizes) for times in _drawn(len(sizes), BOOTSTRAPS, seed)]
    low, high = np.percentile(means, [2.5, 97.5])
    return Figure(float(values.mean()), float(low), float(high), len(values))


def group_weights(groups: Groups, *, rounds: int = ROUNDS, seed: int = 0) -> np.ndarray:
    """How often each case counts when its groups are drawn anew: (rounds + 1, n) float64, the first row all ones."""
    _, group = np.unique(np.asarray(groups), return_inverse=True)
    count = int(group.max()) + 1
    times = np.stack(list(_drawn(count, rounds, seed)))
    return np.concatenate([np.ones((1, len(group))), times[:, group]])


def _drawn(count: int, rounds: int, seed: int) -> Iterator[np.ndarray]:
    """How often each of `count` groups is drawn, (count,), for each round."""
    random = np.random.default_rng(seed)
    for _ in range(rounds):
        yield np.bincount(random.integers(count, size=count), minlength=count)


def weighted_figure(values: np.ndarray, count: int) -> Figure:
    """The figure of a statistic whose value under each row of `group_weights` is given, the plain one first."""
    low, high = np.nanpercentile(values[1:], [2.5, 97.5])
    return Figure(float(values[0]), float(low), float(high), count)


@dataclass(frozen=True)
class ClassScores:
    """Scores of the classes `names` under each row of the weights, (rounds + 1, classes), and `support` (classes,).

    `there` says where a class has any case under a row: a rare one is missing from many resamples.
    """

    names: Sequence[str]
    precision: np.ndarray
    recall: np.ndarray
    f1: np.ndarray
    support: np.ndarray
    there: np.ndarray

    @property
    def macro_f1(self) -> np.ndarray:
        """Mean F1 of the classes that are there, (rounds + 1,): counted as 0, a missing one would pull it down."""
        return (self.f1 * self.there).sum(axis=1) / np.maximum(self.there.sum(axis=1), 1)

    def f1_of(self, chosen: Sequence[str]) -> dict[str, Figure]:
        """F1 of those of the chosen names that are among the classes."""
        places = {name: place for place, name in enumerate(self.names) if name in chosen}
        return {name: weighted_figure(self.f1[:, places[name]], int(self.support[places[name]])) for name in places}


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
        names=names,
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


def macro_f1(labels: np.ndarray, predicted: np.ndarray, names: Sequence[str], groups: Groups) -> Figure:
    """Mean F1 of the classes `names`, over all cases; NaN without a name."""
    if not len(names):
        return _NOTHING
    scores = class_scores(labels, predicted, names, groups)
    return weighted_figure(scores.macro_f1, int(scores.support.sum()))


def calibration_error(confidence: np.ndarray, right: np.ndarray, groups: Groups) -> Figure:
    """Expected calibration error: the mean distance of confidence and accuracy over the bins, with its interval.

    A percentile interval would not do: a resample's noise makes its bins' distances larger, so that all resamples may
    lie above the figure. The interval is found by inverting a test (Carpenter, Test inversion bootstrap confidence
    intervals, J. R. Stat. Soc. B 61, 1999): it has the errors under which the figure is not among the most extreme
    5 % of the resamples, where the bins' distances are taken to be the seen ones times a factor. The figure itself
    belongs to it: being biased upwards, it may exceed them all.

    Args:
        confidence: (n,) probability of the predicted class; right: (n,) whether it is right; groups: (n,).
    """
    gap, place = _gaps(confidence, right)
    if not len(gap):
        return _NOTHING
    drawn = [np.bincount(place, row * gap, minlength=BINS) / row.sum() for row in group_weights(groups)]
    seen, noise = drawn[0], np.stack(drawn[1:]) - drawn[0]
    value = float(np.abs(seen).sum())
    low, high = np.percentile(
        np.stack([np.abs(factor * seen + noise).sum(axis=1) for factor in _SHRUNK]), [2.5, 97.5], axis=1
    )
    tolerable = _SHRUNK[(low <= value) & (value <= high)]
    ends = (value * tolerable.min(), value * tolerable.max()) if len(tolerable) else (value, value)
    return Figure(value, float(min(value, ends[0])), float(max(value, ends[1])), len(gap))


def expected_error(confidence: np.ndarray, right: np.ndarray) -> float:
    """The value of `calibration_error` alone."""
    gap, place = _gaps(confidence, right)
    return float(np.abs(np.bincount(place, gap, minlength=BINS)).sum() / len(gap))


def reliability(confidence: np.ndarray, right: np.ndarray, groups: Groups) -> list[dict[str, float]]:
    """A record a bin that is not empty: its borders, how many cases, their mean confidence, and their accuracy with
    its 95 % interval (`low`, `high`).

    Args:
        As for `calibration_error`.
    """
    confidence, right, groups = np.asarray(confidence), np.asarray(right), np.asarray(groups)
    place = _gaps(confidence, right)[1]
    records = []
    for number in np.unique(place):
        inside = place == number
        accuracy = mean_figure(right[inside], groups[inside])
        records.append(
            {
                "from": round(float(number) / BINS, 4),
                "to": round(float(number + 1) / BINS, 4),
                "count": accuracy.count,
                "confidence": round(float(confidence[inside].mean()), 4),
                "accuracy": round(accuracy.value, 4),
                "low": round(accuracy.low, 4),
                "high": round(accuracy.high, 4),
            }
        )
    return records


def _gaps(confidence: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Confidence less being right, (n,), and the bin of each confidence, (n,)."""
    confidence = np.asarray(confidence)
    return confidence - np.asarray(right), np.minimum((confidence * BINS).astype(int), BINS - 1)


def nearest(queries: np.ndarray, gallery: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Exact nearest neighbours by cosine.

    Args:
        queries: (q, d) and gallery: (n, d), L2-normalised float32.

    Returns:
        Rows of the gallery (q, k), best first, and their cosines (q, k).
    """
    rows, scores = [], []
    for _, cosines in cosine_blocks(queries, gallery):
        rows.append(highest(cosines, k))
        scores.append(np.take_along_axis(cosines, rows[-1], axis=1))
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


def ranks_of(queries: np.ndarray, gallery: np.ndarray, questions: Sequence[Question]) -> list[np.ndarray]:
    """The place, from 1, at which the first right product comes up for each query; a tie counts against it.

    Args:
        queries: (q, d) and gallery: (n, d), L2-normalised float32.

    Returns:
        For each question (q,) int64, 0 where a query has no right row.
    """
    found = [np.zeros(len(queries), np.int64) for _ in questions]
    for start, cosines in cosine_blocks(queries, gallery):
        for place, scores in enumerate(cosines, start=start):
            for places, question in zip(found, questions, strict=True):
                places[place] = question.rank(place, scores)
    return found


def ranks(
    queries: np.ndarray,
    gallery: np.ndarray,
    targets: Sequence[np.ndarray],
    ignored: Sequence[np.ndarray] | None = None,
) -> np.ndarray:
    """`ranks_of` for one question, (q,) int64."""
    return ranks_of(queries, gallery, [Question(targets, ignored)])[0]


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
