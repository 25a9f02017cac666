"""The box of the one thing in a photo that somebody took of it on a floor, a bed or a hanger.

The colours along the photo's border are the ground's; what differs from all of them is the thing. Photos where that
does not separate well give no box: better none than a wrong one.
"""

from __future__ import annotations

import numpy as np
from PIL import Image
from scipy import ndimage
from scipy.cluster.vq import kmeans2

_SIDE = 96
_COLOURS = 5
"""Colours of the ground: tiles, planks, folds and shadows."""
_BORDER = 0.05
_RARE = 0.06
"""A colour of fewer border pixels than this share is not the ground's: the thing may touch the border."""
_LIGHT, _HUE = 0.6, 1.3
"""Light falls unevenly, so that it counts less than hue."""
_LEAST_AWAY = 1.8
_AREA, _FILLED, _AT_BORDER, _CONTRAST = (0.12, 0.92), 0.4, 0.12, 1.5
"""What a believable box is: its share of the photo, the share of it that is thing, the share of the border that is, and
how much farther the thing is from the ground's colours than the ground itself, in their own spread."""


def thing_box(pixels: np.ndarray) -> tuple[float, float, float, float] | None:
    """The box of the one thing before a plain ground.

    Args:
        pixels: (h, w, 3) uint8.

    Returns:
        x0, y0, x1, y1 in pixels; None where thing and ground do not separate well.
    """
    scale = _SIDE / max(pixels.shape[:2])
    size = max(16, round(pixels.shape[1] * scale)), max(16, round(pixels.shape[0] * scale))
    away, border = _away(Image.fromarray(pixels).resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0))
    thing = away > max(_otsu(away), _LEAST_AWAY)
    thing = ndimage.binary_opening(thing)
    thing = ndimage.binary_closing(np.pad(thing, 6), iterations=4)[6:-6, 6:-6]
    thing = ndimage.binary_fill_holes(thing)
    parts, count = ndimage.label(thing)
    if count == 0:
        return None
    areas = np.bincount(parts.ravel())[1:]
    # a pair of shoes is two parts
    thing = np.isin(parts, np.flatnonzero(areas >= 0.2 * areas.max()) + 1)
    rows, columns = np.flatnonzero(thing.any(axis=1)), np.flatnonzero(thing.any(axis=0))
    x0, y0, x1, y1 = columns[0], rows[0], columns[-1] + 1, rows[-1] + 1
    area = (x1 - x0) * (y1 - y0)
    if not _AREA[0] < area / thing.size < _AREA[1] or thing.sum() < _FILLED * area:
        return None
    if thing[border].mean() > _AT_BORDER or thing.all() or away[thing].mean() - away[~thing].mean() < _CONTRAST:
        return None
    x, y = pixels.shape[1] / size[0], pixels.shape[0] / size[1]
    return float(x0 * x), float(y0 * y), float(x1 * x), float(y1 * y)


def _away(picture: Image.Image) -> tuple[np.ndarray, np.ndarray]:
    """How far each pixel is from the nearest colour of the border, in that colour's spread, and where the border is."""
    lab = np.asarray(picture.convert("LAB"))
    light, hue = lab[..., :1].astype(np.float32) * _LIGHT, lab[..., 1:].astype(np.int8).astype(np.float32) * _HUE
    colours = ndimage.gaussian_filter(np.concatenate([light, hue], axis=2), (1, 1, 0))
    border = np.ones(colours.shape[:2], bool)
    margin = max(2, round(_BORDER * min(border.shape)))
    border[margin:-margin, margin:-margin] = False
    ring = colours[border]
    random = np.random.default_rng(0)
    # a little noise, or a ground of one colour would have no five
    noisy = ring + random.normal(0, 0.1, ring.shape).astype(np.float32)
    middles, nearest = kmeans2(noisy, _COLOURS, minit="++", rng=random)
    distances = []
    for number, middle in enumerate(middles):
        mine = ring[nearest == number]
        if len(mine) > _RARE * len(ring):
            spread = max(4.0, float(np.sqrt(((mine - middle) ** 2).sum(axis=1).mean())))
            distances.append(np.sqrt(((colours - middle) ** 2).sum(axis=2)) / spread)
    return np.clip(np.min(distances, axis=0), 0, 8), border


def _otsu(values: np.ndarray) -> float:
    """The value that separates two heaps best (Otsu 1979)."""
    counts, edges = np.histogram(values, 64)
    middles, shares = (edges[1:] + edges[:-1]) / 2, counts / counts.sum()
    below, mean = np.cumsum(shares), np.cumsum(shares * middles)
    between = (mean[-1] * below - mean) ** 2 / np.maximum(below * (1 - below), 1e-9)
    return float(middles[between.argmax()])
