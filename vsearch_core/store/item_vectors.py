"""Vectors of products cut out of their pictures: a worn outfit shows more than the product that is for sale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vsearch_core.store.exact import Neighbours, check_embeddings, check_k, exact_neighbours
from vsearch_core.store.reading import check_vectors, damaged, read_array, write_array

ITEMS = "items.npy"
ITEM_ROWS = "item_rows.npy"


@dataclass(frozen=True)
class ItemVectors:
    """One vector for each of some rows of a segment: `vectors` (m, d) normalised float32, `rows` (m,) int64 ascending.

    It is searched like an index, exactly: what is found are rows of the segment.
    """

    vectors: np.ndarray
    rows: np.ndarray

    @classmethod
    def none(cls, dimension: int) -> ItemVectors:
        """Of a segment whose products were all taken as their pictures show them."""
        return cls(np.empty((0, dimension), np.float32), np.empty(0, np.int64))

    @classmethod
    def open(cls, folder: Path, *, count: int, dimension: int) -> ItemVectors:
        """What `save` wrote for a segment of `count` rows.

        Raises:
            StoreError: files that do not fit each other or the segment (code `damaged`).
            FileNotFoundError: one of the two files is not there.
        """
        vectors = read_array(folder, ITEMS, np.float32, dimension, None)
        rows = read_array(folder, ITEM_ROWS, np.int64, None, len(vectors))
        check_vectors(vectors, folder / ITEMS)
        if len(rows) and (rows[0] < 0 or rows[-1] >= count or (np.diff(rows) <= 0).any()):
            raise damaged(folder / ITEM_ROWS, "its rows do not fit the products")
        return cls(vectors, rows)

    def save(self, folder: Path) -> None:
        """Writes both files; none where there are no vectors, as an empty file cannot be mapped."""
        if len(self.rows):
            write_array(folder / ITEMS, self.vectors.astype(np.float32, copy=False))
            write_array(folder / ITEM_ROWS, self.rows.astype(np.int64, copy=False))

    def taken(self, rows: np.ndarray) -> ItemVectors:
        """Of a segment that has only these rows (ascending) of this one, numbered anew from 0."""
        kept = np.isin(self.rows, rows)
        return ItemVectors(self.vectors[kept], np.searchsorted(rows, self.rows[kept]).astype(np.int64))

    def search(self, queries: np.ndarray, k: int, *, allowed: np.ndarray | None = None) -> Neighbours:
        """The nearest rows that have a vector; see `Index.search`."""
        k = check_k(k)
        queries = check_embeddings(queries, self.vectors.shape[1])
        chosen = np.arange(len(self.rows)) if allowed is None else np.flatnonzero(allowed[self.rows])
        near = exact_neighbours(self.vectors, chosen, queries, k)
        return Neighbours(self.rows[near.rows], near.scores)


def joined_items(parts: Sequence[ItemVectors], counts: Sequence[int]) -> ItemVectors:
    """Joins the vectors of several segments behind each other; `counts` are their rows."""
    starts = np.cumsum([0, *counts[:-1]])
    return ItemVectors(
        np.concatenate([part.vectors for part in parts]),
        np.concatenate([part.rows + start for part, start in zip(parts, starts, strict=True)]),
    )
