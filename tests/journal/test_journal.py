"""The journal notes every answer, holds up no search, and comes back when its database does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.journal.queries import COLUMNS, recent
from tests.waiting import until
from vsearch_core.contracts import Item, SearchResult
from vsearch_core.database import Database, open_database
from vsearch_core.errors import DatabaseError
from vsearch_core.journal import Journal, JournalHealth, Request, new_session
from vsearch_core.journal.times import Dating
from vsearch_core.store import Filters

ROOT = Path(__file__).resolve().parent.parent.parent

Make = Callable[..., SearchResult]
Hold = Callable[[], Callable[[], None]]


def _note(journal: Journal, result: SearchResult, **details: object) -> str:
    given = {"source": "upload", "session": "s", "filters": {}, "model": "m", "store_version": "v"} | details
    return journal.record(result, Request(**given))  # type: ignore[arg-type]


def test_a_query_can_be_read_back_as_it_was_noted(journal: Journal, result: Make) -> None:
    before = datetime.now(UTC)
    id = journal.record(
        result(hits=2),
        Request(
            source="camera",
            session="token",
            filters={"colour": ["Red"]},
            model="abc",
            store="shop",
            store_version="7",
            k=9,
        ),
    )
    assert journal.flush()
    row = recent(journal).iloc[0]
    assert tuple(row.index) == COLUMNS
    assert before <= row["time"] <= datetime.now(UTC)
    expected = {
        "id": id,
        "source": "camera",
        "session": "token",
        "product_type": "Shirts",
        "category": "Topwear",
        "colour": "Navy Blue",
        "k": 9,
        "good_match": True,
        "filters": {"colour": ["Red"]},
        "timings_ms": {"decode": 1.5, "analyse": 2.5, "search": 1.0, "total": 5.25},
        "total_ms": 5.25,
        "model": "abc",
        "store": "shop",
        "store_version": "7",
    }
    assert row[list(expected)].to_dict() == expected
    assert [one["name"] for one in row["product_types"]] == ["Shirts", "Tops", "Kurtas"]
    assert [one["id"] for one in row["hits"]] == ["10", "11"]
    assert row["hits"][1]["score"] == pytest.approx(0.999)


def test_filters_of_a_search_are_noted_as_they_are(journal: Journal, result: Make) -> None:
    _note(journal, result(), filters=Filters({"colour": frozenset({"Red", "Blue"})}, {"price": (None, 20.0)}))
    _note(journal, result(), filters=Filters())
    _note(journal, result(), filters=None)
    assert journal.flush()
    expected = {"equals": {"colour": ["Blue", "Red"]}, "ranges": {"price": [None, 20.0]}}
    assert list(recent(journal)["filters"]) == [{}, {}, expected]


def test_a_query_has_no_column_for_pixels_embeddings_or_persons_and_at_most_points_to_a_kept_photo() -> None:
    forbidden = ("photo", "image", "file", "embedding", "pixels", "person", "address")
    assert [name for name in COLUMNS if any(word in name for word in forbidden)] == ["photo"]


def test_garments_that_are_found_after_the_answer_are_noted_with_its_query(journal: Journal, result: Make) -> None:
    before, id = _note(journal, result()), _note(journal, result())
    coat = Item("coat", "upper", 0.75, (1.0, 2.0, 30.0, 40.5), hits=result().hits, person=1)
    journal.note_items(id, [coat], session="s")
    assert journal.flush()
    rows = recent(journal).set_index("id")
    assert rows.loc[id, "items"] == [
        {"label": "coat", "position": "upper", "score": 0.75, "box": [1.0, 2.0, 30.0, 40.5]}
    ]
    assert rows.loc[id, "product_type"] == "Shirts"
    assert rows.loc[before, "items"] == []
    journal.note_items("none", [coat], session="s")
    assert journal.flush()
    assert (journal.health().lost, journal.health().ok, journal.count()) == (1, True, 2)


def test_queries_are_counted_since_a_moment(journal: Journal, result: Make) -> None:
    ids = [_note(journal, result()) for _ in range(5)]
    assert journal.flush()
    frame = recent(journal)
    assert list(frame["id"]) == ids[::-1]
    assert journal.count(since=frame["time"].iloc[1]) == 2
    assert journal.count() == 5
    assert journal.count(since=datetime.now(UTC) + timedelta(days=1)) == 0


def test_an_empty_journal_is_well(journal: Journal) -> None:
    assert journal.count() == 0
    assert journal.health() == JournalHealth(ok=True, written=0, waiting=0, lost=0, last_error="")


def test_noting_returns_while_the_database_is_held_and_writes_when_it_is_free(
    journal: Journal, hold: Hold, result: Make
) -> None:
    let_go = hold()
    _note(journal, result())
    until(lambda: not journal.health().ok)
    health = journal.health()
    assert (health.ok, health.written, health.waiting, health.lost) == (False, 0, 1, 0)
    assert "held by another program" in health.last_error
    let_go()
    assert journal.flush()
    health = journal.health()
    assert (health.ok, health.written, health.waiting, health.lost) == (True, 1, 0, 0)


def test_what_no_longer_fits_in_the_queue_is_lost_and_counted(database: Database, hold: Hold, result: Make) -> None:
    journal = Journal(database, capacity=3)
    let_go = hold()
    for _ in range(5):
        _note(journal, result())
    assert (journal.health().waiting, journal.health().lost) == (3, 2)
    let_go()
    assert journal.flush()
    journal.close()
    assert (journal.count(), journal.health().lost) == (3, 2)


def test_a_deleted_database_is_made_anew_and_noting_goes_on(journal: Journal, path: Path, result: Make) -> None:
    _note(journal, result())
    assert journal.flush()
    for file in path.parent.iterdir():
        file.unlink(missing_ok=True)
    path.parent.rmdir()
    id = _note(journal, result())
    assert journal.flush()
    assert list(recent(journal)["id"]) == [id]
    assert journal.health().written == 2


def test_a_database_that_was_deleted_is_noticed_without_a_search_and_begun_anew_in_plain_words_with_one(
    journal: Journal, path: Path, result: Make, caplog: pytest.LogCaptureFixture
) -> None:
    _note(journal, result())
    assert journal.flush()
    for file in path.parent.iterdir():
        file.unlink(missing_ok=True)
    until(lambda: not journal.health().ok)
    assert "is not there, or holds nothing" in journal.health().line
    assert not path.exists()
    id = _note(journal, result())
    assert journal.flush()
    assert list(recent(journal)["id"]) == [id]
    until(lambda: journal.health().ok)
    assert "A new, empty database was begun" in journal.health().line
    assert "A new, empty database was begun" in caplog.text


def test_a_database_that_was_moved_away_is_well_again_when_it_is_back(
    journal: Journal, path: Path, result: Make
) -> None:
    id = _note(journal, result())
    assert journal.flush()
    aside = path.with_suffix(".aside")
    path.rename(aside)
    until(lambda: not journal.health().ok)
    aside.rename(path)
    until(lambda: journal.health().ok)
    assert list(recent(journal)["id"]) == [id]
    assert journal.health().note == ""


@pytest.mark.parametrize("damage", [b"not a database", b""], ids=["overwritten", "emptied"])
def test_a_database_that_was_damaged_is_noticed_without_a_search(
    journal: Journal, path: Path, result: Make, damage: bytes
) -> None:
    _note(journal, result())
    assert journal.flush()
    for name in (f"{path.name}-wal", f"{path.name}-shm"):
        path.with_name(name).unlink(missing_ok=True)
    path.write_bytes(damage * 1000)
    until(lambda: not journal.health().ok)
    assert ("is damaged" if damage else "holds nothing") in journal.health().line


def test_a_server_that_hangs_is_not_well_after_a_few_seconds_and_is_caught_up_with(
    url: str, postgresql: Any, result: Make
) -> None:
    database = open_database(url, timeout_s=2)
    journal = Journal(database)
    before = _note(journal, result())
    assert journal.flush()
    postgresql.signal(signal.SIGSTOP)
    try:
        after = _note(journal, result())
        until(lambda: not journal.health().ok)
        assert "answer" in journal.health().line
        with pytest.raises(DatabaseError, match="does not answer"):
            recent(journal)
    finally:
        postgresql.signal(signal.SIGCONT)
    until(lambda: journal.flush() and journal.health().ok)
    assert set(recent(journal)["id"]) == {before, after}
    journal.close()
    database.close()


def test_an_event_never_comes_before_its_query_however_the_clock_is_set() -> None:
    clock, passed = [datetime(2026, 3, 1, 12, 5, tzinfo=UTC)], [100.0]
    dating = Dating(lambda: clock[0], lambda: passed[0])
    asked = dating.query("q")
    clock[0], passed[0] = datetime(2026, 3, 1, 12, 0, tzinfo=UTC), 104.0
    first = dating.event("q")
    passed[0] = 105.5
    assert [first - asked, dating.event("q") - asked] == [timedelta(seconds=4), timedelta(seconds=5.5)]
    assert dating.event("unknown") == clock[0]


def test_a_database_that_is_away_is_reported_and_caught_up_with_when_it_is_back(
    journal: Journal, path: Path, result: Make
) -> None:
    first = _note(journal, result())
    assert journal.flush()
    aside = path.with_suffix(".aside")
    path.rename(aside)
    path.mkdir()
    second = _note(journal, result())
    until(lambda: not journal.health().ok)
    assert "cannot be opened" in journal.health().last_error
    with pytest.raises(DatabaseError, match="cannot be opened"):
        recent(journal)
    path.rmdir()
    aside.rename(path)
    assert journal.flush()
    assert set(recent(journal)["id"]) == {first, second}
    assert journal.health().ok


def test_a_journal_that_cannot_be_opened_yet_starts_all_the_same(tmp_path: Path, result: Make) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(b"no database" * 100)
    journal = Journal(f"sqlite:///{path}")
    _note(journal, result())
    until(lambda: not journal.health().ok)
    assert "no database" in journal.health().last_error
    path.unlink()
    assert journal.flush()
    assert journal.count() == 1
    journal.close()


def test_a_journal_opened_by_url_writes_and_reads(path: Path, result: Make) -> None:
    journal = Journal(f"sqlite:///{path}")
    assert journal.count() == 0
    _note(journal, result())
    assert journal.flush()
    assert journal.count() == 1
    journal.close()


def test_closing_writes_what_waits_and_what_comes_later_is_counted_as_lost(database: Database, result: Make) -> None:
    journal = Journal(database)
    for _ in range(20):
        _note(journal, result())
    journal.close()
    _note(journal, result())
    assert journal.count() == 20
    assert journal.health().lost == 1
    journal.close()


def test_closing_leaves_what_cannot_be_written_to_the_next_journal(
    database: Database, hold: Hold, result: Make
) -> None:
    journal = Journal(database)
    let_go = hold()
    id = _note(journal, result())
    journal.close()
    assert (journal.health().waiting, journal.health().lost) == (1, 0)
    let_go()
    again = Journal(database)
    assert again.flush()
    assert list(recent(again)["id"]) == [id]
    assert again.health().taken_up == 1
    again.close()


def test_a_value_that_no_database_takes_loses_its_own_query_and_no_other(journal: Journal, result: Make) -> None:
    ids = [_note(journal, result(), k=k) for k in (1, 2**70, 3)]
    assert journal.flush()
    assert set(recent(journal)["id"]) == {ids[0], ids[2]}
    health = journal.health()
    assert (health.ok, health.written, health.lost) == (True, 2, 1)
    assert "does not fit" in health.last_error


def test_a_result_that_is_none_breaks_nothing(journal: Journal) -> None:
    _note(journal, None)  # type: ignore[arg-type]
    assert journal.health().lost == 1
    assert "does not fit" in journal.health().last_error


def test_threads_that_note_at_once_lose_nothing(journal: Journal, result: Make) -> None:
    def work() -> None:
        for _ in range(50):
            _note(journal, result())

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert journal.flush()
    assert journal.count() == 200
    assert recent(journal)["id"].is_unique


def test_two_journals_write_to_one_database(url: str, database: Database, result: Make) -> None:
    other = open_database(url)
    first, second = Journal(database), Journal(other)
    for _ in range(30):
        _note(first, result())
        _note(second, result())
    first.close()
    second.close()
    other.close()
    assert first.count() == 60


def test_a_program_that_ends_at_once_has_written_its_queries(path: Path) -> None:
    done = _run(
        f"""
journal = Journal("sqlite:///{path}")
for _ in range(3):
    note()
"""
    )
    assert done.returncode == 0, done.stderr
    assert Journal(f"sqlite:///{path}").count() == 3


@pytest.mark.skipif(os.name != "posix", reason="the limit on a file's size is POSIX's")
def test_a_full_disk_is_reported_and_caught_up_with_when_there_is_space_again(path: Path) -> None:
    done = _run(
        f"""
import resource
from pathlib import Path
journal = Journal("sqlite:///{path}")
assert journal.count() == 0
resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
for _ in range(50):
    note()
assert not journal.flush(timeout=0.3)
health = journal.health()
assert not health.ok and health.waiting == 50, health
print(health.last_error)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
assert journal.flush(), journal.health()
assert journal.health().ok and journal.health().lost == 0
assert journal.count() == 50
"""
    )
    assert done.returncode == 0, done.stderr
    assert "disk is full or failing" in done.stdout


def _run(code: str) -> subprocess.CompletedProcess[str]:
    setup = """
import numpy as np
from vsearch_core.contracts import Analysis, SearchResult
from vsearch_core.journal import Request, Journal
def note():
    analysis = Analysis((), (), {}, np.zeros(4, np.float32))
    journal.record(SearchResult(analysis, (), False), Request(source="cli", session="s", model="m"))
"""
    return subprocess.run([sys.executable, "-c", setup + code], cwd=ROOT, capture_output=True, text=True, timeout=60)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(session=st.text(max_size=20), key=st.text(max_size=5), value=st.text(max_size=5) | st.floats() | st.integers())
def test_whatever_people_type_into_filters_is_noted(
    journal: Journal, result: Make, session: str, key: str, value: object
) -> None:
    id = _note(journal, result(), session=session, filters={key: value})
    assert journal.flush()
    assert id in set(recent(journal)["id"])
    assert journal.health().lost == 0


def test_sessions_are_random_and_fit_in_a_url() -> None:
    tokens = {new_session() for _ in range(100)}
    assert len(tokens) == 100
    assert all(token.replace("-", "").replace("_", "").isalnum() and len(token) >= 20 for token in tokens)
