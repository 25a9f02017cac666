"""The data page: what is in the catalogue, what people send, and how the two differ."""

from __future__ import annotations

import streamlit as st

from app.common import readers
from app.data import catalogue, clean, photos

VIEWS = {
    "Kinds": catalogue.kinds,
    "Attributes and pictures": catalogue.attributes,
    "Cleaning and duplicates": clean.show,
    "Photos people send": photos.sets,
    "Photos against catalogue": photos.compared,
}


def show() -> None:
    """The chosen view over the shop that is set up."""
    store = readers.engine().store
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
