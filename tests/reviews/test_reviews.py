"""Verdicts about labels: given, overruled, taken back, exported; nothing of them is lost."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from vsearch_core.catalogue.corrections import read_corrections
from vsearch_core.database import Base, Database, migrations
from vsearch_core.errors import ReviewError
from vsearch_core.reviews import AMBIGUOUS, KEEP, RELABEL, Reviews, Verdict, corrections, nothing_decided
from vsearch_core.reviews.reviews import COLUMNS, CORRECTIONS
from vsearch_core.table_files import as_csv


def decide(reviews: Reviews, product: str = "15970", verdict: str = KEEP, **given: Any) -> Verdict:
    """A verdict of Ana's, if nothing else is said."""
    known = {"label": "Tops", "suggested": "Tshirts", "reviewer": "ana@shop.example", "kind": "label error"}
    return reviews.give(product, verdict=verdict, **{**known, **given})


def test_a_verdict_is_kept_with_who_and_when(reviews: Reviews) -> None:
    before = datetime.now(UTC)
    decide(reviews, verdict=RELABEL, new_label="Tshirts")
    row = reviews.standing().iloc[0]
    assert (row["product"], row["label"], row["verdict"], row["new_label"]) == ("15970", "Tops", RELABEL, "Tshirts")
    assert (row["reviewer"], row["kind"], row["suggested"]) == ("ana@shop.example", "label error", "Tshirts")
    assert before <= row["time"] <= datetime.now(UTC)
    assert pd.isna(row["taken_back"])


def test_the_last_verdict_stands_and_the_one_before_stays_in_the_history(reviews: Reviews) -> None:
    decide(reviews, verdict=KEEP)
    decide(reviews, verdict=AMBIGUOUS, reviewer="Ben")
    assert list(reviews.standing()["verdict"]) == [AMBIGUOUS]
    assert list(reviews.history("15970")["verdict"]) == [AMBIGUOUS, KEEP]


def test_undoing_takes_back_the_last_own_verdict_and_the_earlier_one_stands_again(reviews: Reviews) -> None:
    decide(reviews, verdict=KEEP)
    decide(reviews, verdict=AMBIGUOUS)
    decide(reviews, "59263", reviewer="Ben")
    undone = reviews.take_back("ana@shop.example")
    assert undone is not None
    assert (undone.product, undone.verdict) == ("15970", AMBIGUOUS)
    standing = reviews.standing().set_index("product")
    assert standing.loc["15970", "verdict"] == KEEP
    assert standing.loc["59263", "reviewer"] == "Ben"
    assert reviews.take_back("ana@shop.example") is not None
    assert reviews.take_back("ana@shop.example") is None
    history = reviews.history("15970")
    assert history["taken_back"].notna().all()
    assert set(history["taken_back_by"]) == {"ana@shop.example"}


def test_a_verdict_about_a_label_that_the_product_no_longer_has_is_over(reviews: Reviews) -> None:
    decide(reviews, verdict=RELABEL, new_label="Tshirts")
    assert len(reviews.standing({"15970": "Tops"})) == 1
    assert reviews.standing({"15970": "Tshirts"}).empty
    assert reviews.standing({}).empty


def test_another_catalogue_knows_nothing_of_it(reviews: Reviews, database: Database) -> None:
    decide(reviews)
    other = Reviews(database, "Sample shop")
    assert other.standing().empty
    assert other.take_back("ana@shop.example") is None


def test_corrections_are_what_the_command_takes_in_the_order_of_deciding(reviews: Reviews, tmp_path: Path) -> None:
    moment = datetime(2026, 3, 1, 9, 30, 5, tzinfo=UTC)
    decide(reviews, verdict=RELABEL, new_label="Tshirts", time=moment)
    decide(reviews, "59263", verdict=KEEP)
    decide(reviews, "=7", verdict=AMBIGUOUS)
    table = corrections(reviews.standing())
    assert tuple(table.columns) == CORRECTIONS
    assert list(table["id"]) == ["15970", "59263", "=7"]
    assert list(table["to"]) == ["Tshirts", "Tops", "Tops"]
    assert table.loc[0, "time"] == "2026-03-01T09:30:05Z"
    (tmp_path / "corrections.csv").write_bytes(as_csv(table))
    read = read_corrections(tmp_path / "corrections.csv")
    assert [(one.id, one.old, one.verdict) for one in read] == [
        ("15970", "Tops", RELABEL),
        ("59263", "Tops", KEEP),
        ("=7", "Tops", AMBIGUOUS),
    ]


def test_nothing_reviewed_gives_empty_tables_with_their_columns(reviews: Reviews) -> None:
    assert reviews.standing().empty
    assert reviews.standing({"1": "Tops"}).empty
    assert list(reviews.standing({"1": "Tops"})) == list(nothing_decided()) == list(COLUMNS)
    assert tuple(corrections(reviews.standing()).columns) == CORRECTIONS


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"verdict": "wrong"}, "bad_verdict"),
        ({"verdict": RELABEL}, "bad_label"),
        ({"verdict": RELABEL, "new_label": "Tops"}, "bad_label"),
        ({"verdict": KEEP, "new_label": "Tshirts"}, "bad_label"),
        ({"reviewer": " \n "}, "no_reviewer"),
    ],
)
def test_a_verdict_that_does_not_fit_is_refused_and_nothing_is_written(
    reviews: Reviews, given: dict[str, Any], code: str
) -> None:
    with pytest.raises(ReviewError) as caught:
        decide(reviews, **given)
    assert caught.value.code == code
    assert caught.value.message.endswith(".")
    assert reviews.history().empty


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(product=st.text(min_size=1, max_size=30), reviewer=st.text(min_size=1, max_size=300))
def test_any_text_is_kept_or_refused_in_words(reviews: Reviews, product: str, reviewer: str) -> None:
    with contextlib.suppress(ReviewError):
        decide(reviews, product, reviewer=reviewer)
        kept = reviews.history().iloc[0]
        assert (len(kept["reviewer"]) <= 200, "\0" in kept["product"]) == (True, False)


def test_the_verdicts_go_with_their_schema_and_come_back_empty(database: Database, reviews: Reviews) -> None:
    decide(reviews)
    for revision, go in (("0003", command.downgrade), ("head", command.upgrade)):
        with database.engine.connect().execution_options(write_lock=True) as connection, connection.begin():
            go(migrations(connection), revision)
    with database.session() as session:
        assert session.scalar(text("SELECT count(*) FROM verdicts")) == 0
    import vsearch_core.journal.tables
    import vsearch_core.service.keys  # noqa: F401  the whole schema is compared

    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
