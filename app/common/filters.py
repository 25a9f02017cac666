"""The row of filters over hits and over the shop's shelves; what is chosen in each stays for the visit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import streamlit as st

from app.common import words
from app.common.kept import kept
from app.common.stored import OPEN, Limits, Row, limits_of, within
from vsearch_core.catalogue.table import COLUMNS
from vsearch_core.store import Filters, Store
from vsearch_core.store.segment import DERIVED

_OFTEN = {"product_type": "Type", "colour": "Colour", "gender": "Gender", "usage": "Usage"}
_SELDOM = {"department": "Department", "category": "Category", "season": "Season"}
_MOST_VALUES = 5_000
"""A column with more values than this, or with one of its own for every other product, is not a filter but a title."""

_MOST_PILLS = 24


@dataclass
class Chosen:
    """What a visit has chosen of a store's version: values by column, and what it asks of the price.

    The controls show it; it outlives them and the pages that they are on.
    """

    version: str
    currency: str
    equals: dict[str, tuple[str, ...]] = field(default_factory=dict)
    price: Limits = OPEN
    of: str = "filters"
    """Which row of filters it is; its key in the session."""
    turn: int = 0
    """Controls get new names with it, because one in a closed popover would send its old value again."""

    @property
    def filters(self) -> Filters:
        """The choice as a search takes it."""
        equals = {column: frozenset(picked) for column, picked in self.equals.items()}
        return Filters(equals=equals, ranges={"price": self.price})


def bar(store: Store, of: str = "filters", within: Filters | None = None) -> Filters:
    """Draw the filters and return what is chosen; what this store does not have any more is dropped, and it says so.

    Args:
        of: names the row; each keeps a choice of its own.
        within: what the products are narrowed to already; counts are of these, and its columns are not offered again.
    """
    row = Row()
    chosen = _chosen(store, of)
    _follow(chosen, store, row)
    span = _prices(store)
    # One value tells nothing apart, but a choice of it can still be taken back.
    values = {
        column: counts
        for column, counts in _choices(store).items()
        if (len(counts) > 1 or chosen.equals.get(column)) and not (within and column in within.equals)
    }
    found = store.facets(list(values), chosen.filters if within is None else within & chosen.filters)
    values = {column: {value: found[column].get(value, 0) for value in counts} for column, counts in values.items()}
    often = {column: label for column, label in _OFTEN.items() if column in values}
    seldom = {column: label for column, label in _SELDOM.items() if column in values}
    seldom |= {column: words.column_title(column) for column in values if column not in COLUMNS}
    with st.container(horizontal=True, gap="xsmall", key=of, vertical_alignment="center"):
        for column, label in often.items():
            with _button(chosen, label, [column]):
                _choose(chosen, column, label, values[column])
        if span is not None:
            _price(chosen, store, span)
        if seldom:
            with _button(chosen, "More", list(seldom)):
                for column, label in seldom.items():
                    _choose(chosen, column, label, values[column], visible=True)
        st.button(
            "Clear all", type="tertiary", on_click=clear, args=(of,), key=f"clear_{of}", disabled=not chosen.filters
        )
    row.say()
    return chosen.filters


def clear(of: str = "filters") -> None:
    """Choose nothing."""
    chosen: Chosen | None = st.session_state.get(of)
    if chosen is not None:
        st.session_state[of] = Chosen(chosen.version, chosen.currency, of=of, turn=chosen.turn + 1)


def _chosen(store: Store, of: str) -> Chosen:
    chosen: Chosen = st.session_state.setdefault(of, Chosen(store.version, store.currency, of=of))
    return chosen


def _follow(chosen: Chosen, store: Store, row: Row) -> None:
    """Bring what was chosen of another version of the store into the range of this one."""
    if chosen.version == store.version:
        row.note(f"kept_{chosen.of}", [], chosen.filters)
        return
    values, span = _choices(store), _prices(store)
    gone = []
    for column, picked in list(chosen.equals.items()):
        title = _OFTEN.get(column) or _SELDOM.get(column) or words.column_title(column)
        gone += [f"{title} {value}" for value in picked if value not in values.get(column, {})]
        chosen.equals[column] = tuple(value for value in picked if value in values.get(column, {}))
    if chosen.price != OPEN:
        same = span is not None and chosen.currency == store.currency
        kept = within(chosen.price, *span) if same and span is not None else None
        if kept is None:
            gone.append(_price_words(chosen.price, chosen.currency))
            chosen.price = OPEN
    chosen.version, chosen.currency, chosen.turn = store.version, store.currency, chosen.turn + 1
    row.note(f"kept_{chosen.of}", gone, chosen.filters)


def _price_words(limits: Limits, currency: str) -> str:
    told = zip(("from", "to"), limits, strict=True)
    return " ".join(["Price", *(f"{word} {words.price(end, currency)}" for word, end in told if end is not None)])


def _button(chosen: Chosen, label: str, columns: Sequence[str]) -> st.delta_generator.DeltaGenerator:
    number = sum(len(chosen.equals.get(column, ())) for column in columns)
    return st.popover(f"{label} · {number}" if number else label, key=f"open_{chosen.of}_{columns[0]}")


def _choose(chosen: Chosen, column: str, label: str, counts: Mapping[str, int], *, visible: bool = False) -> None:
    def named(value: str) -> str:
        return f"{value} ({counts[value]:,})"

    key = f"{chosen.of}_{chosen.turn}_{column}"
    options = list(counts)
    visibility: Literal["visible", "collapsed"] = "visible" if visible else "collapsed"
    if len(options) <= _MOST_PILLS:
        picked = st.pills(
            words.plain(label),
            options,
            selection_mode="multi",
            default=list(chosen.equals.get(column, ())),
            format_func=lambda value: words.plain(named(value)),
            key=key,
            on_change=_take,
            args=(chosen.of, column, key),
            label_visibility=visibility,
        )
    else:
        picked = st.multiselect(
            words.plain(label),
            options,
            default=list(chosen.equals.get(column, ())),
            format_func=named,
            key=key,
            on_change=_take,
            args=(chosen.of, column, key),
            label_visibility=visibility,
            placeholder=f"Any {label.lower()}",
        )
    chosen.equals[column] = tuple(picked)


def _take(of: str, column: str, key: str) -> None:
    """Keep a choice at once: the run that it began may be left for another page before the controls are drawn."""
    chosen: Chosen | None = st.session_state.get(of)
    if chosen is not None:
        chosen.equals[column] = tuple(st.session_state[key])


def _price(chosen: Chosen, store: Store, span: tuple[float, float]) -> None:
    low, high = span
    least, most = chosen.price
    shown = (low if least is None else max(least, low), high if most is None else min(most, high))
    with st.popover("Price · 1" if chosen.price != OPEN else "Price", key=f"open_{chosen.of}_price"):
        key = f"{chosen.of}_{chosen.turn}_price"
        st.slider(
            f"Price ({words.plain(store.currency)})" if store.currency else "Price",
            low,
            high,
            value=shown,
            step=1.0,
            format="%.0f",
            key=key,
            on_change=_take_price,
            args=(chosen.of, key, span),
        )
        st.caption("Products without a known price are left out while a price is set.")


def _take_price(of: str, key: str, span: tuple[float, float]) -> None:
    chosen: Chosen | None = st.session_state.get(of)
    if chosen is not None:
        chosen.price = limits_of(st.session_state[key], *span)


@kept()
def _choices(store: Store) -> dict[str, dict[str, int]]:
    """Values and counts of every column that can be a filter, in a sensible order."""
    own = [str(column) for column in store.products.columns if column not in (*COLUMNS, *DERIVED)]
    columns = [*_OFTEN, *_SELDOM, *own]
    found = store.facets(columns)
    most = min(_MOST_VALUES, max(_MOST_PILLS, len(store) // 2))
    return {
        column: {value: found[column][value] for value in sorted(found[column], key=str.casefold) if value}
        for column in columns
        if 1 <= sum(bool(value) for value in found.get(column, {})) <= most
    }


@kept()
def _prices(store: Store) -> tuple[float, float] | None:
    """The lowest and highest price, in whole units; None where no two prices are known."""
    prices = store.products["price"].to_numpy(dtype=float)
    known = prices[np.isfinite(prices)]
    if not len(known):
        return None
    low, high = float(np.floor(known.min())), float(np.ceil(known.max()))
    return (low, high) if low < high else None
