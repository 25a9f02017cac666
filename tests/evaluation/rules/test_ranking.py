"""The order of hits is chosen by what validation photos find."""

from __future__ import annotations

import numpy as np

from vsearch_core.evaluation.rules.ranking import COLUMNS, TRIED, Near, best_ranking
from vsearch_core.vision.ranking import Ranking


def near(photos: int, *, type_tells: bool) -> tuple[Near, np.ndarray]:
    """Photos with ten products near to each: the right one looks less alike, and is of the photo's type or not."""
    random = np.random.default_rng(photos)
    right = np.zeros((photos, 10), bool)
    right[:, 4] = True
    cosines = np.sort(random.uniform(0.7, 0.8, (photos, 10)), axis=1)[:, ::-1]
    agreements = {name: np.full((photos, 10), 0.5) for name in COLUMNS}
    agreements["product_type"] = np.where(right == type_tells, 0.9, 0.1)
    return Near(np.tile(np.arange(10), (photos, 1)), cosines, agreements), right


def first(asked: tuple[Near, np.ndarray], ranking: Ranking) -> float:
    found, right = asked
    return float(found.hits(ranking, right, 1).mean())


def test_what_tells_the_right_product_gets_weight_and_what_misleads_gets_none() -> None:
    helps, misleads = near(40, type_tells=True), near(40, type_tells=False)
    chosen = best_ranking(lambda ranking: {"first": first(helps, ranking)})
    assert chosen.weights["product_type"] > 0
    assert first(helps, chosen) > 0.9
    misled = (misleads[0], np.roll(misleads[1], -4, axis=1))
    chosen = best_ranking(lambda ranking: {"first": first(misled, ranking)})
    assert first(misled, chosen) == 1.0


def test_only_numbers_that_are_tried_are_chosen() -> None:
    chosen = best_ranking(lambda ranking: {"near": ranking.near, "colour": -ranking.weights["colour"]})
    assert chosen.near == max(TRIED["near"])
    assert chosen.weights["colour"] == 0.0
