"""Arrays and tables of a store's files, read as a stranger's: a checksum says nothing about who made them.

What a file must hold is known before it is opened, so it is compared and not believed: no header is evaluated, and no
size that a file claims is allocated before it is measured.
"""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from vsearch_core.errors import StoreError
from vsearch_core.store.disk import open_plain

_NPY = re.compile(
    rb"\x93NUMPY\x01\x00(?P<length>..)\{'descr': '(?P<descr>[<|>=a-zA-Z0-9]{1,8})', 'fortran_order': False, "
    rb"'shape': \((?P<rows>\d{1,15}),(?: (?P<columns>\d{1,15}))?\), \} *\n",
    re.DOTALL,
)
_NPY_PREFIX = 10
_LONGEST_HEADER = 512

_NORM = 1e-3
"""How far the squared length of a normalised vector may be from 1: float32 rounds a thousand times less."""

_BLOCK = 8_192

_CODECS = {"SNAPPY", "UNCOMPRESSED"}
_ENCODINGS = {"PLAIN", "RLE", "RLE_DICTIONARY", "PLAIN_DICTIONARY", "BIT_PACKED"}
"""What `SegmentWriter` writes. Others can make gigabytes of a few kilobytes."""

_BLOAT, _SMALL_TABLE = 100, 256_000_000
"""A table may be this many times larger in memory than on disk, or this many bytes."""


def read_array(store: Path, name: str, dtype: type[np.generic], columns: int | None, rows: int | None) -> np.ndarray:
    """An array that `np.save` wrote, as a read-only memory map.

    Args:
        columns: the second length of its shape; None for an array of one dimension.
        rows: the first length; None for any.

    Raises:
        StoreError: another type or shape, or a file of another length (code `damaged`); or as `open_plain`.
        FileNotFoundError: it is not there.
    """
    wanted = np.dtype(dtype).newbyteorder("<")
    with open_plain(store, name) as file:
        found = _NPY.match(file.read(_LONGEST_HEADER))
        size = os.fstat(file.fileno()).st_size
        if found is None or found.end() != _NPY_PREFIX + int.from_bytes(found["length"], "little"):
            raise damaged(store / name, "not the array that belongs there")
        shape = tuple(int(number) for number in (found["rows"], found["columns"]) if number is not None)
        wanted_shape = (shape[0] if rows is None else rows, *([] if columns is None else [columns]))
        length = found.end() + math.prod(shape) * wanted.itemsize
        if found["descr"].decode() != wanted.str or shape != wanted_shape or length != size:
            raise damaged(store / name, "not the array that belongs there")
        # As a plain array: numpy's own class for memory maps makes every small step slower.
        return np.asarray(np.memmap(file, wanted, "r", found.end(), shape))


def write_array(path: Path, array: np.ndarray) -> None:
    """Writes an array as `np.save` does, but through Python: numpy itself does not notice that the disk is full if the
    array is small.

    Raises:
        OSError: the disk is full, or refuses.
    """
    with path.open("wb") as file:
        np.save(_Writing(file), array, allow_pickle=False)


class _Writing:
    """Of a file what `np.save` needs of one that it does not take for a file of its own."""

    def __init__(self, file: BinaryIO) -> None:
        self.write = file.write


def check_vectors(vectors: np.ndarray, path: Path) -> None:
    """Refuses embeddings (n, d) that are not normalised; those of blank pictures are all zero.

    Raises:
        StoreError: a value that is not a number, or another length than 1 or 0 (code `damaged`).
    """
    with np.errstate(all="ignore"):
        for start in range(0, len(vectors), _BLOCK):
            block = vectors[start : start + _BLOCK]
            squares = np.vecdot(block, block)
            # Written so that what is not a number fails too.
            if not ((np.abs(squares - 1) < _NORM) | (squares == 0)).all():
                raise damaged(path, "it holds vectors that are not normalised")


def read_bytes(store: Path, name: str) -> np.ndarray:
    """A file's bytes as a read-only memory map (n,) uint8; an empty file gives none.

    Raises:
        StoreError, FileNotFoundError: as `open_plain`.
    """
    with open_plain(store, name) as file:
        size = os.fstat(file.fileno()).st_size
        return np.asarray(np.memmap(file, np.uint8, "r", 0, (size,))) if size else np.empty(0, np.uint8)


def read_json(store: Path, name: str) -> Any:
    """A JSON file's content.

    Raises:
        StoreError: it is none (code `damaged`); or as `open_plain`.
        FileNotFoundError: it is not there.
    """
    with open_plain(store, name) as file, refusing_junk(store / name):
        return json.loads(file.read())


def read_table(store: Path, name: str, rows: int) -> pd.DataFrame:
    """A Parquet file of `rows` rows, with plain columns (text, numbers, times) of different names.

    Raises:
        StoreError: it is none (code `damaged`); or as `open_plain`.
        FileNotFoundError: it is not there.
    """
    with open_plain(store, name) as file, refusing_junk(store / name):
        return _table(file, rows).to_pandas()


@contextmanager
def refusing_junk(path: Path) -> Iterator[None]:
    """Turns whatever a parser raises over a file that makes no sense into one sentence.

    Raises:
        StoreError: the file is damaged.
    """
    try:
        yield
    except (
        ValueError,
        TypeError,
        LookupError,
        AttributeError,
        ArithmeticError,
        RecursionError,
        NotImplementedError,
        MemoryError,
        OSError,
        pa.ArrowException,
    ) as error:
        raise damaged(path, f"it cannot be read: {type(error).__name__}") from error


def damaged(path: Path, what: str) -> StoreError:
    """The error for a file that is whole and makes no sense."""
    return StoreError(f"{path} is damaged ({what}); build the store anew.", code="damaged")


def _table(file: BinaryIO, rows: int) -> pa.Table:
    size = os.fstat(file.fileno()).st_size
    limit = max(_SMALL_TABLE, _BLOAT * size)
    schema = pq.read_schema(file)
    texts = [field.name for field in schema if _is_text(field.type)]
    plain = all(_is_text(field.type) or _is_plain(field.type) for field in schema)
    if not plain or len(set(schema.names)) < len(schema.names):
        raise ValueError("columns of another kind")
    file.seek(0)
    parquet = pq.ParquetFile(file, read_dictionary=texts)
    facts = parquet.metadata
    chunks = [
        facts.row_group(group).column(column)
        for group in range(facts.num_row_groups)
        for column in range(facts.num_columns)
    ]
    odd = any(chunk.compression not in _CODECS or not _ENCODINGS.issuperset(chunk.encodings) for chunk in chunks)
    claimed = sum(chunk.total_uncompressed_size for chunk in chunks) + 8 * rows * facts.num_columns
    if facts.num_rows != rows or odd or claimed > limit:
        raise ValueError("another size")
    table = parquet.read()
    # A text of a megabyte that every row repeats is short on disk, and here still.
    if sum(_text_bytes(table.column(name)) for name in texts) > limit:
        raise ValueError("too large")
    for name in texts:
        place = table.column_names.index(name)
        table = table.set_column(place, schema.field(name), table.column(name).cast(schema.field(name).type))
    return table


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


_PLAIN: tuple[Callable[[pa.DataType], bool], ...] = (
    pa.types.is_integer,
    pa.types.is_floating,
    pa.types.is_boolean,
    pa.types.is_temporal,
    pa.types.is_decimal,
    pa.types.is_null,
)


def _is_plain(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return _is_text(kind.value_type) or _is_plain(kind.value_type)
    return any(is_kind(kind) for is_kind in _PLAIN)


def _text_bytes(column: pa.ChunkedArray) -> int:
    return sum(
        pc.sum(pc.take(pc.binary_length(chunk.dictionary), chunk.indices)).as_py() or 0
        for chunk in column.chunks
        if pa.types.is_dictionary(chunk.type)
    )
