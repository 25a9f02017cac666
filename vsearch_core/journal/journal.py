"""Writes the journal after the answer."""

from __future__ import annotations

import secrets
import threading
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from sqlalchemy import func, select

from vsearch_core.contracts import Item, SearchResult
from vsearch_core.database import Database, name_of, open_database
from vsearch_core.errors import DatabaseError
from vsearch_core.journal.health import JournalHealth
from vsearch_core.journal.keeping import Purged, purge
from vsearch_core.journal.photos import Consented, PhotoFolder
from vsearch_core.journal.rows import Request, event_row, item_rows, query_row
from vsearch_core.journal.tables import Event, Kind, Photo, Query
from vsearch_core.journal.times import Dating
from vsearch_core.journal.waiting import WaitingFile, database_key
from vsearch_core.journal.writer import Writer
from vsearch_core.journal.writing import Entry
from vsearch_core.settings import settings

CAPACITY = 5_000
"""Queries and events that may wait for the database: about 20 MB with 5 hits each."""

KEEP_DAYS = 30.0
"""How long a photo is kept where nothing else is said."""


def new_session() -> str:
    """A random token for one visit; it says nothing of who visits."""
    return secrets.token_urlsafe(16)


class Journal:
    """The queries and events of a database, and the photos that people let us keep.

    One background thread writes; `record` only hands over, so that no search waits for a database. While that is away,
    queries wait in memory (at most `capacity`; what comes after is lost and counted) and are written when it is back.
    They wait in a file as well, which the next journal of this database takes up where a program ended before, or was
    killed: from the moment at which `record` returns, a query is not lost.

    Args:
        database: an open database, or the URL of one. A URL is opened in the background, again and again until it
            works, so that a program starts even where its journal cannot.
        photos: the folder of kept photos; without it no photo is kept, whoever agrees.
        keep_days: days after which a photo is deleted.
        capacity: how many queries and events may wait.
        waiting: the folder for what waits; the settings' one where it is not given.
    """

    def __init__(
        self,
        database: Database | str,
        *,
        photos: Path | None = None,
        keep_days: float = KEEP_DAYS,
        capacity: int = CAPACITY,
        waiting: Path | None = None,
    ) -> None:
        self.folder = PhotoFolder(photos) if photos is not None else None
        self._given = database
        self._database: Database | None = None if isinstance(database, str) else database
        self._opening = threading.Lock()
        self._dating = Dating()
        self._writer = Writer(
            self._open,
            is_open=self._database is not None,
            folder=self.folder,
            keep_days=keep_days,
            capacity=capacity,
            file=_waiting_file(waiting or settings().waiting_path, database),
        )

    def record(self, result: SearchResult, asked: Request, photo: Consented | None = None) -> str:
        """Note a query that has been answered. Returns at once and never raises; see `health` for what went wrong.

        Args:
            result: the answer that was given.
            photo: only where the person agreed that it is kept, and what they agreed to.

        Returns:
            The query's id, for what people do with its hits.
        """
        id = uuid.uuid4().hex
        try:
            row = query_row(result, asked, id=id, time=self._dating.query(id))
            embedding = result.analysis.embedding if photo is not None else None
        except Exception as error:  # whatever a result holds, the search that it belongs to goes on
            self._writer.lose(error)
            return id
        self._writer.put(Entry.with_photo(Query, row, photo if self.folder is not None else None, embedding))
        return id

    def record_event(
        self,
        query: str,
        kind: Kind,
        *,
        session: str,
        product: str | None = None,
        position: int | None = None,
        value: float | None = None,
        sample: bool = False,
    ) -> None:
        """Note what somebody did with the hits of a query. Returns at once and never raises, as `record`.

        Args:
            query: the id that `record` returned.
            kind: see `Kind`.
            product: the hit's id; `position`: its place among the hits that were shown, from 1.
            value: what the order was worth, in the store's currency; of `bought` alone.
        """
        try:
            row = event_row(
                query,
                kind,
                time=self._dating.event(query),
                session=session,
                product=product,
                position=position,
                value=value,
                sample=sample,
            )
        except Exception as error:
            self._writer.lose(error)
            return
        self._writer.put(Entry(Event, row))

    def keep(self, query: str, photo: Consented, embedding: np.ndarray, *, session: str) -> None:
        """Keep the photo of a query that was recorded before the person agreed. Returns at once and never raises.

        Args:
            query: the id that `record` returned.
            embedding: the photo's own, of shape (d,).
            session: the visit's token.
        """
        if self.folder is not None:
            row = {"id": query, "session": session, "time": datetime.now(UTC)}
            self._writer.put(Entry.with_photo(Photo, row, photo, embedding))

    def note_items(self, query: str, items: Sequence[Item], *, session: str) -> None:
        """Note the garments that were found in a query's photo after it was recorded. Returns at once, never raises.

        Args:
            query: the id that `record` returned.
            items: replace those that the query had.
            session: the visit's token.
        """
        try:
            row = {"id": query, "session": session, "items": item_rows(items)}
        except Exception as error:
            self._writer.lose(error)
            return
        self._writer.put(Entry(Query, row, amends=True))

    def forget(self, *, session: str = "", query: str = "", timeout: float = 2.0) -> bool:
        """Delete the photos and embeddings of one visit, or of one query: the consent is taken back.

        What was noted of the queries stays, without the photo. Which photos are meant is told by the visit, never by a
        time. Where the database or the folder cannot be written now, it is tried again and again, by the next program
        as well.

        Args:
            session, query: whose photos; one of them is given.
            timeout: how long to wait for it, in seconds.

        Returns:
            Whether they are deleted, which is seen by looking.
        """
        return self._writer.revoke(session, query, timeout)

    def forgets(self, session: str) -> bool:
        """Whether photos of a visit whose consent was taken back are still to be deleted."""
        return self._writer.revokes(session)

    def purge(self, now: datetime | None = None) -> Purged:
        """Delete photos whose time is over, and what was left half deleted; the journal does so by itself, too.

        Args:
            now: the moment that counts (with zone), the present one where it is not given.

        Raises:
            DatabaseError: the database or the folder cannot be written.
        """
        if self.folder is None:
            return Purged(0, 0, 0)
        return purge(self._open(), self.folder, now or datetime.now(UTC))

    def photo(self, hash: str) -> bytes | None:
        """The JPEG bytes of a kept photo; None where it is not kept (any more).

        Raises:
            OSError: it is there and cannot be read.
        """
        return self.folder.read(hash) if self.folder is not None else None

    def health(self) -> JournalHealth:
        """How the journal does; answers at once, whatever the database does."""
        return self._writer.health()

    def flush(self, timeout: float = 10.0) -> bool:
        """Wait until nothing waits to be written, at most `timeout` seconds; whether that came about."""
        return self._writer.flush(timeout)

    def close(self, timeout: float = 6.0) -> None:
        """Write what waits, at most `timeout` seconds, and stop. What could not be written waits for the next journal;
        what comes later is lost, and counted."""
        self._writer.close(timeout)

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

    def _open(self) -> Database:
        with self._opening:
            if self._database is None:
                assert isinstance(self._given, str)
                self._database = open_database(self._given)
            return self._database


def _waiting_file(folder: Path, database: Database | str) -> WaitingFile | None:
    try:
        import fcntl  # noqa: F401 - where files cannot be locked, what waits is in memory alone
    except ModuleNotFoundError:
        return None
    try:
        name = name_of(database if isinstance(database, str) else database.engine.url)
    except DatabaseError:
        return None  # it names no database, which health tells; there is nothing to wait for
    return WaitingFile(folder, database_key(name))
