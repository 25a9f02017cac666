"""The database that the journal, and later reviews and roles, stand on: SQLite by default, PostgreSQL by URL.

Opening brings the schema up to date (Alembic, `migrations/`), so that nobody has to run a command for it; several
processes may open one database at once.
"""

from __future__ import annotations

import math
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    URL,
    Connection,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    NullPool,
    TypeDecorator,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Session

from vsearch_core.database_errors import WAY_OUT, explain, sqlite_cause
from vsearch_core.errors import DatabaseError, MissingDependency

MIGRATIONS = Path(__file__).resolve().parent / "migrations"

STATEMENT_S = 30.0
"""So long a server may work on one statement; one that says nothing for longer is given up."""

PING_S = 3.0
"""So long a server may take to say that it is still there."""

UPGRADE_S = 600.0
"""So long it may take to bring a large database up to date."""

# Alembic keeps what it works on in a module of its own: one upgrade at a time in a process.
_UPGRADING = threading.Lock()


class Base(DeclarativeBase):
    """What every table derives from; constraints and indexes have names that migrations can rely on."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, in UTC in the database and in Python; a time without a zone is refused, as it could mean anything."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment as UTC; SQLite keeps no zones, so it is left out there."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"A time needs its zone: {value!r}.")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment, with UTC as its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


@dataclass(frozen=True)
class Database:
    """An open database whose schema is the one that this code knows.

    `url` names it for people (without password); `timeout_s` is how long a write waits for another one.
    """

    engine: Engine = field(repr=False)
    url: str
    timeout_s: float

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session that is committed at the end of the block, or rolled back when an error leaves it.

        Raises:
            DatabaseError: the database refuses or cannot be reached.
        """
        try:
            with self._same_file(), Session(self.engine, expire_on_commit=False) as session, session.begin():
                yield session
        except DBAPIError as error:
            raise explain(error, self.url) from error

    @contextmanager
    def begin(self, *, write_lock: bool = False) -> Iterator[Connection]:
        """A transaction, as `session`, but with the database's own errors.

        Args:
            write_lock: hold the database from the first moment, so that what was read stays true.

        Raises:
            DatabaseError: the file of the database was deleted or replaced meanwhile.
        """
        with (
            self._same_file(),
            self.engine.connect().execution_options(write_lock=write_lock) as connection,
            connection.begin(),
        ):
            yield connection

    def upgrade(self) -> bool:
        """Make the schema the one that this code knows. Safe to call again, from several processes at once.

        Returns:
            Whether there was nothing of ours before: the database is new, or what was in it is gone.

        Raises:
            DatabaseError: as `open_database`.
        """
        try:
            with _UPGRADING:
                if self._file is not None:
                    _prepare_file(self._file, self.timeout_s)
                with self.begin(write_lock=True) as connection:
                    return _upgrade(connection, self.url)
        except (SQLAlchemyError, sqlite3.Error, OSError) as error:
            raise explain(error, self.url) from error

    def look(self) -> None:
        """See whether the database is there, answers and holds our tables; nothing is made where it does not.

        Raises:
            DatabaseError: it is not as it should be; `code` is one of `open_database`, or `database_gone` where the
                file is not there (any more) or holds nothing.
        """
        try:
            with self.begin() as connection:
                heads = MigrationContext.configure(connection).get_current_heads()
                if heads:
                    # Both ends of the table and of its index: pages that are cut off or overwritten are met here.
                    for order in ("time", "time DESC", "id", "id DESC"):
                        connection.exec_driver_sql(f"SELECT id, time FROM queries ORDER BY {order} LIMIT 1").all()
        except (SQLAlchemyError, sqlite3.Error, OSError) as error:
            raise explain(error, self.url) from error
        if not heads:
            raise explain(FileNotFoundError(), self.url)

    def check(self) -> None:
        """Read all of an SQLite file and see whether it is sound; it may take a while. A server does so by itself.

        Raises:
            DatabaseError: it is damaged, or cannot be read.
        """
        self.look()
        if self._file is not None:
            with self.session() as session:
                if session.connection().exec_driver_sql("PRAGMA quick_check(1)").scalar() != "ok":
                    raise explain(sqlite3.DatabaseError("damaged"), self.url, code="database_damaged")

    @property
    def _file(self) -> Path | None:
        return Path(str(self.engine.url.database)) if self.engine.dialect.name == "sqlite" else None

    @contextmanager
    def _same_file(self) -> Iterator[None]:
        """What is committed to a file that has lost its name is lost: whoever wrote must learn of it."""
        before = _identity(self._file)
        if self._file is not None and before is None:
            raise explain(FileNotFoundError(), self.url)
        yield
        if _identity(self._file) != before:
            raise explain(FileNotFoundError(), self.url)

    def close(self) -> None:
        """Let go of the connections. The object can still be used: it connects again."""
        self.engine.dispose()


def open_database(url: str, *, timeout_s: float = 5.0) -> Database:
    """Open a database, make it where it is missing (SQLite), and bring its schema up to date.

    Args:
        url: `sqlite:///path/to/file.db` or `postgresql://user:password@host/name`.
        timeout_s: how long to wait for another process that holds the database, and for a server, in seconds.

    Raises:
        DatabaseError: it cannot be reached, written or read, or a newer version of the program made it; `code` is
            `database_url`, `database_unreachable`, `database_readonly`, `database_full`, `database_locked`,
            `database_damaged`, `database_refused` or `database_newer`.
        MissingDependency: the URL is PostgreSQL's, and its driver is not installed.
    """
    parsed = _parse(url)
    display = parsed.set(query={}).render_as_string(hide_password=True)
    make = _sqlite if parsed.get_backend_name() == "sqlite" else _postgresql
    database = Database(make(parsed, timeout_s), display, timeout_s)
    try:
        database.upgrade()
    except Exception:
        database.close()
        raise
    return database


def file_of(url: str) -> Path | None:
    """The file of an SQLite URL; None where the URL is a server's.

    Raises:
        DatabaseError: the URL cannot be read (code `database_url`).
    """
    parsed = _parse(url)
    return Path(str(parsed.database)) if parsed.get_backend_name() == "sqlite" else None


def name_of(url: str | URL) -> str:
    """What names a database, whoever opens it: its URL without the password, a file's with all of its path.

    Raises:
        DatabaseError: the URL cannot be read (code `database_url`).
    """
    parsed = _parse(url)
    if parsed.get_backend_name() == "sqlite":
        return f"sqlite:///{os.path.realpath(str(parsed.database))}"
    return parsed.set(drivername="postgresql", password=None).render_as_string()


def _parse(url: str | URL) -> URL:
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except (ArgumentError, ValueError) as error:
        # The text itself may hold a password, so it is not repeated.
        raise DatabaseError(
            "The database URL cannot be read; write sqlite:///path/to/file.db or postgresql://user:password@host/name.",
            code="database_url",
        ) from error
    if backend == "postgres":  # what hosting services hand out
        return parsed.set(drivername="postgresql+psycopg")
    if backend == "postgresql":
        return parsed.set(drivername="postgresql+psycopg") if "+" not in parsed.drivername else parsed
    if backend != "sqlite":
        raise DatabaseError(
            f"The database URL names {backend}, and only sqlite and postgresql are supported; {WAY_OUT}.",
            code="database_url",
        )
    if not parsed.database or parsed.database == ":memory:" or parsed.database.startswith("file:"):
        raise DatabaseError("The SQLite URL names no file; write sqlite:///path/to/file.db.", code="database_url")
    return parsed.set(database=str(Path(parsed.database).expanduser()))


def _identity(file: Path | None) -> tuple[int, int] | None:
    """Which file it is; None where there is none."""
    try:
        found = os.stat(file) if file is not None else None
    except FileNotFoundError:
        return None
    except OSError:
        return (0, 0)  # whoever opens it is told why not
    return (found.st_dev, found.st_ino) if found else None


def _sqlite(url: URL, timeout_s: float) -> Engine:
    path = Path(str(url.database))
    # Every session connects anew, which is quick: a file that was deleted or replaced meanwhile is noticed, where a
    # pooled connection would go on writing into the deleted one. And none of them makes a file: only `upgrade` does.
    engine = create_engine(url, poolclass=NullPool, creator=lambda: _connect_file(path, "rw", timeout_s))

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # Python's own handling would commit in the middle of a migration
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(
            "PRAGMA synchronous = NORMAL"
        )  # with WAL: a power cut may lose the last writes, never the file
        connection.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten, not left in free pages

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        locking = connection.get_execution_options().get("write_lock", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if locking else "BEGIN")

    return engine


def _connect_file(path: Path, mode: str, timeout_s: float) -> sqlite3.Connection:
    address = f"{path.absolute().as_uri()}?mode={mode}"
    return sqlite3.connect(address, uri=True, timeout=timeout_s, check_same_thread=False)


def _postgresql(url: URL, timeout_s: float) -> Engine:
    wait = max(2, math.ceil(timeout_s))  # the driver takes whole seconds, at least 2
    try:
        engine = create_engine(
            url,
            pool_pre_ping=True,
            # A network that goes silent is given up, instead of being waited for until the system's own hours are over.
            connect_args={"connect_timeout": wait, "tcp_user_timeout": 1000 * max(wait, 10)},
        )
    except ModuleNotFoundError as error:
        raise MissingDependency(
            "PostgreSQL needs its driver: run `pip install 'psycopg[binary]'`, or use SQLite."
        ) from error

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = {max(1, round(timeout_s * 1000))}")
            cursor.execute(f"SET statement_timeout = {round(STATEMENT_S * 1000)}")
        connection.commit()

    if engine.dialect.driver == "psycopg":
        _give_up_in_time(engine)
    return engine


def _give_up_in_time(engine: Engine) -> None:
    """Let no connection wait for ever: a server that was stopped keeps its connections open and never answers."""
    import psycopg

    class Patient(psycopg.Connection[Any]):
        patience_s = PING_S

        def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
            try:
                return super().wait(gen, interval, timeout or self.patience_s)
            except psycopg.errors._WaitTimeout as error:
                self.pgconn.finish()  # in the middle of something: it is of no more use
                raise psycopg.errors.QueryCanceled(f"no answer within {self.patience_s:g} s") from error

    @event.listens_for(engine, "do_connect")
    def _open(_dialect: Any, _record: Any, arguments: Any, settings: Any) -> Any:
        return Patient.connect(*arguments, **settings)

    # While it rests in the pool it is only asked whether it is still there.
    @event.listens_for(engine, "checkout")
    def _taken(connection: Any, _record: Any, _proxy: Any) -> None:
        connection.patience_s = STATEMENT_S

    @event.listens_for(engine, "checkin")
    def _given_back(connection: Any, _record: Any) -> None:
        if connection is not None:
            connection.patience_s = PING_S


def _prepare_file(path: Path, timeout_s: float) -> None:
    """Make the folder and the file, and switch it to WAL, so that readers never wait for the writer."""
    path.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + timeout_s
    while True:
        raw = _connect_file(path, "rwc", timeout_s)
        try:
            raw.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            # SQLite does not wait by itself when two processes switch one new file at once.
            if sqlite_cause(error) != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        finally:
            raw.close()


def _upgrade(connection: Connection, url: str) -> bool:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(8502)")
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {round(UPGRADE_S * 1000)}")
        connection.connection.dbapi_connection.patience_s = UPGRADE_S  # type: ignore[union-attr]
    config = migrations(connection)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    heads = set(MigrationContext.configure(connection).get_current_heads())
    if unknown := heads - known:
        raise DatabaseError(
            f"The database {url} was made by a newer version of the program (schema {', '.join(sorted(unknown))}); "
            f"update the program, or {WAY_OUT}.",
            code="database_newer",
        )
    command.upgrade(config, "head")
    # Reading works on a read-only database; better to learn of it now than with the first query.
    connection.exec_driver_sql("UPDATE alembic_version SET version_num = version_num")
    return not heads


def migrations(connection: Connection) -> Config:
    """What Alembic's commands need to go up or down on this connection, e.g. `command.downgrade(config, "0001")`."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
