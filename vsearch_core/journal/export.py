"""The journal for other programs: its tables as Parquet or CSV, read in parts so that a million rows fit in memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
from pyarrow import csv, parquet
from sqlalchemy import JSON, Boolean, Double, Integer, select

from vsearch_core.database import Base, Database, UtcDateTime
from vsearch_core.journal.tables import Event, Query
from vsearch_core.journal.times import has_come, is_timed

Format = Literal["parquet", "csv"]

CHUNK = 20_000
"""Rows that are in memory at once."""

LEFT_OUT = {"photo"}
"""A file outlives a consent, so it does not say which photo is kept."""

_KINDS: list[tuple[type[Any], pa.DataType]] = [
    (Boolean, pa.bool_()),
    (Double, pa.float64()),
    (Integer, pa.int64()),
    (UtcDateTime, pa.timestamp("us", tz="UTC")),
]


def export(database: Database, folder: Path, format: Format = "parquet") -> dict[str, int]:
    """Write `queries` and `events` into a folder, in the order of time; JSON columns become JSON texts.

    What is dated wrongly is left out: queries that lie in the future, with their events, and events whose time cannot
    be trusted. `times.untimed` counts them.

    Returns:
        The files' names, and how many rows each has. Files of these names are replaced when the new ones are whole.

    Raises:
        DatabaseError: the database cannot be read.
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = {}
    for table in (Query, Event):
        name = f"{table.__tablename__}.{format}"
        beside = folder / f".{name}.new"
        schema = _schema(table)
        writer = parquet.ParquetWriter if format == "parquet" else csv.CSVWriter
        count = 0
        try:
            with writer(str(beside), schema) as out:
                for part in _parts(database, table, schema):
                    out.write_table(part)
                    count += len(part)
            beside.replace(folder / name)
        finally:
            beside.unlink(missing_ok=True)
        written[name] = count
    return written


def _schema(table: type[Base]) -> pa.Schema:
    kinds = {
        column.name: next((made for kind, made in _KINDS if isinstance(column.type, kind)), pa.string())
        for column in table.__table__.columns
        if column.name not in LEFT_OUT
    }
    return pa.schema(list(kinds.items()))


def _parts(database: Database, table: type[Base], schema: pa.Schema) -> Iterator[pa.Table]:
    columns = [table.__table__.columns[name] for name in schema.names]
    order = (table.__table__.columns["time"], table.__table__.columns["id"])
    with database.session() as session:
        query = select(*columns).order_by(*order)
        query = (
            query.where(has_come()) if table is Query else query.join(Query, Query.id == Event.query).where(is_timed())
        )
        rows = session.execute(query.execution_options(yield_per=CHUNK))
        for part in rows.partitions():
            values = zip(*part, strict=True)
            yield pa.table(
                [
                    pa.array(map(_text, found) if isinstance(column.type, JSON) else found, field.type)
                    for column, field, found in zip(columns, schema, values, strict=True)
                ],
                schema=schema,
            )


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
