"""Boxes overlap as their areas say, and of many that mean the same thing one stays."""

from __future__ import annotations

import numpy as np
import pytest

from vsearch_core.vision.boxes import overlaps, suppress


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ((0, 0, 10, 10), 1.0),
        ((0, 0, 10, 5), 0.5),
        ((5, 0, 15, 10), 1 / 3),
        ((10, 0, 20, 10), 0.0),
        ((3, 3, 3, 3), 0.0),
    ],
)
def test_overlap_is_intersection_over_union(other: tuple[int, ...], expected: float) -> None:
    shared = overlaps(np.array([[0, 0, 10, 10]], float), np.array([other], float))
    assert shared[0, 0] == pytest.approx(expected)


def test_of_boxes_that_overlap_the_best_one_stays() -> None:
    boxes = np.array([[0, 0, 10, 10], [0, 0, 10, 9], [40, 0, 50, 10]], float)
    assert suppress(boxes, np.array([0.5, 0.9, 0.7]), 0.5).tolist() == [1, 2]
    assert suppress(boxes, np.array([0.5, 0.9, 0.7]), 0.95).tolist() == [1, 2, 0]


def test_nothing_stays_of_nothing() -> None:
    assert suppress(np.empty((0, 4)), np.empty(0), 0.5).tolist() == []
