"""Boxes from strangers' files: read, clipped to their picture, cut out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vsearch_core.catalogue.boxes import MIN_SIDE, Box, box_of, cut
from vsearch_core.contracts import Photo

edges = st.integers(-(10**6), 10**6)
boxes = st.builds(Box, edges, edges, edges, edges)
sizes = st.tuples(st.integers(1, 3000), st.integers(1, 3000))


@given(box=boxes, size=sizes)
@settings(max_examples=200, deadline=None)
def test_a_clipped_box_lies_in_its_picture_and_in_the_box(box: Box, size: tuple[int, int]) -> None:
    inside = box.clip(size)
    if inside is None:
        return
    assert 0 <= inside.left < inside.right <= size[0]
    assert 0 <= inside.top < inside.bottom <= size[1]
    assert inside.left >= box.left
    assert inside.top >= box.top
    assert inside.right <= box.right
    assert inside.bottom <= box.bottom
    assert min(inside.right - inside.left, inside.bottom - inside.top) >= MIN_SIDE


@given(box=boxes, size=sizes)
@settings(max_examples=100, deadline=None)
def test_clipping_twice_is_clipping_once(box: Box, size: tuple[int, int]) -> None:
    inside = box.clip(size)
    assert inside is None or inside.clip(size) == inside


@given(
    left=st.integers(0, 100),
    top=st.integers(0, 100),
    width=st.integers(MIN_SIDE, 100),
    height=st.integers(MIN_SIDE, 100),
)
@settings(max_examples=50, deadline=None)
def test_a_box_inside_stays_as_it_is(left: int, top: int, width: int, height: int) -> None:
    box = Box(left, top, left + width, top + height)
    assert box.clip((200, 200)) == box


@pytest.mark.parametrize(
    "box",
    [Box(300, 10, 400, 50), Box(-50, 10, -5, 50), Box(10, 10, 10, 50), Box(50, 50, 10, 10), Box(10, 10, 14, 90)],
    ids=["beyond", "before", "no width", "inside out", "a sliver"],
)
def test_a_box_that_shows_nothing_is_none(box: Box) -> None:
    assert box.clip((200, 100)) is None


def test_the_area_of_a_box_inside_out_is_nothing() -> None:
    assert Box(50, 50, 10, 10).area == 0
    assert Box(0, 0, 3, 4).area == 12


@pytest.mark.parametrize(
    ("values", "box"),
    [
        ((1, 2, 3, 4), Box(1, 2, 3, 4)),
        (("065", "045", "233", "252"), Box(65, 45, 233, 252)),
        ((1.4, 2.6, 3, 4), Box(1, 3, 3, 4)),
        ((1, 2, 3, None), None),
        ((1, 2, 3, "x"), None),
        ((True, 2, 3, 4), None),
        ((1, 2, 3, float("nan")), None),
        ((1, 2, 3, float("inf")), None),
        ((1, 2, 3, 10**400), None),
        ((1, 2, [3], 4), None),
    ],
)
def test_a_box_is_read_of_numbers_only(values: tuple, box: Box | None) -> None:
    assert box_of(*values) == box


def test_what_is_cut_is_what_lies_in_the_box() -> None:
    pixels = np.zeros((100, 60, 3), np.uint8)
    pixels[20:50, 10:40] = 200
    picture = cut(Photo(pixels, (60, 100), "PNG"), Box(10, 20, 40, 50))
    assert picture.pixels.shape == (30, 30, 3)
    assert picture.original_size == (30, 30)
    assert (picture.pixels == 200).all()


@given(scale=st.integers(1, 8), box=st.builds(Box, edges, edges, edges, edges))
@settings(max_examples=100, deadline=None)
def test_a_reduced_photo_is_cut_at_the_same_place(scale: int, box: Box) -> None:
    inside = box.clip((640, 480))
    if inside is None:
        return
    photo = Photo(np.zeros((480 // scale, 640 // scale, 3), np.uint8), (640, 480), "JPEG")
    height, width = cut(photo, inside).pixels.shape[:2]
    assert abs(width - (inside.right - inside.left) / scale) <= 1
    assert abs(height - (inside.bottom - inside.top) / scale) <= 1
    assert min(height, width) >= 1
