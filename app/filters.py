"""The row of filters over the hits; what is chosen there stays for the visit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import streamlit as st

from app import words
from vsearch_core.catalogue.table import COLUMNS
from vsearch_core.store import Filters, Store
from vsearch_core.store.segment import DERIVED

_OFTEN = {"product_type": "Type", "colour": "Colour", "gender": "Gender", "usage": "Usage"}
_SELDOM = {"department": "Department", "category": "Category", "season": "Season"}
_MOST_VALUES = 5_000
"""A column with more values than this, or with one of its own for every other product, is no filter but a title."""

_MOST_PILLS = 24


def bar(store: Store) -> Filters:
    """Draw the filters and return what is chosen."""
    values = _choices(store.version, store)
    often = {column: label for column, label in _OFTEN.items() if column in values}
    seldom = {column: label for column, label in _SELDOM.items() if column in values}
    seldom |= {column: words.column_title(column) for column in values if column not in COLUMNS}
    with st.container(horizontal=True, gap="xsmall", key="filters", vertical_alignment="center"):
        equals: dict[str, frozenset[str]] = {}
        for column, label in often.items():
            with _button(label, [column]):
                equals[column] = _choose(column, label, values[column])
        ranges = _price(store)
        if seldom:
            with _button("More", list(seldom)):
                for column, label in seldom.items():
                    equals[column] = _choose(column, label, values[column], visible=True)
        chosen = {column: picked for column, picked in equals.items() if picked}
        if chosen or ranges:
            st.button("Clear all", type="tertiary", on_click=clear, key="clear_filters")
    return Filters(equals=chosen, ranges=ranges)


def clear() -> None:
    """Choose nothing."""
    # Filters under new names, because one in a closed popover would send its old value again.
    st.session_state["filters_turn"] = st.session_state.get("filters_turn", 0) + 1


def _key(column: str) -> str:
    return f"filter_{st.session_state.get('filters_turn', 0)}_{column}"


def _button(label: str, columns: Sequence[str]) -> st.delta_generator.DeltaGenerator:
    number = sum(len(st.session_state.get(_key(column)) or ()) for column in columns)
    return st.popover(f"{label} · {number}" if number else label, key=f"open_{columns[0]}")


def _choose(column: str, label: str, counts: Mapping[str, int], *, visible: bool = False) -> frozenset[str]:
    def named(value: str) -> str:
        return f"{value} ({counts[value]:,})"

    key = _key(column)
    options = list(counts)
    visibility: Literal["visible", "collapsed"] = "visible" if visible else "collapsed"
    if len(options) <= _MOST_PILLS:
        picked = st.pills(
            words.plain(label),
            options,
            selection_mode="multi",
            format_func=lambda value: words.plain(named(value)),
            key=key,
            label_visibility=visibility,
            persist_state="session",
        )
    else:
        picked = st.multiselect(
            words.plain(label),
            options,
            format_func=named,
            key=key,
            label_visibility=visibility,
            placeholder=f"Any {label.lower()}",
            persist_state="session",
        )
    return frozenset(picked)


def _price(store: Store) -> dict[str, tuple[float, float]]:
    span = _prices(store.version, store)
    if span is None:
        return {}
    low, high = span
    chosen = st.session_state.get(_key("price")) or span
    with st.popover("Price · 1" if tuple(chosen) != span else "Price", key="open_price"):
        picked = st.slider(
            f"Price ({words.plain(store.currency)})" if store.currency else "Price",
            low,
            high,
            value=span,
            step=1.0,
            format="%.0f",
            key=_key("price"),
            persist_state="session",
        )
        st.caption("Products without a known price are left out while a price is set.")
    return {} if tuple(picked) == span else {"price": (float(picked[0]), float(picked[1]))}


@st.cache_resource(show_spinner=False, max_entries=2)
def _choices(version: str, _store: Store) -> dict[str, dict[str, int]]:
    """Values and counts of every column that can be a filter, in a sensible order."""
    own = [str(column) for column in _store.products.columns if column not in (*COLUMNS, *DERIVED)]
    columns = [*_OFTEN, *_SELDOM, *own]
    found = _store.facets(columns)
    most = min(_MOST_VALUES, max(_MOST_PILLS, len(_store) // 2))
    return {
        column: {value: found[column][value] for value in sorted(found[column], key=str.casefold) if value}
        for column in columns
        if 2 <= sum(bool(value) for value in found.get(column, {})) <= most
    }


@st.cache_resource(show_spinner=False, max_entries=2)
def _prices(version: str, _store: Store) -> tuple[float, float] | None:
    """The lowest and highest price, in whole units; None where no two prices are known."""
    prices = _store.products["price"].to_numpy(dtype=float)
    known = prices[np.isfinite(prices)]
    if not len(known):
        return None
    low, high = float(np.floor(known.min())), float(np.ceil(known.max()))
    return (low, high) if low < high else None
