"""The review queue: one product at a time, with what speaks for its label and for the suggested type."""

from __future__ import annotations

from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from app.common import states, words
from app.master_data import choice, deciding, evidence, head
from app.master_data.sources import Source
from vsearch_core.insight.master_data.review_queue import EVERY, OPEN, Wanted, chosen
from vsearch_core.reviews import Reviews

_SIDE = 320
_FACTS = ("gender", "colour", "season", "usage")


def show(source: Source, reviews: Reviews | None, table: pd.DataFrame, wanted: Wanted) -> None:
    """The product that the address names, or else the first of the queue."""
    rows = chosen(table, wanted)
    with st.container(horizontal=True, vertical_alignment="center", key="master_tools"):
        head.progress(chosen(table, Wanted(wanted.kind, wanted.label, wanted.least, EVERY)), table)
        if reviews is not None:
            deciding.said()
    row = _current(table, rows, wanted)
    if row is None:
        _nothing(table, wanted)
        if reviews is not None:
            with st.container(horizontal=True, horizontal_alignment="center"):
                deciding.undo(reviews)
        return
    _card(source, reviews, row, list(rows["id"]))


def _current(table: pd.DataFrame, rows: pd.DataFrame, wanted: Wanted) -> dict[str, Any] | None:
    asked = choice.product_asked(set(table["id"]))
    before = st.session_state.get("master_wanted", wanted)
    st.session_state["master_wanted"] = wanted
    named = rows[rows["id"] == asked]
    if named.empty and before == wanted:
        # A link leads to its product, whatever the filters are; new filters lead away from it.
        named = table[table["id"] == asked]
    found = named if len(named) else rows
    return None if found.empty else {str(key): value for key, value in found.iloc[0].to_dict().items()}


def _nothing(table: pd.DataFrame, wanted: Wanted) -> None:
    if table.empty:
        states.blank("No label looks wrong", "Every label that was looked at fits its picture.")
    elif wanted.state == OPEN and len(chosen(table, Wanted(wanted.kind, wanted.label, wanted.least, EVERY))):
        states.blank("All of these are reviewed", "Widen the filters for more, or take the decisions from Decided.")
    else:
        states.blank("No issue fits these filters", "Widen them to see issues again.")


def _card(source: Source, reviews: Reviews | None, row: dict[str, Any], order: list[str]) -> None:
    product, facts = str(row["id"]), source.product(str(row["id"]))
    title = " ".join(str(facts.get("name") or "").split()) or f"Product {product}"
    place = f"{order.index(product) + 1:,} of {len(order):,}" if product in order else "not among these filters"
    with st.container(key="master_card", border=True):
        picture, told = st.columns([4, 8], gap="large")
        with picture:
            st.html(
                f'<div class="portrait master-portrait"><img src="{source.picture(product, _SIDE)}" '
                f'alt="{escape(title)}"></div>'
            )
        with told:
            known = " · ".join(str(facts[name]) for name in _FACTS if facts.get(name))
            st.html(
                f'<p class="kicker">{escape(place)} · {escape(row["kind"])}, score {row["score"]:.2f} · '
                f'id {escape(product)}</p><h2 class="master-title">{escape(title)}</h2>'
                f'<p class="kicker">{escape(known)}</p>'
            )
            _versus(row)
            if reviews is not None:
                deciding.bar(source, reviews, row, order)
            if verdict := deciding.sentence(row):
                st.html(f'<p class="master-verdict">{escape(verdict)}</p>')
            st.html(f'<p class="master-evidence">{escape(str(row["evidence"]))}</p>')
        evidence.show(source, row)
        if facts:
            st.page_link(
                "pages/shop.py",
                label="Open in the shop",
                query_params={"product": product},
                icon=":material/open_in_new:",
            )


def _versus(row: dict[str, Any]) -> None:
    """The label against the suggested type, with their probabilities."""
    pairs = [("Label", row["label"], row["label_probability"])]
    if row["suggested"] and row["suggested"] != row["label"]:
        pairs.append(("Suggested", row["suggested"], row["suggested_probability"]))
    cells = "".join(
        f'<div class="{what.lower()}"><dt>{what}</dt><dd>{escape(str(name))}</dd>'
        f'<dd class="number">{words.percent(float(sure)) if pd.notna(sure) else ""}</dd>'
        f'<dd class="bar"><span style="width: {100 * min(max(float(sure), 0.0), 1.0) if pd.notna(sure) else 0:.0f}%">'
        "</span></dd></div>"
        for what, name, sure in pairs
    )
    st.html(f'<dl class="master-versus">{cells}</dl>')
