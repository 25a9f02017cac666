"""One batch of the journal's entries becomes rows and files, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sqlalchemy import Connection, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from vsearch_core.database import Base, Database
from vsearch_core.database_errors import explain
from vsearch_core.errors import DatabaseError
from vsearch_core.journal.keeping import unwritable
from vsearch_core.journal.photos import Consented, Encoded, PhotoFolder
from vsearch_core.journal.tables import Event, Photo, Query


@dataclass
class Entry:
    """A row that waits for the database, and the photo that is to be kept with it.

    An entry of the table `photos` adds a photo to the query `row["id"]`, which was written before; one that `amends`
    changes the columns of that query which it has. A photo is there as pixels (`photo`) until it is `encoded`; it is
    kept only where that was `agreed` to, in the wording `consent`.
    """

    table: type[Base]
    row: dict[str, Any]
    photo: Consented | None = None
    embedding: np.ndarray | None = None
    encoded: Encoded | None = None
    amends: bool = False
    agreed: bool = False
    consent: str = ""

    @classmethod
    def with_photo(
        cls, table: type[Base], row: dict[str, Any], photo: Consented | None, embedding: np.ndarray | None
    ) -> Entry:
        """A query with the photo that its sender lets us keep; None where they do not."""
        consent = photo.consent if photo else ""
        return cls(table, row, photo, embedding, agreed=photo is not None, consent=consent)

    @property
    def has_photo(self) -> bool:
        """Whether a photo is to be kept."""
        return self.agreed and (self.photo is not None or self.encoded is not None)

    def withdraw(self) -> None:
        """Keep no photo: there is no consent (any more), or no room."""
        self.agreed = False  # first: whoever encodes it right now looks at this afterwards
        self.photo = self.encoded = None


@dataclass(frozen=True)
class Outcome:
    """Sentences on what was not written: rows that the database refuses, and photos without which rows were noted."""

    refused: list[str] = field(default_factory=list)
    unkept: list[str] = field(default_factory=list)

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(self.refused + other.refused, self.unkept + other.unkept)


def encode(entries: Sequence[Entry]) -> list[str]:
    """Turn the photos of entries into the bytes that are kept; a sentence for each that cannot be."""
    problems = []
    for entry in entries:
        consented = entry.photo
        if consented is not None:
            try:
                entry.encoded = Encoded.of(consented.photo.pixels)
            except Exception as error:  # whatever was given as a photo, its query is still noted
                problems.append(f"A photo could not be kept, as it cannot be encoded ({type(error).__name__}).")
            entry.photo = None
            if not entry.agreed:
                entry.withdraw()
    return problems


def write(database: Database, folder: PhotoFolder | None, days: float, entries: Sequence[Entry]) -> Outcome:
    """Write entries in one transaction, rows that are there already left as they are.

    Where the database refuses a row for what it holds, the others are written one by one. A photo that the folder does
    not take is left out, and its query is noted without it.

    Raises:
        DatabaseError: the database cannot be written at all; no photo's file is left of the attempt.
    """
    made: list[str] = []
    try:
        if not entries:
            return Outcome()
        with database.begin() as connection:
            unkept = _write_photos(connection, folder, days, entries, made)
            for table in (Query, Event):  # an event points to its query
                rows = [entry.row for entry in entries if entry.table is table and not entry.amends]
                if rows:
                    connection.execute(_dialect(connection).insert(table).on_conflict_do_nothing(), rows)
            for entry in entries:
                if entry.table is Photo and (hash := entry.row["photo"]):
                    _change(connection, entry.row["id"], photo=hash)
                elif entry.amends:
                    _change(connection, **entry.row)
        return Outcome([], unkept)
    except Exception as error:
        for hash in made:
            assert folder is not None
            folder.delete(hash)
        if isinstance(error, DatabaseError):
            raise
        trouble = isinstance(error, DBAPIError | OSError) and not isinstance(error, IntegrityError | DataError)
        if trouble:
            raise explain(error, database.url) from error
        if len(entries) == 1:
            return Outcome([not_noted(error)])
        return sum((write(database, folder, days, [entry]) for entry in entries), Outcome())


def _write_photos(
    connection: Connection, folder: PhotoFolder | None, days: float, entries: Sequence[Entry], made: list[str]
) -> list[str]:
    """Files and rows of the photos; the queries learn their hashes, and `made` the files that are new."""
    rows, problems = {}, []
    for entry in entries:
        encoded = entry.encoded
        if entry.table is not Event and not entry.amends:
            entry.row["photo"] = None
        if folder is None or encoded is None or not entry.agreed:
            continue
        try:
            if folder.write(encoded):
                made.append(encoded.hash)
        except OSError as error:
            problems.append(unwritable(folder, error).message)
            continue
        entry.row["photo"] = encoded.hash
        rows[encoded.hash] = encoded.row(
            time=entry.row["time"], days=days, consent=entry.consent, embedding=entry.embedding
        )
    if rows:
        insert = _dialect(connection).insert(Photo)
        renewed = {name: insert.excluded[name] for name in ("time", "expires", "consent", "embedding")}
        connection.execute(insert.on_conflict_do_update(index_elements=[Photo.hash], set_=renewed), list(rows.values()))
    return problems


def _change(connection: Connection, id: str, **columns: Any) -> None:
    if not connection.execute(update(Query).where(Query.id == id).values(**columns)).rowcount:
        raise LookupError(f"There is no query {id}.")


def _dialect(connection: Connection) -> Any:
    return postgresql if connection.dialect.name == "postgresql" else sqlite


def not_noted(error: Exception) -> str:
    """The sentence on a row that no database takes."""
    return (
        f"A query or event could not be noted in the journal, as a value in it does not fit ({type(error).__name__})."
    )
