"""What the analyst looks at: which catalogue, which issues, which one. All of it stands in the page's address."""

from __future__ import annotations

from collections.abc import Collection

import streamlit as st

from app.common.stored import Row
from app.master_data import sources
from app.master_data.sources import CATALOGUE, OWN
from vsearch_core.insight.master_data.label_issues import KINDS
from vsearch_core.insight.master_data.review_queue import OPEN, STATES, Wanted
from vsearch_core.insight.quality.models import Model

QUEUE, WALL, DECIDED, WORTH = "Queue", "Wall", "Decided", "What it is worth"
VIEWS = (QUEUE, WALL, DECIDED, WORTH)
EVERY_KIND, EVERY_TYPE = "Every kind", "Every type"


def catalogue_asked(own: Model | None) -> str:
    """Which of the catalogues that labels can be looked at in here; there is a choice where the shop is another one."""
    if own is None:
        return CATALOGUE
    if not sources.predicted():
        return OWN
    chosen = st.segmented_control(
        "Catalogue",
        [OWN, CATALOGUE],
        default=OWN,
        required=True,
        key="of",
        bind="query-params",
        label_visibility="collapsed",
    )
    return chosen or OWN


def view() -> str:
    """The view that was chosen."""
    led = "show" in st.session_state
    st.segmented_control(
        "View",
        VIEWS,
        # Streamlit warns of a default beside a value that the page has set itself.
        default=None if led else QUEUE,
        required=True,
        key="show",
        bind="query-params",
        label_visibility="collapsed",
    )
    chosen = st.session_state.get("show")
    return chosen if chosen in VIEWS else QUEUE


def wanted(types: list[str]) -> Wanted:
    """The filters.

    Args:
        types: the labels that have issues, in the order in which they are offered.
    """
    row = Row("among the issues")
    with st.container(key="master_filters"):
        kind_, label_, least_, state_ = st.columns([3, 3, 3, 4], vertical_alignment="top", gap="medium")
        with kind_:
            kind = _select(row, "Kind of issue", [EVERY_KIND, *KINDS], "kind")
        with label_:
            label = _select(row, "Label", [EVERY_TYPE, *types], "label")
        with least_:
            least = st.slider("Score from", 0.0, 1.0, 0.0, 0.05, key="least", bind="query-params")
        with state_:
            state = st.segmented_control("Which", STATES, default=OPEN, required=True, key="which", bind="query-params")
    row.say()
    return Wanted("" if kind == EVERY_KIND else kind, "" if label == EVERY_TYPE else label, float(least), state or OPEN)


def only_type(label: str) -> None:
    """In a callback: look at the issues of one label alone."""
    st.session_state["label"] = label


def product_asked(known: Collection[str]) -> str:
    """The product that the address names; empty, and told so, where it is not among these."""
    row = Row("among the issues", "the address")
    product = row.param("product", "Product", known.__contains__)
    row.say()
    return product


def open_product(product: str) -> None:
    """In a callback: look at this product in the queue."""
    st.session_state["show"] = QUEUE
    look_at(product)


def look_at(product: str) -> None:
    """In a callback: put this product into the address."""
    if product:
        st.query_params["product"] = product
    else:
        st.query_params.pop("product", None)


def _select(row: Row, label: str, options: list[str], key: str) -> str:
    row.one(key, label, options.__contains__, options[0])
    chosen = st.selectbox(label, options, key=key, bind="query-params")
    return chosen if chosen in options else options[0]
