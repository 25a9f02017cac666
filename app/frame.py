"""What surrounds every page: styles, masthead, the label of a sample shop."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import streamlit as st

from app import pictures
from app.parts import ASSETS
from vsearch_core.store import Store

SAMPLE_LABEL = "Sample shop: drawn products"


def dress() -> None:
    """Title, icon and styles; the first thing that a run draws."""
    st.set_page_config(page_title="Shop by image", page_icon=str(ASSETS / "icon.svg"), layout="wide")
    st.html(ASSETS / "style.css")


def masthead(pages: Sequence[Any] = (), store: Store | None = None) -> None:
    """The wordmark, the pages that work, and whose products these are."""
    with st.container(horizontal=True, key="masthead", vertical_alignment="center", gap="medium"):
        logo = pictures.svg_uri(ASSETS / "logo.svg")
        st.html(f'<p class="wordmark"><img src="{logo}" alt="">Shop by <em>image</em></p>', width="content")
        for page in pages:
            st.page_link(page, label=page.title, help="")
        if store is not None:
            label = SAMPLE_LABEL if store.sample else store.name
            st.html(f'<p class="whose{" sample" if store.sample else ""}">{escape(label)}</p>', width="content")
