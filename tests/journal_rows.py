"""Rows of the journal's tables, as `insert_many` takes them; each column can be given."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

import numpy as np

Row = dict[str, Any]


def query_row(**given: Any) -> Row:
    """A row of `queries`."""
    row: Row = {
        "id": uuid.uuid4().hex,
        "time": datetime(2026, 3, 10, 12, tzinfo=UTC),
        "source": "upload",
        "session": "a visit",
        "product_type": "Shirts",
        "category": "Topwear",
        "colour": "Blue",
        "gender": "Men",
        "product_types": [{"name": "Shirts", "probability": 0.9}],
        "attributes": {},
        "items": [],
        "partitions": [],
        "hits": [{"id": "1", "score": 0.9}],
        "k": 5,
        "good_match": True,
        "best_score": 0.9,
        "price": 20.0,
        "filters": {},
        "timings_ms": {"total": 10.0},
        "total_ms": 10.0,
        "model": "model",
        "store": "shop",
        "store_version": "1",
        "photo": None,
        "sample": False,
    }
    assert set(given) <= set(row)
    return row | given


def event_row(query: Row, kind: str = "viewed", **given: Any) -> Row:
    """A row of `events` for a query."""
    row: Row = {
        "id": uuid.uuid4().hex,
        "time": query["time"],
        "query": query["id"],
        "session": query["session"],
        "kind": kind,
        "product": None if kind == "none_of_these" else "1",
        "position": None if kind == "none_of_these" else 1,
        "sample": query["sample"],
    }
    return row | given


def photo_row(hash: str, embedding: np.ndarray, consent: str = "1") -> Row:
    """A row of `photos` with an embedding."""
    return {
        "hash": hash,
        "time": datetime(2026, 3, 10, tzinfo=UTC),
        "expires": datetime(2036, 3, 10, tzinfo=UTC),
        "consent": consent,
        "width": 10,
        "height": 10,
        "embedding": np.asarray(embedding, "<f2").tobytes(),
    }
