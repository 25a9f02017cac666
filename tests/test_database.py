"""The database opens itself: made, brought up to date, or refused in one sentence."""

from __future__ import annotations

import ctypes
import socket
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.dialects import postgresql, sqlite

from tests.journal.queries import COLUMNS
from vsearch_core.database import Base, UtcDateTime, name_of, open_database
from vsearch_core.errors import DatabaseError
from vsearch_core.reviews import Verdict

ROOT = Path(__file__).resolve().parent.parent


def _url(path: Path) -> str:
    return f"sqlite:///{path}"


def _refusal(url: str, timeout_s: float = 5.0) -> DatabaseError:
    with pytest.raises(DatabaseError) as caught:
        open_database(url, timeout_s=timeout_s)
    message = caught.value.message
    assert message.endswith(".")
    assert message.count("\n") == 0
    return caught.value


def _without_root_power() -> None:
    """Make file permissions count for root too, as they do for everybody else."""
    pr_capbset_drop, cap_dac_override = 24, 1
    ctypes.CDLL(None).prctl(pr_capbset_drop, cap_dac_override, 0, 0, 0)


def test_a_missing_file_and_its_folder_are_made(tmp_path: Path) -> None:
    path = tmp_path / "some" / "where" / "vsearch.db"
    database = open_database(_url(path))
    assert path.is_file()
    assert database.url == _url(path)
    with database.session() as session:
        assert session.scalar(text("SELECT count(*) FROM queries")) == 0


def test_sqlite_writes_ahead_and_guards_foreign_keys(tmp_path: Path) -> None:
    database = open_database(_url(tmp_path / "a.db"), timeout_s=3.0)
    with database.session() as session:
        assert session.scalar(text("PRAGMA journal_mode")) == "wal"
        assert session.scalar(text("PRAGMA foreign_keys")) == 1
        assert session.scalar(text("PRAGMA busy_timeout")) == 3000


def test_the_migrations_lead_to_the_tables_that_the_code_declares(tmp_path: Path) -> None:
    database = open_database(_url(tmp_path / "a.db"))
    assert Verdict.__table__.metadata is Base.metadata
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_opening_again_keeps_what_is_in_it(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    _insert(path)
    with open_database(_url(path)).session() as session:
        assert session.scalar(text("SELECT count(*) FROM queries")) == 1


def test_a_database_of_another_program_gains_our_tables_and_keeps_its_own(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE theirs (x)")
        connection.execute("INSERT INTO theirs VALUES (1)")
    with open_database(_url(path)).session() as session:
        assert session.scalar(text("SELECT count(*) FROM theirs")) == 1
        assert session.scalar(text("SELECT count(*) FROM queries")) == 0


def test_processes_that_open_a_new_database_at_once_all_succeed(tmp_path: Path) -> None:
    code = f"""
import sys
from vsearch_core.database import open_database
sys.stdin.readline()
open_database({_url(tmp_path / "a.db")!r}, timeout_s=30)
print("open")
"""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    assert [process.communicate(timeout=60)[0] for process in processes] == ["open\n"] * 3
    with sqlite3.connect(tmp_path / "a.db") as connection:
        assert connection.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)


def test_a_schema_that_a_newer_version_made_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    open_database(_url(path))
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    refusal = _refusal(_url(path))
    assert refusal.code == "database_newer"
    assert "9999" in refusal.message
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("9999",)


def test_a_failed_migration_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE queries (x)")  # in the way of ours
    _refusal(_url(path))
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("queries",)]


@pytest.mark.parametrize("content", [b"no database", b"SQLite format 3\x00" + b"\xff" * 500])
def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(content * 50)
    assert _refusal(_url(path)).code == "database_damaged"
    assert path.read_bytes() == content * 50


def test_a_folder_in_place_of_the_file_is_refused(tmp_path: Path) -> None:
    assert _refusal(_url(tmp_path)).code == "database_unreachable"


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert _refusal(_url(tmp_path / "file" / "a.db")).code == "database_unreachable"


def test_a_database_that_another_program_holds_is_refused_after_the_wait(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    open_database(_url(path))
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    assert _refusal(_url(path), timeout_s=0.1).code == "database_locked"
    holder.execute("ROLLBACK")
    open_database(_url(path), timeout_s=0.1)


@pytest.mark.skipif(sys.platform != "linux", reason="drops root's power over permissions as Linux does it")
def test_a_read_only_database_is_refused_when_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    open_database(_url(path))
    path.chmod(0o444)
    code = f"""
from vsearch_core.database import open_database
from vsearch_core.errors import DatabaseError
try:
    open_database({_url(path)!r})
except DatabaseError as error:
    print(error.code)
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        preexec_fn=_without_root_power,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout == "database_readonly\n", done.stderr


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://root:secret@host/x", "sqlite://", "sqlite:///:memory:"])
def test_a_url_that_names_no_usable_database_is_refused_without_its_password(url: str) -> None:
    refusal = _refusal(url)
    assert refusal.code == "database_url"
    assert "secret" not in refusal.message


@pytest.mark.parametrize("scheme", ["postgresql", "postgres"])
def test_postgresql_without_its_driver_says_what_to_install(scheme: str) -> None:
    code = f"""
import sys
sys.modules["psycopg"] = None  # as if it were not installed
from vsearch_core.database import open_database
from vsearch_core.errors import MissingDependency
try:
    open_database("{scheme}://user:secret@localhost/x")
except MissingDependency as error:
    print(error.message)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout == "PostgreSQL needs its driver: run `pip install 'psycopg[binary]'`, or use SQLite.\n", (
        done.stderr
    )


def test_what_is_written_into_a_file_that_loses_its_name_meanwhile_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    database = open_database(_url(path))

    def write_while_it_is_deleted() -> None:
        with database.session() as session:
            session.execute(text("UPDATE alembic_version SET version_num = version_num"))
            path.unlink()

    with pytest.raises(DatabaseError) as caught:
        write_while_it_is_deleted()
    assert caught.value.code == "database_gone"


def test_reading_makes_no_file_where_the_database_was_deleted(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    database = open_database(_url(path))
    path.unlink()
    with pytest.raises(DatabaseError) as caught, database.session() as session:
        session.execute(text("SELECT 1 FROM queries"))
    assert caught.value.code == "database_gone"
    assert not path.exists()
    assert database.upgrade()
    assert not database.upgrade()
    database.look()


def test_damage_deep_in_the_file_is_found_when_all_of_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    _insert(path)
    database = open_database(_url(path))
    database.check()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA journal_mode = DELETE")
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'verdicts'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\xff" * size)
    with pytest.raises(DatabaseError) as caught:
        database.check()
    assert caught.value.code == "database_damaged"


def test_a_server_that_takes_a_connection_and_says_nothing_is_given_up() -> None:
    pytest.importorskip("psycopg")
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        refusal = _refusal(f"postgresql://user:secret@127.0.0.1:{silent.getsockname()[1]}/x", timeout_s=0.1)
    assert refusal.code == "database_silent"
    assert "secret" not in refusal.message


def test_a_database_has_one_name_whatever_password_opens_it(tmp_path: Path) -> None:
    assert name_of("postgresql://a:one@h/x") == name_of("postgres://a:two@h/x") != name_of("postgresql://a:one@h/y")
    assert name_of(_url(tmp_path / "b" / ".." / "a.db")) == name_of(_url(tmp_path / "a.db"))


def test_a_session_rolls_back_when_an_error_leaves_it(tmp_path: Path) -> None:
    database = open_database(_url(tmp_path / "a.db"))

    def fail_half_way() -> None:
        with database.session() as session:
            session.execute(text("DELETE FROM alembic_version"))
            raise KeyError

    with pytest.raises(KeyError):
        fail_half_way()
    with database.session() as session:
        assert session.scalar(text("SELECT count(*) FROM alembic_version")) == 1


def test_a_session_tells_in_words_what_the_database_refuses(tmp_path: Path) -> None:
    database = open_database(_url(tmp_path / "a.db"), timeout_s=0.1)
    holder = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseError) as caught, database.session() as session:
        session.execute(text("DELETE FROM alembic_version"))
    assert caught.value.code == "database_locked"
    holder.close()


@settings(max_examples=50, deadline=None)
@given(st.datetimes(datetime(1970, 1, 2), datetime(2999, 1, 1)), st.integers(-14, 14))
def test_a_moment_comes_back_as_the_same_moment_in_utc(naive: datetime, hours: int) -> None:
    moment = naive.replace(tzinfo=timezone(timedelta(hours=hours)))
    kind = UtcDateTime()
    for dialect in (sqlite.dialect(), postgresql.dialect()):
        back = kind.process_result_value(kind.process_bind_param(moment, dialect), dialect)
        assert back == moment
        assert back.tzinfo is UTC


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        UtcDateTime().process_bind_param(datetime(2026, 1, 1), sqlite.dialect())


def _insert(path: Path) -> None:
    with open_database(_url(path)).session() as session:
        columns = {name: "1" for name in COLUMNS} | {"time": "2026-01-01 00:00:00", "photo": None}
        places = ", ".join(f":{name}" for name in columns)
        session.execute(text(f"INSERT INTO queries ({', '.join(columns)}) VALUES ({places})"), columns)
