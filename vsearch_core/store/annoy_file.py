"""Checks an Annoy file before Annoy maps it: Annoy follows every number in it, and a wild one ends the process.

The file is an array of nodes of one size: int32 `n_descendants`, then 8 bytes, then `dimension` float32. The first
nodes are the items, each with its vector and, in the 8 bytes, its squared length. A node with up to `dimension + 2`
descendants lists them from the 8 bytes on. Any other node is a split: two children in the 8 bytes, then the normal of
the plane between them. Children come before their parents; copies of the roots come last.
"""

from __future__ import annotations

import os
from typing import BinaryIO

import numpy as np

_HEADER = 3
"""int32 numbers of a node before its vector."""

_BLOCK = 8_192


def annoy_fault(file: BinaryIO, vectors: np.ndarray, rows: np.ndarray) -> str:
    """What keeps a file from being an angular Annoy index of these vectors; "" if nothing does.

    Args:
        vectors: (n, d) float32.
        rows: those of the items, in the order of their numbers.
    """
    width = _HEADER + vectors.shape[1]
    size = os.fstat(file.fileno()).st_size
    if not len(rows) or size == 0 or size % (4 * width) or size // (4 * width) > np.iinfo(np.int32).max:
        return "it is not an Annoy index of this size"
    nodes = np.asarray(np.memmap(file, "<i4", "r", 0, (size // (4 * width), width)))
    if nodes[-1, 0] != len(rows):
        return f"it holds {nodes[-1, 0]} products, but the store has {len(rows)} there"
    if len(nodes) <= len(rows) or not _has_items(nodes, vectors, rows):
        return "it holds other products than the store"
    return "" if _has_trees(nodes, len(rows)) else "its trees lead nowhere"


def _has_items(nodes: np.ndarray, vectors: np.ndarray, rows: np.ndarray) -> bool:
    """Whether the first nodes are the store's own vectors, bit for bit."""
    own = vectors.view("<i4")
    lengths = nodes[: len(rows), 1].copy().view("<f4")
    if (nodes[: len(rows), 0] != 1).any() or not (np.abs(lengths) <= 2).all():
        return False
    blocks = range(0, len(rows), _BLOCK)
    return all(
        np.array_equal(nodes[at : at + _BLOCK][: len(rows) - at, _HEADER:], own[rows[at : at + _BLOCK]])
        for at in blocks
    )


def _has_trees(nodes: np.ndarray, items: int) -> bool:
    """Whether every way through the nodes ends at items, and soon: each node is a child once (roots have a copy)."""
    inner = nodes[items:]
    sizes = inner[:, 0]
    if (sizes < 1).any() or (sizes > items).any():
        return False
    room = nodes.shape[1] - 1
    listing = sizes <= room
    lists, counts = inner[listing, 1:], sizes[listing]
    # Block by block, as a large index has many of them.
    for at in range(0, len(lists), _BLOCK):
        listed = np.arange(room) < counts[at : at + _BLOCK, None]
        some = lists[at : at + _BLOCK][listed]
        if (some < 0).any() or (some >= items).any():
            return False
    splits = np.flatnonzero(~listing)
    children = inner[splits, 1:_HEADER]
    normals = inner[splits, _HEADER:].view("<f4")
    if (children < 0).any() or (children >= items + splits[:, None]).any() or not (np.abs(normals) <= 2).all():
        return False
    # Annoy takes for roots all nodes at the end that hold everything: the copies, and at most one of their originals.
    others = np.flatnonzero(sizes != items)
    first_root = int(others[-1]) + 1 if len(others) else 0
    below_roots = splits >= first_root
    parents_of = [np.bincount(some[some >= items] - items) for some in (children[~below_roots], children[below_roots])]
    return all(count.max(initial=0) <= most for count, most in zip(parents_of, (1, 2), strict=True))
