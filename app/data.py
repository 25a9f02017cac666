"""The data page: what is in the catalogue, what people send, and how the two differ."""

from __future__ import annotations

import streamlit as st

from app import data_catalogue, data_clean, data_photos, shop

VIEWS = {
    "kinds": "Kinds",
    "attributes": "Attributes and pictures",
    "cleaning": "Cleaning and duplicates",
    "photos": "Photos people send",
    "compared": "Photos against catalogue",
}


def show() -> None:
    """The chosen view over the shop that is set up."""
    store = shop.engine().store
    view = st.segmented_control(
        "View",
        list(VIEWS),
        default="kinds",
        format_func=VIEWS.__getitem__,
        required=True,
        key="section",
        bind="query-params",
        label_visibility="collapsed",
    )
    if view == "attributes":
        data_catalogue.attributes(store)
    elif view == "cleaning":
        data_clean.show(store)
    elif view == "photos":
        data_photos.sets(store)
    elif view == "compared":
        data_photos.compared(store)
    else:
        data_catalogue.kinds(store)
