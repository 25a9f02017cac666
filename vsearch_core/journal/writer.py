"""The journal's background thread: what waits, what is written, and how that goes."""

from __future__ import annotations

import atexit
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from itertools import islice

from vsearch_core.database import Database
from vsearch_core.errors import VsearchError
from vsearch_core.journal.health import JournalHealth
from vsearch_core.journal.keeping import forget, purge
from vsearch_core.journal.photos import PhotoFolder
from vsearch_core.journal.times import now
from vsearch_core.journal.waiting import Revoked, WaitingFile
from vsearch_core.journal.writing import Entry, Outcome, encode, not_noted, write

PHOTOS_WAITING = 16
"""Photos that may wait with their queries, at up to 5 MB each; queries that come after are noted without theirs."""

BATCH = 500
FIRST_RETRY_S = 0.25
LAST_RETRY_S = 5.0
LOOK_EVERY_S = 2.0
"""So often the database is looked at while there is nothing to write, so that health tells what is so now."""

SLOW_S = 3.0
"""A database that has not answered for so long is not well."""

TIDYING_S = 15.0
"""The same for a purge, which may have many files to delete."""

PURGE_EVERY_S = 3600.0
_GO = "they go when their time is over, counted from when that was found"
_SPARE_LINES = 1_000
_VISITS = 10_000

_log = logging.getLogger("vsearch.journal")


class Writer:
    """Writes entries in the order in which they come, deletes revoked photos, and purges now and then.

    While the database is away, entries wait in memory (at most `capacity`; what comes after is lost and counted) and,
    so that they outlive this process, in a file.

    Args:
        database: opens the database, or gives the open one; called in the background, again and again until it works.
        is_open: whether it is open already.
        folder: of kept photos; without it no photo is kept.
        keep_days: days after which a photo is deleted.
        file: where entries wait, too; without it what still waits at the end is lost.
    """

    def __init__(
        self,
        database: Callable[[], Database],
        *,
        is_open: bool,
        folder: PhotoFolder | None,
        keep_days: float,
        capacity: int,
        file: WaitingFile | None = None,
    ) -> None:
        self._database, self._folder, self._keep_days, self._capacity = database, folder, keep_days, capacity
        self._changed = threading.Condition()  # guards all below; never held while the database is spoken to
        self._waiting: deque[Entry] = deque()
        self._revoked: deque[Revoked] = deque()
        self._file = file
        self._filed = True  # the file holds all that waits
        self._more_left = False  # there was no room for all that earlier processes left
        self._file_problem = ""
        self._closed = False
        self._known = is_open  # the database was there once
        self._ready = is_open  # the last attempt worked
        self._failing = False  # the last attempt did not
        self._photos_failing = False  # the last attempt to keep or to delete photos did not
        self._slow_at: float | None = None  # of time.monotonic(): when what is under way has taken too long
        self._retry_s = FIRST_RETRY_S
        self._retry_now = False
        # Of time.monotonic(): when photos are deleted, and when the database is looked at next.
        self._tidy_at = 0.0
        self._look_at = time.monotonic() + LOOK_EVERY_S if is_open else 0.0
        self._written = self._lost = self._photos_lost = self._taken_up = 0
        self._last_error = self._begun_anew = ""
        self._unencoded: list[str] = []
        self._kept: dict[str, set[str]] = {}  # hashes of photos that were kept here, by visit
        self._take_up()
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()
        atexit.register(self.close)

    def put(self, entry: Entry) -> None:
        """Hand an entry over; it is lost, and counted, where too many wait or the journal is closed."""
        with self._changed:
            if self._closed or len(self._waiting) >= self._capacity:
                self._lost += 1
                return
            if entry.has_photo:
                if sum(one.has_photo for one in self._waiting) >= PHOTOS_WAITING:
                    entry.withdraw()
                    self._photos_lost += 1
                for todo in self._revoked:
                    if entry.agreed and todo.concerns(entry):
                        todo.spared.add(entry.row["id"])
            self._waiting.append(entry)
            self._note_down(entry)
            self._changed.notify_all()

    def lose(self, error: Exception) -> None:
        """Count an entry that could not even be made."""
        with self._changed:
            self._lost += 1
            self._last_error = not_noted(error)

    def revoke(self, session: str, query: str, timeout: float) -> bool:
        """Delete the photos of a visit or of a query; whether it is done after at most `timeout` seconds."""
        todo = Revoked(session, query)
        with self._changed:
            withdrawn = [entry for entry in self._waiting if entry.agreed and todo.concerns(entry)]
            for entry in withdrawn:
                entry.withdraw()
            if self._folder is None:
                return True
            self._revoked.append(todo)
            if withdrawn:
                self._write_file_anew(or_none=True)
            else:
                self._note_down(todo)
            if self._closed:
                return False
            self._tidy_at = 0.0
            self._retry_now = True
            self._changed.notify_all()
            return self._changed.wait_for(lambda: todo not in self._revoked, timeout)

    def revokes(self, session: str) -> bool:
        """Whether photos of a visit are still to be deleted."""
        with self._changed:
            return any(todo.session == session for todo in self._revoked)

    def health(self) -> JournalHealth:
        """How it does; answers at once, whatever the database does."""
        with self._changed:
            slow = self._slow_at is not None and time.monotonic() > self._slow_at
            waits = (
                "It has not answered for some seconds: the database is held by another program, or hangs."
                if slow
                else ""
            )
            return JournalHealth(
                ok=not self._failing and not self._photos_failing and not slow,
                written=self._written,
                waiting=len(self._waiting),
                lost=self._lost,
                last_error=self._last_error if self._failing or not slow else waits,
                photos_lost=self._photos_lost,
                taken_up=self._taken_up,
                note=" ".join(filter(None, (self._begun_anew, self._file_problem))),
            )

    def flush(self, timeout: float) -> bool:
        """Wait until no entry waits any more, at most `timeout` seconds; whether that came about."""
        with self._changed:
            self._retry_now = True
            self._changed.notify_all()
            return self._changed.wait_for(lambda: not self._waiting, timeout)

    def close(self, timeout: float = 6.0) -> None:
        """Write what waits, at most `timeout` seconds, and stop. What could not be written stays in the file."""
        with self._changed:
            was_closed, self._closed = self._closed, True
            if self._revoked:
                self._tidy_at = 0.0
            self._changed.notify_all()
        self._thread.join(timeout)
        atexit.unregister(self.close)
        if not was_closed:
            with self._changed:
                self._leave()

    def _run(self) -> None:
        """The loop: entries leave what waits only when they are written, or can never be."""
        while True:
            with self._changed:
                next_at = min(self._tidy_at, self._look_at)
                self._changed.wait_for(self._is_something_to_do, max(0.0, next_at - time.monotonic()))
                if self._closed and not self._waiting and not (self._revoked and self._is_time_to_tidy()):
                    return
                batch = list(islice(self._waiting, BATCH))
                look = not self._ready or time.monotonic() >= self._look_at
                self._retry_now = False
            with self._at_most(SLOW_S):
                outcome, problem = self._attempt(batch, look=look)
            with self._changed:
                if batch or look:
                    self._look_at = time.monotonic() + LOOK_EVERY_S
                if bool(problem) != self._failing:
                    _log.warning(
                        "%s", f"{problem} {self._what_waits()}" if problem else "The journal can be written again."
                    )
                self._ready, self._failing = not problem, bool(problem)
                if problem:
                    self._last_error = problem
                    if self._closed:
                        return
                    self._rest(photos_encoded=any(entry.encoded is not None for entry in batch))
                else:
                    self._retry_s, self._known = FIRST_RETRY_S, True
                    self._drop(batch, outcome)
                self._changed.notify_all()
            if not problem and self._is_time_to_tidy():
                self._tidy()

    def _is_something_to_do(self) -> bool:
        return (
            bool(self._waiting)
            or self._closed
            or not self._ready
            or self._is_time_to_tidy()
            or time.monotonic() >= self._look_at
        )

    def _is_time_to_tidy(self) -> bool:
        return time.monotonic() >= self._tidy_at

    @contextmanager
    def _at_most(self, seconds: float) -> Iterator[None]:
        """Health says so while what is done here takes longer."""
        with self._changed:
            self._slow_at = time.monotonic() + seconds
        try:
            yield
        finally:
            with self._changed:
                self._slow_at = None

    def _rest(self, *, photos_encoded: bool) -> None:
        """After a failure: wait a while."""
        if photos_encoded or not self._filed:
            self._write_file_anew()
        self._changed.wait_for(lambda: self._closed or self._retry_now, self._retry_s)
        self._retry_s = min(self._retry_s * 2, LAST_RETRY_S)

    def _drop(self, batch: Sequence[Entry], outcome: Outcome) -> None:
        for _ in batch:
            self._waiting.popleft()
        self._written += len(batch) - len(outcome.refused)
        self._lost += len(outcome.refused)
        self._photos_lost += len(outcome.unkept)
        for entry in batch:
            if hash := entry.row.get("photo"):
                self._kept.setdefault(entry.row["session"], set()).add(hash)
        while len(self._kept) > _VISITS:
            self._kept.pop(next(iter(self._kept)))
        if outcome.unkept or any(entry.row.get("photo") for entry in batch):
            self._tell_photos(bool(outcome.unkept))
        for sentence in (*outcome.refused, *outcome.unkept):
            self._last_error = sentence
        self._shorten_file()
        if self._more_left and not self._waiting:
            self._take_up()

    def _tell_photos(self, failing: bool) -> None:
        if failing != self._photos_failing:
            _log.warning("Photos cannot be kept or deleted." if failing else "Photos can be kept and deleted again.")
        self._photos_failing = failing

    def _attempt(self, batch: Sequence[Entry], *, look: bool) -> tuple[Outcome, str]:
        """Write a batch: what was left out of it, and the sentence that says why all have to wait."""
        try:
            self._unencoded += encode(batch)  # first: what is encoded can wait in the file
            database = self._database()
            if not batch:
                if look:
                    database.look()
                return Outcome(), ""
            if self._failing and database.upgrade():
                self._say_begun_anew(database)
            written = write(database, self._folder, self._keep_days, batch)
            unencoded, self._unencoded = self._unencoded, []
            return Outcome([], unencoded) + written, ""
        except VsearchError as error:
            return Outcome(), error.message
        except Exception as error:  # the thread must live on, and health must tell
            return Outcome(), f"The journal cannot be written ({type(error).__name__}: {error})."

    def _say_begun_anew(self, database: Database) -> None:
        if self._known:
            told = (
                f"A new, empty database was begun in {database.url} on {now():%d %b %Y at %H:%M} UTC, as nothing was "
                "there any more; restore a copy if what was in it is wanted."
            )
            _log.warning("%s", told)
            with self._changed:
                self._begun_anew = told

    def _tidy(self) -> None:
        """Delete the photos that were revoked, and those whose time is over."""
        problem = ""
        if self._folder is not None:
            try:
                database = self._database()
                while self._revoked:
                    with self._at_most(SLOW_S):
                        self._forget(database, self._folder, self._revoked[0])
                with self._at_most(TIDYING_S):
                    purged = purge(database, self._folder, now())
                if purged.bounded:
                    _log.warning(
                        "%s", f"{purged.bounded:,} kept photos lie in the future, as a clock was wrong: {_GO}."
                    )
            except Exception as error:  # the thread must live on, and health must tell
                told = isinstance(error, VsearchError)
                problem = str(error) if told else f"Photos cannot be deleted ({type(error).__name__}: {error})."
        with self._changed:
            self._take_up()
            more = 0.0 if self._revoked else PURGE_EVERY_S  # a consent may have been taken back meanwhile
            self._tidy_at = time.monotonic() + (LAST_RETRY_S if problem else more)
            if problem or self._photos_failing:
                self._tell_photos(bool(problem))
            self._last_error = problem or self._last_error
            self._changed.notify_all()

    def _forget(self, database: Database, folder: PhotoFolder, todo: Revoked) -> None:
        with self._changed:
            spared = frozenset(todo.spared)
            known = self._kept.get(todo.session, set()) if todo.session else set()
        forget(database, folder, session=todo.session, query=todo.query, spared=spared, known=known)
        with self._changed:
            self._kept.pop(todo.session, None)
            self._revoked.popleft()
            self._shorten_file()
            self._changed.notify_all()

    # What follows is called with the lock held.

    def _take_up(self) -> None:
        """Let what earlier processes have left waiting wait here."""
        if self._file is None or not self._filed:
            return

        room = self._capacity - len(self._waiting)
        try:
            found, unread, self._more_left = self._file.take_up(room, at_least_one=not self._waiting)
        except OSError as error:
            self._cannot_file(error)
            return
        oldest = now() - timedelta(days=self._keep_days)
        for one in found:
            if isinstance(one, Revoked):
                self._revoked.append(one)
                self._tidy_at = 0.0
                continue
            if one.has_photo and one.row["time"] < oldest:
                one.withdraw()
            self._waiting.append(one)
            self._taken_up += 1
        self._lost += unread
        if found or unread:
            also = f"; {unread:,} more could not be read and are lost" if unread else ""
            count = sum(isinstance(one, Entry) for one in found)
            _log.warning("%s", f"Taken up from {self._file.folder}, of an earlier run: {_number(count)}{also}.")

    def _note_down(self, what: Entry | Revoked) -> None:
        if self._file is not None and self._filed:
            try:
                if self._file.is_lost:
                    self._write_file_anew()
                else:
                    self._file.append([what])
            except (OSError, ValueError, TypeError) as error:
                self._cannot_file(error)

    def _write_file_anew(self, *, or_none: bool = False) -> None:
        """Let the file hold what waits now, and nothing of what was taken back; where that fails, there may be none."""
        if self._file is None:
            return
        try:
            self._file.rewrite([*self._revoked, *self._waiting])
            self._filed, self._file_problem = True, ""
        except (OSError, ValueError, TypeError) as error:
            self._cannot_file(error)
            if or_none:
                try:
                    self._file.drop()
                except OSError as worse:
                    self._cannot_file(worse)

    def _shorten_file(self) -> None:
        if self._file is None:
            return
        left = len(self._waiting) + len(self._revoked)
        if not left and not self._file.is_lost:
            self._file.clear()
            self._filed, self._file_problem = True, ""
        elif not self._filed or self._file.lines > 2 * left + _SPARE_LINES:
            self._write_file_anew()

    def _cannot_file(self, error: Exception) -> None:
        assert self._file is not None
        reason = getattr(error, "strerror", None) or error
        if self._filed:
            _log.warning("What waits for the journal is in memory alone: %s cannot be written.", self._file.folder)
        self._filed = False
        self._file_problem = (
            f"What waits is in memory alone, as the folder {self._file.folder} cannot be written ({reason})."
        )

    def _what_waits(self) -> str:
        if self._file is None or not self._filed:
            return f"Waiting in memory: {_number(len(self._waiting))}."
        return f"Waiting in {self._file.path}, with those that come: {_number(len(self._waiting))}."

    def _leave(self) -> None:
        """At the end: what still waits is the next process's, or is lost."""
        left = len(self._waiting)
        if self._file is not None and not self._filed and left:
            self._write_file_anew()
        if self._file is not None and self._filed:
            if left or self._revoked:
                _log.warning("%s", f"Left waiting in {self._file.path} for the next start: {_number(left)}.")
            self._file.close()
        else:
            if left:
                _log.warning("%s", f"Lost, as neither the database nor a file could be written: {_number(left)}.")
            self._lost += left
            self._waiting.clear()
        self._file = None


def _number(count: int) -> str:
    return f"{count:,} {'query or event' if count == 1 else 'queries and events'}"
