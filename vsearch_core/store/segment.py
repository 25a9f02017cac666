"""Segments: immutable folders of products with their embeddings, thumbnails and indexes, all in the same row order."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import pandas as pd

from vsearch_core.catalogue.cleaning import CleaningReport
from vsearch_core.catalogue.table import COLUMNS
from vsearch_core.files import make_folder, put_in_place
from vsearch_core.store.disk import remove, sha256_of
from vsearch_core.store.engines import SMALLEST, ExactEngine, Index, engine_named
from vsearch_core.store.item_vectors import ITEM_ROWS, ITEMS, ItemVectors
from vsearch_core.store.leavings import SEGMENTS, draft_name, note
from vsearch_core.store.manifest import FileEntry, SegmentEntry, folder_of, path_of
from vsearch_core.store.reading import (
    check_vectors,
    damaged,
    read_array,
    read_bytes,
    read_json,
    read_table,
    refusing_junk,
    write_array,
)

PRODUCTS = "products.parquet"
EMBEDDINGS = "embeddings.npy"
THUMBNAILS = "thumbnails.bin"
OFFSETS = "thumbnail_offsets.npy"
CLEANING = "cleaning.json"
WHOLE = "index/whole.ann"

FACTS = ("image_sha256", "image_width", "image_height", "image_spread", "image_dhash")
"""What was found out about each product's image; these columns and `group` follow the shop's own."""

DERIVED = ("group", *FACTS)

_FACT_TYPES = dict(zip(FACTS[1:], ("int64", "int64", "float64", "uint64"), strict=True))


@dataclass(frozen=True)
class Segment:
    """An open segment. `embeddings` (n, d) and `thumbnails` are memory maps, which outlive their files' deletion.

    `items` are vectors of products cut out of their pictures; there are none in a store built without a detector.
    """

    entry: SegmentEntry
    products: pd.DataFrame
    embeddings: np.ndarray
    thumbnails: np.ndarray
    offsets: np.ndarray
    reports: Sequence[Mapping[str, Any]]
    whole: Index
    partitions: Mapping[str, Index]
    items: ItemVectors

    @property
    def living(self) -> np.ndarray:
        """Boolean, one for each row: whether it has not been removed."""
        removed: np.ndarray = self.products["id"].isin(list(self.entry.removed)).to_numpy(dtype=bool)
        return ~removed

    def thumbnail(self, row: int) -> bytes:
        """The JPEG of a row."""
        return bytes(self.thumbnails[self.offsets[row] : self.offsets[row + 1]])

    def indexes(self, partitions: Sequence[str] | None) -> list[Index]:
        """The indexes that cover these categories once, or everything where None."""
        if partitions is None:
            return [self.whole]
        return [self.partitions[name] for name in dict.fromkeys(partitions) if name in self.partitions]


def open_segment(store: Path, entry: SegmentEntry, *, engine: str, dimension: int) -> Segment:
    """Opens a segment whose files have been verified. Files that the manifest does not name are not opened.

    Raises:
        StoreError: files that do not fit each other, or make no sense (code `damaged`).
        FileNotFoundError: a newer version of the store has deleted it.
    """
    folder = path_of(entry.id)
    _refuse_missing(store / folder, entry)
    products = read_table(store, f"{folder}/{PRODUCTS}", entry.count)
    _check_products(store / folder / PRODUCTS, products, entry)
    embeddings = read_array(store, f"{folder}/{EMBEDDINGS}", np.float32, dimension, entry.count)
    check_vectors(embeddings, store / folder / EMBEDDINGS)
    thumbnails = read_bytes(store, f"{folder}/{THUMBNAILS}")
    offsets = read_array(store, f"{folder}/{OFFSETS}", np.int64, None, entry.count + 1)
    if offsets[0] != 0 or offsets[-1] != len(thumbnails) or (np.diff(offsets) < 0).any():
        raise damaged(store / folder / OFFSETS, "it leads outside the pictures")
    reports = read_json(store, f"{folder}/{CLEANING}")
    with refusing_junk(store / folder / CLEANING):
        if not isinstance(reports, list):
            raise TypeError("not a list of reports")
        for report in reports:
            CleaningReport.from_json(report).summary()
    chosen, exact = engine_named(engine), ExactEngine()
    everything = np.arange(entry.count)
    whole_engine = chosen if WHOLE in entry.files else exact
    partitions: dict[str, Index] = {}
    for name, rows in _rows_by_category(products).items():
        if name in entry.partitions:
            file = store / folder / _index_file(entry.partitions.index(name))
            partitions[name] = chosen.open(file, embeddings, rows)
        else:
            partitions[name] = exact.open(store, embeddings, rows)
    return Segment(
        entry=entry,
        products=products,
        embeddings=embeddings,
        thumbnails=thumbnails,
        # Copied: it is small, and read for every picture.
        offsets=offsets.copy(),
        reports=reports,
        whole=whole_engine.open(store / folder / WHOLE, embeddings, everything),
        partitions=partitions,
        items=ItemVectors.open(store / folder, count=entry.count, dimension=dimension)
        if ITEMS in entry.files
        else ItemVectors.none(dimension),
    )


def _refuse_missing(folder: Path, entry: SegmentEntry) -> None:
    """What is opened must be among the files that were verified."""
    needed = [PRODUCTS, EMBEDDINGS, THUMBNAILS, OFFSETS, CLEANING]
    needed += [ITEM_ROWS] if ITEMS in entry.files else []
    needed += [_index_file(number) for number in range(len(entry.partitions))]
    missing = [name for name in needed if name not in entry.files]
    if missing or entry.count == 0:
        raise damaged(folder, f"the manifest does not name {missing[0]}" if missing else "it has no products")


def _check_products(path: Path, products: pd.DataFrame, entry: SegmentEntry) -> None:
    """The columns that this program relies on have their types; the shop's own have whatever they have."""
    kinds = {**dict.fromkeys((*COLUMNS[:-1], "group", "image_sha256"), "str"), "price": "float64", **_FACT_TYPES}
    wrong = [name for name, kind in kinds.items() if name not in products or products[name].dtype != kind]
    if wrong or not isinstance(products.index, pd.RangeIndex) or len(products) != entry.count:
        raise damaged(path, f"its column {wrong[0]} is missing or of another type" if wrong else "it has other rows")
    ids = products["id"]
    if ids.isna().any() or not ids.is_unique:
        raise damaged(path, "two of its products have the same id, or one has none")
    # Each product once: as many are found as are named only if every name is there, and none twice.
    if ids.isin(list(entry.removed)).sum() != len(entry.removed):
        raise damaged(path, "the manifest calls products removed that it does not have")


class SegmentWriter:
    """Writes a segment in a hidden folder and renames it into place when it is whole; deletes it if anything fails.

    >>> with SegmentWriter(store) as writer:
    ...     writer.add_thumbnail(jpeg)
    ...     entry = writer.finish(products, embeddings, [report], engine="annoy", seed=0)
    """

    def __init__(self, store: Path) -> None:
        self.id = secrets.token_hex(8)
        self._store = store
        self._folder = store / SEGMENTS / draft_name(self.id)

    def __enter__(self) -> SegmentWriter:
        make_folder(self._folder)
        self._thumbnails = (self._folder / THUMBNAILS).open("wb")
        self._offsets = [0]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._thumbnails.close()
        finally:
            if error is not None:
                remove(self._folder)

    def add_thumbnail(self, jpeg: bytes) -> None:
        """The next row's thumbnail."""
        self._thumbnails.write(jpeg)
        self._offsets.append(self._offsets[-1] + len(jpeg))

    def finish(
        self,
        products: pd.DataFrame,
        embeddings: np.ndarray,
        reports: Sequence[Mapping[str, Any]],
        *,
        engine: str | None,
        seed: int,
        items: ItemVectors | None = None,
    ) -> SegmentEntry:
        """Writes the rest and puts the folder in place; the manifest does not name it yet.

        Args:
            products: as many rows as thumbnails, with `COLUMNS`, the shop's own columns and `DERIVED`.
            embeddings: (n, d) normalised float32, in the same order.
            reports: cleaning reports of the catalogues that the rows came from.
            engine: builds the indexes of a base segment; None for a side segment, which has none.
            seed: makes the indexes repeatable.
            items: vectors of products cut out of their pictures.
        """
        products = storable(products)
        self._thumbnails.close()
        products.to_parquet(self._folder / PRODUCTS, index=False)
        write_array(self._folder / EMBEDDINGS, embeddings.astype(np.float32, copy=False))
        write_array(self._folder / OFFSETS, np.array(self._offsets, dtype=np.int64))
        (self._folder / CLEANING).write_text(json.dumps(list(reports), ensure_ascii=False), encoding="utf-8")
        if items is not None:
            items.save(self._folder)
        partitions = self._write_indexes(products, embeddings, engine, seed) if engine is not None else ()
        files = {}
        for path in sorted(path for path in self._folder.rglob("*") if path.is_file()):
            with path.open("rb") as file:
                files[path.relative_to(self._folder).as_posix()] = FileEntry(sha256_of(file), path.stat().st_size)
        note(self._store, [self.id])
        put_in_place(self._folder, folder_of(self._store, self.id))
        return SegmentEntry(id=self.id, count=len(products), files=files, partitions=partitions)

    def _write_indexes(self, products: pd.DataFrame, embeddings: np.ndarray, engine: str, seed: int) -> tuple[str, ...]:
        chosen = engine_named(engine)
        (self._folder / "index").mkdir()
        if len(products) >= SMALLEST:
            chosen.build(embeddings, np.arange(len(products)), seed=seed).save(self._folder / WHOLE)
        indexed: list[str] = []
        for name, rows in _rows_by_category(products).items():
            if len(rows) >= SMALLEST:
                file = self._folder / _index_file(len(indexed))
                chosen.build(embeddings, rows, seed=seed).save(file)
                if file.exists():
                    indexed.append(name)
        return tuple(indexed)


def storable(products: pd.DataFrame) -> pd.DataFrame:
    """The table as it is stored: `COLUMNS` first, `DERIVED` last, and columns of mixed values as text."""
    own = [column for column in products.columns if column not in COLUMNS and column not in DERIVED]
    ordered = products[[*COLUMNS, *own, *DERIVED]].reset_index(drop=True)
    for column in own:
        if ordered[column].dtype == object:
            ordered[column] = ordered[column].map(lambda value: "" if pd.isna(value) else str(value)).astype("str")
    return ordered.astype({column: "str" for column in (*COLUMNS[:-1], "group", "image_sha256")})


def joined(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Several segments' products as one table; a column that one of them lacks is missing there."""
    if not tables:
        return pd.DataFrame({column: pd.Series(dtype="str") for column in (*COLUMNS, *DERIVED)}).astype(
            {"price": np.float64, "image_dhash": np.uint64}
        )
    return tables[0] if len(tables) == 1 else storable(pd.concat(tables, ignore_index=True))


def _rows_by_category(products: pd.DataFrame) -> dict[str, np.ndarray]:
    indices = products.groupby("category", sort=True).indices
    return {str(name): np.sort(np.asarray(rows, dtype=np.int64)) for name, rows in indices.items()}


def _index_file(number: int) -> str:
    return f"index/{number}.ann"
