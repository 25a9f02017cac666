"""The index engines over a store's own embeddings, in one run: each query is put to all of them in turn."""

from __future__ import annotations

import statistics
import time

import numpy as np

from vsearch_core.store import Store
from vsearch_core.store.engines import ENGINES, ExactEngine

K = 10


def side_by_side(store: Store, queries: np.ndarray) -> dict[str, dict[str, float]]:
    """For each engine: seconds to build, and, with and without filters, median milliseconds, recall@10 and speed.

    Args:
        queries: (m, d) of the store's model.
    """
    vectors, categories = store.embeddings, store.products["category"].to_numpy()
    largest = max(store.partitions, key=lambda name: store.partitions[name])
    filters = {
        "": None,
        ", half by chance": np.random.default_rng(0).random(len(vectors)) < 0.5,
        f", without {largest}": categories != largest,
        ", one in ten": np.arange(len(vectors)) % 10 == 0,
    }
    figures: dict[str, dict[str, float]] = {}
    indexes = {}
    for name, engine in ENGINES.items():
        started = time.perf_counter()
        indexes[name] = engine.build(vectors, np.arange(len(vectors)), seed=store.manifest.seed)
        figures[name] = {"build_s": round(time.perf_counter() - started, 1)}
    for what, allowed in filters.items():
        spent: dict[str, list[float]] = {name: [] for name in indexes}
        rows: dict[str, list[np.ndarray]] = {name: [] for name in indexes}
        for query in queries:
            for name, index in indexes.items():
                started = time.perf_counter()
                rows[name].append(index.search(query[None], K, allowed=allowed).rows[0])
                spent[name].append(1000 * (time.perf_counter() - started))
        exact = ExactEngine.name
        for name, found in figures.items():
            same = [len(np.intersect1d(a, b)) / len(b) for a, b in zip(rows[name], rows[exact], strict=True)]
            found[f"ms{what}"] = round(statistics.median(spent[name]), 2)
            found[f"recall{what}"] = round(float(np.mean(same)), 4)
            found[f"times_faster_than_exact{what}"] = round(
                statistics.median(spent[exact]) / statistics.median(spent[name]), 1
            )
    return figures
