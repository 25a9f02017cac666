"""Near-identical pictures, found by comparing every picture with every other one at a small size."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence

import numpy as np
from PIL import Image

SAME_PICTURE = 0.08
"""Relative difference below which two pictures count as the same one.

Chosen by looking at pairs of the real catalogue: below it, pairs are re-saved pictures and colour shades of one
photograph; from 0.1 on, plain wallets of one brand begin to chain together into one large group.
"""

_COARSE_SIDE = 16
_FINE_SIZE = (48, 64)
_COARSE_LIMIT = 0.2
_BLOCK = 2000


def ink(pixels: np.ndarray) -> np.ndarray:
    """What is not white in a picture, at the size used for comparing.

    Args:
        pixels: (height, width, 3) uint8.

    Returns:
        (64, 48, 3) uint8, 0 where the picture is white: the white ground of catalogue shots then does not count.
    """
    return 255 - np.asarray(Image.fromarray(pixels).resize(_FINE_SIZE, Image.Resampling.BOX, reducing_gap=2.0))


def same_picture_pairs(inks: np.ndarray, *, limit: float = SAME_PICTURE) -> np.ndarray:
    """Pairs of near-identical pictures.

    The relative difference of two pictures is the Euclidean norm of the difference of their inks over the smaller of
    their norms. Candidates come from a comparison of all pairs at 16x16; the fine comparison decides.

    Args:
        inks: (n, 64, 48, 3) uint8, from `ink`.
        limit: relative difference below which two pictures are the same; at most 0.2.

    Returns:
        (pairs, 2) int64 row numbers, the smaller first.
    """
    coarse = _coarse(inks)
    squares = (coarse**2).sum(axis=1)
    found = []
    for start in range(0, len(coarse), _BLOCK):
        block = slice(start, start + _BLOCK)
        distances = squares[block, None] + squares[None] - 2 * coarse[block] @ coarse.T
        close = distances <= _COARSE_LIMIT**2 * np.minimum(squares[block, None], squares[None])
        rows, columns = np.nonzero(close)
        rows += start
        ordered = rows < columns
        for first, second in zip(rows[ordered], columns[ordered], strict=True):
            if relative_difference(inks[first], inks[second]) < limit:
                found.append((first, second))
    return np.array(found, dtype=np.int64).reshape(-1, 2)


def relative_difference(first: np.ndarray, second: np.ndarray) -> float:
    """Norm of the difference of two inks over the smaller norm; 0 for two wholly white pictures."""
    first, second = first.astype(np.float32), second.astype(np.float32)
    difference = float(np.linalg.norm(first - second))
    smaller = float(min(np.linalg.norm(first), np.linalg.norm(second)))
    if difference == 0:
        return 0.0
    return difference / smaller if smaller > 0 else float("inf")


def join_groups(count: int, links: Iterable[tuple[int, int]]) -> np.ndarray:
    """Connected components of rows 0..count-1 under the links.

    Returns:
        (count,) int64: for each row the smallest row number of its group.
    """
    parent = list(range(count))

    def root(row: int) -> int:
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    for first, second in links:
        a, b = root(int(first)), root(int(second))
        parent[max(a, b)] = min(a, b)
    return np.array([root(row) for row in range(count)], dtype=np.int64)


def links_of_equal(values: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Links that join all rows of equal value (each to the first one); empty strings and None join nothing."""
    first: dict[Hashable, int] = {}
    links = []
    for row, value in enumerate(values):
        if value in ("", None):
            continue
        links.append((first.setdefault(value, row), row))
    return links


def _coarse(inks: np.ndarray) -> np.ndarray:
    height, width = inks.shape[1] // _COARSE_SIDE, inks.shape[2] // _COARSE_SIDE
    blocks = np.empty((len(inks), _COARSE_SIDE * _COARSE_SIDE * 3), dtype=np.float32)
    for start in range(0, len(inks), _BLOCK):
        part = inks[start : start + _BLOCK].astype(np.float32) / 255
        shape = (len(part), _COARSE_SIDE, height, _COARSE_SIDE, width, 3)
        blocks[start : start + _BLOCK] = part.reshape(shape).mean(axis=(2, 4)).reshape(len(part), -1)
    return blocks
