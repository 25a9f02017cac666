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
from vsearch_core.catalogue.photos.user import read_user_photos, user_images
from vsearch_core.search import Engine
from vsearch_core.settings import Settings
from vsearch_core.store import Store, build_store
from vsearch_core.store.engines import SMALLEST

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


def user_photos(settings: Settings, engine: Engine, count: int = 500) -> np.ndarray:
    """Embeddings (m, d) of validation user photos."""
    photos = read_user_photos(settings.data).query("part == 'validation'").head(count)
    source = user_images(settings.data)
    return engine.model.embed([engine.decode(source.read(name)) for name in photos["image"]])


def recall(settings: Settings, engine: Engine, count: int = 500) -> dict[str, object]:
    """Recall@10 of the store's own indexes against comparing everything, whole and by partition; median times.

    Queries are validation user photos, which lie farther from the products than the products from each other, and
    catalogue products, each of which also finds itself.
    """
    store = engine.store
    embeddings, categories = store.embeddings, store.products["category"].to_numpy()
    from_photos = user_photos(settings, engine, count)
    from_products = embeddings[np.random.default_rng(0).choice(len(embeddings), count, replace=False)]
    large = [name for name, size in store.partitions.items() if size >= SMALLEST]
    whole = np.ones(len(embeddings), dtype=bool)
    return {
        "user photos": store_recall(store, embeddings, from_photos, whole, None),
        "products": store_recall(store, embeddings, from_products, whole, None),
        **{
            f"user photos in {name}": store_recall(store, embeddings, from_photos, categories == name, [name])
            for name in large
        },
        f"{store.manifest.engine}_ms": _median_ms(lambda query: store.search(query, 10), from_photos),
        "exact_ms": _median_ms(lambda query: np.argpartition(embeddings @ query, -10)[-10:], from_photos),
    }


def store_recall(
    store: Store, embeddings: np.ndarray, queries: np.ndarray, inside: np.ndarray, partitions: list[str] | None
) -> float:
    """Share of the true ten nearest products that the store finds, over queries (m, d).

    Args:
        embeddings: (n, d) of the store's products, in their order.
        inside: (n,) whether a product is in the searched partitions.
    """
    cosines = np.where(inside, queries @ embeddings.T, -2)
    ids = store.products["id"].to_numpy()
    found = [{hit.id for hit in hits} for hits in store.search_many(queries, 10, partitions=partitions)]
    true = [set(ids[np.argpartition(row, -10)[-10:]]) for row in cosines]
    return round(float(np.mean([len(a & b) / 10 for a, b in zip(found, true, strict=True)])), 4)


def _median_ms(work: Callable[[np.ndarray], object], queries: np.ndarray) -> float:
    return round(statistics.median(_timed(lambda query=query: work(query))[0] for query in queries), 2)  # type: ignore[misc]


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
