"""The data page: what is in the catalogue, what people send, and how the two differ."""

from __future__ import annotations

import streamlit as st

from app import data_catalogue, data_clean, data_photos, shop

VIEWS = {
    "Kinds": data_catalogue.kinds,
    "Attributes and pictures": data_catalogue.attributes,
    "Cleaning and duplicates": data_clean.show,
    "Photos people send": data_photos.sets,
    "Photos against catalogue": data_photos.compared,
}


def show() -> None:
    """The chosen view over the shop that is set up."""
    store = shop.engine().store
    view = st.segmented_control(
        "View",
        list(VIEWS),
        default="Kinds",
        required=True,
        key="section",
        bind="query-params",
        label_visibility="collapsed",
    )
    VIEWS[view or "Kinds"](store)
