"""What waits for the database outlives the program, is taken up once, and holds a photo only with consent."""

from __future__ import annotations

import json
import logging
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from tests.journal.queries import recent
from tests.waiting import until
from vsearch_core.contracts import Photo, SearchResult
from vsearch_core.database import Database, name_of
from vsearch_core.journal import Consented, Encoded, Journal, PhotoFolder, Request
from vsearch_core.journal.waiting import database_key, drop_old_photos, left_waiting
from vsearch_core.settings import settings

ROOT = Path(__file__).resolve().parent.parent.parent

Make = Callable[..., SearchResult]
Hold = Callable[[], Callable[[], None]]


def _note(journal: Journal, result: SearchResult, photo: Photo | None = None, session: str = "s") -> str:
    consented = Consented(photo, "2026-11") if photo else None
    return journal.record(result, Request(source="upload", session=session, model="m"), consented)


def _photo(seed: int = 0) -> Photo:
    pixels = np.random.default_rng(seed).integers(0, 255, (60, 80, 3), dtype=np.uint8)
    return Photo(pixels, (80, 60), "JPEG")


def _files() -> list[Path]:
    folder = settings().waiting_path
    return [path for path in folder.rglob("*") if path.is_file()] if folder.is_dir() else []


def _content() -> bytes:
    return b"".join(path.read_bytes() for path in _files())


def _left(journal: Journal, how: str = "close") -> None:
    """The journal's program ends, as it should or by a kill: what a kill leaves is the file, and no lock on it."""
    if how == "kill":
        copies = {path.with_name(path.name.replace(".jsonl", "0.jsonl")): path.read_bytes() for path in _files()}
    journal.close()
    if how == "kill":
        for path in _files():
            path.unlink()
        for path, content in copies.items():
            path.write_bytes(content)


@pytest.mark.parametrize("how", ["close", "kill"])
def test_what_waits_when_a_program_ends_is_taken_up_by_the_next_each_row_once(
    database: Database, hold: Hold, result: Make, caplog: pytest.LogCaptureFixture, how: str
) -> None:
    journal = Journal(database)
    written = _note(journal, result())
    assert journal.flush()
    let_go = hold()
    with caplog.at_level(logging.WARNING, "vsearch.journal"):
        waiting = [_note(journal, result()) for _ in range(20)]
        journal.record_event(waiting[0], "viewed", session="s", product="10", position=1)
        until(lambda: not journal.health().ok)
        _left(journal, how)
    assert "Waiting in" in caplog.text
    caplog.clear()
    let_go()
    with caplog.at_level(logging.WARNING, "vsearch.journal"):
        again = Journal(database)
    assert "of an earlier run: 21 queries and events." in caplog.text
    assert again.flush()
    assert sorted(recent(again)["id"]) == sorted([written, *waiting])
    health = again.health()
    assert (health.ok, health.taken_up, health.written, health.lost) == (True, 21, 21, 0)
    assert "21 taken up from an earlier run" in health.line
    again.close()
    assert _files() == []
    third = Journal(database)
    assert third.health().taken_up == 0
    third.close()


def test_rows_that_were_written_before_a_kill_are_not_written_twice(
    database: Database, hold: Hold, result: Make
) -> None:
    journal = Journal(database)
    let_go = hold()
    id = _note(journal, result())
    content = _content()
    let_go()
    assert journal.flush()
    journal.close()
    # as if the kill had come after the database had taken the row, and before the file was emptied
    (settings().waiting_path / f"{database_key(name_of(database.engine.url))}-00.jsonl").write_bytes(content)
    again = Journal(database)
    assert again.flush()
    assert list(recent(again)["id"]) == [id]
    again.close()


def test_only_the_owner_may_read_what_waits(journal: Journal, hold: Hold, result: Make) -> None:
    hold()
    _note(journal, result())
    assert [stat.S_IMODE(path.stat().st_mode) for path in _files()] == [0o600]
    assert stat.S_IMODE(settings().waiting_path.stat().st_mode) == 0o700


def test_what_a_running_program_has_waiting_is_left_to_it(
    journal: Journal, database: Database, hold: Hold, result: Make
) -> None:
    hold()
    _note(journal, result())
    other = Journal(database)
    assert (other.health().taken_up, other.health().waiting) == (0, 0)
    assert left_waiting(settings().waiting_path, database_key(name_of(database.engine.url))) == 0
    other.close()
    assert journal.health().waiting == 1


def test_what_waits_for_another_database_is_left_alone(database: Database, hold: Hold, result: Make) -> None:
    journal = Journal(database)
    hold()
    _note(journal, result())
    journal.close()
    before = _content()
    other = Journal("sqlite:///" + str(settings().cache / "other.db"))
    assert other.flush()
    assert other.health().taken_up == 0
    other.close()
    assert _content() == before


def test_a_file_that_was_deleted_is_written_anew(database: Database, hold: Hold, result: Make) -> None:
    journal = Journal(database)
    hold()
    first = _note(journal, result())
    for path in _files():
        path.unlink()
    second = _note(journal, result())
    journal.close()
    assert {json.loads(line)["row"]["id"] for line in _content().splitlines()} == {first, second}


def test_lines_that_cannot_be_read_are_counted_and_the_others_taken_up(
    database: Database, hold: Hold, result: Make
) -> None:
    journal = Journal(database)
    let_go = hold()
    ids = [_note(journal, result()) for _ in range(3)]
    journal.close()
    let_go()
    (path,) = _files()
    lines = path.read_bytes().splitlines(keepends=True)
    hostile = [b'{"table": "verdicts", "row": {}}\n', b"[" * 100_000 + b"\n", b"\xff\n", b'"half of a li']
    path.write_bytes(b"".join([lines[0], b'{"table": "quer\n', *lines[1:], *hostile]))
    again = Journal(database)
    assert again.flush()
    assert sorted(recent(again)["id"]) == sorted(ids)
    assert (again.health().taken_up, again.health().lost) == (3, 4)
    again.close()


def test_where_no_file_can_be_written_what_waits_is_in_memory_and_that_is_said(
    database: Database, hold: Hold, result: Make, tmp_path: Path
) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    journal = Journal(database, waiting=in_the_way / "waiting")
    let_go = hold()
    id = _note(journal, result())
    assert "What waits is in memory alone" in journal.health().line
    let_go()
    assert journal.flush()
    assert list(recent(journal)["id"]) == [id]
    journal.close()


def test_what_is_written_in_time_leaves_nothing_waiting(journal: Journal, result: Make) -> None:
    for _ in range(5):
        _note(journal, result())
    assert journal.flush()
    assert _content() == b""


def test_a_photo_waits_with_its_query_only_with_consent_and_is_kept_at_the_next_start(
    database: Database, hold: Hold, result: Make, tmp_path: Path
) -> None:
    folder = PhotoFolder(tmp_path / "photos")
    journal = Journal(database, photos=folder.path)
    let_go = hold()
    without, agreed = _note(journal, result()), _note(journal, result(), _photo())
    until(lambda: b'"photo"' in _content())
    lines = {(one := json.loads(line))["row"]["id"]: one for line in _content().splitlines()}
    assert "photo" not in lines[without]
    assert lines[agreed]["photo"]["hash"] == Encoded.of(_photo().pixels).hash
    journal.close()
    let_go()
    again = Journal(database, photos=folder.path)
    assert again.flush()
    hashes = dict(zip(recent(again)["id"], recent(again)["photo"], strict=True))
    assert again.photo(hashes[agreed]) == Encoded.of(_photo().pixels).data
    assert not isinstance(hashes[without], str)
    again.close()


def test_a_consent_that_is_taken_back_takes_waiting_photos_out_of_the_file_at_once(
    database: Database, hold: Hold, result: Make, tmp_path: Path
) -> None:
    folder = PhotoFolder(tmp_path / "photos")
    journal = Journal(database, photos=folder.path)
    let_go = hold()
    mine, other = _note(journal, result(), _photo(1), "mine"), _note(journal, result(), _photo(2), "other")
    until(lambda: _content().count(b'"photo"') == 2)
    assert not journal.forget(session="mine", timeout=0)
    assert Encoded.of(_photo(1).pixels).hash.encode() not in _content()
    assert Encoded.of(_photo(2).pixels).hash.encode() in _content()
    journal.close()
    let_go()
    again = Journal(database, photos=folder.path)
    assert again.flush()
    hashes = dict(zip(recent(again)["id"], recent(again)["photo"], strict=True))
    assert not isinstance(hashes[mine], str)
    assert again.photo(hashes[other]) is not None
    again.close()


def test_a_consent_that_was_taken_back_in_vain_is_acted_on_at_the_next_start(
    database: Database, hold: Hold, result: Make, tmp_path: Path
) -> None:
    folder = PhotoFolder(tmp_path / "photos")
    journal = Journal(database, photos=folder.path)
    _note(journal, result(), _photo(1), "mine")
    other = _note(journal, result(), _photo(2), "other")
    assert journal.flush()
    let_go = hold()
    assert not journal.forget(session="mine", timeout=0)
    assert journal.forgets("mine")
    anew = _note(journal, result(), _photo(3), "mine")  # agreed to again, before the deletion could be done
    _left(journal, "kill")
    let_go()
    again = Journal(database, photos=folder.path)
    until(lambda: not again.forgets("mine"))
    assert again.flush()
    kept = set(recent(again).dropna(subset="photo")["id"])
    assert {other} <= kept <= {other, anew}
    assert not folder.file(Encoded.of(_photo(1).pixels).hash).exists()
    again.close()


def test_a_purge_takes_old_photos_out_of_what_waits_and_leaves_their_queries(
    database: Database, hold: Hold, result: Make, tmp_path: Path
) -> None:
    journal = Journal(database, photos=tmp_path / "photos")
    hold()
    id = _note(journal, result(), _photo())
    until(lambda: b'"photo"' in _content())
    journal.close()
    folder, key = settings().waiting_path, database_key(name_of(database.engine.url))
    now = datetime.now(UTC)
    assert drop_old_photos(folder, key, now + timedelta(days=29), 30) == 0
    assert drop_old_photos(folder, key, now + timedelta(days=31), 30) == 1
    assert b'"photo"' not in _content()
    assert [json.loads(line)["row"]["id"] for line in _content().splitlines()] == [id]


_CHILD = """
import sqlite3, sys
import numpy as np
from vsearch_core.contracts import Analysis, SearchResult
from vsearch_core.journal import Request, Journal
url, away = sys.argv[1], sys.argv[2] == "away"
journal = Journal(url)
journal.count()  # waits for the database, which the first child makes
if away:
    holder = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, timeout=60)
    holder.execute("BEGIN IMMEDIATE")
while True:
    answer = SearchResult(Analysis((), (), {}, np.zeros(4, np.float32)), (), False)
    id = journal.record(answer, Request(source="cli", session="s", model="m"))
    journal.record_event(id, "none_of_these", session="s")
    print(id, flush=True)
"""


@pytest.mark.skipif(os.name != "posix", reason="kills as POSIX does it")
@pytest.mark.parametrize("away", ["there", "away"])
def test_a_program_that_is_killed_while_it_notes_loses_nothing_that_was_acknowledged(path: Path, away: str) -> None:
    acknowledged: list[str] = []
    for count in (1, 40, 150):
        command = [sys.executable, "-c", _CHILD, f"sqlite:///{path}", away]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            acknowledged += [child.stdout.readline().strip() for _ in range(count)]
            child.send_signal(signal.SIGKILL)
            # a line that the kill cut short was not told to anybody
            acknowledged += [line.strip() for line in child.stdout if line.endswith("\n")]
    journal = Journal(f"sqlite:///{path}")
    assert journal.flush(60)
    found = recent(journal)["id"]
    assert set(acknowledged) <= set(found)
    assert found.is_unique
    assert journal.health().lost == 0
    journal.close()
