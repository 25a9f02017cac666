"""Places of the shop, read from addresses that anyone can write."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.shop.place import Place, menu
from vsearch_core.settings import Settings
from vsearch_core.store import Store


@pytest.fixture(scope="session")
def store(shop: Settings) -> Store:
    return Store.open(shop.store_path)


def test_a_place_comes_back_from_its_own_address(store: Store) -> None:
    row = store.products.iloc[0]
    place = Place(
        row["department"],
        row["category"],
        row["product_type"],
        page=3,
        product=row["id"],
        words="blue & white",
        sort="-price",
    )
    assert Place.read(store, place.query()) == place


@settings(max_examples=50, deadline=None)
@given(written=st.dictionaries(st.sampled_from(["department", "category", "type", "page", "product"]), st.text()))
def test_whatever_is_written_in_an_address_the_place_exists(store: Store, written: dict[str, str]) -> None:
    place = Place.read(store, "&".join(f"{name}={value}" for name, value in written.items()))
    assert store.page(place.filters).total > 0
    assert place.page >= 1
    assert place.product == "" or place.product in set(store.products["id"])


def test_a_category_of_another_department_is_passed_over(store: Store) -> None:
    products = store.products
    one = products.iloc[0]
    other = products[products["department"] != one["department"]].iloc[0]
    place = Place.read(store, f"department={one['department']}&category={other['category']}")
    assert place == Place(one["department"])


def test_the_menu_opens_as_far_as_the_visitor_has_gone_and_its_counts_add_up(store: Store) -> None:
    row = store.products.iloc[0]
    entries = menu(store, Place(row["department"], row["category"]))
    assert [entry.level for entry in entries if entry.place == Place()] == [0]
    departments = [entry for entry in entries if entry.level == 1]
    assert sum(entry.number for entry in departments) == len(store.products)
    types = [entry for entry in entries if entry.level == 3]
    category = next(entry for entry in entries if entry.place == Place(row["department"], row["category"]))
    assert sum(entry.number for entry in types) == category.number


def test_the_menu_passes_over_levels_that_a_shop_does_not_have(make_shop: Callable[..., Store]) -> None:
    bare = make_shop([{"id": "1", "category": "Mugs"}, {"id": "2", "category": "Cups"}])
    assert [(entry.label, entry.level) for entry in menu(bare, Place())] == [
        ("All products", 0),
        ("Cups", 1),
        ("Mugs", 1),
    ]
