"""What is known of a store's products: looked up by id, narrowed, counted and leafed through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from vsearch_core.contracts import Hit
from vsearch_core.errors import FilterError, StoreError
from vsearch_core.store.filters import Filters, FilterTable
from vsearch_core.store.segment import FACTS

_HIT_FIELDS = ("id", "name", "product_type", "category", "image", "group", "price", "url")


@dataclass(frozen=True)
class Page:
    """Some of the products that pass, in the order asked for; `total` counts all that pass."""

    products: tuple[dict[str, Any], ...]
    total: int


class Products:
    """The living products of a store, by position: row numbers of `frame`. Safe to use from several threads."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame
        # A few rows out of an Arrow table take a tenth of the time that they take out of a data frame.
        self._rows = pa.Table.from_pandas(frame, preserve_index=False).combine_chunks()
        self._shown = self._rows.drop_columns(list(FACTS))
        self._position_of = {product: position for position, product in enumerate(frame["id"])}
        self._filterable = FilterTable(frame)
        self._values: dict[str, np.ndarray] = {}

    def position(self, product: str) -> int:
        """Where a product is.

        Raises:
            StoreError: an unknown id (code `unknown_product`).
        """
        try:
            return self._position_of[product]
        except KeyError:
            raise StoreError(f"The store has no product {product!r}.", code="unknown_product") from None

    def records(self, positions: np.ndarray) -> list[dict[str, Any]]:
        """All columns of some products, None where a value is missing."""
        rows: list[dict[str, Any]] = self._rows.take(positions).to_pylist()
        return rows

    def values(self, columns: Sequence[str], positions: np.ndarray) -> dict[str, np.ndarray]:
        """What some products have in those of the columns that there are."""
        for column in columns:
            if column not in self._values and column in self.frame.columns:
                self._values[column] = self.frame[column].to_numpy(dtype=object)
        return {column: self._values[column][positions] for column in columns if column in self._values}

    def hits(self, positions: np.ndarray, scores: np.ndarray) -> list[Hit]:
        """The products as results; what the catalogue knows besides a hit's own fields is its `extra`."""
        records = self._shown.take(positions).to_pylist()
        return [_hit(record, float(score)) for record, score in zip(records, scores, strict=True)]

    def passing(self, filters: Filters) -> np.ndarray:
        """Boolean, one for each product. Raises `FilterError` for a column that is not there."""
        return self._filterable.mask(filters)

    def page(self, filters: Filters, sort: str, offset: int, limit: int) -> Page:
        """See `Store.page`."""
        positions = np.flatnonzero(self.passing(filters))
        if sort:
            positions = positions[self._order(positions, sort)]
        return Page(tuple(self.records(positions[offset : offset + limit])), len(positions))

    def facets(self, columns: Sequence[str], filters: Filters) -> dict[str, dict[str, int]]:
        """See `Store.facets`."""
        return {column: self._filterable.counts(column, self.passing(filters.without(column))) for column in columns}

    def _order(self, positions: np.ndarray, sort: str) -> np.ndarray:
        column = sort.removeprefix("-")
        if column not in self.frame.columns:
            raise FilterError(f"There is no column {column!r} to sort by; there are {', '.join(self.frame)}.")
        values = self.frame[column].iloc[positions].reset_index(drop=True)
        if isinstance(values.dtype, pd.StringDtype):
            values = values.mask(values == "")
        descending = sort.startswith("-")
        order = values.sort_values(ascending=not descending, kind="stable", na_position="last").index
        return np.asarray(order)


def _hit(record: dict[str, Any], score: float) -> Hit:
    known = {column: record.pop(column) for column in _HIT_FIELDS}
    extra = {column: value for column, value in record.items() if value is not None and value != ""}
    return Hit(**{**known, "url": known["url"] or None}, score=score, extra=extra)
