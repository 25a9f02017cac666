"""What a visit or an address keeps outlives no change of the shop."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from app.common import events
from app.common.stored import OPEN, limits_of, sentence, trim, within
from vsearch_core.store import Store

MakeShop = Callable[..., Store]
NUMBERS = st.floats(-1e6, 1e6)


def rows(colours: str, prices: range, brand: str = "Acme") -> list[dict[str, Any]]:
    return [
        {"id": str(number), "name": f"Tee no {number}", "product_type": "Tshirts", "category": "Topwear"}
        | {"colour": colour, "price": price, "Brand": brand if number % 2 else "Other"}
        for number, (colour, price) in enumerate(zip(colours.split(), prices, strict=True), 1)
    ]


def _page() -> None:
    import streamlit as st

    from app.common import filters, readers

    store = readers.engine().store
    chosen = filters.bar(store)
    st.text(",".join(product["id"] for product in store.page(chosen, offset=0, limit=20).products))


class Visit:
    """A visit of a page with the filters, under which the shop is changed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
        self._patch = monkeypatch
        self.change(store)
        self.page = AppTest.from_function(_page, default_timeout=60)
        self.run()

    def change(self, store: Store) -> None:
        self._patch.setattr("app.common.readers.engine", lambda: SimpleNamespace(store=store))

    def run(self) -> None:
        self.page.run()
        assert not self.page.exception

    def choose(self, column: str, *values: str) -> None:
        pills = next(one for one in self.page.button_group if str(one.key).endswith(f"_{column}"))
        pills.set_value(list(values))
        self.run()

    @property
    def products(self) -> str:
        return str(self.page.text[0].value)

    @property
    def said(self) -> str:
        return " ".join(str(html.proto.body) for html in self.page.get("html"))

    @property
    def can_clear(self) -> bool:
        return any(button.key == "clear_filters" and not button.disabled for button in self.page.button)


@pytest.fixture
def visit(monkeypatch: pytest.MonkeyPatch, make_shop: MakeShop) -> Visit:
    return Visit(monkeypatch, make_shop(rows("Red Red Blue Blue Green Green", range(10, 70, 10))))


def test_a_price_that_was_never_touched_follows_the_shop(visit: Visit, make_shop: MakeShop) -> None:
    visit.change(make_shop(rows("Black Black White White Grey Grey", range(310, 370, 10))))
    visit.run()
    assert visit.page.slider[0].value == (310.0, 360.0)
    assert visit.products == "1,2,3,4,5,6"
    assert not visit.can_clear
    assert "dropped" not in visit.said


def test_gone_choices_drop_out_and_are_named_and_the_others_stay(visit: Visit, make_shop: MakeShop) -> None:
    visit.choose("colour", "Red", "Green")
    visit.choose("Brand", "Acme")
    assert visit.products == "1,5"
    visit.change(make_shop(rows("Black Black White White Green Green", range(10, 70, 10), brand="Dyno")))
    visit.run()
    assert visit.products == "5,6"
    assert "Colour Red and brand Acme are not in the shop any more and were dropped from the filters." in visit.said
    assert visit.can_clear
    visit.run()
    assert "brand Acme" in visit.said, "it is said until the filters are touched"
    visit.choose("colour", "Black")
    assert visit.products == "1,2"
    assert "dropped" not in visit.said


def test_eleven_and_more_stays_that_when_the_dearest_is_sold_out(visit: Visit, make_shop: MakeShop) -> None:
    visit.page.slider[0].set_range(11.0, 60.0)
    visit.run()
    visit.change(make_shop(rows("Red Red Blue Blue Green", range(10, 60, 10))))
    visit.run()
    assert visit.products == "2,3,4,5"
    assert visit.page.slider[0].value == (11.0, 50.0)
    assert visit.can_clear
    assert "dropped" not in visit.said
    visit.change(make_shop(rows("Red Red Blue Blue Green Green Pink", range(10, 80, 10))))
    visit.run()
    assert visit.products == "2,3,4,5,6,7"


def test_a_price_that_nothing_has_any_more_is_dropped_and_named(visit: Visit, make_shop: MakeShop) -> None:
    visit.page.slider[0].set_range(45.0, 55.0)
    visit.run()
    assert visit.products == "5"
    visit.change(make_shop(rows("Red Red Blue", range(10, 40, 10))))
    visit.run()
    assert visit.products == "1,2,3"
    assert "Price from 45.00 to 55.00 is not in the shop any more" in visit.said
    assert not visit.can_clear


def test_a_choice_can_be_cleared_where_it_is_all_that_is_left(visit: Visit, make_shop: MakeShop) -> None:
    visit.choose("colour", "Red")
    visit.change(make_shop(rows("Red Red", range(10, 30, 10))))
    visit.run()
    assert visit.products == "1,2"
    assert visit.can_clear
    next(button for button in visit.page.button if button.key == "clear_filters").click()
    visit.run()
    assert not visit.can_clear


def test_choices_survive_a_shop_of_other_numbers(visit: Visit, make_shop: MakeShop) -> None:
    visit.choose("colour", "Red")
    visit.change(make_shop(rows("Red Red Red Blue", range(10, 50, 10))))
    for _ in range(3):
        visit.run()
        assert visit.products == "1,2,3"
    assert "dropped" not in visit.said


@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS)
def test_what_is_asked_of_a_number_fits_every_range_or_is_dropped(a: float, b: float, c: float, d: float) -> None:
    (low, high), picked = sorted((a, b)), tuple(sorted((c, d)))
    asked = limits_of((picked[0], picked[1]), *picked)
    assert asked == OPEN
    assert within(asked, low, high) == OPEN
    kept = within((picked[0], picked[1]), low, high)
    assert (kept is None) == (picked[0] > high or picked[1] < low)


def _address() -> None:
    import streamlit as st

    from app.common.stored import Row

    row = Row("here", "the filters")
    types = row.several("type", "Type", ["Tops", "Bags"])
    product = row.param("product", "Product", {"1", "2"}.__contains__)
    row.one("view", "View", ["Queue", "Wall"].__contains__, "Queue")
    chosen = st.multiselect("Type", ["Tops", "Bags"], key="type", bind="query-params")
    view = st.selectbox("View", ["Queue", "Wall"], key="view", bind="query-params")
    row.say()
    st.text(f"{types} {chosen} {product!r} {view}")


@pytest.mark.parametrize("hostile", ["9" * 5000, "<img src=x onerror=alert(1)>", "\x1b[31m\n", "１", "-1e999", "nan"])
def test_an_address_gives_what_is_there_and_says_the_rest_short_and_escaped(hostile: str) -> None:
    page = AppTest.from_function(_address, default_timeout=60)
    page.query_params["type"] = [hostile, "Bags", hostile, "Bags"]
    page.query_params["product"] = hostile
    page.query_params["view"] = hostile
    page.run()
    assert not page.exception
    assert page.text[0].value == "['Bags'] ['Bags'] '' Queue"
    (told,) = (str(html.proto.body) for html in page.get("html"))
    assert "were dropped from the filters." in told
    assert "<img" not in told
    assert len(told) < 400


def test_what_was_dropped_is_counted_beyond_a_few() -> None:
    told = sentence([f"Type {n}" for n in range(9)], where="here", of="the filters", was_there=False)
    assert told == "Type 0, type 1, type 2, type 3 and 5 more are not here and were dropped from the filters."


def test_a_long_visit_keeps_no_more_than_a_short_one() -> None:
    kept = {number: None for number in range(10)}
    trim(kept, 3)
    assert list(kept) == [7, 8, 9]


def _events() -> None:
    import streamlit as st

    from app.common import events

    for number in range(events._MOST_TOLD + 50):
        events.answered(f"query {number}", ["1"])
        events.viewed("1")
    st.text(len(st.session_state["told"]))


def test_the_events_of_a_visit_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    noted: list[str] = []
    journal = SimpleNamespace(record_event=lambda query, *_, **__: noted.append(query))
    monkeypatch.setattr("app.common.readers.journal", lambda: journal)
    page = AppTest.from_function(_events, default_timeout=120).run()
    assert not page.exception
    assert page.text[0].value == str(events._MOST_TOLD)
    assert len(noted) == events._MOST_TOLD + 50
