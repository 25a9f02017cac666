"""Deleting kept photos: when their time is over, and when somebody takes the consent back."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, exists, func, or_, select, update
from sqlalchemy.exc import SQLAlchemyError

from vsearch_core.database import Database
from vsearch_core.database_errors import explain
from vsearch_core.errors import DatabaseError
from vsearch_core.files import why_not_written
from vsearch_core.journal.photos import PhotoFolder
from vsearch_core.journal.tables import Event, Photo, Query
from vsearch_core.journal.times import has_come, untimed

GRACE_S = 3600.0
"""A file without a row is left alone for so long: another process may be about to write its row.

One that is dated so far in the future has no known age, and nobody is about to write a row for it.
"""

_AT_ONCE = 500


@dataclass(frozen=True)
class Purged:
    """What a purge deleted: photos whose time was over, rows without a file or a query, and files without a row.

    `bounded` counts photos that are dated in the future, by a clock that was wrong: they are not deleted yet, but go
    when their time is over, counted from now.
    """

    expired: int
    without_file: int
    without_row: int
    bounded: int = 0


def purge(database: Database, folder: PhotoFolder, now: datetime) -> Purged:
    """Delete what is not to be kept any longer, with what points to it: queries keep no hash, and no embedding stays.

    A photo is over when its row says so. Where the row lies in the future, the clock was wrong when it was written:
    the photo then stays as many days as it was promised at most, from the purge that finds it on.

    Args:
        now: photos that expire at this moment (with zone) or before are deleted.

    Raises:
        DatabaseError: the database cannot be written, or the folder cannot (code `photos_folder`); what could be
            deleted until then stays deleted, and the next purge goes on.
    """
    try:
        with database.begin() as connection:
            rows = connection.execute(select(Photo.hash, Photo.time, Photo.expires)).all()
            # Nobody could take back the consent to a photo that no query points to.
            grace = timedelta(seconds=GRACE_S)
            old = or_(Photo.time < now - grace, Photo.time > now + grace)
            unasked = select(Photo.hash).where(old, ~exists().where(Query.photo == Photo.hash))
            without_query = set(connection.scalars(unasked))
        expired = [row.hash for row in rows if row.expires <= now]
        left = [row for row in rows if row.expires > now]
        gone = [row.hash for row in left if row.hash in without_query or not folder.file(row.hash).is_file()]
        ahead = {row.hash: now + (row.expires - row.time) for row in left if row.time > now}
        bounded = {row.hash: ahead[row.hash] for row in left if row.hash in ahead and row.expires > ahead[row.hash]}
        without_row = _delete_strangers(folder, {row.hash for row in rows}, now)
        if expired or gone or bounded:
            with database.begin(write_lock=True) as connection:
                _delete(connection, folder, [*expired, *gone])
                for hash, expires in bounded.items():
                    connection.execute(update(Photo).where(Photo.hash == hash).values(expires=expires))
        if expired or gone:
            _overwrite(database)
    except OSError as error:
        raise unwritable(folder, error) from error
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise explain(error, database.url) from error
    return Purged(len(expired), len(gone), without_row, len(set(ahead) - set(gone)))


def forget(
    database: Database,
    folder: PhotoFolder,
    *,
    session: str = "",
    query: str = "",
    spared: Collection[str] = (),
    known: Collection[str] = (),
) -> int:
    """Delete the photos, and their embeddings, of one visit or of one query, whenever that was; the queries stay.

    A photo to which another visit points, that agreed to it by itself, is left to that visit. That nothing is left is
    seen by looking, before this returns.

    Args:
        session, query: whose photos; one of them is given.
        spared: ids of queries whose photos stay: they were agreed to anew.
        known: hashes of photos that are known to be theirs, whatever the database says: it may have been replaced.

    Returns:
        How many photos were deleted.

    Raises:
        DatabaseError: as `purge`; nothing is half deleted.
    """
    whose = [Query.session == session] if session else [Query.id == query]
    if spared:
        whose.append(Query.id.not_in(spared))
    whose.append(Query.photo.is_not(None))
    try:
        with database.begin(write_lock=True) as connection:
            hashes = sorted({*map(str, connection.scalars(select(Query.photo).where(*whose).distinct())), *known})
            if not hashes:
                return 0
            connection.execute(update(Query).where(*whose).values(photo=None))
            pointed = set()
            for start in range(0, len(hashes), _AT_ONCE):
                some = select(Query.photo).where(Query.photo.in_(hashes[start : start + _AT_ONCE]))
                pointed |= set(connection.scalars(some))
            free = [hash for hash in hashes if hash not in pointed]
            _delete(connection, folder, free)
        _overwrite(database)
        with database.begin() as connection:
            rows = connection.scalar(select(func.count()).where(*whose)) or 0
        if rows or any(folder.file(hash).exists() for hash in free):
            raise DatabaseError("Photos were deleted and are still there; it is tried again.", code="photos_folder")
    except OSError as error:
        raise unwritable(folder, error) from error
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise explain(error, database.url) from error
    return len(free)


def contents(database: Database, folder: PhotoFolder) -> dict[str, Any]:
    """How much a journal holds: `database` (its URL), `queries`, `sample_queries`, `events`, `photos`, `photo_bytes`
    (of the folder), `first` and `last`, the moments of the first and last query that does not lie in the future (ISO,
    None without queries), and `queries_ahead` and `events_untimed`, which are dated wrongly (see `times`).

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
        first, last = session.execute(select(func.min(Query.time), func.max(Query.time)).where(has_come())).one()
    wrong = untimed(database)
    moments = {"first": first and first.isoformat(), "last": last and last.isoformat()}
    dated = {"queries_ahead": wrong.queries, "events_untimed": wrong.events}
    return {"database": database.url, **found, "photo_bytes": size, **moments, **dated}


def unwritable(folder: PhotoFolder, error: OSError) -> DatabaseError:
    """The folder's own error as one plain sentence."""
    sentence = why_not_written(error, folder.path) or f"{folder.path} cannot be written ({error.strerror or error})."
    return DatabaseError(
        f"The folder of kept photos cannot be used. {sentence} VSEARCH_JOURNAL_PHOTOS names another.",
        code="photos_folder",
    )


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
            old = abs(now.timestamp() - file.stat().st_mtime) > GRACE_S
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
