"""Our search, timed one photo at a time."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Protocol, TypeVar

import numpy as np

from vsearch_core.catalogue import read_catalogue
from vsearch_core.search import Engine
from vsearch_core.settings import Settings
from vsearch_core.store import AnnoyEngine, ExactEngine, Index, Store, build_store, recall_at_k

T = TypeVar("T")

ROUNDS = 40
_BUILD_IMAGES = 6000


class Other(Protocol):
    """What we are compared with: bytes to ids of products, best first."""

    def search(self, data: bytes, k: int) -> list[str]: ...


def open_engine(store: Path) -> Engine:
    """The engine as the app opens it."""
    return Engine.open(store)


def side_by_side(engine: Engine, other: Other, photo: bytes) -> dict[str, float]:
    """Median milliseconds from a photo's bytes to five products, ours and theirs in turn."""
    mine: list[float] = []
    others: list[float] = []
    steps: list[dict[str, float]] = []
    for _ in range(3):
        engine.search(photo, k=5)
        other.search(photo, 5)
    for _ in range(ROUNDS):
        spent, result = _timed(lambda: engine.search(photo, k=5))
        mine.append(spent)
        steps.append(dict(result.timings_ms))
        others.append(_timed(lambda: other.search(photo, 5))[0])
    medians = {f"ours_{step}_ms": statistics.median(one[step] for one in steps) for step in steps[0] if step != "total"}
    return {
        "ours_ms": round(statistics.median(mine), 2),
        **{name: round(value, 2) for name, value in medians.items()},
        "theirs_ms": round(statistics.median(others), 2),
        "times_faster": round(statistics.median(others) / statistics.median(mine), 1),
    }


def recall(path: Path, queries: int = 1000) -> dict[str, float]:
    """Annoy's recall@10 against the exact engine over the store's embeddings, queries among them; median times."""
    embeddings = Store.open(path).embeddings
    rows = np.arange(len(embeddings))
    random = np.random.default_rng(0)
    chosen = embeddings[random.choice(len(embeddings), min(queries, len(embeddings)), replace=False)]
    annoy, exact = (engine.build(embeddings, rows, seed=0) for engine in (AnnoyEngine(), ExactEngine()))
    value = recall_at_k(annoy, exact, chosen, 10)
    return {
        "recall": round(value, 4),
        "annoy_ms": round(_median_search(annoy, chosen), 2),
        "exact_ms": round(_median_search(exact, chosen), 2),
    }


def _median_search(index: Index, queries: np.ndarray) -> float:
    spent = []
    for query in queries:
        started = time.perf_counter()
        index.search(query[None], 10)
        spent.append((time.perf_counter() - started) * 1000)
    return statistics.median(spent)


def build_speed(settings: Settings) -> float:
    """Images a second while a store of the first catalogue products is built, index and checksums included."""
    catalogue = read_catalogue(settings.data / "fashion-products")
    part = replace(catalogue, products=catalogue.products.head(_BUILD_IMAGES))
    model = Engine.open(settings.store_path).model
    with tempfile.TemporaryDirectory() as folder:
        spent, _ = _timed(lambda: build_store(part, model, Path(folder) / "store"))
    return round(len(part) / spent * 1000, 1)


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    started = time.perf_counter()
    result = work()
    return (time.perf_counter() - started) * 1000, result
