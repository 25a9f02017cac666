"""What waits for the database, in a small file as well, so that it outlives the program.

Each program has a file of its own, which it holds locked; one that nobody holds is of a program that ended, and is
taken up by the next. A line is a query, an event, or a consent that was taken back; a photo is in it only with consent.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from vsearch_core.database import Base
from vsearch_core.journal.photos import Encoded
from vsearch_core.journal.tables import Event, Photo, Query
from vsearch_core.journal.writing import Entry

MOST_BYTES = 64 * 1024**2
"""A file grows no further: what comes then waits in memory alone."""

_TABLES: dict[str, type[Base]] = {table.__tablename__: table for table in (Query, Event, Photo)}
_OF_A_PHOTO = {"id", "session", "time"}
"""What an entry of `photos` says: of which query it is (see `Entry`)."""


@dataclass(eq=False)
class Revoked:
    """A visit, or one query, whose photos are to be deleted; not those of the queries in `spared`.

    These were agreed to anew after the consent had been taken back.
    """

    session: str
    query: str
    spared: set[str] = field(default_factory=set)

    def concerns(self, entry: Entry) -> bool:
        """Whether an entry is of that visit or query."""
        return bool(self.session and entry.row["session"] == self.session) or entry.row["id"] == self.query


Waiting = Entry | Revoked


class WaitingFile:
    """This program's file in `folder` for one database. Not for several threads at once.

    Args:
        folder: made where it is missing; only its owner may read what is in it.
        database: names the database (see `database_key`); files of others are left alone.
    """

    def __init__(self, folder: Path, database: str) -> None:
        self.folder, self._database = folder, database
        self.path = folder / f"{database}-{secrets.token_hex(8)}.jsonl"
        self.lines = 0
        self._handle: int | None = None
        self._size = 0

    @property
    def is_lost(self) -> bool:
        """Whether somebody has deleted the file; `rewrite` makes it anew."""
        return self._handle is not None and not os.fstat(self._handle).st_nlink

    def append(self, what: Iterable[Waiting]) -> None:
        """Add lines at the end, all or none. They are handed to the system, so that a kill does not lose them.

        Raises:
            OSError: the file cannot be written, or is full.
        """
        if self._handle is None:
            self._begin(self.path)
        lines = [_line(one) for one in what]
        data = b"".join(lines)
        assert self._handle is not None
        try:
            if self._size + len(data) > MOST_BYTES:
                raise OSError(f"it has grown to {self._size / 1e6:.0f} MB")
            _write(self._handle, data)
        except OSError:
            os.ftruncate(self._handle, self._size)
            raise
        self._size += len(data)
        self.lines += len(lines)

    def rewrite(self, what: Iterable[Waiting]) -> None:
        """Let the file hold these alone: the old content or the new is there, never a part.

        Raises:
            OSError: the folder cannot be written; the old content is still there.
        """
        old = self._handle, self._size, self.lines
        beside = self.path.with_name(f".{self.path.name}.new")
        try:
            self._begin(beside)
            self.append(what)
            os.replace(beside, self.path)
        except OSError:
            if self._handle is not None and self._handle != old[0]:
                os.close(self._handle)
            self._handle, self._size, self.lines = old
            beside.unlink(missing_ok=True)
            raise
        if old[0] is not None:
            os.close(old[0])

    def clear(self) -> None:
        """Nothing waits any more."""
        if self._handle is not None and self._size:
            os.ftruncate(self._handle, 0)
            self._size = self.lines = 0

    def drop(self) -> None:
        """Delete the file, whatever is in it.

        Raises:
            OSError: it cannot be deleted.
        """
        self.path.unlink(missing_ok=True)
        self.close()

    def close(self) -> None:
        """Let go of the file: what is in it is the next program's. An empty one is deleted."""
        if self._handle is not None:
            if not self._size:
                self.path.unlink(missing_ok=True)
            os.close(self._handle)
            self._handle, self._size, self.lines = None, 0, 0

    def take_up(self, room: int, *, at_least_one: bool) -> tuple[list[Waiting], int, bool]:
        """Make what programs that ended have left this one's own: it is in this file when theirs are deleted.

        Args:
            room: lines that are taken up at most; a file that has more is left for another time.
            at_least_one: one file is taken up however much is in it.

        Returns:
            What was taken up, in order, how many lines could not be read, and whether a file was left.

        Raises:
            OSError: the folder or this file cannot be written; what was not taken up is still there.
        """
        found: list[Waiting] = []
        unread, more = 0, False
        for path in self.folder.glob(f".{self._database}-*.jsonl.new"):
            with _held(path) as handle:
                if handle is not None:  # half of a rewriting: the old content is still there
                    path.unlink(missing_ok=True)
        for path in _left(self.folder, self._database):
            with _held(path) as handle:
                if handle is None or path == self.path:
                    continue
                records, damaged = _records(handle)
                if len(found) + len(records) > room and (found or not at_least_one):
                    more = True
                    continue
                if records:
                    self.append(records)
                path.unlink(missing_ok=True)
                found += records
                unread += damaged
        return found, unread, more

    def _begin(self, path: Path) -> None:
        """A new, empty file that is locked."""
        import fcntl  # here, because a system without it has no waiting files and all the rest

        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        flags = os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_NOFOLLOW
        handle = os.open(path, flags, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
            raise
        self._handle, self._size, self.lines = handle, 0, 0


def database_key(url: str) -> str:
    """A short name for a database, for files that are about it.

    Args:
        url: as `vsearch_core.database.name_of` gives it.
    """
    return hashlib.sha256(url.encode()).hexdigest()[:12]


def left_waiting(folder: Path, database: str) -> int:
    """How many queries and events wait in files of programs that ended. Reads only.

    Raises:
        OSError: the folder cannot be read.
    """
    count = 0
    for path in _left(folder, database):
        with _held(path) as handle:
            if handle is not None:
                count += sum(isinstance(one, Entry) for one in _records(handle)[0])
    return count


def drop_old_photos(folder: Path, database: str, now: datetime, days: float) -> int:
    """Take photos whose time is over out of files of programs that ended; their queries stay.

    Args:
        now: with zone. A photo that is dated after it counts as over, as nobody can tell how old it is.

    Returns:
        How many photos were taken out.

    Raises:
        OSError: the folder cannot be read or written.
    """
    count = 0
    for path in _left(folder, database):
        with _held(path) as handle:
            if handle is None:
                continue
            records, _ = _records(handle)
            over = [
                one
                for one in records
                if isinstance(one, Entry)
                and one.encoded is not None
                and not now - timedelta(days=days) < one.row["time"] <= now
            ]
            for one in over:
                one.withdraw()
            if over:
                beside = WaitingFile(folder, database)
                beside.append(records)
                path.unlink()
                beside.close()
                count += len(over)
    return count


def _left(folder: Path, database: str) -> list[Path]:
    """Files for a database, the oldest first."""
    if not folder.is_dir():
        return []
    found = [path for path in folder.glob(f"{database}-*.jsonl") if path.is_file() and not path.is_symlink()]
    return sorted(found, key=lambda path: (path.stat().st_mtime, path.name))


@contextmanager
def _held(path: Path) -> Iterator[int | None]:
    """The file, locked; None where a program that runs holds it, or it has gone."""
    import fcntl

    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        yield None
        return
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # whoever held it may have put another file in its place
            held = os.path.samestat(os.fstat(handle), os.stat(path))
        except OSError:
            held = False
        yield handle if held else None
    finally:
        os.close(handle)


def _write(handle: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]


def _line(one: Waiting) -> bytes:
    if isinstance(one, Revoked):
        record: dict[str, Any] = {"revoked": {**vars(one), "spared": sorted(one.spared)}}
    else:
        row = {name: value for name, value in one.row.items() if name != "photo"}
        if "time" in row:
            row["time"] = row["time"].isoformat()
        record = {"table": one.table.__tablename__, "row": row, "amends": one.amends, "agreed": one.agreed}
        if one.encoded is not None and one.agreed:
            record["photo"] = {
                **{name: getattr(one.encoded, name) for name in ("hash", "width", "height")},
                "data": _text(one.encoded.data),
                "consent": one.consent,
                "embedding": None if one.embedding is None else _text(np.asarray(one.embedding, "<f4").tobytes()),
            }
    return json.dumps(record, ensure_ascii=False, allow_nan=False).encode() + b"\n"


def _records(handle: int) -> tuple[list[Waiting], int]:
    """What is in a file, and how many lines cannot be read; a last line without its end was never acknowledged."""
    os.lseek(handle, 0, os.SEEK_SET)
    with os.fdopen(os.dup(handle), "rb") as file:
        lines = file.read(2 * MOST_BYTES).split(b"\n")[:-1]
    found: list[Waiting] = []
    damaged = 0
    for line in lines:
        try:
            one = _waiting(json.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            damaged += 1
            continue
        found.append(one)
        if isinstance(one, Entry) and one.agreed:
            for before in found[:-1]:
                if isinstance(before, Revoked) and before.concerns(one):
                    before.spared.add(one.row["id"])
    return found, damaged


def _waiting(record: dict[str, Any]) -> Waiting:
    if "revoked" in record:
        told = record["revoked"]
        return Revoked(str(told["session"]), str(told["query"]), {str(one) for one in told["spared"]})
    table, row = _TABLES[record["table"]], dict(record["row"])
    if set(row) - (_OF_A_PHOTO if table is Photo else set(table.__table__.columns.keys())):
        raise ValueError("columns that this program does not know")
    row["id"], row["session"] = str(row["id"]), str(row["session"])
    if "time" in row:
        row["time"] = datetime.fromisoformat(row["time"])
        if row["time"].tzinfo is None:
            raise ValueError("a time without zone")
    entry = Entry(table, row, amends=bool(record["amends"]), agreed=bool(record["agreed"]))
    photo = record.get("photo")
    data = base64.b64decode(photo["data"]) if photo else b""
    if photo and hashlib.sha256(data).hexdigest() == photo["hash"]:  # where it is not whole, the query still is
        entry.encoded = Encoded(data, photo["hash"], int(photo["width"]), int(photo["height"]))
        entry.consent = str(photo["consent"])
        if photo["embedding"] is not None:
            entry.embedding = np.frombuffer(base64.b64decode(photo["embedding"]), "<f4")
    return entry


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
