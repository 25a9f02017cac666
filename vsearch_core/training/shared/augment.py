"""Pictures as a training shows them: studio shots of another shop, user photos of another moment.

All functions take and return uint8 arrays and draw from the random generator that they are given. Simulated phone
snaps are in `catalogue/snaps.py`: figures are measured on them too.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

from vsearch_core.catalogue.snaps import blurred, relight, warp
from vsearch_core.images.frames import on_white, scaled


def studio_shot(pixels: np.ndarray, side: int, random: np.random.Generator) -> np.ndarray:
    """A catalogue shot as another shop would have taken it: shifted, scaled, mirrored, a little other light.

    Args:
        pixels: (s, s, 3) uint8 on white.

    Returns:
        (side, side, 3) uint8.
    """
    warped = warp(pixels, side, random, turn=6, zoom=(0.85, 1.2), tilt=0.0, fill=(255, 255, 255))
    image = np.asarray(warped, np.float32)
    if random.random() < 0.3:
        image = blurred(image, random)
    return relight(image, random, strength=0.08)


def user_photo(
    pixels: np.ndarray, side: int, random: np.random.Generator, *, keep: tuple[float, float] = (0.65, 1.0)
) -> np.ndarray:
    """A real user photo, cropped and relit.

    Args:
        pixels: (h, w, 3) uint8.
        keep: least and most of each side that is left.

    Returns:
        (side, side, 3) uint8, letterboxed on white.
    """
    height, width = pixels.shape[:2]
    kept = random.uniform(*keep, size=2) if random.random() < 0.8 else np.ones(2)
    h, w = int(height * kept[0]), int(width * kept[1])
    top, left = random.integers(0, height - h + 1), random.integers(0, width - w + 1)
    image = Image.fromarray(pixels[top : top + h, left : left + w])
    if random.random() < 0.5:
        image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if random.random() < 0.3:
        image = image.rotate(random.uniform(-20, 20), Image.Resampling.BILINEAR, fillcolor=(255, 255, 255))
    image = image.resize(scaled(image.size, side / max(image.size)), reducing_gap=2.0)
    return on_white(relight(np.asarray(image, np.float32), random, strength=0.2), (side, side))
