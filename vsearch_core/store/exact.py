"""Exact nearest neighbours by cosine: what every faster way is measured against, and falls back to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from vsearch_core.errors import StoreError

_CHUNK_FLOATS = 8_000_000
"""Scores held at once (32 MB): a batch of many queries is answered in chunks."""


@dataclass(frozen=True)
class Neighbours:
    """The best rows for each of n queries, best first; equal scores are in row order.

    `rows` (n, m) int64 are rows of the embeddings, `scores` (n, m) float32 their cosines (-1..1); m is the smaller of
    k and the number of rows that could be returned.
    """

    rows: np.ndarray
    scores: np.ndarray


def check_embeddings(embeddings: np.ndarray, dimension: int) -> np.ndarray:
    """The embeddings as L2-normalised float32 of shape (n, dimension).

    Raises:
        StoreError: another shape (code `wrong_dimension`), or values that are not finite or all zero
            (`bad_embedding`).
    """
    vectors = np.asarray(embeddings)
    if vectors.ndim != 2 or vectors.shape[1] != dimension:
        raise StoreError(
            f"Embeddings of shape {vectors.shape} do not fit here: (n, {dimension}) is needed; use the model that the "
            "store was built with.",
            code="wrong_dimension",
        )
    vectors = vectors.astype(np.float32, order="C")
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    if not np.isfinite(norms).all() or (norms == 0).any():
        raise StoreError(
            "An embedding is all zeros or has a value that is not a number; the model that made it is damaged.",
            code="bad_embedding",
        )
    # Twice, because a tiny vector's norm has lost digits: its first quotient is near length 1 and the second is exact.
    vectors /= norms
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def check_k(k: int) -> int:
    """k, if it is a count.

    Raises:
        StoreError: k is below 1 or no whole number (code `bad_k`).
    """
    if isinstance(k, bool) or not isinstance(k, int | np.integer) or k < 1:
        raise StoreError(f"k is {k!r}, but at least 1 result must be asked for.", code="bad_k")
    return int(k)


def cosines(vectors: np.ndarray, rows: np.ndarray, query: np.ndarray) -> np.ndarray:
    """Cosines of a normalised query (d,) with some rows of normalised vectors (n, d): float32 of shape (len(rows),).

    One dot product a row, and not a matrix product, whose rounding changes with the number of rows and queries: a
    product gets the same score whether it is found alone, in a batch, by Annoy or by exact search.
    """
    products: np.ndarray = np.vecdot(vectors[rows], query)
    return products.clip(-1.0, 1.0)


def best_of(vectors: np.ndarray, candidates: np.ndarray, query: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """The k best candidate rows for a query, with their cosines: best first, equal scores in row order."""
    candidates = np.sort(candidates)
    scores = cosines(vectors, candidates, query)
    order = np.argsort(-scores, kind="stable")[:k]
    return candidates[order], scores[order]


def cosine_blocks(queries: np.ndarray, gallery: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """The cosines of all queries with all of a gallery, as many queries at once as memory is meant for.

    A matrix product is faster for many queries but rounds differently from `cosines`. For one query it gains nothing,
    and would wait for busy processors.

    Args:
        queries: (m, d) normalised float32, or (m, looks, d); gallery: (n, d).

    Yields:
        The number of a block's first query, and float32 (block, n) or (block, looks, n).
    """
    step = max(1, _CHUNK_FLOATS // max(1, len(gallery) * int(np.prod(queries.shape[1:-1]))))
    for start in range(0, len(queries), step):
        some = queries[start : start + step]
        yield start, np.vecdot(gallery, some)[None] if some.shape[:-1] == (1,) else some @ gallery.T


def highest(scores: np.ndarray, k: int) -> np.ndarray:
    """The places of the k highest scores, or of all where there are fewer, best first: of (…, n) it is (…, k)."""
    k = min(k, scores.shape[-1])
    if not k:
        return np.empty((*scores.shape[:-1], 0), np.int64)
    best = np.argpartition(-scores, k - 1, axis=-1)[..., :k]
    order = np.argsort(-np.take_along_axis(scores, best, axis=-1), axis=-1, kind="stable")
    return np.take_along_axis(best, order, axis=-1)


def exact_neighbours(vectors: np.ndarray, rows: np.ndarray, queries: np.ndarray, k: int) -> Neighbours:
    """The k best of some rows for each query, by comparing with every one of them.

    Args:
        vectors: (n, d) normalised float32.
        rows: the rows that may be returned, int64, ascending.
        queries: (m, d) normalised float32.
    """
    k = min(k, len(rows))
    found = np.empty((len(queries), k), np.int64)
    scores = np.empty((len(queries), k), np.float32)
    if k == 0:
        return Neighbours(found, scores)
    # Rows that lie close together are multiplied in place, with those between them; others are copied out first.
    span = slice(int(rows[0]), int(rows[-1]) + 1)
    close = len(rows) * 4 >= span.stop - span.start
    compared = vectors[span] if close else vectors[rows]
    # A matrix product rounds differently from `cosines`: whatever it puts within its error of the k-th place is looked
    # at again.
    error = 2 * vectors.shape[1] * np.finfo(np.float32).eps
    for start, rough in cosine_blocks(queries, compared):
        if len(compared) > len(rows):
            rough = rough[:, rows - span.start]
        kth = np.partition(rough, len(rows) - k, axis=1)[:, len(rows) - k]
        for number, (row_scores, limit) in enumerate(zip(rough, kth, strict=True), start):
            near = rows[row_scores >= limit - error]
            found[number], scores[number] = best_of(vectors, near, queries[number], k)
    return Neighbours(found, scores)
