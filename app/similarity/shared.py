"""What the sections of the page Similarity share: where the visitor is, cards, files for its parts."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

import streamlit as st
from streamlit.runtime import get_instance

from app.common.cards import Card
from app.common.components import ASSETS, products_part, sent
from app.common.stored import Row
from app.shop.place import product_ids
from vsearch_core.store import Store

COMPARE, MAP, PROTOCOLS, NEIGHBOURS, NEAR_COPIES = "Compare", "Map", "Protocols", "Neighbours", "Near-copies"
SECTIONS = (COMPARE, MAP, PROTOCOLS, NEIGHBOURS, NEAR_COPIES)
"""The sections, as the page and the address name them."""


def dress() -> None:
    """The page's own styles."""
    st.html(ASSETS / "similarity.css")


def section() -> str:
    """The section that the visitor chose; it is kept in the address."""
    st.segmented_control(
        "Section",
        SECTIONS,
        # Streamlit warns of a default beside a value that the page has set itself.
        default=None if "section_led" in st.session_state else COMPARE,
        required=True,
        key="section",
        label_visibility="collapsed",
        bind="query-params",
    )
    chosen = st.session_state.get("section")
    return chosen if chosen in SECTIONS else COMPARE


def chosen_product(store: Store) -> str:
    """The id of the product whose neighbours are asked for, from the address; empty where the store has no such."""
    row = Row(of="the address")
    wanted = row.param("product", "Product", product_ids(store).__contains__)
    row.say()
    return wanted


def open_neighbours(product_id: str) -> None:
    """In a callback: show the neighbours of this product."""
    st.session_state["section"] = NEIGHBOURS
    st.session_state["section_led"] = True
    st.session_state.pop("find", None)
    st.query_params["product"] = product_id


def address_of(product_id: str) -> str:
    """A link to the neighbours of a product."""
    return "similarity?" + urlencode({"section": NEIGHBOURS, "product": product_id})


def cards(found: Sequence[Card], *, key: str, label: str, kind: str = "wide") -> None:
    """Product cards; a click shows the product's neighbours."""

    def opened() -> None:
        open_neighbours(str(sent(key, "open")))

    products_part(
        key=key,
        data={"kind": kind, "label": label, "cards": [card | {"href": address_of(card["id"])} for card in found]},
        on_open_change=opened,
        on_more_change=lambda: None,
    )


def media(data: bytes, kind: str, name: str) -> str:
    """An address at which the browser gets these bytes, once: too many to travel with every run.

    Streamlit gives pictures and sound such addresses; its parts have no public way to ask for one.
    """
    return get_instance().media_file_mgr.add(data, kind, f"similarity-{name}")
