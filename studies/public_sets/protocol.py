"""Published photo sets through a bundle: cleaned, embedded, and measured as embeddings are compared."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from studies.public_sets.classes import merged_classes
from studies.public_sets.pictures import Listing, PublicSet, clean
from vsearch_core.contracts import Photo, Progress
from vsearch_core.evaluation.protocols.twins import halves
from vsearch_core.evaluation.statistics import Stopwatch, ranks, recalls, timing
from vsearch_core.machine import machine
from vsearch_core.vision import FashionModel

KS = (1, 5, 10, 20)


@dataclass(frozen=True)
class Embedded:
    """A cleaned set and what the network makes of it.

    `embeddings` is (pictures, d) float32, its rows as `picture` of `cleaned.rows` says; the milliseconds are of one
    picture, on all threads of the model.
    """

    cleaned: PublicSet
    embeddings: np.ndarray
    read_ms: float
    inference_ms: float


def embed_set(listing: Listing, model: FashionModel, progress: Progress | None = None) -> Embedded:
    """Clean a listed set and embed what is kept, each photo opened once.

    Raises:
        CatalogueError: nothing of it can be used.
    """
    found: list[np.ndarray] = []
    inference = 0.0

    def take(photos: Sequence[Photo]) -> None:
        nonlocal inference
        started = time.perf_counter()
        found.append(model.embed(photos))
        inference += time.perf_counter() - started

    started = time.perf_counter()
    cleaned = clean(listing, take, max_side=2 * model.bundle.side, progress=progress)
    seconds = time.perf_counter() - started
    embeddings = np.concatenate(found)
    return Embedded(
        cleaned,
        embeddings,
        read_ms=1000 * (seconds - inference) / len(embeddings),
        inference_ms=1000 * inference / len(embeddings),
    )


def set_record(embedded: Embedded, model: FashionModel, command: str) -> dict[str, Any]:
    """What the figures of every set begin with."""
    return {
        "command": command,
        "bundle": model.name,
        "model": model.fingerprint,
        "machine": machine(),
        "set": embedded.cleaned.name,
        "cleaning": dict(embedded.cleaned.report.counts),
        "read_ms": round(embedded.read_ms, 3),
        "inference_ms": round(embedded.inference_ms, 3),
    }


def merged_figures(embedded: Embedded) -> dict[str, Any]:
    """Classes of 2 to 30 pictures, class-disjoint; of the test classes one half of the pictures asks, one is searched.

    Returns:
        `r_at_<k>` with intervals by class, `timings_ms`, `queries`, `gallery` and `test_classes`, and the counts of
        `Classes`; without figures where no class is left.
    """
    classes = merged_classes(embedded.cleaned.rows)
    test = classes.pictures[classes.pictures["part"] == "test"]
    record: dict[str, Any] = {**classes.counts, "test_classes": int(test["class_id"].nunique())}
    if test.empty:
        return record
    ids = test["class_id"].to_numpy(dtype=str)
    vectors = embedded.embeddings[test["picture"].to_numpy()]
    asking, gallery = halves(ids, np.arange(len(ids)))
    places, search_ms = first_places(vectors[asking], vectors[gallery], ids[asking], ids[gallery])
    return {
        **record,
        "queries": len(asking),
        "gallery": len(gallery),
        **recalls(places, list(ids[asking]), KS),
        "timings_ms": timing(inference_ms=embedded.inference_ms, search_ms=search_ms),
    }


def first_places(
    queries: np.ndarray, gallery: np.ndarray, asked: np.ndarray, searched: np.ndarray
) -> tuple[np.ndarray, float]:
    """The place of the first right picture for each query, and the milliseconds that a query took.

    Args:
        queries: (q, d); gallery: (n, d), L2-normalised float32.
        asked: (q,) and searched: (n,) ids; equal ones are right, and each of `asked` is in `searched`.
    """
    right = rows_of(searched)
    with Stopwatch(len(queries)) as watch:
        places = ranks(queries, gallery, [right[id] for id in asked])
    return places, watch.milliseconds


def rows_of(values: Sequence[str] | np.ndarray) -> dict[str, np.ndarray]:
    """For each value the rows that have it."""
    rows: dict[str, list[int]] = {}
    for row, value in enumerate(values):
        rows.setdefault(value, []).append(row)
    return {value: np.array(found, np.int64) for value, found in rows.items()}


def figure_row(name: str, figures: Mapping[str, Any], ks: Sequence[int] = KS) -> list[str]:
    """A line of the table that a person reads: name, queries, gallery, and each figure with its interval."""
    cells = [name, f"{figures.get('queries', 0):,}", f"{figures.get('gallery', 0):,}"]
    for k in ks:
        one = figures.get(f"r_at_{k}")
        cells.append(f"{one['value']:.1%} ({one['low']:.1%} to {one['high']:.1%})" if one else "none")
    return cells
