"""Cuts a garment out of its photo, the same way for a shopper's photo and for a product's picture."""

from __future__ import annotations

import math

from vsearch_core.catalogue.boxes import Box, cut
from vsearch_core.contracts import Photo

MARGIN = 0.05
"""Of the box's sides, added on each side: a box that is a little tight would cut sleeves and hems off."""

Corners = tuple[float, float, float, float]


def crop(photo: Photo, box: Corners, *, margin: float = MARGIN) -> Photo | None:
    """The part of a photo inside a box and a little around it.

    Args:
        photo: may be a reduced version of the original.
        box: x0, y0, x1, y1 in the original's pixels as turned by EXIF, also of unknown origin.

    Returns:
        None where the box holds no number, or less than a few pixels of the photo.
    """
    if not all(math.isfinite(edge) for edge in box):
        return None
    left, top, right, bottom = (round(edge) for edge in widened(box, margin))
    inside = Box(left, top, right, bottom).clip(photo.original_size)
    return None if inside is None else cut(photo, inside)


def widened(box: Corners, margin: float) -> Corners:
    """A box with `margin` of its sides added on each side; it may reach beyond the picture."""
    x0, y0, x1, y1 = box
    wide, high = margin * (x1 - x0), margin * (y1 - y0)
    return x0 - wide, y0 - high, x1 + wide, y1 + high
