"""A picture lies in the middle of a white canvas, and boxes go into its frame and back."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from vsearch_core.contracts import Photo
from vsearch_core.images.frames import frame_of, letterbox


@given(height=st.integers(1, 300), width=st.integers(1, 300), side=st.integers(1, 200))
@settings(max_examples=60, deadline=None)
def test_any_picture_fills_a_white_square_from_side_to_side(height: int, width: int, side: int) -> None:
    square = letterbox(np.zeros((height, width, 3), dtype=np.uint8), side)
    assert square.shape == (side, side, 3)
    assert square.dtype == np.uint8
    dark = (square == 0).all(axis=2)
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    assert max(len(rows), len(columns)) == side
    assert dark[np.ix_(rows, columns)].all(), "nothing but the picture is dark"
    assert (square[~dark] == 255).all()
    assert abs(rows[0] - (side - 1 - rows[-1])) <= 1, "centred"
    assert abs(columns[0] - (side - 1 - columns[-1])) <= 1


def test_a_square_of_the_right_side_is_left_as_it_is() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (96, 96, 3), dtype=np.uint8)
    assert np.array_equal(letterbox(pixels, 96), pixels)


SIDE = st.integers(1, 600)


@settings(max_examples=50, deadline=None)
@given(SIDE, SIDE)
def test_a_picture_lies_where_its_frame_says(width: int, height: int) -> None:
    canvas, frame = letterbox(np.zeros((height, width, 3), np.uint8), (64, 96)), frame_of((width, height), (64, 96))
    rows, columns = np.nonzero((canvas < 128).all(axis=2))
    assert canvas.shape == (96, 64, 3)
    assert (columns.min(), rows.min()) == (frame.left, frame.top)
    assert columns.max() + 1 == frame.left + max(1, round(width * frame.scale))


@settings(max_examples=50, deadline=None)
@given(SIDE, SIDE, st.tuples(*[st.floats(0, 1)] * 4))
def test_a_box_comes_back_from_the_frame(width: int, height: int, shares: tuple[float, ...]) -> None:
    x, y = sorted(shares[:2]), sorted(shares[2:])
    box = np.array([[x[0] * width, y[0] * height, x[1] * width, y[1] * height]], np.float32)
    frame = frame_of((width, height), (64, 96))
    assert np.allclose(frame.out(frame.into(box), (width, height)), box, atol=0.01 + 1e-4 * max(width, height))


def test_boxes_are_clipped_to_the_picture() -> None:
    out = frame_of((100, 50), (64, 96)).out(np.array([[-50.0, -50.0, 500.0, 500.0]], np.float32), (100, 50))
    assert out.tolist() == [[0, 0, 100, 50]]


def test_a_box_of_a_reduced_photo_is_told_in_pixels_of_the_original() -> None:
    photo = Photo(np.zeros((50, 100, 3), np.uint8), (400, 200), "array")
    frame = frame_of((100, 50), (64, 96))
    box = frame.out_to_original(frame.into(np.array([10.0, 20.0, 50.0, 90.0], np.float32)), photo)
    assert np.allclose(box, (40, 80, 200, 200), atol=0.01)
