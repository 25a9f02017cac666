"""What a photo takes everywhere, in one partition and by the cascade: with the networks, side by side."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from vsearch_core.contracts import Photo, Prediction
from vsearch_core.evaluation.measure import Measured
from vsearch_core.store.engines import SMALLEST, Index, engine_named
from vsearch_core.vision.cascade import Cascade

K = 5
ROUNDS = 2
SEED = 2026
MODES = ("all", "top1", "cascade")


def search_latency(
    photos: Sequence[Photo], ours: Measured, raw: Measured, rules: Mapping[str, Cascade], *, engine: str = "annoy"
) -> dict[str, Any]:
    """Milliseconds of a photo by vectors and mode: seen by the network, its partitions chosen and searched.

    A photo is taken through everything before the next one comes, in changing order, so that a busy moment of the
    machine strikes all of it. With raw features the cascade needs our network beside them, for the categories.

    Args:
        ours: of the bundle that ships, raw: of raw features; rules: of `our embedding` and of `raw features`.
        engine: of the indexes, built as a store builds them.

    Returns:
        `analyse_ms` by vectors, `search_ms` by vectors and mode (each the median and the 95th percentile), and `change`
        by vectors: of the cascade's median over that of a search everywhere, seen and searched.
    """
    found = {"our embedding": ours, "raw features": raw}
    searches = {name: _Partitions(measured, engine) for name, measured in found.items()}
    random = np.random.default_rng(SEED)
    seen: dict[str, list[float]] = {name: [] for name in found}
    searched: dict[tuple[str, str], list[float]] = {(name, mode): [] for name in found for mode in MODES}
    for number in range(ROUNDS + 1):
        for photo in photos:
            started = time.perf_counter()
            analysis = ours.model.analyse(photo)
            between = time.perf_counter()
            vectors = {"our embedding": analysis.embedding, "raw features": raw.model.run(photo)["embedding"]}
            spent = {"our embedding": between - started, "raw features": time.perf_counter() - between}
            for place in random.permutation(len(searched)):
                name, mode = list(searched)[place]
                started = time.perf_counter()
                where = _where(mode, analysis.categories, rules[name], searches[name].there)
                searches[name].search(vectors[name], where)
                if number:  # the first round only warms up
                    searched[name, mode].append(1000 * (time.perf_counter() - started))
            if number:
                for name in found:
                    seen[name].append(1000 * spent[name])
    analysed = {name: float(np.median(values)) for name, values in seen.items()}
    medians = {key: float(np.median(values)) for key, values in searched.items()}
    change = {}
    for name in found:
        added = analysed["our embedding"] if name == "raw features" else 0.0
        cascade = analysed[name] + added + medians[name, "cascade"]
        change[name] = round(cascade / (analysed[name] + medians[name, "all"]) - 1, 4)
    return {
        "photos": len(photos),
        "products": len(ours.shots.table),
        "engine": engine,
        "analyse_ms": {name: _summary(values) for name, values in seen.items()},
        "search_ms": {name: {mode: _summary(searched[name, mode]) for mode in MODES} for name in found},
        "change": change,
    }


class _Partitions:
    """The indexes of a gallery, as a store has them: one of everything, and one for each category."""

    def __init__(self, measured: Measured, engine: str) -> None:
        vectors, categories = measured.shots.embeddings, measured.column("category")

        def build(rows: np.ndarray) -> Index:
            chosen = engine_named(engine if len(rows) >= SMALLEST else "exact")
            return chosen.build(vectors, rows, seed=SEED)

        self._whole = build(np.arange(len(vectors)))
        self.there = {str(name): build(np.flatnonzero(categories == name)) for name in np.unique(categories)}

    def search(self, vector: np.ndarray, partitions: Sequence[str] | None) -> None:
        """Search everything, or some partitions."""
        for index in [self._whole] if partitions is None else [self.there[name] for name in partitions]:
            index.search(vector[None], K)


def _where(
    mode: str, categories: Sequence[Prediction], rule: Cascade, there: Mapping[str, Index]
) -> Sequence[str] | None:
    best = categories[0].name
    if mode == "top1":
        return [best] if best in there else None
    return rule.chosen(categories, there) if mode == "cascade" else None


def _summary(values: Sequence[float]) -> Mapping[str, float]:
    return {"median": round(float(np.median(values)), 3), "p95": round(float(np.percentile(values, 95)), 3)}
