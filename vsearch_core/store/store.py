"""An open store: finds the products whose pictures are most alike, and hands out what is known of them."""

from __future__ import annotations

import itertools
import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from vsearch_core.catalogue.cleaning import CleaningReport
from vsearch_core.catalogue.positions import POSITIONS, positions_of
from vsearch_core.contracts import Embedder, Hit, Position
from vsearch_core.errors import StoreError
from vsearch_core.store.exact import check_embeddings, check_k
from vsearch_core.store.filters import Filters
from vsearch_core.store.manifest import MANIFEST, Manifest, check_embedder, not_a_store, read_manifest, verify
from vsearch_core.store.products import Page, Products
from vsearch_core.store.reading import damaged
from vsearch_core.store.segment import Segment, joined, open_segment
from vsearch_core.vision.good_match import GoodMatch
from vsearch_core.vision.ranking import POOL, Ranker


class Store:
    """A store as it was when it was opened: later changes on disk do not touch it. Safe to use from several threads."""

    def __init__(self, path: Path, manifest: Manifest, segments: Sequence[Segment], stamp: tuple[int, ...]) -> None:
        self.path = path
        self.manifest = manifest
        self.segments = tuple(segments)
        self._stamp = stamp
        self._alive = [segment.living for segment in self.segments]
        self._living = [np.flatnonzero(alive) for alive in self._alive]
        ends = np.cumsum([0, *map(len, self._living)])
        self._places = [slice(start, end) for start, end in itertools.pairwise(ends)]
        tables = [
            # Taking all rows would copy them.
            segment.products.iloc[rows] if segment.entry.removed else segment.products
            for segment, rows in zip(self.segments, self._living, strict=True)
        ]
        self._products = Products(joined(tables).reset_index(drop=True))

    @classmethod
    def open(cls, path: Path, *, embedder: Embedder | None = None) -> Store:
        """Opens a store after checking every file's size and checksum, and that what it holds makes sense.

        Nothing is written or deleted, whatever lies in the folder.

        Args:
            path: the store's folder.
            embedder: the model that photos will be searched with; the store must have been built with the same one.

        Raises:
            StoreError: no store (code `not_a_store`), a damaged file (`damaged`), a newer schema (`newer_schema`) or
                another model's embeddings (`other_model`).
        """
        path = Path(path)
        while True:
            stamp = stamp_of(path)
            manifest = read_manifest(path)
            check_embedder(path, manifest, embedder)
            try:
                verify(path, manifest)
                segments = [
                    open_segment(path, entry, engine=manifest.engine, dimension=manifest.embedder.dimension)
                    for entry in manifest.segments
                ]
            except FileNotFoundError as error:
                # A writer may have replaced the manifest since it was read, and deleted what the old one names.
                if read_manifest(path).version != manifest.version:
                    continue
                raise StoreError(
                    f"The store {path} is damaged: {error.filename} is missing; build the store anew.", code="damaged"
                ) from error
            store = cls(path, manifest, segments, stamp)
            if not store.products["id"].is_unique:
                raise damaged(path, "two of its segments have the same product")
            return store

    def __len__(self) -> int:
        return len(self.products)

    @property
    def products(self) -> pd.DataFrame:
        """The living products: the catalogue's columns, the shop's own, `group` and the facts about each image."""
        return self._products.frame

    @property
    def name(self) -> str:
        """The catalogue's name."""
        return self.manifest.name

    @property
    def sample(self) -> bool:
        """Whether this is the drawn sample shop."""
        return self.manifest.sample

    @property
    def currency(self) -> str:
        """The currency of the prices, "" where it is not known."""
        return self.manifest.currency

    @property
    def match(self) -> GoodMatch | None:
        """The rule for a good match that was chosen when the store was built; None where the model's own counts."""
        least = self.manifest.good_match
        return None if least is None else GoodMatch(least)

    @property
    def version(self) -> str:
        """Another one after every change."""
        return self.manifest.version

    @property
    def partitions(self) -> Mapping[str, int]:
        """How many products each category has; "" is that of products without one."""
        return self.manifest.partitions

    @cached_property
    def cleaning(self) -> tuple[CleaningReport, ...]:
        """What was found in the catalogue that the store was built from, and in each that was added later."""
        return tuple(CleaningReport.from_json(report) for segment in self.segments for report in segment.reports)

    @cached_property
    def embeddings(self) -> np.ndarray:
        """The embeddings of `products`, float32 (n, d), copied into memory: for work on all of them."""
        parts = [segment.embeddings[rows] for segment, rows in zip(self.segments, self._living, strict=True)]
        return np.concatenate([*parts, np.empty((0, self.manifest.embedder.dimension), np.float32)])

    @cached_property
    def _worn(self) -> dict[Position, np.ndarray]:
        """For each position which products are worn there or nobody knows where: boolean, one for each product."""
        worn_at = positions_of(self.products["product_type"], self.products["category"])
        unknown = worn_at == ""
        return {position: (worn_at == position) | unknown for position in POSITIONS}

    def is_stale(self) -> bool:
        """Whether the store on disk has changed since this one was opened: then open it again."""
        try:
            return stamp_of(self.path) != self._stamp
        except StoreError:
            # Somebody has deleted it; what is open still answers.
            return False

    def search(
        self,
        embedding: np.ndarray,
        k: int,
        *,
        filters: Filters | None = None,
        partitions: Sequence[str] | None = None,
    ) -> list[Hit]:
        """The k products most like a photo, best first; equal ones in the catalogue's order.

        Args:
            embedding: (d,) of the store's model.
            k: how many; fewer come back only where fewer exist.
            filters: what may be found.
            partitions: categories to search, all where None; one that the store does not have holds no product.

        Raises:
            StoreError: k below 1 (code `bad_k`), or an embedding that does not fit (`wrong_dimension` or
                `bad_embedding`).
            FilterError: a filter names a column that the catalogue does not have.
        """
        return self.search_many(np.asarray(embedding)[None], k, filters=filters, partitions=partitions)[0]

    def search_looks(
        self,
        looks: np.ndarray,
        k: int,
        *,
        filters: Filters | None = None,
        partitions: Sequence[str] | None = None,
        ranker: Ranker | None = None,
    ) -> list[Hit]:
        """The k products most like any of several looks at one photo, best first; each counts by its best look.

        Args:
            looks: (looks, d) of the store's model.
            ranker: puts the products that look most alike in another order than that of their cosines.

        Raises:
            StoreError, FilterError: as for `search`.
        """
        found = self._found(looks, _pool(k, ranker), filters, partitions)
        positions, scores = (np.concatenate(parts) for parts in zip(*found, strict=True))
        order = np.lexsort((positions, -scores))
        positions, scores = positions[order], scores[order]
        best = np.sort(np.unique(positions, return_index=True)[1])
        return self._hits(positions[best], scores[best], k, ranker)

    def search_many(
        self,
        embeddings: np.ndarray,
        k: int,
        *,
        filters: Filters | None = None,
        partitions: Sequence[str] | None = None,
    ) -> list[list[Hit]]:
        """The same for each of several photos, embeddings (n, d)."""
        found = self._found(embeddings, k, filters, partitions)
        return [self._products.hits(positions, scores) for positions, scores in found]

    def _found(
        self, embeddings: np.ndarray, k: int, filters: Filters | None, partitions: Sequence[str] | None
    ) -> list[tuple[np.ndarray, np.ndarray]]:
        """Positions in `products` and cosines of the k best for each of embeddings (n, d)."""
        filters = filters or Filters()
        if partitions is None and not filters.ranges and set(filters.equals) == {"category"}:
            # A partition is a category: its own index answers, and no row needs to be looked at for the filter.
            filters, partitions = Filters(), sorted(filters.equals["category"])
        passing = self._products.passing(filters) if filters else None
        return self._nearest(embeddings, k, passing, partitions)

    def search_item(
        self,
        embedding: np.ndarray,
        k: int,
        *,
        position: Position | None = None,
        filters: Filters | None = None,
        ranker: Ranker | None = None,
    ) -> list[Hit]:
        """The k products most like a garment that was cut out of a photo, best first.

        A product counts by the better of its whole picture and of what was cut out of it at build.

        Args:
            embedding: (d,) of the garment by itself.
            position: only products that are worn there, and those of which it is not known; all where None.
            ranker: as for `search_looks`.

        Raises:
            StoreError, FilterError: as for `search`.
        """
        passing = self._products.passing(filters) if filters else None
        if position is not None:
            there = self._worn[position]
            if not there.all():
                passing = there if passing is None else passing & there
        asked = np.asarray(embedding)[None]
        positions, scores = self._nearest(asked, _pool(k, ranker), passing, None, items=True)[0]
        return self._hits(positions, scores, k, ranker)

    def similar(self, product: str, k: int, filters: Filters | None = None) -> list[Hit]:
        """The k products most like one of the store's own, without itself; none for one with a blank picture.

        Raises:
            StoreError: an unknown id (code `unknown_product`), or k below 1.
            FilterError: as for `search`.
        """
        segment, row = self._segment_and_row(product)
        if not segment.embeddings[row].any():
            return []
        hits = self.search(segment.embeddings[row], check_k(k) + 1, filters=filters)
        return [hit for hit in hits if hit.id != product][:k]

    def product(self, product: str) -> dict[str, Any]:
        """All that is known of a product, column by column; None where a value is missing.

        Raises:
            StoreError: an unknown id (code `unknown_product`).
        """
        return self._products.records(np.array([self._products.position(product)]))[0]

    def thumbnail(self, product: str) -> bytes:
        """A product's picture as a JPEG, its longest side 320 pixels or less.

        Raises:
            StoreError: an unknown id (code `unknown_product`).
        """
        segment, row = self._segment_and_row(product)
        return segment.thumbnail(row)

    def page(self, filters: Filters | None = None, sort: str = "", offset: int = 0, limit: int = 24) -> Page:
        """Products to leaf through.

        Args:
            filters: which ones.
            sort: a column, with "-" before it for the largest first; "" for the catalogue's order. Missing values last.
            offset: how many to skip.
            limit: how many to return.

        Raises:
            FilterError: a column that the catalogue does not have.
        """
        return self._products.page(filters or Filters(), sort, offset, limit)

    def facets(self, columns: Sequence[str], filters: Filters | None = None) -> dict[str, dict[str, int]]:
        """For each column its values and how many products have them, the most frequent first.

        A column's own filter does not narrow its own counts, so that a second value can be chosen beside the first.

        Raises:
            FilterError: a column that the catalogue does not have.
        """
        return self._products.facets(columns, filters or Filters())

    def _hits(self, positions: np.ndarray, scores: np.ndarray, k: int, ranker: Ranker | None) -> list[Hit]:
        """The first k of some products, the most alike first, as the ranker puts them in order."""
        if ranker is not None:
            values = self._products.values(tuple(ranker.weights), positions)
            order = np.argsort(-ranker.scores(scores, values), kind="stable")
            positions, scores = positions[order], scores[order]
        return self._products.hits(positions[:k], scores[:k])

    def _nearest(
        self,
        embeddings: np.ndarray,
        k: int,
        passing: np.ndarray | None,
        partitions: Sequence[str] | None,
        *,
        items: bool = False,
    ) -> list[tuple[np.ndarray, np.ndarray]]:
        """Positions in `products` and cosines of the k best for each query.

        Args:
            passing: boolean, one for each product: which may be found; all where None.
            items: search what was cut out of the products' pictures too.
        """
        k = check_k(k)
        queries = check_embeddings(embeddings, self.manifest.embedder.dimension)
        positions: list[np.ndarray] = []
        scores: list[np.ndarray] = []
        for segment, alive, rows, place in zip(self.segments, self._alive, self._living, self._places, strict=True):
            allowed = alive if segment.entry.removed else None
            if passing is not None:
                allowed = np.zeros(segment.entry.count, dtype=bool)
                allowed[rows] = passing[place]
            for index in [*segment.indexes(partitions), *([segment.items] if items else [])]:
                near = index.search(queries, k, allowed=allowed)
                positions.append(place.start + np.searchsorted(rows, near.rows))
                scores.append(near.scores)
        if not positions:
            return [(np.empty(0, np.int64), np.empty(0, np.float32))] * len(queries)
        every, cosines = np.concatenate(positions, axis=1), np.concatenate(scores, axis=1)
        order = np.lexsort((every, -cosines), axis=1)
        every, cosines = np.take_along_axis(every, order, 1), np.take_along_axis(cosines, order, 1)
        if items:
            # A product may be found by its picture and by what was cut out of it: the better one counts.
            firsts = [np.sort(np.unique(one, return_index=True)[1])[:k] for one in every]
            return [(one[first], scores[first]) for one, scores, first in zip(every, cosines, firsts, strict=True)]
        return list(zip(every[:, :k], cosines[:, :k], strict=True))

    def _segment_and_row(self, product: str) -> tuple[Segment, int]:
        position = self._products.position(product)
        number = next(number for number, place in enumerate(self._places) if position < place.stop)
        return self.segments[number], int(self._living[number][position - self._places[number].start])


def _pool(k: int, ranker: Ranker | None) -> int:
    return k if ranker is None else max(check_k(k), POOL)


def stamp_of(path: Path) -> tuple[int, ...]:
    """Another one after every change of the store there, and after every other store that takes its place.

    Raises:
        StoreError: there is none (code `not_a_store`).
    """
    try:
        found = os.lstat(path / MANIFEST)
    except (FileNotFoundError, NotADirectoryError):
        raise not_a_store(path) from None
    return found.st_ino, found.st_mtime_ns, found.st_size


def model_of(path: Path) -> str:
    """The name of the model that a store was built with.

    Raises:
        StoreError: there is no store, or its manifest cannot be read.
    """
    return read_manifest(Path(path)).embedder.name
