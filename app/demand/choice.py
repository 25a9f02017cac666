"""The filters over the demand page, all in the page's address, so that a view can be sent to a colleague."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any, get_args

import streamlit as st

from app.common.kept import kept
from app.common.stored import Row
from app.demand import data, head
from app.demand.words import SOURCES
from vsearch_core.insight.demand.periods import COMPARISONS, PRESETS, Period, compared, last_days
from vsearch_core.insight.demand.selection import UNPRICED, Extent, Selection
from vsearch_core.journal import Source
from vsearch_core.journal.times import now
from vsearch_core.search import Engine

OWN = "Own dates"
USUAL = "28 days"

_TITLES = {
    "category": "Category",
    "type": "Type",
    "colour": "Colour",
    "gender": "Gender",
    "price": "Price",
    "source": "Source",
}


def choose(engine: Engine, held: Extent) -> Selection:
    """Draw the filters and return what is chosen; sample traffic is looked at where nothing real is, or on wish."""
    row = Row("known here")
    with st.container(horizontal=True, gap="xsmall", key="demand_filters", vertical_alignment="center"):
        sample = not held.real and held.sample > 0
        if held.real and held.sample:
            sample = head.sample_wanted()
        shown = data.journal_extent(sample) if held.real and sample else held
        last = shown.last or now().date()
        period = _period(row, shown.first or last, last)
        compare = _comparison()
        chosen = {name: _several(row, name, options) for name, options in _options(engine).items()}
        if held.real and held.sample:
            st.toggle("Sample traffic", key="sample", bind="query-params")
        if any(chosen.values()):
            st.button("Clear all", type="tertiary", on_click=_clear, key="clear_demand")
    row.say()
    return Selection(
        period=period,
        compare=compared(period, compare),
        category=chosen.get("category", ()),
        product_type=chosen.get("type", ()),
        colour=chosen.get("colour", ()),
        gender=chosen.get("gender", ()),
        price=chosen.get("price", ()),
        source=chosen.get("source", ()),
        sample=sample,
        bands=data.bands(engine.store),
    )


def _period(row: Row, first: date, last: date) -> Period:
    chosen = st.segmented_control(
        "Period",
        [*PRESETS, OWN],
        default=USUAL,
        required=True,
        key="period",
        bind="query-params",
        label_visibility="collapsed",
    )
    if chosen != OWN:
        return last_days(PRESETS.get(chosen or USUAL, PRESETS[USUAL]), last)
    oldest, newest = min(first, last - timedelta(days=3650)), now().date()

    def day(title: str, value: date, key: str) -> date:
        row.one(key, title, lambda given: _is_day(given, oldest, newest), value)
        return st.date_input(title, value, min_value=oldest, max_value=newest, key=key, bind="query-params")

    with st.popover("Dates", key="open_dates"):
        start, end = day("From", last - timedelta(days=27), "from"), day("To", last, "to")
    return Period(min(start, end), max(start, end))


def _is_day(given: Any, oldest: date, newest: date) -> bool:
    try:
        day = given if isinstance(given, date) else date.fromisoformat(given)
    except (TypeError, ValueError):
        return False
    return oldest <= day <= newest


def _comparison() -> str:
    words = {"the days before": "vs the days before", "a year before": "vs a year before", "nothing": "not compared"}
    return str(
        st.selectbox(
            "Compare with",
            COMPARISONS,
            format_func=lambda one: words[one],
            key="compare",
            bind="query-params",
            label_visibility="collapsed",
            width=190,
        )
    )


def _several(row: Row, name: str, options: Sequence[str]) -> tuple[str, ...]:
    title = _TITLES[name]
    number = len(row.several(name, title, options, _named(name)))
    if len(options) < 2 and not number:
        return ()
    with st.popover(f"{title} · {number}" if number else title, key=f"open_demand_{name}"):
        picked = st.multiselect(
            title,
            options,
            key=name,
            bind="query-params",
            format_func=_named(name),
            placeholder=f"Any {title.lower()}",
            label_visibility="collapsed",
        )
        if name == "source":
            st.caption("Without a choice: all photos that people sent, but not our own photos to try.")
        if name == "price":
            st.caption("What the most similar product costs.")
    return tuple(str(one) for one in picked)


def _named(name: str) -> Callable[[str], str]:
    return lambda one: SOURCES.get(one, one) if name == "source" else one


def _clear() -> None:
    for name in _TITLES:
        if name in st.session_state:
            st.session_state[name] = []


@kept()
def _options(engine: Engine) -> dict[str, list[str]]:
    """What can be chosen: all that the model can predict, and what the shop has."""
    bundle, products = engine.model.bundle, engine.store.products
    predicted = {
        "category": {category for _, category in bundle.hierarchy.values()},
        "type": set(bundle.product_types),
        "colour": set(bundle.attributes["colour"]),
        "gender": set(bundle.attributes["gender"]),
    }
    columns = {"category": "category", "type": "product_type", "colour": "colour", "gender": "gender"}
    found = {
        name: sorted((predicted[name] | set(products[column])) - {""}, key=str.casefold)
        for name, column in columns.items()
    }
    bands = data.bands(engine.store)
    found["price"] = [*(band.name for band in bands), UNPRICED] if bands else []
    found["source"] = [source for source in get_args(Source) if source != "product"]
    return found
