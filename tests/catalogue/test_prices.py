"""Prices are read as shops write them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vsearch_core.catalogue.prices import parse_prices, shared_sign


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
    assert parse_prices([text]) == [price]


def test_what_one_point_means_shows_in_the_other_prices() -> None:
    assert parse_prices(["1.299", "12,50"]) == [1299.0, 12.5]
    assert parse_prices(["1.299", "12.50"]) == [1.299, 12.5]
    assert parse_prices(["1,299", "12,50"]) == [1.299, 12.5]


@pytest.mark.parametrize("text", ["on request", "10-20", "10 € or 12 €", "-5", "nan", "inf", "1e5", "9" * 60])
def test_what_is_no_price_is_not_guessed(text: str) -> None:
    assert parse_prices([text]) == [None]


def test_an_empty_price_is_unknown() -> None:
    assert all(math.isnan(price) for price in parse_prices(["", "  "]) if price is not None)
    assert len(parse_prices(["", "  "])) == 2


@given(st.lists(st.text(max_size=30), max_size=5))
def test_any_text_is_a_price_or_not(texts: list[str]) -> None:
    for price in parse_prices(texts):
        assert price is None or math.isnan(price) or (price >= 0 and math.isfinite(price))


@given(st.integers(0, 10**9), st.sampled_from(["{:,.2f}", "{:.2f}", "€ {:,.2f}", "{:.2f} zł"]))
def test_a_written_price_comes_back(cents: int, form: str) -> None:
    assert parse_prices([form.format(cents / 100)])[0] == pytest.approx(cents / 100)


def test_a_currency_sign_that_all_prices_share_is_found() -> None:
    assert shared_sign(["€ 12,50", "", "13,00 €"]) == "€"
    assert shared_sign(["€ 12,50", "$ 13"]) == ""
    assert shared_sign(["12.50", "13"]) == ""
    assert shared_sign([]) == ""
