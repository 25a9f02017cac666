"""Builders for the tests of the demand tables: journals with the rows that a test needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete

from tests.journal_rows import Row, event_row, photo_row, query_row
from vsearch_core.database import Database, open_database
from vsearch_core.journal import Event, Photo, PhotoFolder, Query


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
    return query_row


@pytest.fixture(scope="session")
def event() -> Callable[..., Row]:
    """Makes a row of `events` for a query."""
    return event_row


@pytest.fixture(scope="session")
def kept() -> Callable[..., Row]:
    """Makes a row of `photos` with an embedding."""
    return photo_row
