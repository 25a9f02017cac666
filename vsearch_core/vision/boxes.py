"""Boxes of a network: their overlap, and the best of many that mean the same thing.

Boxes are float32 arrays of shape (n, 4): x0, y0, x1, y1.
"""

from __future__ import annotations

import numpy as np


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
