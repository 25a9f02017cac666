"""Boxes go into a network's frame and back, and of many that mean the same one stays."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vsearch_core.vision.boxes import fit, frame_of, overlaps, suppress

SIDE = st.integers(1, 600)


@settings(max_examples=50, deadline=None)
@given(SIDE, SIDE)
def test_a_picture_lies_where_its_frame_says(width: int, height: int) -> None:
    canvas, frame = fit(np.zeros((height, width, 3), np.uint8), (64, 96))
    rows, columns = np.nonzero((canvas < 128).all(axis=2))
    assert canvas.shape == (96, 64, 3)
    assert (columns.min(), rows.min()) == (frame.left, frame.top)
    assert columns.max() + 1 == frame.left + max(1, round(width * frame.scale))
    assert frame == frame_of((width, height), (64, 96))


@settings(max_examples=50, deadline=None)
@given(SIDE, SIDE, st.tuples(*[st.floats(0, 1)] * 4))
def test_a_box_comes_back_from_the_frame(width: int, height: int, shares: tuple[float, ...]) -> None:
    x, y = sorted(shares[:2]), sorted(shares[2:])
    box = np.array([[x[0] * width, y[0] * height, x[1] * width, y[1] * height]], np.float32)
    frame = frame_of((width, height), (64, 96))
    inside = box * frame.scale + np.array([frame.left, frame.top] * 2, np.float32)
    assert np.allclose(frame.out(inside, (width, height)), box, atol=0.01 + 1e-4 * max(width, height))


def test_boxes_are_clipped_to_the_picture() -> None:
    out = frame_of((100, 50), (64, 96)).out(np.array([[-50.0, -50.0, 500.0, 500.0]], np.float32), (100, 50))
    assert out.tolist() == [[0, 0, 100, 50]]


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
