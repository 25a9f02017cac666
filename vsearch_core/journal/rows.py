"""A search result, and what was done with it, as rows of the journal: plain values that every database takes."""

from __future__ import annotations

import dataclasses
import math
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from vsearch_core.contracts import Item, Position, Prediction, SearchResult
from vsearch_core.journal.tables import KINDS, Kind, Source

if TYPE_CHECKING:
    from vsearch_core.store import Filters

PRODUCT_TYPES_KEPT = 5

HITS_KEPT = 100
"""Hits of a query that are written down; `k` says how many were asked for."""


@dataclasses.dataclass(frozen=True)
class Request:
    """How a query came about; what it was answered is a `SearchResult`.

    `source` is where the photo came from, `session` the visit's token (see `new_session`), `model` the fingerprint of
    the model bundle, `filters` those that were asked for, `store` its name and `store_version` its state. `k` is how
    many hits were asked for; as many as there are where it is None. `garment` is where the garment is worn that was cut
    out of a photo and searched by; None for a whole photo. `sample`: no person is behind it.
    """

    source: Source
    session: str
    model: str
    filters: Filters | Mapping[str, Any] | None = None
    store: str = ""
    store_version: str = ""
    k: int | None = None
    garment: Position | None = None
    sample: bool = False


def query_row(
    result: SearchResult, asked: Request, *, time: datetime, photo: str | None = None, id: str = ""
) -> dict[str, Any]:
    """A row of the table `queries`; `photo` is a kept photo's hash."""
    return {
        "id": id or uuid.uuid4().hex,
        "time": time,
        "source": text(asked.source),
        "session": text(asked.session),
        "filters": plain(asked.filters or {}),
        "k": len(result.hits) if asked.k is None else int(asked.k),
        "model": text(asked.model),
        "store": text(asked.store),
        "store_version": text(asked.store_version),
        "photo": photo,
        "garment": text(asked.garment or ""),
        "sample": bool(asked.sample),
        **answer(result),
    }


def event_row(
    query: str,
    kind: Kind,
    *,
    time: datetime,
    session: str,
    product: str | None = None,
    position: int | None = None,
    value: float | None = None,
    sample: bool = False,
) -> dict[str, Any]:
    """A row of the table `events`; the arguments are those of `Journal.record_event`.

    Raises:
        ValueError: there is no such kind, position or value.
    """
    if kind not in KINDS:
        raise ValueError(f"An event is one of {', '.join(KINDS)}, not {kind!r}.")
    if position is not None and position < 1:
        raise ValueError(f"Positions count from 1; this is {position}.")
    if value is not None and (kind != "bought" or not math.isfinite(value) or value < 0):
        raise ValueError(f"Only what was bought has a value, of 0 or more; this is {value} of {kind}.")
    return {
        "id": uuid.uuid4().hex,
        "time": time,
        "query": text(query),
        "session": text(session),
        "kind": kind,
        "product": None if product is None else text(product),
        "position": None if position is None else int(position),
        "value": None if value is None else float(value),
        "sample": bool(sample),
    }


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
        "items": item_rows(result.items or analysis.items),
        "partitions": [text(one) for one in result.partitions],
        "hits": [{"id": text(hit.id), "score": plain(float(hit.score))} for hit in result.hits[:HITS_KEPT]],
        "good_match": bool(result.good_match),
        "best_score": plain(float(result.hits[0].score)) if result.hits else None,
        "price": plain(float(price)) if price is not None else None,
        "timings_ms": timings,
        "total_ms": timings.get("total"),
    }


def item_rows(items: Iterable[Item]) -> list[dict[str, Any]]:
    """The column `items` of `Query`."""
    return [_item(one) for one in items]


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
