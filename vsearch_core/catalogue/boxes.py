"""Boxes around things in photos: read from strangers' files, clipped to their picture, cut out."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from vsearch_core.contracts import Photo

MIN_SIDE = 8
"""Shortest side in pixels of a box that shows anything; what is smaller counts as empty."""


class Box(NamedTuple):
    """Edges in the pixels of the original photo: from `left` and `top` up to, and without, `right` and `bottom`."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def area(self) -> int:
        """In square pixels; 0 for a box that is turned inside out."""
        return max(0, self.right - self.left) * max(0, self.bottom - self.top)

    def clip(self, size: tuple[int, int]) -> Box | None:
        """The part of the box that lies in a picture of (width, height).

        Returns:
            None where that part has a side of less than `MIN_SIDE` pixels.
        """
        width, height = size
        inside = Box(max(0, self.left), max(0, self.top), min(width, self.right), min(height, self.bottom))
        if inside.right - inside.left < MIN_SIDE or inside.bottom - inside.top < MIN_SIDE:
            return None
        return inside


def box_of(left: Any, top: Any, right: Any, bottom: Any) -> Box | None:
    """A box of four numbers (or texts of numbers) of unknown origin, in whole pixels; None where one is none."""
    edges = [_number(value) for value in (left, top, right, bottom)]
    if any(edge is None for edge in edges):
        return None
    return Box(*(round(edge) for edge in edges if edge is not None))


def cut(photo: Photo, box: Box) -> Photo:
    """The part of a photo inside a box that was clipped to it; the photo may be a reduced version of its original."""
    width, height = photo.original_size
    rows, columns = photo.pixels.shape[:2]
    left, right = _scaled(box.left, box.right, columns, width)
    top, bottom = _scaled(box.top, box.bottom, rows, height)
    pixels = np.ascontiguousarray(photo.pixels[top:bottom, left:right])
    return Photo(pixels, (box.right - box.left, box.bottom - box.top), photo.format)


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _scaled(low: int, high: int, pixels: int, original: int) -> tuple[int, int]:
    """Edges in reduced pixels, at least one pixel apart and inside the picture."""
    first = min(pixels - 1, round(low * pixels / original))
    return first, max(first + 1, min(pixels, round(high * pixels / original)))
