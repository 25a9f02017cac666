"""Where in the search page the visitor's results are, so that every other page leads back to them."""

from __future__ import annotations

import streamlit as st

_PARAMS = ("garment", "like")
_KEY = "results"


def note() -> None:
    """The visitor's results are what the search page shows just now."""
    st.session_state[_KEY] = {name: st.query_params[name] for name in _PARAMS if name in st.query_params}


def forget() -> None:
    """There are no results any more."""
    st.session_state.pop(_KEY, None)


def place() -> dict[str, str] | None:
    """The parameters of the search page under which the visitor's results stand; None where there are none."""
    known: dict[str, str] | None = st.session_state.get(_KEY)
    return known


def come_back() -> None:
    """Show the results again where the browser's Back led from a product to an address that still names the product.

    Streamlit writes a page's parameters into the address of the page before, and then goes to the other page.
    """
    if "product" in st.query_params:
        st.query_params.from_dict(place() or {})


def back_button() -> None:
    """Lead back to the results; nothing where there are none."""
    known = place()
    if known is not None and st.button(
        "Back to your results", icon=":material/arrow_back:", type="tertiary", key="back_to_results"
    ):
        st.switch_page("pages/search.py", query_params=known)
