"""Where in the shop a visitor is. It comes from the page's address, which anyone can write: all of it is checked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlencode

import streamlit as st

from app.common.kept import kept
from vsearch_core.store import Filters, Store

PER_PAGE = 30
WINDOW = 6
LONGEST_WORDS = 100
SORTS = {"": "Shop's order", "price": "Price, low to high", "-price": "Price, high to low", "name": "Name"}
"""What a shelf can be sorted by, as `Store.page` takes it, and its name."""

_LEVELS = ("department", "category", "product_type")


@dataclass(frozen=True)
class Place:
    """A shelf of the shop (each level empty: all of it), what is looked for on it, a page of that, and a product opened
    from it.
    """

    department: str = ""
    category: str = ""
    product_type: str = ""
    page: int = 1
    product: str = ""
    words: str = ""
    sort: str = ""

    def params(self) -> dict[str, str]:
        """The place as query parameters; what is not chosen is left out."""
        named = {
            "department": self.department,
            "category": self.category,
            "type": self.product_type,
            "words": self.words,
            "sort": self.sort,
            "page": str(self.page) if self.page > 1 else "",
            "product": self.product,
        }
        return {name: value for name, value in named.items() if value}

    def query(self) -> str:
        """The place as a query string; `read` takes it back."""
        return urlencode(self.params())

    def address(self) -> str:
        """A link to the place."""
        return f"shop?{self.query()}"

    def narrowed(self, level: str, value: str) -> Place:
        """The place with one level of the hierarchy chosen."""
        levels = [value if name == level else getattr(self, name) for name in _LEVELS]
        return Place(levels[0], levels[1], levels[2], sort=self.sort)

    @property
    def filters(self) -> Filters:
        """What is on the shelf."""
        levels = {level: getattr(self, level) for level in _LEVELS}
        return Filters(equals={level: frozenset((value,)) for level, value in levels.items() if value})

    @property
    def name(self) -> str:
        """The shelf's name as a heading."""
        return self.product_type or self.category or self.department or "All products"

    @staticmethod
    def here(store: Store) -> Place:
        """The place that the page's address names, as far as the shop has it."""
        return _checked(store, {name: st.query_params.get(name, "") for name in st.query_params})

    @staticmethod
    def read(store: Store, text: Any) -> Place:
        """The place that a query string names, as far as the shop has it."""
        return _checked(store, {name: values[-1] for name, values in parse_qs(str(text)).items()})

    @staticmethod
    def of_type(store: Store, product_type: str) -> Place | None:
        """The shelf of a product type, the largest where several categories have it."""
        found = [(shelf.number, shelf) for shelf in shelves(store) if shelf.product_type == product_type]
        if not found:
            return None
        best = max(found, key=lambda pair: pair[0])[1]
        return Place(best.department, best.category, best.product_type)

    def go(self) -> None:
        """Make this the page's address."""
        st.query_params.from_dict(self.params())


def _checked(store: Store, given: dict[str, str]) -> Place:
    place = Place()
    for level, name in zip(_LEVELS, ("department", "category", "type"), strict=True):
        narrower = place.narrowed(level, given.get(name, ""))
        if any(shelf.lies_in(narrower) for shelf in shelves(store)):
            place = narrower
    if (page := given.get("page", "")).isascii() and page.isdigit() and len(page) < 7:
        place = replace(place, page=max(int(page), 1))
    if (product := given.get("product", "")) in product_ids(store):
        place = replace(place, product=product)
    sort = given.get("sort", "")
    words = " ".join(given.get("words", "").split())[:LONGEST_WORDS]
    return replace(place, words=words, sort=sort if sort in SORTS else "")


@dataclass(frozen=True)
class Shelf:
    """A product type in its category and department (each may be empty), and how many products it has."""

    department: str
    category: str
    product_type: str
    number: int

    def lies_in(self, place: Place) -> bool:
        """Whether the place is this shelf or a part of the shop that holds it."""
        return all(getattr(place, level) in ("", getattr(self, level)) for level in _LEVELS)


@dataclass(frozen=True)
class Entry:
    """A line of the shop's menu: `level` counts from 0 (all products) to 3 (product type)."""

    place: Place
    label: str
    level: int
    number: int


def menu(store: Store, here: Place) -> list[Entry]:
    """The shop's menu, opened as far as the visitor has gone; levels that this shop does not use are passed over."""
    entries = [Entry(Place(), "All products", 0, len(store.products))]

    def add(parent: Place, levels: tuple[str, ...], depth: int) -> None:
        if not levels:
            return
        numbers: dict[str, int] = {}
        for shelf in shelves(store):
            if shelf.lies_in(parent):
                numbers[getattr(shelf, levels[0])] = numbers.get(getattr(shelf, levels[0]), 0) + shelf.number
        used = {value: number for value, number in numbers.items() if value}
        if not used:
            add(parent, levels[1:], depth)
        for value, number in sorted(used.items(), key=lambda pair: (-pair[1], pair[0])):
            place = parent.narrowed(levels[0], value)
            entries.append(Entry(place, value, depth, number))
            if getattr(here, levels[0]) == value:
                add(place, levels[1:], depth + 1)

    add(Place(), _LEVELS, 1)
    return entries


@kept()
def shelves(store: Store) -> tuple[Shelf, ...]:
    """Every product type of the shop in its category and department."""
    sizes = store.products.groupby(list(_LEVELS), observed=True).size()
    return tuple(Shelf(str(d), str(c), str(t), int(number)) for (d, c, t), number in sizes.items())


@kept()
def product_ids(store: Store) -> frozenset[str]:
    """The ids of all products."""
    return frozenset(store.products["id"])


@kept()
def window(store: Store) -> tuple[str, ...]:
    """The ids of a few products for the shop's window: one of the largest shelf of each of the largest categories."""
    products = store.products
    sizes = products.groupby(["category", "product_type"], observed=True).size().sort_values(ascending=False)
    largest = sizes.reset_index().drop_duplicates("category").head(WINDOW)
    first = products.drop_duplicates(["category", "product_type"]).set_index(["category", "product_type"])["id"]
    return tuple(str(first[shelf]) for shelf in zip(largest["category"], largest["product_type"], strict=True))
