"""A database of their own for the reviews' tests: every test runs on both, for real."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from vsearch_core.database import Database, open_database
from vsearch_core.reviews import Reviews


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A new, empty database."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'vsearch.db'}"
    else:
        url = str(request.getfixturevalue("postgresql").new_database())
    database = open_database(url, timeout_s=1.0)
    yield database
    database.close()


@pytest.fixture
def reviews(database: Database) -> Reviews:
    """The reviews of a catalogue."""
    return Reviews(database, "Fashion products")
