"""Nearest neighbours by other distances than the one that serves."""

from __future__ import annotations

import numpy as np
from sklearn.neighbors import NearestNeighbors

DISTANCES = ("cosine", "euclidean", "manhattan", "chebyshev", "correlation")


def nearest_by(distance: str, queries: np.ndarray, gallery: np.ndarray, k: int, *, threads: int = 2) -> np.ndarray:
    """Exact nearest neighbours.

    Args:
        distance: one of `DISTANCES`.
        queries: (q, d) and gallery: (n, d) float32, of any length.

    Returns:
        Rows of the gallery (q, k), nearest first.

    Raises:
        ValueError: there is no such distance.
    """
    if distance not in DISTANCES:
        raise ValueError(f"There is no distance {distance!r}; the distances are {', '.join(DISTANCES)}.")
    metric = distance
    if distance in ("cosine", "correlation"):
        # both order neighbours as the Euclidean distance does between vectors of length one
        metric = "euclidean"
        queries, gallery = (_unit(given, centred=distance == "correlation") for given in (queries, gallery))
    index = NearestNeighbors(n_neighbors=k, algorithm="brute", metric=metric, n_jobs=threads).fit(gallery)
    return index.kneighbors(queries, return_distance=False)


def _unit(vectors: np.ndarray, *, centred: bool) -> np.ndarray:
    if centred:
        vectors = vectors - vectors.mean(axis=1, keepdims=True)
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
