"""Boxes of a network: the frame that a photo is laid into, overlap, and the best of many that mean the same thing.

Boxes are float32 arrays of shape (n, 4): x0, y0, x1, y1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image


@dataclass(frozen=True)
class Frame:
    """Where a photo lies in a network's input: a picture's pixel x is at `x * scale + left`, likewise y and `top`."""

    scale: float
    left: int
    top: int

    def out(self, boxes: np.ndarray, size: tuple[int, int]) -> np.ndarray:
        """Boxes of the input in the pixels of the picture of (width, height), clipped to it: (..., 4) -> (..., 4)."""
        moved = (boxes - np.array([self.left, self.top, self.left, self.top], np.float32)) / self.scale
        return np.clip(moved, 0, np.array([*size, *size], np.float32))


def frame_of(picture: tuple[int, int], size: tuple[int, int]) -> Frame:
    """Where a picture of (width, height) lies in a canvas of such a size: in the middle, as large as it fits."""
    scale = min(size[0] / picture[0], size[1] / picture[1])
    width, height = _scaled(picture, scale)
    return Frame(scale, (size[0] - width) // 2, (size[1] - height) // 2)


def fit(pixels: np.ndarray, size: tuple[int, int]) -> tuple[np.ndarray, Frame]:
    """The picture, as large as it fits, in the middle of a white canvas.

    Args:
        pixels: (h, w, 3) uint8.
        size: width and height of the canvas.

    Returns:
        (height, width, 3) uint8, and where the picture lies in it.
    """
    height, width = pixels.shape[:2]
    frame = frame_of((width, height), size)
    target = _scaled((width, height), frame.scale)
    if target != (width, height):
        picture = Image.fromarray(pixels).resize(target, Image.Resampling.BILINEAR, reducing_gap=2.0)
        pixels = np.asarray(picture)
    canvas = np.full((size[1], size[0], 3), 255, np.uint8)
    canvas[frame.top : frame.top + target[1], frame.left : frame.left + target[0]] = pixels
    return canvas, frame


def overlaps(boxes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Intersection over union of each box with each of the others: (n, 4) and (m, 4) -> (n, m), 0..1."""
    low = np.maximum(boxes[:, None, :2], others[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], others[None, :, 2:])
    shared = np.clip(high - low, 0, None).prod(axis=2)
    areas = np.clip(boxes[:, 2:] - boxes[:, :2], 0, None).prod(axis=1)
    other_areas = np.clip(others[:, 2:] - others[:, :2], 0, None).prod(axis=1)
    union = areas[:, None] + other_areas[None] - shared
    found: np.ndarray = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return found


def suppress(boxes: np.ndarray, scores: np.ndarray, overlap: float) -> np.ndarray:
    """Non-maximum suppression: the rows of boxes that overlap no better one by more than `overlap`, best first.

    Args:
        boxes: (n, 4); scores: (n,).
    """
    order = np.argsort(-scores, kind="stable")
    shared = overlaps(boxes, boxes)
    kept: list[int] = []
    for row in order:
        if not (shared[row, kept] > overlap).any():
            kept.append(int(row))
    return np.array(kept, np.int64)


def _scaled(picture: tuple[int, int], scale: float) -> tuple[int, int]:
    return max(1, round(picture[0] * scale)), max(1, round(picture[1] * scale))
