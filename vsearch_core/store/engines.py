"""Index engines behind one small protocol: exact search, and Annoy and FAISS for what is too large for it.

An index covers some rows of one matrix of embeddings. Engines only propose candidates; scores are always exact cosines,
and an index never returns fewer than min(k, rows that may be returned).
"""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Protocol

import faiss
import numpy as np
from annoy import AnnoyIndex

from vsearch_core.errors import StoreError
from vsearch_core.store.annoy_file import annoy_fault
from vsearch_core.store.disk import open_plain
from vsearch_core.store.exact import Neighbours, best_of, check_embeddings, check_k, exact_neighbours
from vsearch_core.store.faiss_file import graph_bytes, new_graph, read_graph
from vsearch_core.store.reading import damaged

TREES = 10
SEARCH_NODES = 22_000
"""How many nodes a search looks at: most of its millisecond over 40,070 embeddings goes into them.

Chosen on the real catalogue with the embedding that ships, for validation user photos: recall@10 is 0.99 over the whole
of it and 0.985 over its largest category (14,000 nodes: 0.987 and 0.972). More trees took as long, are larger on disk,
and found less in partitions of 7,000 products.
"""

LINKED_FROM = 200
LEAST_EXPLORED = 256
"""How many of the nearest FAISS keeps in sight while it links a picture, and at least while it searches.

For user photos in the real catalogue 128 find as many of them and take half as long; photos that are like no picture of
the catalogue need 256.
"""

SMALLEST = 2_000
"""Below this many rows exact search takes a fraction of a millisecond, and an index would only cost disk."""

ANNOY_UP_TO = 20_000
"""Pictures up to which `auto` means Annoy; FAISS answers sooner above."""

AUTO = "auto"

NEARLY_ALL = 0.85
"""From this share of passing rows on, an index with some more candidates is as good as without a filter."""


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
        raise StoreError(
            f"There is no index engine {name!r}; choose {' or '.join((AUTO, *ENGINES))}.", code="unknown_engine"
        )
    return ENGINES[name]


def engine_for(wanted: str, pictures: int) -> tuple[str, str]:
    """The name of the engine for so many pictures, and why it was taken, in a sentence.

    Args:
        wanted: its name, or `auto`.

    Raises:
        StoreError: there is none of that name (code `unknown_engine`).
    """
    if wanted != AUTO:
        return engine_named(wanted).name, f"{wanted}: asked for by its name"
    if pictures <= ANNOY_UP_TO:
        return AnnoyEngine.name, f"annoy: {pictures:,} pictures, and it serves up to {ANNOY_UP_TO:,}"
    return FaissEngine.name, f"faiss: {pictures:,} pictures, and it answers sooner above {ANNOY_UP_TO:,}"


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


class _Proposer(Protocol):
    """What an engine knows how to find near rows with, by their numbers among those of the index.

    `most` is the number of candidates from which on exact search is as quick. Under a filter, as many passing rows as
    `exact_below` are compared one by one: that is as quick, too, and nothing is missed.
    """

    most: int
    exact_below: int

    def near(self, query: np.ndarray, wanted: int) -> np.ndarray:
        """About the `wanted` nearest to a query (d,)."""
        ...

    def save(self, path: Path) -> None: ...


class _ApproximateIndex:
    """Asks for more than are wanted, since what does not pass is dropped; compares exactly where too few are left.

    A filter often goes with what a photo shows (trousers, filtered by shirts): nothing passes near the query then, and
    an engine that looks for passing rows by itself ends its search with poor ones.
    """

    def __init__(self, proposer: _Proposer, vectors: np.ndarray, rows: np.ndarray) -> None:
        self._proposer = proposer
        self._vectors = vectors
        self._rows = rows
        self._exact = _ExactIndex(vectors, rows)

    def search(self, queries: np.ndarray, k: int, *, allowed: np.ndarray | None = None) -> Neighbours:
        k = check_k(k)
        queries = check_embeddings(queries, self._vectors.shape[1])
        possible = len(self._rows)
        if allowed is not None:
            possible = int(np.count_nonzero(allowed if possible == len(allowed) else allowed[self._rows]))
        share = possible / max(1, len(self._rows))
        k = min(k, possible)
        wanted = int((2 * k + 20) / share) if k else 0
        narrow = share < NEARLY_ALL and possible <= self._proposer.exact_below
        if narrow or not 0 < wanted <= self._proposer.most:
            return self._exact.search(queries, max(1, k), allowed=allowed)
        rows = np.empty((len(queries), k), np.int64)
        scores = np.empty((len(queries), k), np.float32)
        # One by one: FAISS opens threads of its own for several, and a server has its own already.
        for number, query in enumerate(queries):
            near = self._rows[self._proposer.near(query, wanted)]
            if allowed is not None:
                near = near[allowed[near]]
            if len(near) < k:
                exact = self._exact.search(query[None], k, allowed=allowed)
                rows[number], scores[number] = exact.rows[0], exact.scores[0]
            else:
                rows[number], scores[number] = best_of(self._vectors, near, query, k)
        return Neighbours(rows, scores)

    def save(self, path: Path) -> None:
        self._proposer.save(path)


class _Trees:
    most = SEARCH_NODES // 2
    exact_below = 50_000

    def __init__(self, index: AnnoyIndex) -> None:
        self._index = index

    def near(self, query: np.ndarray, wanted: int) -> np.ndarray:
        return np.array(self._index.get_nns_by_vector(query.tolist(), wanted, SEARCH_NODES), np.int64)

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
        return _ApproximateIndex(_Trees(index), vectors, rows)

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
        return _ApproximateIndex(_Trees(index), vectors, rows)


class _Graph:
    most = 2_000
    exact_below = 10_000

    def __init__(self, index: faiss.IndexHNSWFlat, copies: _Copies) -> None:
        self._index = index
        self._copies = copies

    def near(self, query: np.ndarray, wanted: int) -> np.ndarray:
        explored = faiss.SearchParametersHNSW(efSearch=max(LEAST_EXPLORED, wanted))
        found = self._index.search(query[None], wanted, params=explored)[1][0]
        return self._copies.of(found[found >= 0])

    def save(self, path: Path) -> None:
        # Through Python, which tells why a disk refuses.
        path.write_bytes(graph_bytes(self._index).tobytes())


class _Copies:
    """Which of n vectors are the same: in a graph, hundreds of equal ones link to nothing but each other.

    `firsts` are the places of the different ones among all.
    """

    def __init__(self, vectors: np.ndarray) -> None:
        numbers: dict[bytes, int] = {}
        different = [numbers.setdefault(vector.tobytes(), len(numbers)) for vector in vectors]
        self._order = np.argsort(different, kind="stable")
        self._starts = np.searchsorted(np.array(different, np.int64)[self._order], np.arange(len(numbers) + 1))
        self.firsts = self._order[self._starts[:-1]]

    def of(self, different: np.ndarray) -> np.ndarray:
        """The places of all that are the same as some of the different ones, which are given by number."""
        if len(self.firsts) == len(self._order):
            return different
        parts = [self._order[self._starts[one] : self._starts[one + 1]] for one in different]
        return np.concatenate([self._order[:0], *parts])


class FaissEngine:
    """A graph of neighbours (HNSW): the fastest of the three from some ten thousand rows on, and the longest to build.

    It is built by as many threads as OpenMP is given, and is the same however many there are.
    """

    name = "faiss"

    def build(self, vectors: np.ndarray, rows: np.ndarray, *, seed: int) -> Index:
        rows = _check_rows(rows, len(vectors))
        copies = _Copies(vectors[rows])
        index = new_graph(vectors.shape[1])
        index.hnsw.efConstruction = LINKED_FROM
        index.hnsw.rng = faiss.RandomGenerator(seed)
        index.add(vectors[rows[copies.firsts]])
        return _ApproximateIndex(_Graph(index, copies), vectors, rows)

    def open(self, path: Path, vectors: np.ndarray, rows: np.ndarray) -> Index:
        rows = _check_rows(rows, len(vectors))
        copies = _Copies(vectors[rows])
        with open_plain(path.parent, path.name) as file:
            try:
                index = read_graph(file, vectors[rows[copies.firsts]])
            except ValueError as error:
                raise damaged(path, str(error)) from error
        return _ApproximateIndex(_Graph(index, copies), vectors, rows)


def _check_rows(rows: np.ndarray, count: int) -> np.ndarray:
    rows = np.asarray(rows, dtype=np.int64)
    if len(rows) and (rows[0] < 0 or rows[-1] >= count or (np.diff(rows) <= 0).any()):
        raise StoreError(
            f"Rows of an index must be ascending, each once, and within the {count} embeddings; "
            f"these go from {rows.min()} to {rows.max()}.",
            code="unknown_row",
        )
    return rows


ENGINES: dict[str, Engine] = {engine.name: engine for engine in (AnnoyEngine(), FaissEngine(), ExactEngine())}
