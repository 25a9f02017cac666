"""Deleting kept photos: when their time is over, and when somebody takes the consent back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, exists, func, select, update
from sqlalchemy.exc import SQLAlchemyError

from vsearch_core.database import Database
from vsearch_core.database_errors import explain
from vsearch_core.errors import DatabaseError
from vsearch_core.files import why_not_written
from vsearch_core.journal.photos import PhotoFolder
from vsearch_core.journal.tables import Event, Photo, Query

GRACE_S = 3600.0
"""A file without a row is left alone for so long: another process may be about to write its row."""

_AT_ONCE = 500


@dataclass(frozen=True)
class Purged:
    """What a purge deleted: photos whose time was over, rows without a file or a query, and files without a row."""

    expired: int
    without_file: int
    without_row: int


def purge(database: Database, folder: PhotoFolder, now: datetime) -> Purged:
    """Delete what is not to be kept any longer, with what points to it: queries keep no hash, and no embedding stays.

    Args:
        now: photos that expire at this moment (with zone) or before are deleted.

    Raises:
        DatabaseError: the database cannot be written, or the folder cannot (code `photos_folder`); what could be
            deleted until then stays deleted, and the next purge goes on.
    """
    try:
        with database.engine.connect() as connection:
            rows = connection.execute(select(Photo.hash, Photo.expires)).all()
            # Nobody could take back the consent to a photo that no query points to.
            young = now - timedelta(seconds=GRACE_S)
            unasked = select(Photo.hash).where(Photo.time < young, ~exists().where(Query.photo == Photo.hash))
            without_query = set(connection.scalars(unasked))
        expired = [row.hash for row in rows if row.expires <= now]
        left = (row.hash for row in rows if row.expires > now)
        gone = [hash for hash in left if hash in without_query or not folder.file(hash).is_file()]
        without_row = _delete_strangers(folder, {row.hash for row in rows}, now)
        if expired or gone:
            with _writing(database) as connection:
                _delete(connection, folder, [*expired, *gone])
            _overwrite(database)
    except OSError as error:
        raise unwritable(folder, error) from error
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise explain(error, database.url) from error
    return Purged(len(expired), len(gone), without_row)


def forget(
    database: Database, folder: PhotoFolder, *, session: str = "", query: str = "", until: datetime | None = None
) -> int:
    """Delete the photos, and their embeddings, of one visit or of one query; the queries themselves stay.

    A photo to which another visit points, that agreed to it by itself, is left to that visit.

    Args:
        session, query: whose photos; one of them is given.
        until: only of queries up to this moment (with zone).

    Returns:
        How many photos were deleted.

    Raises:
        DatabaseError: as `purge`; nothing is half deleted.
    """
    whose = [Query.session == session] if session else [Query.id == query]
    if until is not None:
        whose.append(Query.time <= until)
    try:
        with _writing(database) as connection:
            chosen = select(Query.photo).where(*whose, Query.photo.is_not(None)).distinct()
            hashes = [str(hash) for hash in connection.scalars(chosen)]
            if not hashes:
                return 0
            connection.execute(update(Query).where(*whose, Query.photo.is_not(None)).values(photo=None))
            still = exists().where(Query.photo == Photo.hash)
            free = [
                str(hash)
                for start in range(0, len(hashes), _AT_ONCE)
                for hash in connection.scalars(
                    select(Photo.hash).where(Photo.hash.in_(hashes[start : start + _AT_ONCE]), ~still)
                )
            ]
            _delete(connection, folder, free)
        _overwrite(database)
    except OSError as error:
        raise unwritable(folder, error) from error
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise explain(error, database.url) from error
    return len(free)


def contents(database: Database, folder: PhotoFolder) -> dict[str, Any]:
    """How much a journal holds: `database` (its URL), `queries`, `sample_queries`, `events`, `photos`, `photo_bytes`
    (of the folder), and `first` and `last`, the moments of the first and last query (ISO, None without queries).

    Raises:
        DatabaseError: the database cannot be read, or the folder cannot.
    """
    counts = {table.__tablename__: select(func.count()).select_from(table) for table in (Query, Event, Photo)}
    counts["sample_queries"] = select(func.count()).select_from(Query).where(Query.sample)
    try:
        size = sum(file.stat().st_size for file in folder.files())
    except OSError as error:
        raise unwritable(folder, error) from error
    with database.session() as session:
        found: dict[str, Any] = {name: session.scalar(query) for name, query in counts.items()}
        first, last = session.execute(select(func.min(Query.time), func.max(Query.time))).one()
    moments = {"first": first and first.isoformat(), "last": last and last.isoformat()}
    return {"database": database.url, **found, "photo_bytes": size, **moments}


def unwritable(folder: PhotoFolder, error: OSError) -> DatabaseError:
    """The folder's own error as one plain sentence."""
    sentence = why_not_written(error, folder.path) or f"{folder.path} cannot be written ({error.strerror or error})."
    return DatabaseError(
        f"The folder of kept photos cannot be used. {sentence} VSEARCH_JOURNAL_PHOTOS names another.",
        code="photos_folder",
    )


@contextmanager
def _writing(database: Database) -> Iterator[Connection]:
    """A transaction that holds the database from its first moment, so that what it has read stays true."""
    with database.engine.connect().execution_options(write_lock=True) as connection, connection.begin():
        yield connection


def _delete(connection: Connection, folder: PhotoFolder, hashes: Sequence[str]) -> None:
    """Files first: where one cannot be deleted, its row stays to tell of it."""
    for hash in hashes:
        folder.delete(hash)
    for start in range(0, len(hashes), _AT_ONCE):
        connection.execute(delete(Photo).where(Photo.hash.in_(hashes[start : start + _AT_ONCE])))


def _delete_strangers(folder: PhotoFolder, known: set[str], now: datetime) -> int:
    count = 0
    for file in folder.files():
        try:
            old = now.timestamp() - file.stat().st_mtime > GRACE_S
        except FileNotFoundError:
            continue
        if old and file.stem not in known:
            file.unlink(missing_ok=True)
            count += 1
    return count


def _overwrite(database: Database) -> None:
    """Let SQLite's log go, in which what was deleted could still be read."""
    if database.engine.dialect.name == "sqlite":
        raw = database.engine.raw_connection()
        try:
            raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")  # does nothing while somebody reads
        finally:
            raw.close()
