"""A search result as a row of the journal: plain values that every database takes."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from vsearch_core.contracts import Item, Prediction, SearchResult

PRODUCT_TYPES_KEPT = 5

HITS_KEPT = 100
"""Hits of a query that are written down; `k` says how many were asked for."""


def answer(result: SearchResult) -> dict[str, Any]:
    """The columns of `Query` that tell what was answered.

    Neither the photo, nor its name, nor its embedding is among them: an embedding can be turned back into a likeness.
    """
    analysis = result.analysis
    price = result.hits[0].price if result.hits else None
    timings = {str(step): plain(float(ms)) for step, ms in result.timings_ms.items()}
    return {
        "product_type": _best(analysis.product_types),
        "category": _best(analysis.categories),
        "colour": _best(analysis.attributes.get("colour", ())),
        "gender": _best(analysis.attributes.get("gender", ())),
        "product_types": [_prediction(one) for one in analysis.product_types[:PRODUCT_TYPES_KEPT]],
        "attributes": {text(name): _prediction(found[0]) for name, found in analysis.attributes.items() if found},
        "items": [_item(one) for one in result.items or analysis.items],
        "partitions": [text(one) for one in result.partitions],
        "hits": [{"id": text(hit.id), "score": plain(float(hit.score))} for hit in result.hits[:HITS_KEPT]],
        "good_match": bool(result.good_match),
        "best_score": plain(float(result.hits[0].score)) if result.hits else None,
        "price": plain(float(price)) if price is not None else None,
        "timings_ms": timings,
        "total_ms": timings.get("total"),
    }


def _best(predictions: tuple[Prediction, ...]) -> str:
    return text(predictions[0].name) if predictions else ""


def _prediction(prediction: Prediction) -> dict[str, Any]:
    return {"name": text(prediction.name), "probability": plain(float(prediction.probability))}


def _item(item: Item) -> dict[str, Any]:
    box = [plain(round(float(edge), 1)) for edge in item.box]
    return {"label": text(item.label), "position": item.position, "score": plain(float(item.score)), "box": box}


def text(value: object) -> str:
    """A value as text that every database takes: no NUL, no half of a surrogate pair."""
    return str(value).replace("\0", "").encode(errors="replace").decode()


def plain(value: Any) -> Any:
    """A value as JSON holds it: arrays and sets become lists, numbers that JSON does not know become None."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, np.generic | np.ndarray):
        return plain(value.tolist())
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return plain({field.name: getattr(value, field.name) for field in dataclasses.fields(value)})
    if isinstance(value, Mapping):
        return {text(key): plain(one) for key, one in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((plain(one) for one in value), key=str)
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        return [plain(one) for one in value]
    return text(value)
