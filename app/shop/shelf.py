"""The shop's shelves: the menu, a page of products, and one product with what looks like it."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from math import ceil
from typing import Any

import streamlit as st

from app.common import cards, events, filters, results, states, words
from app.common.components import menu_part, sent
from app.common.stored import Row
from app.search import query
from app.shop import place
from app.shop.place import LONGEST_WORDS, PER_PAGE, SORTS, Place
from vsearch_core.catalogue.table import COLUMNS
from vsearch_core.insight.similarity.neighbours import find_products
from vsearch_core.search import Engine
from vsearch_core.search.present import enough_groups
from vsearch_core.store import Filters, Store
from vsearch_core.store.segment import DERIVED

_FILTERS = "shelf_row"
_NO_PRODUCT = ("",)

_DETAILS = {
    "product_type": "Type",
    "category": "Category",
    "department": "Department",
    "colour": "Colour",
    "gender": "Gender",
    "season": "Season",
    "usage": "Usage",
}


def gone(here: Place) -> None:
    """Say what the address names and the shop does not have; `here` is the place without it."""
    row, there = Row(of="the address"), here.params()
    titles = {"department": "Department", "category": "Category", "type": "Type"}
    for name, title in titles.items():
        row.param(name, title, there.get(name, "").__eq__)
    row.say()
    if not here.product and st.query_params.get("product"):
        states.blank(
            "This product is not in the shop", "It was taken out, or the link is wrong. Below is what there is."
        )


def menu(store: Store, here: Place) -> None:
    """Departments, categories and product types with their counts."""
    entries = [
        {
            "label": entry.label,
            "level": entry.level,
            "count": entry.number,
            "href": entry.place.address(),
            "place": entry.place.query(),
            "current": entry.place == replace(here, page=1, product="", words=""),
        }
        for entry in place.menu(store, here)
    ]
    menu_part(
        key="menu",
        data={"here": here.name, "entries": entries},
        on_go_change=lambda: Place.read(store, sent("menu", "go")).go(),
    )


def products(engine: Engine, here: Place) -> None:
    """One page of the shelf, of what is looked for on it."""
    store = engine.store
    head = st.container()
    _looking_for(store, here)
    wanted = here.filters
    if here.words:
        wanted = wanted & Filters({"id": frozenset(find_products(store, here.words, limit=len(store)) or _NO_PRODUCT)})
    chosen = filters.bar(store, of=_FILTERS, within=wanted)
    wanted = wanted & chosen
    if st.session_state.setdefault("shelf_filters", chosen) != chosen:
        # Other filters give other products: they begin with the first.
        st.session_state["shelf_filters"], here = chosen, replace(here, page=1)
        here.go()
    shown = store.page(wanted, sort=here.sort, offset=(here.page - 1) * PER_PAGE, limit=PER_PAGE)
    pages = max(ceil(shown.total / PER_PAGE), 1)
    if here.page > pages:
        # The shelf has become shorter, or somebody wrote the address by hand.
        shown = store.page(wanted, sort=here.sort, offset=(pages - 1) * PER_PAGE, limit=PER_PAGE)
    head.html(f'<div class="shelf"><h1>{escape(here.name)}</h1><p>{words.count(shown.total, "product")}</p></div>')
    if not shown.total:
        if here.words:
            states.blank(f"Nothing found for “{here.words}”", "Try other words, or take a filter away.")
        else:
            states.nothing_left(_FILTERS) if chosen else states.empty_shelf()
        return
    found = [cards.product_card(engine, product) for product in shown.products]
    cards.show(found, key="shelf", label=here.name, kind="grid")
    if pages > 1:
        with st.container(horizontal=True, horizontal_alignment="center", key="pages"):
            st.pagination(
                pages, default=min(here.page, pages), key=f"page_{here.query()}", on_change=_turn, args=(here,)
            )


def _looking_for(store: Store, here: Place) -> None:
    """Words to look for, and the order."""
    sorts = [sort for sort in SORTS if "price" not in sort or store.products["price"].notna().any()]
    words_key, sort_key = f"shelf_words_{here.words}", f"shelf_sort_{here.sort}"
    with st.container(horizontal=True, gap="small", key="looking_for"):
        st.text_input(
            "Search in the shop",
            value=here.words,
            key=words_key,
            max_chars=LONGEST_WORDS,
            placeholder=f"Search in {words.plain(here.name).lower()}",
            icon=":material/search:",
            label_visibility="collapsed",
            on_change=lambda: _go(store, here, words=st.session_state[words_key]),
        )
        st.selectbox(
            "Sort by",
            sorts,
            index=sorts.index(here.sort) if here.sort in sorts else 0,
            format_func=SORTS.__getitem__,
            key=sort_key,
            label_visibility="collapsed",
            width=165,
            on_change=lambda: _go(store, here, sort=st.session_state[sort_key]),
        )


def _go(store: Store, here: Place, **changed: str) -> None:
    Place.read(store, replace(here, page=1, **changed).query()).go()


def _turn(here: Place) -> None:
    replace(here, page=int(st.session_state[f"page_{here.query()}"])).go()


def product(engine: Engine, here: Place) -> None:
    """A product with all that the shop says of it, and the products that look like it."""
    facts = engine.store.product(here.product)
    events.viewed(here.product)
    name = str(facts["name"] or here.product)
    shelf = replace(here, product="") if here.department or here.category or here.product_type else _shelf_of(facts)
    with st.container(horizontal=True, gap="medium", key="ways_back"):
        results.back_button()
        st.button(
            f"Back to {words.plain(shelf.name)}", icon=":material/arrow_back:", type="tertiary", on_click=shelf.go
        )
    left, right = st.columns([4, 9], gap="large", vertical_alignment="center")
    with left:
        st.html(
            f'<div class="portrait"><img src="{cards.picture_of(engine, here.product)}" alt="{escape(name)}"></div>'
        )
    with right:
        _details(engine.store, facts, name)
    st.html('<h2 class="strip-title">Looks like it</h2>')
    alike = engine.similar(here.product, k=query.FETCHED)
    groups = enough_groups(alike, 6, lambda k: engine.similar(here.product, k=k))
    cards.show(
        [cards.hit_card(engine, group) for group in groups],
        key="alike",
        label="Products that look like it",
        kind="wide",
    )


def _shelf_of(facts: dict[str, Any]) -> Place:
    return Place(facts["department"] or "", facts["category"] or "", facts["product_type"] or "")


def _details(store: Store, facts: dict[str, Any], name: str) -> None:
    known = {label: str(facts[column]) for column, label in _DETAILS.items() if facts.get(column)}
    own = words.own_columns(facts, frozenset((*COLUMNS, *DERIVED)))
    rows = known | {words.column_title(column): text for column, text in own.items()} | {"Product id": str(facts["id"])}
    lines = "".join(f"<div><dt>{escape(label)}</dt><dd>{escape(text)}</dd></div>" for label, text in rows.items())
    price = words.price(facts["price"], store.currency)
    st.html(
        f'<div class="product"><h1>{escape(name)}</h1>'
        + (f'<p class="amount">{escape(price)}</p>' if price else "")
        + f"<dl>{lines}</dl></div>"
    )
    if address := words.web_address(facts["url"]):
        st.link_button(
            "See it in the shop",
            address,
            icon=":material/open_in_new:",
            on_click=events.opened,
            args=(str(facts["id"]),),
        )
