"""Index engines behind one small protocol: exact search, and Annoy for what is too large for it.

An index covers some rows of one matrix of embeddings. Engines only propose candidates; scores are always exact cosines,
and an index never returns fewer than min(k, rows that may be returned).
"""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Protocol

import numpy as np
from annoy import AnnoyIndex

from vsearch_core.errors import StoreError
from vsearch_core.store.annoy_file import annoy_fault
from vsearch_core.store.disk import open_plain
from vsearch_core.store.exact import Neighbours, best_of, check_embeddings, check_k, exact_neighbours
from vsearch_core.store.reading import damaged

TREES = 10
SEARCH_NODES = 22_000
"""How many nodes a search looks at: most of its millisecond over 40,070 embeddings goes into them.

Chosen on the real catalogue with the embedding that ships, for validation user photos: recall@10 is 0.99 over the whole
of it and 0.985 over its largest category (14,000 nodes: 0.987 and 0.972). More trees took as long, are larger on disk,
and found less in partitions of 7,000 products.
"""

SMALLEST = 2_000
"""Below this many rows exact search takes a fraction of a millisecond, and an index would only cost disk."""

EXACT_BELOW = 50_000
"""Under a filter, this many passing rows are compared one by one: a few milliseconds, and nothing is missed."""

NEARLY_ALL = 0.85
"""From this share of passing rows on, Annoy with some more candidates is as good as without a filter."""


class Index(Protocol):
    """Finds the nearest rows. Safe to search from several threads at once."""

    def search(self, queries: np.ndarray, k: int, *, allowed: np.ndarray | None = None) -> Neighbours:
        """The min(k, number of allowed rows) nearest rows of each query.

        Args:
            queries: (m, d); need not be normalised.
            allowed: boolean, one for each row of the embeddings; rows that are False are never returned.

        Raises:
            StoreError: k below 1, or queries that are not finite or of another dimension.
        """
        ...

    def save(self, path: Path) -> None:
        """Writes what the engine needs besides the embeddings; the exact engine needs nothing and writes nothing."""
        ...


class Engine(Protocol):
    """Builds and opens indexes of one kind."""

    name: str

    def build(self, vectors: np.ndarray, rows: np.ndarray, *, seed: int) -> Index:
        """An index of some rows (ascending) of normalised `vectors` (n, d).

        Raises:
            StoreError: a row that the embeddings do not have, or one given twice (code `unknown_row`).
        """
        ...

    def open(self, path: Path, vectors: np.ndarray, rows: np.ndarray) -> Index:
        """The index that `save` wrote to `path`, over the same embeddings and rows.

        Raises:
            StoreError: the file is not such an index (code `damaged`).
        """
        ...


def engine_named(name: str) -> Engine:
    """The engine of that name.

    Raises:
        StoreError: there is none; the message lists those there are (code `unknown_engine`).
    """
    if name not in ENGINES:
        raise StoreError(f"There is no index engine {name!r}; choose {' or '.join(ENGINES)}.", code="unknown_engine")
    return ENGINES[name]


def recall_at_k(index: Index, exact: Index, queries: np.ndarray, k: int) -> float:
    """Share (0..1) of the exact k nearest rows that the index finds too, over all queries (m, d)."""
    found = index.search(queries, k).rows
    true = exact.search(queries, k).rows
    same = [len(np.intersect1d(a, b)) for a, b in zip(found, true, strict=True)]
    return float(np.sum(same) / true.size) if true.size else 1.0


class _ExactIndex:
    def __init__(self, vectors: np.ndarray, rows: np.ndarray) -> None:
        self._vectors = vectors
        self._rows = _check_rows(rows, len(vectors))

    def search(self, queries: np.ndarray, k: int, *, allowed: np.ndarray | None = None) -> Neighbours:
        k = check_k(k)
        queries = check_embeddings(queries, self._vectors.shape[1])
        rows = self._rows if allowed is None else self._rows[allowed[self._rows]]
        return exact_neighbours(self._vectors, rows, queries, k)

    def save(self, path: Path) -> None:
        """Nothing to write: the embeddings are the index."""


class ExactEngine:
    """Compares with every row: the reference, and the right choice for small partitions."""

    name = "exact"

    def build(self, vectors: np.ndarray, rows: np.ndarray, *, seed: int) -> Index:
        return _ExactIndex(vectors, rows)

    def open(self, path: Path, vectors: np.ndarray, rows: np.ndarray) -> Index:
        return _ExactIndex(vectors, rows)


class _AnnoyIndex:
    def __init__(self, index: AnnoyIndex, vectors: np.ndarray, rows: np.ndarray) -> None:
        self._index = index
        self._vectors = vectors
        self._rows = rows
        self._exact = _ExactIndex(vectors, rows)

    def search(self, queries: np.ndarray, k: int, *, allowed: np.ndarray | None = None) -> Neighbours:
        k = check_k(k)
        queries = check_embeddings(queries, self._vectors.shape[1])
        possible = len(self._rows) if allowed is None else int(np.count_nonzero(allowed[self._rows]))
        share = possible / max(1, len(self._rows))
        if share < NEARLY_ALL and possible <= EXACT_BELOW:
            return self._exact.search(queries, k, allowed=allowed)
        k = min(k, possible)
        wanted = int((2 * k + 20) / share)
        if wanted > SEARCH_NODES // 2:
            return self._exact.search(queries, k, allowed=allowed)
        rows = np.empty((len(queries), k), np.int64)
        scores = np.empty((len(queries), k), np.float32)
        for number, query in enumerate(queries):
            near = self._rows[self._index.get_nns_by_vector(query.tolist(), wanted, SEARCH_NODES)]
            if allowed is not None:
                near = near[allowed[near]]
            if len(near) < k:
                exact = self._exact.search(query[None], k, allowed=allowed)
                rows[number], scores[number] = exact.rows[0], exact.scores[0]
            else:
                rows[number], scores[number] = best_of(self._vectors, near, query, k)
        return Neighbours(rows, scores)

    def save(self, path: Path) -> None:
        self._index.save(str(path))


class AnnoyEngine:
    """Trees of random cuts, read from disk by memory map; the same seed gives the same index."""

    name = "annoy"

    def build(self, vectors: np.ndarray, rows: np.ndarray, *, seed: int) -> Index:
        rows = _check_rows(rows, len(vectors))
        index = AnnoyIndex(vectors.shape[1], "angular")
        index.set_seed(seed)
        # Annoy makes room for the largest number it is given, so rows are numbered anew from 0.
        for number, row in enumerate(rows):
            index.add_item(number, vectors[row].tolist())
        # One thread: with more, the trees depend on how the threads happened to run.
        index.build(TREES, 1)
        return _AnnoyIndex(index, vectors, rows)

    def open(self, path: Path, vectors: np.ndarray, rows: np.ndarray) -> Index:
        rows = _check_rows(rows, len(vectors))
        with open_plain(path.parent, path.name) as file:
            fault = annoy_fault(file, vectors, rows)
        if fault:
            raise damaged(path, fault)
        index = AnnoyIndex(vectors.shape[1], "angular")
        try:
            index.load(str(path))
        except OSError as error:
            if not path.exists():
                # A writer has replaced the segment since it was checked.
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path)) from error
            raise damaged(path, "it is not an Annoy index of this size") from error
        return _AnnoyIndex(index, vectors, rows)


def _check_rows(rows: np.ndarray, count: int) -> np.ndarray:
    rows = np.asarray(rows, dtype=np.int64)
    if len(rows) and (rows[0] < 0 or rows[-1] >= count or (np.diff(rows) <= 0).any()):
        raise StoreError(
            f"Rows of an index must be ascending, each once, and within the {count} embeddings; "
            f"these go from {rows.min()} to {rows.max()}.",
            code="unknown_row",
        )
    return rows


ENGINES: dict[str, Engine] = {engine.name: engine for engine in (AnnoyEngine(), ExactEngine())}
