"""The journal's background thread: what waits, what is written, and how that goes."""

from __future__ import annotations

import atexit
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

from vsearch_core.database import Database
from vsearch_core.errors import VsearchError
from vsearch_core.journal.keeping import forget, purge
from vsearch_core.journal.photos import PhotoFolder
from vsearch_core.journal.writing import Entry, Outcome, encode, not_noted, write

PHOTOS_WAITING = 16
"""Photos that may wait with their queries, at up to 5 MB each; queries that come after are noted without theirs."""

BATCH = 500
FIRST_RETRY_S = 0.25
LAST_RETRY_S = 30.0
PURGE_EVERY_S = 3600.0

_log = logging.getLogger("vsearch.journal")


@dataclass(frozen=True)
class JournalHealth:
    """How the journal does: `ok` while the last attempts to write, to keep a photo and to delete one worked.

    `written`, `waiting` and `lost` count queries and events of this process; `photos_lost` those photos without which
    a query was noted; `last_error` is one sentence, empty where nothing has gone wrong yet.
    """

    ok: bool
    written: int
    waiting: int
    lost: int
    last_error: str
    photos_lost: int = 0

    @property
    def line(self) -> str:
        """All of it in a plain sentence or two."""
        counts = {"waiting": self.waiting, "lost": self.lost, "photos not kept": self.photos_lost}
        told = ", ".join([f"{self.written:,} written", *(f"{n:,} {what}" for what, n in counts.items() if n)])
        return f"The journal is well: {told}." if self.ok else f"The journal has trouble: {told}. {self.last_error}"


@dataclass(frozen=True)
class Revoked:
    """A visit, or one query, whose photos are to be deleted, up to a moment."""

    session: str
    query: str
    until: datetime


class Writer:
    """Writes entries in the order in which they come, deletes revoked photos, and purges now and then.

    While the database is away, entries wait in memory (at most `capacity`; what comes after is lost and counted).

    Args:
        database: opens the database, or gives the open one; called in the background, again and again until it works.
        is_open: whether it is open already.
        folder: of kept photos; without it no photo is kept.
        keep_days: after so many days a photo is deleted.
    """

    def __init__(
        self,
        database: Callable[[], Database],
        *,
        is_open: bool,
        folder: PhotoFolder | None,
        keep_days: float,
        capacity: int,
    ) -> None:
        self._database, self._folder, self._keep_days, self._capacity = database, folder, keep_days, capacity
        self._changed = threading.Condition()  # guards all below; never held while the database is spoken to
        self._waiting: deque[Entry] = deque()
        self._revoked: deque[Revoked] = deque()
        self._closed = False
        self._ready = is_open  # the last attempt worked
        self._failing = False  # the last attempt did not
        self._photos_failing = False  # the last attempt to keep or to delete photos did not
        self._retry_s = FIRST_RETRY_S
        self._retry_now = False
        self._tidy_at = 0.0  # of time.monotonic(): when photos are deleted next
        self._written = self._lost = self._photos_lost = 0
        self._last_error = ""
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()
        atexit.register(self.close)

    def put(self, entry: Entry) -> None:
        """Hand an entry over; it is lost, and counted, where too many wait or the journal is closed."""
        with self._changed:
            if self._closed or len(self._waiting) >= self._capacity:
                self._lost += 1
                return
            if entry.photo is not None and sum(one.photo is not None for one in self._waiting) >= PHOTOS_WAITING:
                entry.photo = None
                self._photos_lost += 1
            self._waiting.append(entry)
            self._changed.notify_all()

    def lose(self, error: Exception) -> None:
        """Count an entry that could not even be made."""
        with self._changed:
            self._lost += 1
            self._last_error = not_noted(error)

    def revoke(self, session: str, query: str, timeout: float) -> bool:
        """Delete the photos of a visit or of a query; whether it is done after at most `timeout` seconds."""
        todo = Revoked(session, query, datetime.now(UTC))
        with self._changed:
            for entry in self._waiting:
                if (session and entry.row["session"] == session) or entry.row["id"] == query:
                    entry.photo = entry.encoded = None
            if self._folder is None or self._closed:
                return self._folder is None
            self._revoked.append(todo)
            self._tidy_at = 0.0
            self._retry_now = True
            self._changed.notify_all()
            return self._changed.wait_for(lambda: todo not in self._revoked, timeout)

    def health(self) -> JournalHealth:
        """How it does; answers at once, whatever the database does."""
        with self._changed:
            ok = not self._failing and not self._photos_failing
            waiting = len(self._waiting)
            return JournalHealth(ok, self._written, waiting, self._lost, self._last_error, self._photos_lost)

    def flush(self, timeout: float) -> bool:
        """Wait until no entry waits any more, at most `timeout` seconds; whether that came about."""
        with self._changed:
            self._retry_now = True
            self._changed.notify_all()
            return self._changed.wait_for(lambda: not self._waiting, timeout)

    def close(self, timeout: float = 6.0) -> None:
        """Write what waits, at most `timeout` seconds, and stop."""
        with self._changed:
            self._closed = True
            if self._revoked:
                self._tidy_at = 0.0
            self._changed.notify_all()
        self._thread.join(timeout)
        atexit.unregister(self.close)

    def _run(self) -> None:
        """The loop: entries leave what waits only when they are written, or can never be."""
        while True:
            with self._changed:
                self._changed.wait_for(self._is_something_to_do, max(0.0, self._tidy_at - time.monotonic()))
                if self._closed and not self._waiting and not (self._revoked and self._is_time_to_tidy()):
                    return
                batch = list(islice(self._waiting, BATCH))
                self._retry_now = False
            outcome, problem = self._attempt(batch)
            with self._changed:
                if bool(problem) != self._failing:
                    _log.warning(problem or "The journal can be written again.")
                self._ready, self._failing = not problem, bool(problem)
                if problem:
                    self._last_error = problem
                    self._rest()
                else:
                    self._retry_s = FIRST_RETRY_S
                    self._drop(batch, outcome)
                self._changed.notify_all()
            if not problem and self._is_time_to_tidy():
                self._tidy()

    def _is_something_to_do(self) -> bool:
        return bool(self._waiting) or self._closed or not self._ready or self._is_time_to_tidy()

    def _is_time_to_tidy(self) -> bool:
        return time.monotonic() >= self._tidy_at

    def _rest(self) -> None:
        """After a failure: wait a while, or give up where the journal is being closed."""
        if not self._closed:
            self._changed.wait_for(lambda: self._closed or self._retry_now, self._retry_s)
            self._retry_s = min(self._retry_s * 2, LAST_RETRY_S)
        else:
            self._lost += len(self._waiting)
            self._waiting.clear()
            self._revoked.clear()

    def _drop(self, batch: Sequence[Entry], outcome: Outcome) -> None:
        for _ in batch:
            self._waiting.popleft()
        self._written += len(batch) - len(outcome.refused)
        self._lost += len(outcome.refused)
        self._photos_lost += len(outcome.unkept)
        if outcome.unkept or any(entry.row.get("photo") for entry in batch):
            self._tell_photos(bool(outcome.unkept))
        for sentence in (*outcome.refused, *outcome.unkept):
            self._last_error = sentence

    def _tell_photos(self, failing: bool) -> None:
        if failing != self._photos_failing:
            _log.warning("Photos cannot be kept or deleted." if failing else "Photos can be kept and deleted again.")
        self._photos_failing = failing

    def _attempt(self, batch: Sequence[Entry]) -> tuple[Outcome, str]:
        """Write a batch: what was left out of it, and the sentence that says why all have to wait."""
        try:
            database = self._database()
            if self._failing:
                database.upgrade()  # what comes back may be a new, empty database
            problems = encode(batch)
            return Outcome([], problems) + write(database, self._folder, self._keep_days, batch), ""
        except VsearchError as error:
            return Outcome(), error.message
        except Exception as error:  # the thread must live on, and health must tell
            return Outcome(), f"The journal cannot be written ({type(error).__name__}: {error})."

    def _tidy(self) -> None:
        """Delete the photos that were revoked, and those whose time is over."""
        problem = ""
        if self._folder is not None:
            try:
                database = self._database()
                while self._revoked:
                    todo = self._revoked[0]
                    forget(database, self._folder, session=todo.session, query=todo.query, until=todo.until)
                    with self._changed:
                        self._revoked.popleft()
                        self._changed.notify_all()
                purge(database, self._folder, datetime.now(UTC))
            except Exception as error:  # the thread must live on, and health must tell
                told = isinstance(error, VsearchError)
                problem = str(error) if told else f"Photos cannot be deleted ({type(error).__name__}: {error})."
        with self._changed:
            more = 0.0 if self._revoked else PURGE_EVERY_S  # a consent may have been taken back meanwhile
            self._tidy_at = time.monotonic() + (LAST_RETRY_S if problem else more)
            if problem or self._photos_failing:
                self._tell_photos(bool(problem))
            self._last_error = problem or self._last_error
            if self._closed:
                self._revoked.clear()
            self._changed.notify_all()
