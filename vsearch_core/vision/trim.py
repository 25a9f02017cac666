"""Trims a catalogue picture to its content, so that shop and photo show a product at one scale.

A network that learned from trimmed pictures wants them so (`trims` in its labels). One that did not finds the products
of user photos less well among trimmed ones.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from vsearch_core.contracts import Photo
from vsearch_core.vision.crop import widened

MARGIN = 0.06
"""Of the content's sides, left around it on each side: as around the main thing of a photo."""

_GROUND = 20
"""Pixels count as ground whose channels all differ by no more than this from the ground's colour (0..255)."""

_UNIFORM = 0.75
"""Share of the picture's rim that must be ground: a picture without a plain ground is left as it is."""

_SPECK = 0.01
"""A row or column with fewer pixels of content than this share of it, or a single one, is dust or noise."""


def content_box(pixels: np.ndarray) -> tuple[int, int, int, int] | None:
    """Where the content of a picture on a plain ground is: x0, y0, x1, y1, without a margin.

    Args:
        pixels: (height, width, 3) uint8.

    Returns:
        None where the ground is not plain, or there is nothing on it.
    """
    rim = np.concatenate([pixels[0], pixels[-1], pixels[1:-1, 0], pixels[1:-1, -1]]).astype(np.int16)
    ground = np.median(rim, axis=0)
    if (np.abs(rim - ground).max(axis=1) <= _GROUND).mean() < _UNIFORM:
        return None
    content = np.abs(pixels.astype(np.int16) - ground.astype(np.int16)).max(axis=2) > _GROUND
    height, width = content.shape
    rows = np.flatnonzero(content.sum(axis=1) > max(1, _SPECK * width))
    columns = np.flatnonzero(content.sum(axis=0) > max(1, _SPECK * height))
    if not len(rows) or not len(columns):
        return None
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def trimmed(photo: Photo) -> Photo:
    """A catalogue picture cut to its content with `MARGIN` around it; the picture itself where nothing can be cut.

    `original_size` is that of the part, in pixels of the original.
    """
    box = content_box(photo.pixels)
    if box is None:
        return photo
    height, width = photo.pixels.shape[:2]
    x0, y0, x1, y1 = widened(box, MARGIN)
    left, top, right, bottom = max(0, round(x0)), max(0, round(y0)), min(width, round(x1)), min(height, round(y1))
    if (right - left, bottom - top) == (width, height):
        return photo
    enlarged = photo.original_size[0] / width, photo.original_size[1] / height
    size = max(1, round((right - left) * enlarged[0])), max(1, round((bottom - top) * enlarged[1]))
    return replace(photo, pixels=photo.pixels[top:bottom, left:right], original_size=size)
