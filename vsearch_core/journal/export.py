"""The journal for other programs: its tables as Parquet or CSV, read in parts so that a million rows fit in memory.

People open a CSV with a spreadsheet: in it no text, and nothing in a JSON text, is a formula (see `table_files`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import pyarrow as pa
from pyarrow import parquet
from sqlalchemy import JSON, Boolean, Double, Integer, select

from vsearch_core.database import Base, Database, UtcDateTime
from vsearch_core.files import put_in_place
from vsearch_core.journal.tables import Event, Query
from vsearch_core.journal.times import has_come, is_timed
from vsearch_core.table_files import as_csv, inert_json

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
        count = 0
        try:
            with closing(_Parquet(beside, schema) if format == "parquet" else _Csv(beside, schema)) as out:
                for part in _parts(database, table, schema, out.text):
                    out.write(part)
                    count += len(part)
            put_in_place(beside, folder / name)
        finally:
            beside.unlink(missing_ok=True)
        written[name] = count
    return written


class _Parquet:
    """A Parquet file that grows by parts."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._writer = parquet.ParquetWriter(str(path), schema)

    @staticmethod
    def text(value: Any) -> str:
        """A value of a JSON column."""
        return json.dumps(value, ensure_ascii=False)

    def write(self, part: pa.Table) -> None:
        """Add rows."""
        self._writer.write_table(part)

    def close(self) -> None:
        """No more rows come."""
        self._writer.close()


class _Csv:
    """The same for an inert CSV file."""

    text = staticmethod(inert_json)

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._file = path.open("wb")
        self._file.write(as_csv(_frame(schema.empty_table())))

    def write(self, part: pa.Table) -> None:
        """Add rows."""
        self._file.write(as_csv(_frame(part), first=False))

    def close(self) -> None:
        """No more rows come."""
        self._file.close()


def _frame(part: pa.Table) -> pd.DataFrame:
    # of pandas' own types a whole number that may be missing would become a fraction
    return part.to_pandas(types_mapper=pd.ArrowDtype)


def _schema(table: type[Base]) -> pa.Schema:
    kinds = {
        column.name: next((made for kind, made in _KINDS if isinstance(column.type, kind)), pa.string())
        for column in table.__table__.columns
        if column.name not in LEFT_OUT
    }
    return pa.schema(list(kinds.items()))


def _parts(database: Database, table: type[Base], schema: pa.Schema, text: Callable[[Any], str]) -> Iterator[pa.Table]:
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
                    pa.array(map(text, found) if isinstance(column.type, JSON) else found, field.type)
                    for column, field, found in zip(columns, schema, values, strict=True)
                ],
                schema=schema,
            )
