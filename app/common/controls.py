"""Controls that several pages draw alike: leafing through pages, and how far work is that a visitor waits for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from vsearch_core.contracts import Progress


def page_of(pages: int, key: str) -> int:
    """Which page is asked for, from 1, before its `leaf` is drawn below; the last one where there are fewer by now."""
    return max(1, min(int(st.session_state.get(key) or 1), pages))


def leaf(pages: int, key: str) -> None:
    """Draw what leads to the other pages; nothing where there is only one."""
    if pages > 1:
        with st.container(horizontal=True, horizontal_alignment="center"):
            st.pagination(pages, key=key)


@contextmanager
def progress(doing: str) -> Iterator[Progress]:
    """A bar that is there while something is done; what is given moves it."""
    bar = st.progress(0.0, text=f"{doing} …")

    def step(done: int, total: int) -> None:
        bar.progress(min(done / total, 1.0), text=f"{doing}: {done:,} of {total:,}")

    try:
        yield step
    finally:
        bar.empty()
