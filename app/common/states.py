"""What a page shows where there is nothing to show: errors, no good match, nothing found, no shop yet."""

from __future__ import annotations

from html import escape

import streamlit as st

from app.common import filters, words
from app.shop.place import Place
from vsearch_core.contracts import Prediction
from vsearch_core.settings import settings
from vsearch_core.store import Filters, Store


def error(message: str) -> None:
    """One plain sentence, announced to screen readers."""
    st.html(f'<div class="notice" role="alert"><p>{escape(message)}</p></div>')


def quiet(message: str) -> None:
    """One plain sentence beside what the page shows."""
    st.html(f'<p class="dropped" role="status">{escape(message)}</p>')


def blank(title: str, text: str, command: str = "") -> None:
    """What stands where there is nothing yet, and the command that changes it."""
    code = f"<p><code>{escape(command)}</code></p>" if command else ""
    st.html(f'<div class="blank" role="status"><h2>{escape(title)}</h2><p>{escape(text)}</p>{code}</div>')


def no_results() -> None:
    """Say in words that the measured evidence, which a wheel does not bring, is not here; nothing where it is."""
    folder = settings().results
    if not folder.is_dir():
        st.caption(
            "There are no measured figures of the studies, the audit and the earlier classifiers here: they are in the "
            f"repository's folder `results`, and {words.plain(folder)} is not there. Set VSEARCH_RESULTS to where "
            "it is, or measure them."
        )


def no_good_match(store: Store, product_type: Prediction, chosen: Filters) -> None:
    """Instead of five poor hits: say so, and offer the ways on."""
    with st.container(key="no_match"):
        blank(
            "No good match under these filters" if chosen else "No good match in this shop",
            "Nothing here comes near enough to what the photo shows.",
        )
        with st.container(horizontal=True, horizontal_alignment="center"):
            st.button("Show the nearest anyway", key="anyway", on_click=_show_anyway)
            if chosen:
                st.button("Clear all filters", key="clear_no_match", on_click=filters.clear)
            place = Place.of_type(store, product_type.name)
            if place is not None and st.button(f"Browse {words.plain(product_type.name)}", key="browse_type"):
                st.switch_page("pages/shop.py", query_params=place.params())


def not_in_shop() -> None:
    """The photo shows something else than what is sold: say so, and offer the ways on."""
    with st.container(key="no_match"):
        blank("This does not look like anything in this shop", "Mark the thing that you mean, or try another photo.")
        with st.container(horizontal=True, horizontal_alignment="center"):
            st.button("Show the nearest anyway", key="anyway", on_click=_show_anyway)
            if st.button("Browse the shop", key="browse_shop"):
                st.switch_page("pages/shop.py")


def _show_anyway() -> None:
    st.session_state["nearest_anyway"] = True


def nothing_left(of: str = "filters") -> None:
    """The filters leave no product."""
    with st.container(key="nothing"):
        blank("Nothing fits these filters", "Take one away to see products again.")
        with st.container(horizontal=True, horizontal_alignment="center"):
            st.button("Clear all filters", key="clear_nothing", on_click=filters.clear, args=(of,))


def empty_shelf() -> None:
    """A department, category or type without products."""
    blank("This shelf is empty", "Choose another department, category or type.")
