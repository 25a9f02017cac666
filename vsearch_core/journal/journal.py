"""Writing the journal after the answer, and reading it back."""

from __future__ import annotations

import atexit
import secrets
import threading
import uuid
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

import pandas as pd
from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from vsearch_core.contracts import SearchResult
from vsearch_core.database import Database, explain, open_database
from vsearch_core.errors import VsearchError
from vsearch_core.journal.rows import answer, plain, text
from vsearch_core.journal.tables import Query, Source

if TYPE_CHECKING:
    from vsearch_core.store import Filters

CAPACITY = 5_000
"""Queries that may wait for the database: about 20 MB with 5 hits each."""

BATCH = 500
FIRST_RETRY_S = 0.25
LAST_RETRY_S = 30.0

COLUMNS = tuple(column.name for column in Query.__table__.columns)
"""The columns of `Journal.recent`, as `Query` documents them; `time` is in UTC."""


@dataclass(frozen=True)
class JournalHealth:
    """How the journal does: `ok` while the last attempt to write worked.

    `written`, `waiting` and `lost` count queries of this process; `last_error` is one sentence, empty where nothing
    has gone wrong yet.
    """

    ok: bool
    written: int
    waiting: int
    lost: int
    last_error: str


def new_session() -> str:
    """A random token for one visit; it says nothing of who visits."""
    return secrets.token_urlsafe(16)


class Journal:
    """The queries of a database.

    One background thread writes; `record` only hands over, so that no search waits for a disk. While the database is
    away, queries wait in memory (at most `capacity`; what comes after is lost and counted) and are written when it
    is back.

    Args:
        database: an open database, or the URL of one. A URL is opened in the background, again and again until it
            works, so that a program starts even where its journal cannot.
        capacity: how many queries may wait.
    """

    def __init__(self, database: Database | str, *, capacity: int = CAPACITY) -> None:
        self._given = database
        self._capacity = capacity
        self._database: Database | None = None if isinstance(database, str) else database
        self._opening = threading.Lock()
        self._changed = threading.Condition()  # guards all below; never held while the database is spoken to
        self._waiting: deque[dict[str, Any]] = deque()
        self._closed = False
        self._ready = self._database is not None  # the last attempt worked
        self._failing = False  # the last attempt did not
        self._retry_s = FIRST_RETRY_S
        self._retry_now = False
        self._written = 0
        self._lost = 0
        self._last_error = ""
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()
        atexit.register(self.close)

    def record(
        self,
        result: SearchResult,
        *,
        source: Source,
        session: str,
        filters: Filters | Mapping[str, Any] | None = None,
        model: str,
        store: str = "",
        store_version: str = "",
        k: int | None = None,
    ) -> str:
        """Note a query that has been answered. Returns at once and never raises; see `health` for what went wrong.

        Args:
            result: the answer that was given.
            source: where the photo came from.
            session: the visit's token, of `new_session`.
            filters: the filters as they were asked for.
            model: fingerprint of the model bundle.
            store: name of the store; `store_version`: which state of it.
            k: how many hits were asked for; as many as there are in `result` where it is not given.

        Returns:
            The query's id, for what people do with its hits.
        """
        id = uuid.uuid4().hex
        try:
            row = {
                "id": id,
                "time": datetime.now(UTC),
                "source": text(source),
                "session": text(session),
                "filters": plain(filters or {}),
                "k": len(result.hits) if k is None else int(k),
                "model": text(model),
                "store": text(store),
                "store_version": text(store_version),
                **answer(result),
            }
        except Exception as error:  # whatever a result holds, the search that it belongs to goes on
            with self._changed:
                self._lost += 1
                self._last_error = _not_noted(error)
            return id
        with self._changed:
            if self._closed or len(self._waiting) >= self._capacity:
                self._lost += 1
            else:
                self._waiting.append(row)
                self._changed.notify_all()
        return id

    def health(self) -> JournalHealth:
        """How the journal does; answers at once, whatever the database does."""
        with self._changed:
            return JournalHealth(not self._failing, self._written, len(self._waiting), self._lost, self._last_error)

    def flush(self, timeout: float = 10.0) -> bool:
        """Wait until no query waits any more, at most `timeout` seconds; whether that came about."""
        with self._changed:
            self._retry_now = True
            self._changed.notify_all()
            return self._changed.wait_for(lambda: not self._waiting, timeout)

    def close(self, timeout: float = 6.0) -> None:
        """Write what waits, at most `timeout` seconds, and stop. What comes later is lost, and counted."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join(timeout)
        atexit.unregister(self.close)

    def count(self, since: datetime | None = None) -> int:
        """How many queries the database holds, or how many since a moment (with zone).

        Raises:
            DatabaseError: the database cannot be read.
        """
        query = select(func.count()).select_from(Query)
        if since is not None:
            query = query.where(Query.time >= since)
        with self._open().session() as session:
            return session.scalar(query) or 0

    def recent(self, limit: int = 100, since: datetime | None = None) -> pd.DataFrame:
        """The last queries, newest first, with the columns `COLUMNS`.

        Args:
            limit: at most so many.
            since: none that are older than this moment (with zone).

        Raises:
            DatabaseError: the database cannot be read.
        """
        query = select(*Query.__table__.columns).order_by(Query.time.desc(), Query.id).limit(limit)
        if since is not None:
            query = query.where(Query.time >= since)
        with self._open().session() as session:
            frame = pd.DataFrame([tuple(row) for row in session.execute(query)], columns=list(COLUMNS))
        return frame.assign(time=pd.to_datetime(frame["time"], utc=True))

    def _open(self) -> Database:
        with self._opening:
            if self._database is None:
                assert isinstance(self._given, str)
                self._database = open_database(self._given)
            return self._database

    def _run(self) -> None:
        """The writer's loop: queries leave what waits only when they are written, or can never be."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._closed or not self._ready)
                if self._closed and not self._waiting:
                    return
                batch = list(islice(self._waiting, BATCH))
                self._retry_now = False
            refused, problem = self._attempt(batch)
            with self._changed:
                self._ready, self._failing = not problem, bool(problem)
                if problem:
                    self._last_error = problem
                    self._rest()
                else:
                    self._retry_s = FIRST_RETRY_S
                    self._written += len(batch) - len(refused)
                    self._drop(len(batch), refused)
                self._changed.notify_all()

    def _rest(self) -> None:
        """After a failure: wait a while, or give up where the journal is being closed."""
        if not self._closed:
            self._changed.wait_for(lambda: self._closed or self._retry_now, self._retry_s)
            self._retry_s = min(self._retry_s * 2, LAST_RETRY_S)
        else:
            self._lost += len(self._waiting)
            self._waiting.clear()

    def _drop(self, count: int, refused: Sequence[str]) -> None:
        for _ in range(count):
            self._waiting.popleft()
        self._lost += len(refused)
        if refused:
            self._last_error = refused[-1]

    def _attempt(self, batch: Sequence[Mapping[str, Any]]) -> tuple[list[str], str]:
        """Write a batch: the sentences on rows that were refused, and the one that says why all have to wait."""
        try:
            database = self._open()
            if self._failing:
                database.upgrade()  # what comes back may be a new, empty database
            return _write(database, batch), ""
        except VsearchError as error:
            return [], error.message
        except Exception as error:  # the thread must live on, and health must tell
            return [], f"The journal cannot be written ({type(error).__name__}: {error})."


def _write(database: Database, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Write rows in one transaction, those that are there already left as they are.

    Where the database refuses a row for what it holds, the others are written one by one.

    Returns:
        A sentence for each row that was refused.

    Raises:
        DatabaseError: the database cannot be written at all.
    """
    dialect = postgresql if database.engine.dialect.name == "postgresql" else sqlite
    try:
        if rows:
            with database.engine.begin() as connection:
                connection.execute(dialect.insert(Query).on_conflict_do_nothing(), list(rows))
        return []
    except Exception as error:
        trouble = isinstance(error, DBAPIError | OSError) and not isinstance(error, IntegrityError | DataError)
        if trouble:
            raise explain(error, database.url) from error
        if len(rows) == 1:
            return [_not_noted(error)]
        return [sentence for row in rows for sentence in _write(database, [row])]


def _not_noted(error: Exception) -> str:
    return f"A query could not be noted in the journal, as a value in it does not fit ({type(error).__name__})."
