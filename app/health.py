"""The health line: how the journal does, for staff. Shoppers never see it, as their searches go on all the same."""

from __future__ import annotations

from html import escape

import streamlit as st

from app import shop


def line() -> None:
    """One quiet line."""
    st.html(f'<p class="health" role="status">{escape(shop.journal().health().line)}</p>')
