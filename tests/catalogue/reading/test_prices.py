"""Prices are read as shops write them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vsearch_core.catalogue.reading.prices import read_prices


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("12.50", 12.5),
        ("12,50", 12.5),
        ("€ 1.299,00", 1299.0),
        ("$1,299.00", 1299.0),
        ("1 299,95 kr", 1299.95),
        ("1\u00a0299,95 €", 1299.95),
        ("1'299.00 CHF", 1299.0),
        ("Rs. 1,299/-", 1299.0),
        ("1,299", 1299.0),
        ("1.299.000", 1299000.0),
        ("£5", 5.0),
        ("7.5", 7.5),
        ("0", 0.0),
        ("12,-", 12.0),
    ],
)
def test_prices_as_shops_write_them(text: str, price: float) -> None:
    assert read_prices([text]).values == [price]


def test_what_one_point_means_shows_in_the_other_prices() -> None:
    assert read_prices(["1.299", "12,50"]).values == [1299.0, 12.5]
    assert read_prices(["1.299", "12.50"]).values == [1.299, 12.5]
    assert read_prices(["1,299", "12,50"]).values == [1.299, 12.5]


@pytest.mark.parametrize("text", ["on request", "10-20", "10 € or 12 €", "-5", "nan", "inf", "1e5", "9" * 60])
def test_what_is_no_price_is_not_guessed(text: str) -> None:
    assert read_prices([text]).values == [None]


def test_an_empty_price_is_unknown() -> None:
    assert all(math.isnan(price) for price in read_prices(["", "  "]).values if price is not None)
    assert len(read_prices(["", "  "]).values) == 2


@given(st.lists(st.text(max_size=30), max_size=5))
def test_any_text_is_a_price_or_not(texts: list[str]) -> None:
    for price in read_prices(texts).values:
        assert price is None or math.isnan(price) or (price >= 0 and math.isfinite(price))


@given(st.integers(0, 10**9), st.sampled_from(["{:,.2f}", "{:.2f}", "€ {:,.2f}", "{:.2f} zł"]))
def test_a_written_price_comes_back(cents: int, form: str) -> None:
    assert read_prices([form.format(cents / 100)]).values[0] == pytest.approx(cents / 100)


@pytest.mark.parametrize(
    ("cells", "prices"),
    [
        (["950.000 ₫", "1.250.000 ₫", "420.000 ₫"], [950_000, 1_250_000, 420_000]),
        (["899 €", "1.299 €", "449 €"], [899, 1299, 449]),
        (["899", "1,299"], [899, 1299]),
        (["1'299.00 CHF", "CHF 1’299.–", "12.50"], [1299, 1299, 12.5]),
        (["1\u202f299,95 €", "1\u00a0299 €", "12,50 €"], [1299.95, 1299, 12.5]),
        (["₹ 1,25,000", "25,000", "1,25,000.50"], [125_000, 25_000, 125_000.5]),
        (["12.500 KWD", "7.250 KWD"], [12.5, 7.25]),
        (["0.950", "12.500"], [0.95, 12.5]),
        (["1299.500", "12.500"], [1299.5, 12.5]),
        (["1,250,000.00", "950.000"], [1_250_000, 950]),
        (["$.99", "1,299.00"], [0.99, 1299]),
        (["１，２９９円"], [1299]),
    ],
)
def test_a_column_shows_what_its_points_and_commas_mean(cells: list[str], prices: list[float]) -> None:
    assert read_prices(cells).values == prices


@pytest.mark.parametrize(
    ("cells", "word"),
    [
        (["1.299"], "thousands point"),
        (["12.500", "7.250"], "thousands point"),
        (["1,299", "12,50"], "decimal comma"),
        (["1.299,00", "12.50", "1.299"], "thousands point"),
        (["12.500 KWD"], "decimal point"),
    ],
)
def test_what_the_column_does_not_show_is_named(cells: list[str], word: str) -> None:
    (remark,) = read_prices(cells).remarks
    assert f"guessed to be a {word}" in remark


@pytest.mark.parametrize(
    "cells",
    [["899 €", "1.299 €"], ["950.000 ₫"], ["1.250.000", "950.000"], ["1.299", "12,50"], ["12.50", "9"], ["1,299.00"]],
)
def test_what_the_column_shows_needs_no_word(cells: list[str]) -> None:
    assert read_prices(cells).remarks == ()


@pytest.mark.parametrize("cell", ["1.299.00", "12 50", "1.29.99", "1,2,3"])
def test_groups_that_are_none_are_not_guessed(cell: str) -> None:
    assert read_prices([cell]).values == [None]


@pytest.mark.parametrize(
    ("cells", "sign"),
    [
        (["€ 12,50", "", "13,00 €"], "€"),
        (["EUR 12,50", "13"], "€"),
        (["29.99 USD", "US$ 5"], "$"),
        (["C$ 12"], "CAD"),
        (["Rs. 1,299/-"], "₹"),
        (["12 zł", "13 PLN"], "zł"),
        (["12 kr."], "kr"),
        (["Fr. 12.50"], "CHF"),
        (["950.000đ"], "₫"),
        (["12.50", "13"], ""),
        (["12 Stück"], ""),
        ([], ""),
    ],
)
def test_a_currency_is_one_however_it_is_written(cells: list[str], sign: str) -> None:
    assert read_prices(cells).currency == sign


def test_a_price_in_another_currency_than_most_is_never_taken_for_theirs() -> None:
    found = read_prices(["€ 12,50", "$ 13", "14 €", "15"])
    assert found.currency == "€"
    assert found.values == [12.5, None, 14.0, 15.0]
    assert found.foreign == {1: "$"}


def test_a_column_of_its_own_may_name_the_currency() -> None:
    found = read_prices(["12.50", "13", ""], ["$", "$", "€"])
    assert (found.currency, found.foreign) == ("$", {})


@given(
    cents=st.lists(st.integers(0, 10**8), min_size=1, max_size=6),
    thousands=st.sampled_from(["", ".", ",", "'", " ", "\u00a0", "\u202f", "’"]),
    decimal=st.sampled_from([",", "."]),
    sign=st.sampled_from(["", "€", "CHF ", "zł", "US$"]),
)
def test_a_column_that_is_written_in_one_way_comes_back(
    cents: list[int], thousands: str, decimal: str, sign: str
) -> None:
    if thousands == decimal:
        return
    cells = [f"{sign}{one / 100:,.2f}".replace(",", "T").replace(".", decimal).replace("T", thousands) for one in cents]
    assert read_prices(cells).values == pytest.approx([one / 100 for one in cents])
