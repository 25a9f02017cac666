"""The demand page's heading and its sections."""

from __future__ import annotations

import streamlit as st

from app.demand import parts
from vsearch_core.insight.demand.selection import Extent
from vsearch_core.journal.times import Untimed

ASKED, NOT_FOUND, WALL = "Asked for", "Not found", "Wall"
RANGE, WHAT_IF, OUTCOMES = "Range", "What if", "Outcomes"
SECTIONS = (ASKED, NOT_FOUND, WALL, RANGE, WHAT_IF, OUTCOMES)
"""The sections, as the page and its address name them."""


def wanted(key: str, default: str) -> str:
    """What a control below is set to, before it has been drawn: as this visit left it, else as the address says."""
    return str(st.session_state.get(key) or st.query_params.get(key) or default)


def sample_wanted() -> bool:
    """Whether the visitor asks for sample traffic although there are real searches."""
    return wanted("sample", "").lower() == "true" and st.session_state.get("sample") is not False


def title(held: Extent | None = None) -> None:
    """The heading; it says so where sample traffic is what is looked at."""
    sample = held is not None and held.sample > 0 and (not held.real or sample_wanted())
    label = '<p class="demand-sample">Sample traffic: drawn visits, no person searched for this</p>' if sample else ""
    st.html(f'<div class="demand-head"><h1>Demand</h1>{label}</div>')
    if held is not None and (wrong := Untimed(held.ahead, 0).words):
        parts.note(wrong)


def section() -> str:
    """The section that the visitor chose; it is kept in the address."""
    with st.container(key="demand_sections"):
        chosen = st.segmented_control(
            "Section",
            SECTIONS,
            default=ASKED,
            required=True,
            key="tab",
            label_visibility="collapsed",
            bind="query-params",
        )
    return chosen if chosen in SECTIONS else ASKED
