"""Builders for the tests of the demand tables: journals with the rows that a test needs."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import delete

from vsearch_core.database import Database, open_database
from vsearch_core.journal import Event, Photo, PhotoFolder, Query

Row = dict[str, Any]


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def reused(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A journal, on each database for real, that is emptied between tests: making one takes longer than filling it."""
    if request.param == "postgresql":
        url = str(request.getfixturevalue("postgresql").new_database())
    else:
        url = f"sqlite:///{tmp_path_factory.mktemp('journal') / 'journal.db'}"
    database = open_database(url)
    yield database
    database.close()


@pytest.fixture(scope="session")
def emptied() -> Callable[[Database], Database]:
    """Takes everything out of a journal."""

    def empty(database: Database) -> Database:
        with database.session() as session:
            for table in (Event, Query, Photo):
                session.execute(delete(table))
        return database

    return empty


@pytest.fixture
def journal_database(reused: Database, emptied: Callable[[Database], Database]) -> Database:
    """An empty journal."""
    return emptied(reused)


@pytest.fixture
def photo_folder(tmp_path: Path) -> PhotoFolder:
    """Where kept photos lie."""
    return PhotoFolder(tmp_path / "photos")


@pytest.fixture(scope="session")
def query() -> Callable[..., Row]:
    """Makes a row of `queries`; each column can be given."""

    def make(**given: Any) -> Row:
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

    return make


@pytest.fixture(scope="session")
def event() -> Callable[..., Row]:
    """Makes a row of `events` for a query."""

    def make(query: Row, kind: str = "viewed", **given: Any) -> Row:
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

    return make


@pytest.fixture(scope="session")
def kept() -> Callable[..., Row]:
    """Makes a row of `photos` with an embedding."""

    def make(hash: str, embedding: np.ndarray, consent: str = "1") -> Row:
        return {
            "hash": hash,
            "time": datetime(2026, 3, 10, tzinfo=UTC),
            "expires": datetime(2036, 3, 10, tzinfo=UTC),
            "consent": consent,
            "width": 10,
            "height": 10,
            "embedding": np.asarray(embedding, "<f2").tobytes(),
        }

    return make
