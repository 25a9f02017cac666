"""The frame that a picture is laid into: in the middle of a white canvas, the same in training and serving.

Sizes are (width, height) in pixels; boxes are float32 arrays of x0, y0, x1, y1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from vsearch_core.contracts import Photo

Size = tuple[int, int]


@dataclass(frozen=True)
class Frame:
    """Where a picture lies in a canvas: its pixel x is at `x * scale + left`, likewise y and `top`."""

    scale: float
    left: int
    top: int

    def into(self, boxes: np.ndarray) -> np.ndarray:
        """Boxes of the picture in the pixels of the canvas: (..., 4) -> (..., 4)."""
        return boxes * self.scale + np.array([self.left, self.top] * 2, np.float32)

    def out(self, boxes: np.ndarray, size: Size) -> np.ndarray:
        """Boxes of the canvas in the pixels of the picture of this size, clipped to it: (..., 4) -> (..., 4)."""
        moved = (boxes - np.array([self.left, self.top] * 2, np.float32)) / self.scale
        return np.clip(moved, 0, np.array([*size, *size], np.float32))

    def out_to_original(self, box: np.ndarray, photo: Photo) -> tuple[float, float, float, float]:
        """A box (4,) of the canvas in the pixels of a photo's original, of which the photo may be a reduced version."""
        height, width = photo.pixels.shape[:2]
        enlarged = np.array([photo.original_size[0] / width, photo.original_size[1] / height] * 2, np.float32)
        x0, y0, x1, y1 = (float(edge) for edge in self.out(box, (width, height)) * enlarged)
        return x0, y0, x1, y1


def frame_of(picture: Size, canvas: Size) -> Frame:
    """Where a picture of one size lies in a canvas of another: in the middle, as large as it fits."""
    scale = min(canvas[0] / picture[0], canvas[1] / picture[1])
    width, height = scaled(picture, scale)
    return Frame(scale, (canvas[0] - width) // 2, (canvas[1] - height) // 2)


def letterbox(pixels: np.ndarray, canvas: int | Size) -> np.ndarray:
    """The picture in the middle of a white canvas, as large as it fits; `frame_of` says where it lies.

    Args:
        pixels: (height, width, 3) uint8; a small picture is enlarged.
        canvas: its size, or the side of a square one.

    Returns:
        The canvas, (height, width, 3) uint8.
    """
    size = (canvas, canvas) if isinstance(canvas, int) else canvas
    height, width = pixels.shape[:2]
    target = scaled((width, height), frame_of((width, height), size).scale)
    if target != (width, height):
        picture = Image.fromarray(pixels).resize(target, Image.Resampling.BILINEAR, reducing_gap=2.0)
        pixels = np.asarray(picture)
    return on_white(pixels, size)


def on_white(pixels: np.ndarray, size: Size) -> np.ndarray:
    """A picture, not larger than the canvas, in the middle of a white one: (h, w, 3) uint8 -> (height, width, 3)."""
    height, width = pixels.shape[:2]
    if (width, height) == size:
        return pixels
    canvas = np.full((size[1], size[0], 3), 255, np.uint8)
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    canvas[top : top + height, left : left + width] = pixels
    return canvas


def scaled(size: Size, scale: float) -> Size:
    """The size times the scale, at least one pixel a side."""
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
