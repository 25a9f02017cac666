"""The photos that are timed: drawn, so that anyone can make the same ones."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from sample_shop import draw_product


def desktop_photo() -> bytes:
    """A 640x480 baseline JPEG."""
    return _photo((640, 480))


def phone_photo() -> bytes:
    """A 12-megapixel baseline JPEG, as a phone's camera makes it."""
    return _photo((4000, 3000))


def _photo(size: tuple[int, int]) -> bytes:
    """A drawn product on a ground with noise: real photos are no flat colour, and their files are as heavy."""
    pixels, _ = draw_product("Tshirts", seed=11, size=(size[1] * 3 // 4, size[1]))
    ground = np.full((size[1], size[0], 3), 150, np.int16)
    left = (size[0] - pixels.shape[1]) // 2
    ground[:, left : left + pixels.shape[1]] = pixels
    noise = np.random.default_rng(5).normal(0, 6, ground.shape)
    buffer = io.BytesIO()
    Image.fromarray(np.clip(ground + noise, 0, 255).astype(np.uint8)).save(buffer, "JPEG", quality=85)
    return buffer.getvalue()
