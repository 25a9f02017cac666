"""What a search takes everywhere, in one partition and by the cascade: on a real store, side by side."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from vsearch_core.contracts import Prediction
from vsearch_core.errors import StoreError
from vsearch_core.evaluation.predictions import Say
from vsearch_core.settings import Settings
from vsearch_core.store import Store
from vsearch_core.vision import FashionModel
from vsearch_core.vision.cascade import Cascade

K = 5
PHOTOS = 200
ROUNDS = 3
SEED = 2026


def search_latency(
    settings: Settings,
    model: FashionModel,
    embeddings: np.ndarray,
    categories: Sequence[Sequence[Prediction]],
    rule: Cascade,
    say: Say,
) -> dict[str, Any]:
    """Milliseconds of a search by mode in the store that the app opens, with the choosing of partitions.

    A photo is searched in every mode before the next one comes, in changing order, so that a busy moment of the machine
    strikes all of them.

    Args:
        embeddings: (n, d) of photos; categories: of each one, the most probable first.

    Returns:
        `search_ms` by mode with the median and the 95th percentile, `photos`, and `change` of the cascade's median over
        that of a search everywhere; nothing but `store` = "" where no store of this model is there.
    """
    try:
        store = Store.open(settings.store_path, embedder=model)
    except StoreError as error:
        say(f"no search is timed: {error.message}")
        return {"store": ""}
    random = np.random.default_rng(SEED)
    chosen = random.permutation(len(embeddings))[:PHOTOS]

    def cascade(place: int) -> Sequence[str] | None:
        return rule.chosen(categories[place], store.partitions)

    def top1(place: int) -> Sequence[str] | None:
        best = categories[place][0].name
        return [best] if best in store.partitions else None

    modes: dict[str, Callable[[int], Sequence[str] | None]] = {"all": lambda place: None, "top1": top1}
    modes["cascade"] = cascade
    taken: dict[str, list[float]] = {name: [] for name in modes}
    for number in range(ROUNDS + 1):
        for place in chosen:
            for name in random.permutation(list(modes)):
                started = time.perf_counter()
                store.search(embeddings[place], K, partitions=modes[name](int(place)))
                if number:  # the first round only warms up
                    taken[name].append((time.perf_counter() - started) * 1000)
    medians = {name: float(np.median(values)) for name, values in taken.items()}
    return {
        "store": store.name,
        "products": len(store),
        "photos": len(chosen),
        "search_ms": {name: _summary(values) for name, values in taken.items()},
        "change": round(medians["cascade"] / medians["all"] - 1, 4),
    }


def _summary(values: Sequence[float]) -> Mapping[str, float]:
    return {"median": round(float(np.median(values)), 3), "p95": round(float(np.percentile(values, 95)), 3)}
