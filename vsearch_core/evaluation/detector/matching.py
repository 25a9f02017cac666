"""How well garments are found: average precision by position, and how long it takes.

A found garment is right where its box overlaps that of a garment of the same position by half or more (intersection
over union); the surest one is judged first, and a garment is found once. Average precision is the area under
precision over recall, all points interpolated, as COCO and the later Pascal VOC count it. Garments that show too little
to search by are neither right nor wrong.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np

from vsearch_core.catalogue.photos.street import Garment
from vsearch_core.contracts import Item, Photo, Position
from vsearch_core.evaluation.statistics import Figure, group_weights, weighted_figure
from vsearch_core.vision.boxes import overlaps
from vsearch_core.vision.detector import Detector

POSITIONS: tuple[Position, ...] = get_args(Position)
OVERLAP = 0.5


@dataclass(frozen=True)
class Judged:
    """What was found of one position in many photos, the surest first.

    `scores` (n,); `right` (n,) booleans; `photo` (n,) number of the photo; `there` (photos,) garments to be found.
    """

    scores: np.ndarray
    right: np.ndarray
    photo: np.ndarray
    there: np.ndarray


def match(boxes: np.ndarray, scores: np.ndarray, truth: np.ndarray, aside: np.ndarray) -> np.ndarray:
    """Judge the boxes of one photo and position.

    Args:
        boxes: (n, 4) and scores: (n,), what was found; truth: (m, 4) garments to be found; aside: (k, 4) garments
            that may be found or not.

    Returns:
        (n,) int64: 1 right, 0 wrong, -1 not judged.
    """
    verdict = np.zeros(len(boxes), np.int64)
    shared, spared = overlaps(boxes, truth), overlaps(boxes, aside)
    free = np.ones(len(truth), bool)
    for row in np.argsort(-scores, kind="stable"):
        fits = np.where(free, shared[row], -1.0)
        if len(fits) and fits.max() >= OVERLAP:
            verdict[row] = 1
            free[int(fits.argmax())] = False
        elif len(aside) and spared[row].max() >= OVERLAP:
            verdict[row] = -1
    return verdict


def judge(found: Sequence[Sequence[Item]], there: Sequence[Sequence[Garment]], position: Position) -> Judged:
    """Judge what was found of one position in each photo against the garments that are there."""
    scores, right, photo = [], [], []
    counts = np.zeros(len(there), np.int64)
    for number, (items, garments) in enumerate(zip(found, there, strict=True)):
        of_position = [item for item in items if item.position == position]
        wanted = [garment for garment in garments if garment.position == position]
        counts[number] = sum(not garment.small for garment in wanted)
        given = np.array([item.score for item in of_position])
        verdict = match(
            _boxes([item.box for item in of_position]),
            given,
            _boxes([garment.box for garment in wanted if not garment.small]),
            _boxes([garment.box for garment in wanted if garment.small]),
        )
        judged = verdict >= 0
        scores.append(given[judged])
        right.append(verdict[judged] == 1)
        photo.append(np.full(int(judged.sum()), number))
    joined = np.concatenate(scores) if scores else np.empty(0)
    order = np.argsort(-joined, kind="stable")
    return Judged(
        joined[order],
        np.concatenate(right)[order] if right else np.empty(0, bool),
        np.concatenate(photo)[order].astype(np.int64) if photo else np.empty(0, np.int64),
        counts,
    )


def average_precision(judged: Judged, weights: np.ndarray | None = None) -> np.ndarray:
    """Area under precision over recall, all points interpolated.

    Args:
        weights: (rounds, photos), how often each photo counts; every photo once where it is not given.

    Returns:
        (rounds,) float64; not a number where there was nothing to find.
    """
    if weights is None:
        weights = np.ones((1, len(judged.there)))
    total = weights @ judged.there
    areas = np.full(len(weights), np.nan)
    for number, row in enumerate(weights):
        if total[number] > 0:
            times = row[judged.photo]
            hits = np.cumsum(times * judged.right)
            said = np.cumsum(times)
            precision = np.divide(hits, said, out=np.zeros(len(hits)), where=said > 0)
            # the best precision at this recall or a higher one
            envelope = np.maximum.accumulate(precision[::-1])[::-1]
            areas[number] = np.sum(np.diff(hits, prepend=0.0) * envelope) / total[number]
    return areas


@dataclass(frozen=True)
class Precisions:
    """Average precision of each position of which there was anything to find, and their mean."""

    by_position: Mapping[Position, Figure]
    mean: Figure


def precisions(
    found: Sequence[Sequence[Item]], there: Sequence[Sequence[Garment]], *, rounds: int = 1000
) -> Precisions:
    """Average precision by position, and its mean over positions, with 95 % intervals bootstrapped by photo."""
    weights = group_weights([str(number) for number in range(len(there))], rounds=rounds)
    by_position: dict[Position, Figure] = {}
    areas = []
    for position in POSITIONS:
        judged = judge(found, there, position)
        if judged.there.sum():
            areas.append(average_precision(judged, weights))
            by_position[position] = weighted_figure(areas[-1], int(judged.there.sum()))
    # a drawing of photos without any hat says nothing of hats, and the others are averaged
    mean = np.nanmean(np.stack(areas), axis=0)
    return Precisions(by_position, weighted_figure(mean, len(there)))


def mean_precision(found: Sequence[Sequence[Item]], there: Sequence[Sequence[Garment]]) -> float:
    """The mean average precision over positions alone, for choosing between settings."""
    judged = [judge(found, there, position) for position in POSITIONS]
    return float(np.mean([average_precision(one)[0] for one in judged if one.there.sum()]))


def best_threshold(judged: Judged) -> float:
    """The score above which the harmonic mean of precision and recall is best (F1), 0.5 where nothing is right."""
    hits = np.cumsum(judged.right)
    if not len(hits) or not hits[-1]:
        return 0.5
    f1 = 2 * hits / (np.arange(1, len(hits) + 1) + judged.there.sum())
    best = int(f1.argmax())
    after = judged.scores[best + 1] if best + 1 < len(judged.scores) else judged.scores[best]
    return float((judged.scores[best] + after) / 2)


def right_and_found(judged: Judged, threshold: float) -> tuple[float, float]:
    """Precision and recall of what is at least as sure as a threshold."""
    sure = judged.scores >= threshold
    hits = int(judged.right[sure].sum())
    return hits / max(1, int(sure.sum())), hits / max(1, int(judged.there.sum()))


def named_right(found: Sequence[Sequence[Item]], there: Sequence[Sequence[Garment]]) -> tuple[int, int]:
    """Of the found garments that overlap one of their position by half, how many have its label, and how many are."""
    right = count = 0
    for items, garments in zip(found, there, strict=True):
        for item in items:
            wanted = [garment for garment in garments if garment.position == item.position]
            shared = overlaps(_boxes([item.box]), _boxes([garment.box for garment in wanted]))[0]
            if len(shared) and shared.max() >= OVERLAP:
                count += 1
                right += wanted[int(shared.argmax())].label == item.label
    return right, count


def latency(detector: Detector, photos: Sequence[Photo]) -> dict[str, float]:
    """Milliseconds of single decoded photos, one after the other: median and 95th percentile."""
    took = []
    for photo in photos:
        started = time.perf_counter()
        detector.detect(photo)
        took.append(1000 * (time.perf_counter() - started))
    median, high = np.percentile(took, [50, 95])
    return {"median_ms": round(float(median), 2), "p95_ms": round(float(high), 2), "count": len(took)}


def _boxes(boxes: Sequence[Sequence[float]]) -> np.ndarray:
    return np.array(boxes, np.float64).reshape(-1, 4)
