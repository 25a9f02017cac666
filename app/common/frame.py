"""What surrounds every page: styles, masthead, the label of a sample shop."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import streamlit as st

from app.access import sign_in
from app.common import pictures, results
from app.common.components import ASSETS
from vsearch_core.store import Store

SAMPLE_LABEL = "Sample shop: drawn products"


def dress() -> None:
    """Title, icon and styles; the first thing that a run draws."""
    st.set_page_config(page_title="Shop by image", page_icon=str(ASSETS / "icon.svg"), layout="wide")
    st.html(ASSETS / "style.css")


def masthead(pages: Sequence[Any] = (), store: Store | None = None, staff: Sequence[Any] = (), here: str = "") -> None:
    """The wordmark, the pages that work, whose products these are, and the staff's menu; `here` is the page's title."""
    with st.container(horizontal=True, key="masthead", vertical_alignment="center", gap="medium"):
        logo = pictures.svg_uri(ASSETS / "logo.svg")
        st.html(f'<p class="wordmark"><img src="{logo}" alt="">Shop by <em>image</em></p>', width="content")
        for page in pages:
            # The search page has the visitor's results for as long as there are any.
            at = results.place() if page.url_path == "" else None
            st.page_link(page, label=page.title, help="", query_params=at)
        if store is not None:
            label = SAMPLE_LABEL if store.sample else store.name
            st.html(f'<p class="whose{" sample" if store.sample else ""}">{escape(label)}</p>', width="content")
        sign_in.menu(staff, here)


def begin() -> None:
    """Note that this session runs within the frame; `streamlit_app.py` calls it in every run."""
    st.session_state["framed"] = True


def within(path: str) -> None:
    """First line of a page that has the address `/<path>`: start over where it runs without the frame.

    As long as no visitor of a server has come by `streamlit_app.py`, Streamlit runs the files in `pages/` by themselves
    for those who come by a page's own address. It stops doing so when `st.navigation` is called.
    """
    if "framed" not in st.session_state:
        st.navigation([st.Page(_nothing, default=True), st.Page(_nothing, url_path=path)], position="hidden")
        st.rerun()


def _nothing() -> None:
    """Stands for pages that are not there yet."""
