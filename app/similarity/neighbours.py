"""The neighbours of any product: found by name or id, or come from a card."""

from __future__ import annotations

from html import escape
from math import ceil

import streamlit as st

from app.common import cards, controls, states, words
from app.common.cards import Card
from app.shop import place
from app.similarity import shared
from vsearch_core.insight.similarity.neighbours import Neighbour, find_products, neighbours
from vsearch_core.search import Engine
from vsearch_core.search.present import similarity_words

PER_PAGE = 18
_MOST_PAGES = 10
_FOUND = 12
_LABELS = {"product_type": "Type", "colour": "Colour", "gender": "Gender", "usage": "Usage", "category": "Category"}


def show(engine: Engine) -> None:
    """The section."""
    chosen = shared.chosen_product(engine.store)
    left, right = st.columns([3, 11], gap="medium")
    with left:
        text = st.text_input(
            "Find a product", key="find", placeholder="Name or product id", icon=":material/search:"
        ).strip()
        if chosen:
            _product(engine, chosen)
    with right:
        if text:
            _matches(engine, text)
        elif chosen:
            _neighbours(engine, chosen)
        else:
            st.html('<h2 class="strip-title">Begin with one of these, or find another</h2>')
            window = [cards.product_card(engine, engine.store.product(one)) for one in place.window(engine.store)]
            shared.cards(window, key="similarity_window", label="Products to begin with")


def _matches(engine: Engine, text: str) -> None:
    found = find_products(engine.store, text, limit=_FOUND)
    if not found:
        states.blank("No product is called so", "Try another word of its name, or the beginning of its id.")
        return
    more = "the first " if len(found) == _FOUND else ""
    st.html(
        f'<h2 class="strip-title">{more.capitalize()}{words.count(len(found), "product")} for “{escape(text)}”</h2>'
    )
    drawn = [cards.product_card(engine, engine.store.product(product)) for product in found]
    shared.cards(drawn, key="similarity_found", label="Found products")


def _product(engine: Engine, product_id: str) -> None:
    known = engine.store.product(product_id)
    name = str(known["name"] or product_id)
    rows = {label: str(known[column]) for column, label in _LABELS.items() if known.get(column)}
    price = words.price(known["price"], engine.store.currency)
    rows |= ({"Price": price} if price else {}) | {"Product id": product_id}
    lines = "".join(f"<div><dt>{escape(label)}</dt><dd>{escape(value)}</dd></div>" for label, value in rows.items())
    st.html(
        f'<div class="portrait"><img src="{cards.picture_of(engine, product_id)}" alt="{escape(name)}"></div>'
        f'<div class="similarity-product"><h2>{escape(name)}</h2><dl>{lines}</dl></div>'
    )
    if st.button("See it in the shop", key="similarity_to_shop", icon=":material/storefront:"):
        st.switch_page("pages/shop.py", query_params={"product": product_id})


def _neighbours(engine: Engine, product_id: str) -> None:
    most = min(_MOST_PAGES, ceil((len(engine.store) - 1) / PER_PAGE))
    key = f"neighbours_page_{product_id}"
    page = controls.page_of(max(most, 1), key)
    found = neighbours(engine, product_id, offset=(page - 1) * PER_PAGE, limit=PER_PAGE)
    if not found:
        states.blank("Nothing is like this product", "Its picture is blank, so that no photo can be compared with it.")
        return
    same = sum(one.same_title for one in found)
    note = f"{words.count(same, 'product')} here with the same title." if same else "None here has the same title."
    st.html(
        '<div class="similarity-head"><h2 class="strip-title">Its neighbours, the nearest first</h2>'
        f"<p>{note}</p></div>"
    )
    shared.cards([_card(engine, one) for one in found], key="neighbours", label="Neighbours")
    controls.leaf(most, key)


def _card(engine: Engine, one: Neighbour) -> Card:
    hit = one.hit
    known = {"id": hit.id, "name": hit.name, "product_type": hit.product_type, "price": hit.price}
    return cards.product_card(engine, {**hit.extra, **known}) | {
        "score": float(hit.score),
        "number": f"{hit.score:.3f}",
        "words": similarity_words(hit.score),
        "reason": ", ".join(hit.reasons),
        "badge": "Same title" if one.same_title else "",
    }
