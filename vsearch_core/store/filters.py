"""What a search is narrowed to: values and ranges of the catalogue's columns."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from vsearch_core.errors import FilterError

Range = tuple[float | None, float | None]


@dataclass(frozen=True)
class Filters:
    """Which products may be found.

    `equals` maps a column to the values that pass (any of them); `ranges` maps a numeric column to (least, most), both
    included, None where it is open. All columns must pass. Values are compared as text: "2012", "True"; a missing value
    is "", and is within no range. A column with no values narrows nothing.

    Raises:
        FilterError: a range is not one (code `bad_filter`).
    """

    equals: Mapping[str, frozenset[str]] = field(default_factory=dict)
    ranges: Mapping[str, Range] = field(default_factory=dict)

    def __post_init__(self) -> None:
        equals = {column: _values(values) for column, values in self.equals.items()}
        object.__setattr__(self, "equals", {column: values for column, values in equals.items() if values})
        ranges = {column: _range(column, limits) for column, limits in self.ranges.items()}
        object.__setattr__(self, "ranges", {column: limits for column, limits in ranges.items() if limits != _OPEN})

    def __bool__(self) -> bool:
        """Whether they narrow anything."""
        return bool(self.equals or self.ranges)

    @classmethod
    def from_pairs(cls, pairs: Iterable[str]) -> Filters:
        """From the command line's `column=value` and `column=least..most`; a column given twice takes either value.

        >>> Filters.from_pairs(["colour=Red", "colour=Blue", "price=10..50", "year=2012.."])

        Raises:
            FilterError: a pair is neither, or a column has two ranges.
        """
        equals: dict[str, set[str]] = {}
        ranges: dict[str, Range] = {}
        for pair in pairs:
            column, separator, value = (part.strip() for part in pair.partition("="))
            if not separator or not column:
                raise FilterError(f"{pair!r} is not a filter; write column=value or column=least..most.")
            limits = _parse_range(value)
            if limits is None:
                equals.setdefault(column, set()).add(value)
            elif column in ranges:
                raise FilterError(f"{column} has two ranges; give one.")
            else:
                ranges[column] = limits
        return cls({column: frozenset(values) for column, values in equals.items()}, ranges)

    def __and__(self, other: Filters) -> Filters:
        """What passes both; of a column that both name, the other's values or range count."""
        return Filters({**self.equals, **other.equals}, {**self.ranges, **other.ranges})

    def without(self, column: str) -> Filters:
        """The same filters, but for one column."""
        return Filters(
            {name: values for name, values in self.equals.items() if name != column},
            {name: limits for name, limits in self.ranges.items() if name != column},
        )


class FilterTable:
    """A table of products made ready for filtering: each column's values are numbered once, when it is first asked for.

    Safe to use from several threads: a column numbered twice at once comes out the same.
    """

    def __init__(self, products: pd.DataFrame) -> None:
        self._products = products
        self._numbered: dict[str, tuple[np.ndarray, np.ndarray]] = {}
        self._measured: dict[str, np.ndarray] = {}

    def mask(self, filters: Filters) -> np.ndarray:
        """Boolean, one for each product: whether it passes.

        Raises:
            FilterError: a column that the catalogue does not have, or a range of a column that is not numeric.
        """
        passing = np.ones(len(self._products), dtype=bool)
        for column, values in filters.equals.items():
            codes, names = self._numbers(column)
            passing &= np.array([name in values for name in names], dtype=bool)[codes]
        for column, (least, most) in filters.ranges.items():
            numbers = self._quantities(column)
            # A comparison with NaN is false, which keeps unknown prices out.
            if least is not None:
                passing &= numbers >= least
            if most is not None:
                passing &= numbers <= most
        return passing

    def counts(self, column: str, passing: np.ndarray) -> dict[str, int]:
        """How many of the passing products have each value of a column, the most frequent first, then by value.

        Raises:
            FilterError: a column that the catalogue does not have.
        """
        codes, names = self._numbers(column)
        totals = np.bincount(codes[passing], minlength=len(names))
        found = [(str(name), int(total)) for name, total in zip(names, totals, strict=True) if total]
        return dict(sorted(found, key=lambda pair: (-pair[1], pair[0])))

    @cached_property
    def columns(self) -> list[str]:
        """The columns that can be filtered by."""
        return [str(column) for column in self._products.columns]

    def _numbers(self, column: str) -> tuple[np.ndarray, np.ndarray]:
        if column not in self._numbered:
            self._require(column)
            codes, names = pd.factorize(self._products[column], use_na_sentinel=False)
            # Two values may read alike (2012 and 2012.0), and one text is one value.
            text_codes, text_names = pd.factorize(np.array([as_text(name) for name in names], dtype=object))
            codes = text_codes[codes] if len(codes) else codes
            self._numbered[column] = (codes.astype(np.int64), text_names)
        return self._numbered[column]

    def _quantities(self, column: str) -> np.ndarray:
        """A column as float64, NaN where it is missing; a text column will do if all that it has are numbers."""
        if column not in self._measured:
            self._require(column)
            series = self._products[column]
            if not pd.api.types.is_numeric_dtype(series) or pd.api.types.is_bool_dtype(series):
                text = series.map(as_text).astype("str").str.strip()
                series = text.mask(text == "")
            numbers = pd.to_numeric(series, errors="coerce").astype(np.float64)
            if bool((numbers.isna() & series.notna()).any()):
                raise FilterError(f"Not all of {column} are numbers, so it has no range; write {column}=value.")
            self._measured[column] = numbers.to_numpy()
        return self._measured[column]

    def _require(self, column: str) -> None:
        if column not in self._products.columns:
            raise FilterError(f"There is no column {column!r} to filter by; there are {', '.join(self.columns)}.")


def is_missing(value: Any) -> bool:
    """Whether a cell holds nothing: None, NaN or NaT."""
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value))


def as_text(value: Any) -> str:
    """A cell as text: "" where it is missing, and whole numbers without a decimal point."""
    if is_missing(value):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


_OPEN: Range = (None, None)


def _values(values: Iterable[str] | str) -> frozenset[str]:
    return frozenset([values] if isinstance(values, str) else map(str, values))


def _range(column: str, limits: Range) -> Range:
    least, most = (None if limit is None else float(limit) for limit in limits)
    if any(limit is not None and math.isnan(limit) for limit in (least, most)):
        raise FilterError(f"A limit of {column} is not a number.")
    if least is not None and most is not None and least > most:
        raise FilterError(f"The range {least:g}..{most:g} of {column} is empty; give the smaller number first.")
    return least, most


def _parse_range(value: str) -> Range | None:
    """(least, most) of "10..50", "10.." or "..50"; None where the text is a plain value."""
    least, separator, most = value.partition("..")
    if not separator or not (least or most):
        return None
    try:
        return (float(least) if least else None, float(most) if most else None)
    except ValueError:
        return None
