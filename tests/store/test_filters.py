from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from vsearch_core.errors import FilterError
from vsearch_core.store import Filters
from vsearch_core.store.filters import FilterTable, as_text

PRODUCTS = pd.DataFrame(
    {
        "id": ["a", "b", "c", "d"],
        "colour": ["Red", "Blue", "", "Red"],
        "price": [10.0, 25.5, np.nan, 50.0],
        "year": [2011, 2012, 2012, 2013],
        "lining": [True, False, None, True],
        "length": pd.Series(["98", "", "102.5", "110"], dtype="str"),
    }
)


def passing(filters: Filters) -> str:
    return "".join(PRODUCTS["id"][FilterTable(PRODUCTS).mask(filters)])


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        (Filters(), "abcd"),
        (Filters({"colour": frozenset({"Red"})}), "ad"),
        (Filters({"colour": frozenset({"Red", "Blue"})}), "abd"),
        (Filters({"colour": frozenset({""})}), "c"),
        (Filters({"colour": frozenset()}), "abcd"),
        (Filters({"colour": frozenset({"red"})}), ""),
        (Filters({"colour": frozenset({"Red"}), "year": frozenset({"2013"})}), "d"),
        (Filters({"lining": frozenset({"True"})}), "ad"),
        (Filters({}, {"price": (10, 25.5)}), "ab"),
        (Filters({}, {"price": (None, 20)}), "a"),
        (Filters({}, {"price": (20, None)}), "bd"),
        (Filters({}, {"price": (None, None)}), "abcd"),
        (Filters({"colour": frozenset({"Red"})}, {"year": (2012, None)}), "d"),
        (Filters({}, {"length": (100, None)}), "cd"),
    ],
)
def test_passes_the_products_that_meet_every_column(filters: Filters, ids: str) -> None:
    assert passing(filters) == ids


def test_a_single_text_is_one_value() -> None:
    assert passing(Filters({"colour": "Red"})) == "ad"


@pytest.mark.parametrize("filters", [Filters({"size": frozenset({"L"})}), Filters({}, {"size": (1, 2)})])
def test_an_unknown_column_is_answered_with_those_there_are(filters: Filters) -> None:
    with pytest.raises(FilterError, match=r"no column .size..* id, colour, price, year, lining, length"):
        passing(filters)


@pytest.mark.parametrize("column", ["colour", "lining"])
def test_a_range_needs_numbers(column: str) -> None:
    with pytest.raises(FilterError, match=f"Not all of {column} are numbers"):
        passing(Filters({}, {column: (1, 2)}))


def test_an_empty_range_is_refused() -> None:
    with pytest.raises(FilterError, match=r"50\.\.10 of price is empty"):
        Filters({}, {"price": (50, 10)})


def test_reads_the_command_line() -> None:
    pairs = ["colour=Red", "colour=Blue", "price=10..50", "year=2012..", "height=..1.5", "note=a=b", "usage="]
    assert Filters.from_pairs(pairs) == Filters(
        {"colour": frozenset({"Red", "Blue"}), "note": frozenset({"a=b"}), "usage": frozenset({""})},
        {"price": (10, 50), "year": (2012, None), "height": (None, 1.5)},
    )


@pytest.mark.parametrize("text", ["..", "a..b", "1..b"])
def test_two_dots_without_numbers_are_a_value(text: str) -> None:
    assert Filters.from_pairs([f"name={text}"]) == Filters({"name": frozenset({text})})


@pytest.mark.parametrize(
    "pairs", [["colour"], ["=Red"], ["price=1..2", "price=3..4"], ["price=2..1"], ["price=nan..1"]]
)
def test_what_is_no_filter_is_refused(pairs: list[str]) -> None:
    with pytest.raises(FilterError):
        Filters.from_pairs(pairs)


def test_counts_values_the_most_frequent_first() -> None:
    counts = FilterTable(PRODUCTS).counts("colour", np.array([True, True, True, True]))
    assert list(counts.items()) == [("Red", 2), ("", 1), ("Blue", 1)]
    assert FilterTable(PRODUCTS).counts("colour", np.array([True, False, False, False])) == {"Red": 1}


@pytest.mark.parametrize(
    ("value", "text"), [(None, ""), (np.nan, ""), (2012.0, "2012"), (2.5, "2.5"), (7, "7"), (True, "True"), ("x", "x")]
)
def test_values_are_compared_as_text(value: object, text: str) -> None:
    assert as_text(value) == text
