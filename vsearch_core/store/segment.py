"""Segments: immutable folders of products with their embeddings, thumbnails and indexes, all in the same row order."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import pandas as pd

from vsearch_core.catalogue.table import COLUMNS
from vsearch_core.errors import StoreError
from vsearch_core.store.disk import remove_tree, sha256_of, sync
from vsearch_core.store.engines import SMALLEST, ExactEngine, Index, engine_named
from vsearch_core.store.item_vectors import ITEMS, ItemVectors
from vsearch_core.store.manifest import SEGMENTS, FileEntry, SegmentEntry, folder_of

PRODUCTS = "products.parquet"
EMBEDDINGS = "embeddings.npy"
THUMBNAILS = "thumbnails.bin"
OFFSETS = "thumbnail_offsets.npy"
CLEANING = "cleaning.json"
WHOLE = "index/whole.ann"

FACTS = ("image_sha256", "image_width", "image_height", "image_spread", "image_dhash")
"""What was found out about each product's image; these columns and `group` follow the shop's own."""

DERIVED = ("group", *FACTS)


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
        return ~self.products["id"].isin(list(self.entry.removed)).to_numpy(dtype=bool)

    def thumbnail(self, row: int) -> bytes:
        """The JPEG of a row."""
        return bytes(self.thumbnails[self.offsets[row] : self.offsets[row + 1]])

    def indexes(self, partitions: Sequence[str] | None) -> list[Index]:
        """The indexes that cover these categories once, or everything where None."""
        if partitions is None:
            return [self.whole]
        return [self.partitions[name] for name in dict.fromkeys(partitions) if name in self.partitions]


def open_segment(store: Path, entry: SegmentEntry, *, engine: str, dimension: int) -> Segment:
    """Opens a segment whose files have been verified.

    Raises:
        StoreError: files that do not fit each other (code `damaged`).
        FileNotFoundError: a newer version of the store has deleted it.
    """
    folder = folder_of(store, entry.id)
    products = pd.read_parquet(folder / PRODUCTS)
    # As plain arrays: numpy's own class for memory maps makes every small step slower.
    embeddings = np.asarray(np.load(folder / EMBEDDINGS, mmap_mode="r", allow_pickle=False))
    offsets = np.load(folder / OFFSETS, allow_pickle=False)
    fits = embeddings.shape == (entry.count, dimension) and embeddings.dtype == np.float32
    if not fits or len(products) != entry.count or len(offsets) != entry.count + 1:
        raise StoreError(f"The files in {folder} do not fit each other; build the store anew.", code="damaged")
    chosen, exact = engine_named(engine), ExactEngine()
    everything = np.arange(entry.count)
    whole_engine = chosen if WHOLE in entry.files else exact
    partitions: dict[str, Index] = {}
    for name, rows in _rows_by_category(products).items():
        if name in entry.partitions:
            file = folder / _index_file(entry.partitions.index(name))
            partitions[name] = chosen.open(file, embeddings, rows)
        else:
            partitions[name] = exact.open(folder, embeddings, rows)
    return Segment(
        entry=entry,
        products=products,
        embeddings=embeddings,
        thumbnails=np.asarray(np.memmap(folder / THUMBNAILS, dtype=np.uint8, mode="r")),
        offsets=offsets,
        reports=json.loads((folder / CLEANING).read_text(encoding="utf-8")),
        whole=whole_engine.open(folder / WHOLE, embeddings, everything),
        partitions=partitions,
        items=ItemVectors.open(folder, count=entry.count, dimension=dimension)
        if ITEMS in entry.files
        else ItemVectors.none(dimension),
    )


class SegmentWriter:
    """Writes a segment in a hidden folder and renames it into place when it is whole; deletes it if anything fails.

    >>> with SegmentWriter(store) as writer:
    ...     writer.add_thumbnail(jpeg)
    ...     entry = writer.finish(products, embeddings, [report], engine="annoy", seed=0)
    """

    def __init__(self, store: Path) -> None:
        self.id = secrets.token_hex(8)
        self._store = store
        self._folder = store / SEGMENTS / f".{self.id}"

    def __enter__(self) -> SegmentWriter:
        self._folder.mkdir(parents=True)
        self._thumbnails = (self._folder / THUMBNAILS).open("wb")
        self._offsets = [0]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._thumbnails.close()
        if error is not None:
            remove_tree(self._folder)

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
        np.save(self._folder / EMBEDDINGS, embeddings.astype(np.float32, copy=False), allow_pickle=False)
        np.save(self._folder / OFFSETS, np.array(self._offsets, dtype=np.int64), allow_pickle=False)
        (self._folder / CLEANING).write_text(json.dumps(list(reports), ensure_ascii=False), encoding="utf-8")
        if items is not None:
            items.save(self._folder)
        partitions = self._write_indexes(products, embeddings, engine, seed) if engine is not None else ()
        files = {}
        for path in sorted(path for path in self._folder.rglob("*") if path.is_file()):
            sync(path)
            files[path.relative_to(self._folder).as_posix()] = FileEntry(sha256_of(path), path.stat().st_size)
        sync(self._folder)
        os.rename(self._folder, folder_of(self._store, self.id))
        sync(self._store / SEGMENTS)
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
