"""Verification: do two pictures show the same product or different ones?

A snap beside its own product's shot is surely the same product, and what a shopper's question means: these pairs are
the headline. Two shots of one title with different pictures are the same product only as far as the title is true; they
are read apart. Every pair of one product stands beside one of two products, easy (any other product of the part) or
hard (of the same type and colour), so that a coin is right half of the time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.metrics import roc_curve

from vsearch_core.evaluation.statistics import group_weights, mean_figure, weighted_figure

SEED = 2026


@dataclass(frozen=True)
class Pairs:
    """Cosines of pairs that share their first picture: `same`, `easy` and `hard`, each (p,), and `groups` (p,).

    `hard` is NaN where the part has no other product of the same type and colour.
    """

    same: np.ndarray
    easy: np.ndarray
    hard: np.ndarray
    groups: np.ndarray

    def against(self, difficulty: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Cosines of the same and of different products, and the groups, of the pairs that have both."""
        different = self.easy if difficulty == "easy" else self.hard
        there = ~np.isnan(different)
        return self.same[there], different[there], self.groups[there]


def make_pairs(
    first: np.ndarray,
    own: np.ndarray,
    same: np.ndarray,
    gallery: np.ndarray,
    *,
    among: np.ndarray,
    groups: np.ndarray,
    kinds: np.ndarray,
    colours: np.ndarray,
    seed: int = SEED,
) -> Pairs:
    """Pair pictures with the same product, with any other and with one of the same type and colour.

    Products that the split has joined (same title or picture) are never taken for different ones.

    Args:
        first: (p, d) embeddings of the first pictures; own: (p,) rows of their products in the gallery.
        same: (p,) rows of the gallery that show the same product; gallery: (n, d).
        among: rows of the gallery, the part of the split that the others are drawn from.
        groups, kinds, colours: (n,).
    """
    random = np.random.default_rng(seed)
    alike: dict[tuple[str, str], list[int]] = {}
    for row in among:
        alike.setdefault((kinds[row], colours[row]), []).append(int(row))
    members = {key: np.array(rows) for key, rows in alike.items()}
    easy, hard = np.empty(len(own), np.int64), np.full(len(own), -1, np.int64)
    for place, row in enumerate(own):
        easy[place] = _drawn(among, groups, groups[row], random)
        near = members.get((kinds[row], colours[row]), among[:0])
        near = near[groups[near] != groups[row]]
        if len(near):
            hard[place] = random.choice(near)

    def cosines(rows: np.ndarray) -> np.ndarray:
        return np.einsum("ij,ij->i", first, gallery[rows]).astype(np.float64)

    return Pairs(cosines(same), cosines(easy), np.where(hard >= 0, cosines(hard), np.nan), groups[own])


def verification_figures(validation: Pairs, test: Pairs) -> dict[str, object]:
    """Accuracy, ROC AUC and equal error rate on test for easy and hard negatives.

    `accuracy` is at the threshold that is best on validation for pairs of that difficulty; `accuracy_one_threshold` at
    the one that is best for both together, as nobody knows beforehand which a pair is. A difficulty of which there is
    no pair has no figures.
    """
    known = {name: validation.against(name) for name in ("easy", "hard")}
    shared = best_threshold(*(np.concatenate([one[side] for one in known.values()]) for side in (0, 1)))
    figures: dict[str, object] = {"threshold": round(shared, 4)}
    for difficulty, (same, different, _) in known.items():
        tested = test.against(difficulty)
        if len(same) and len(tested[0]):
            figures[difficulty] = _measured(*tested, best_threshold(same, different), shared)
    return figures


def best_threshold(same: np.ndarray, different: np.ndarray) -> float:
    """The cosine from which a pair is called the same product with the fewest errors, halfway to the next lower one."""
    scores = np.concatenate([same, different])
    order = np.argsort(-scores, kind="stable")
    gain = np.concatenate([np.full(len(same), 1.0), np.full(len(different), -1.0)])[order]
    # above the highest cosine and below the lowest one everything is called alike
    ranked = np.concatenate([[scores.max() + 1], scores[order], [scores.min() - 1]])
    right = np.concatenate([[0.0], np.cumsum(gain)])
    # a cut between equal cosines cannot be made
    right[ranked[:-1] == ranked[1:]] = -np.inf
    best = int(np.argmax(right))
    return float((ranked[best] + ranked[best + 1]) / 2)


def _measured(
    same: np.ndarray, different: np.ndarray, groups: np.ndarray, threshold: float, shared: float
) -> dict[str, object]:
    both = np.concatenate([groups, groups])
    truth = np.repeat([1, 0], [len(same), len(different)])
    scores = np.concatenate([same, different])
    areas, errors = [], []
    for row in group_weights(groups):
        area, error = roc_figures(truth, scores, np.concatenate([row, row]))
        areas.append(area)
        errors.append(error)
    return {
        "accuracy": mean_figure((scores >= threshold) == truth, both).as_dict(),
        "accuracy_one_threshold": mean_figure((scores >= shared) == truth, both).as_dict(),
        "threshold": round(threshold, 4),
        "roc_auc": weighted_figure(np.array(areas), len(scores)).as_dict(),
        "equal_error_rate": weighted_figure(np.array(errors), len(scores)).as_dict(),
    }


def roc_figures(truth: np.ndarray, scores: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
    """Area under the ROC curve, and the error rate where as many of either kind are wrong; all arrays (n,)."""
    wrong, right, _ = roc_curve(truth, scores, sample_weight=weights, drop_intermediate=False)
    missed = 1 - right
    past = int(np.argmax(wrong >= missed))
    before = max(past - 1, 0)
    # on the straight line between the two points of the curve around the crossing
    gap = (missed[before] - wrong[before]) - (missed[past] - wrong[past])
    step = (missed[before] - wrong[before]) / gap if gap > 0 else 0.0
    equal = wrong[before] + step * (wrong[past] - wrong[before])
    return float(np.sum(np.diff(wrong) * (right[1:] + right[:-1]) / 2)), float(equal)


def _drawn(rows: np.ndarray, groups: np.ndarray, unlike: str, random: np.random.Generator) -> int:
    """One of the rows of another group, at random; there must be one."""
    for _ in range(100):
        row = int(rows[random.integers(len(rows))])
        if groups[row] != unlike:
            return row
    return int(random.choice(rows[groups[rows] != unlike]))
