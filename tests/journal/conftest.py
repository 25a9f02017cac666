"""Builders for the journal's tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from vsearch_core.contracts import Analysis, Hit, Prediction, SearchResult
from vsearch_core.database import Database, open_database
from vsearch_core.journal import Journal


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
    """The file of the journal's database."""
    return tmp_path / "data" / "journal.db"


@pytest.fixture
def database(path: Path) -> Database:
    """A new database that waits only briefly for a lock."""
    return open_database(f"sqlite:///{path}", timeout_s=0.1)


@pytest.fixture
def journal(database: Database) -> Iterator[Journal]:
    """The journal of `database`."""
    journal = Journal(database)
    yield journal
    journal.close()
