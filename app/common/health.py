"""How the journal and the store do, for staff. Shoppers never see it, as their searches go on all the same."""

from __future__ import annotations

from html import escape

import streamlit as st

from app.common import readers, states


def line() -> None:
    """One quiet line about the journal."""
    st.html(f'<p class="health" role="status">{escape(readers.journal().health().line)}</p>')


def store_notice() -> None:
    """Says that a newer store cannot be served, and why; nothing where all is well."""
    if problem := readers.problem():
        states.error(
            f"The store that lies there now cannot be opened, so the one before goes on being served. {problem}"
        )
