"""Builders for the journal's tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from vsearch_core.contracts import Analysis, Hit, Prediction, SearchResult
from vsearch_core.database import Database, open_database
from vsearch_core.journal import Journal
from vsearch_core.settings import settings


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits for a database lies in the cache."""
    monkeypatch.setenv("VSEARCH_CACHE", str(tmp_path / "cache"))
    settings.cache_clear()


@pytest.fixture
def result() -> Callable[..., SearchResult]:
    """Makes an answer; each part can be given."""

    def make(
        product_types: tuple[tuple[str, float], ...] = (("Shirts", 0.7), ("Tops", 0.2), ("Kurtas", 0.1)),
        hits: int = 5,
        good_match: bool = True,
    ) -> SearchResult:
        analysis = Analysis(
            product_types=tuple(Prediction(*one) for one in product_types),
            categories=(Prediction("Topwear", 0.9),),
            attributes={"colour": (Prediction("Navy Blue", 0.8), Prediction("Blue", 0.1))},
            embedding=np.full(256, 1 / 16, np.float32),
        )
        return SearchResult(
            analysis=analysis,
            hits=tuple(
                Hit(f"1{i}", np.float32(1 - i / 1000), f"Shirt {i}", "Shirts", "Topwear", f"images/1{i}.jpg")
                for i in range(hits)
            ),
            good_match=good_match,
            timings_ms={"decode": 1.5, "analyse": 2.5, "search": 1.0, "total": 5.25},
        )

    return make


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The file of the journal's database, where it is SQLite's. A test that asks for it runs on SQLite alone."""
    return tmp_path / "data" / "journal.db"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test of the journal runs on both databases, for real."""
    if "backend" in metafunc.fixturenames:
        asked = metafunc.definition._fixtureinfo.argnames
        on_one = "path" in asked or "postgresql" in asked
        only = "sqlite" if "path" in asked else "postgresql"
        metafunc.parametrize("backend", [only] if on_one else ["sqlite", "postgresql"])


@pytest.fixture
def url(backend: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """The URL of a new, empty database."""
    if backend == "sqlite":
        return f"sqlite:///{tmp_path / 'data' / 'journal.db'}"
    return str(request.getfixturevalue("postgresql").new_database())


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """A new database that waits only briefly for a lock."""
    database = open_database(url, timeout_s=0.1)
    yield database
    database.close()


@pytest.fixture
def journal(database: Database) -> Iterator[Journal]:
    """The journal of `database`, without photos."""
    journal = Journal(database)
    yield journal
    journal.close()


@pytest.fixture
def hold(database: Database) -> Iterator[Callable[[], Callable[[], None]]]:
    """Makes another program hold the database, so that nobody else can write; call what it returns to let go."""
    held: list[Callable[[], None]] = []

    def begin() -> Callable[[], None]:
        connection = database.engine.connect().execution_options(write_lock=True)
        connection.begin()
        if database.engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL lock_timeout = '30s'")  # a journal may be looking at it right now
            connection.exec_driver_sql("LOCK TABLE queries, events, photos, alembic_version")
        held.append(connection.close)
        return connection.close

    yield begin
    for let_go in held:
        let_go()
