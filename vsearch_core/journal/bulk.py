"""Many rows at once, for what is not noted one by one: sample traffic, and journals that move."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from sqlalchemy import JSON, Connection, insert
from sqlalchemy.exc import DBAPIError

from vsearch_core.database import Base, Database, UtcDateTime
from vsearch_core.database_errors import explain
from vsearch_core.journal.tables import Event, Photo, Query

CHUNK = 10_000
"""Rows of one transaction: long enough to be fast, short enough that a search's own row need not wait for long."""

Rows = Iterable[Mapping[str, Any]]


def insert_many(database: Database, queries: Rows = (), events: Rows = (), photos: Rows = ()) -> int:
    """Write rows of the journal's tables; each is a mapping with the columns of `Query`, `Event` or `Photo`.

    Columns that have a default may be left out, by all rows of a table alike. Photos are written before the queries
    that point to them, and queries before their events. Rows are taken as they come, `CHUNK` of them in a transaction:
    where one fails, those before stay.

    Returns:
        How many rows were written.

    Raises:
        DatabaseError: the database refuses a row, or cannot be written.
        ValueError: a time has no zone.
    """
    count = 0
    for table, rows in ((Photo, photos), (Query, queries), (Event, events)):
        source = iter(rows)
        while chunk := list(islice(source, CHUNK)):
            try:
                with database.engine.begin() as connection:
                    _write(connection, table, chunk)
            except DBAPIError as error:
                raise explain(error, database.url) from error
            count += len(chunk)
    return count


def _write(connection: Connection, table: type[Base], rows: list[Mapping[str, Any]]) -> None:
    if connection.dialect.name == "postgresql":
        _copy(connection, table, rows)
    else:
        connection.execute(insert(table), rows)


def _copy(connection: Connection, table: type[Base], rows: list[Mapping[str, Any]]) -> None:
    """PostgreSQL's own way for many rows, several times as fast as inserts."""
    columns = list(rows[0])
    names = ", ".join(connection.dialect.identifier_preparer.quote(name) for name in columns)
    cursor: Any = connection.connection.cursor()
    try:
        with cursor.copy(f"COPY {table.__tablename__} ({names}) FROM STDIN") as copy:
            for values in _values(connection, table, columns, rows):
                copy.write_row(values)
    except Exception as error:
        if isinstance(error, connection.dialect.loaded_dbapi.Error):
            raise DBAPIError.instance("COPY", None, error, connection.dialect.loaded_dbapi.Error) from error
        raise
    finally:
        cursor.close()


def _values(
    connection: Connection, table: type[Base], columns: list[str], rows: list[Mapping[str, Any]]
) -> Iterator[list[Any]]:
    kinds = [table.__table__.columns[name].type for name in columns]
    for row in rows:
        values = []
        for name, kind in zip(columns, kinds, strict=True):
            value = row[name]
            if isinstance(kind, JSON):
                value = json.dumps(value)
            elif isinstance(kind, UtcDateTime):
                value = kind.process_bind_param(value, connection.dialect)
            values.append(value)
        yield values
