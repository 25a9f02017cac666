"""Outcomes: how well visual search does, for executives, and how categories compare."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from app.common import charts, states
from app.demand import data, parts, words
from vsearch_core.insight.demand.selection import Selection
from vsearch_core.journal.times import Untimed

_BARS = 12


def show(selection: Selection) -> None:
    """The section."""
    table = data.figures(selection, "category")
    every = table.iloc[0]
    if not every["searches"]:
        states.blank("No searches here", "Choose other days, or take a filter away.")
        return
    earlier = data.figures(selection.earlier, "category").iloc[0] if selection.earlier else None
    parts.tiles(_tiles(every, earlier))
    if wrong := Untimed(0, data.untimed_clicks(selection)).words:
        parts.note(wrong)
    left, right = st.columns([3, 2], gap="large")
    with left:
        _categories(table)
    with right:
        _positions(selection)
        _actions(selection, int(every["searches"]))
    with st.expander("All categories, with downloads", key="outcomes_all"):
        parts.table(
            table,
            name="outcomes-by-category",
            columns={
                "value": "Category",
                "searches": st.column_config.NumberColumn("Searches", format="localized"),
                "answered_share": parts.percent_column("Good match"),
                "click_through": parts.percent_column("Click-through"),
                "first_position": st.column_config.NumberColumn("First click at", help="Median place; 1 is the first"),
                "seconds_to_click": st.column_config.NumberColumn("Seconds to it", help="Median"),
                "p50_ms": st.column_config.NumberColumn("Answer p50, ms"),
                "p95_ms": st.column_config.NumberColumn("Answer p95, ms"),
            },
        )


def _tiles(now: pd.Series, before: pd.Series | None) -> list[parts.Tile]:
    def was(column: str, say: object) -> str:
        assert callable(say)
        return f"{say(before[column])} before" if before is not None and before["searches"] else ""

    return [
        (
            "Searches",
            f"{now['searches']:,}",
            words.change(now["searches"], before["searches"] if before is not None else None),
        ),
        ("Answered well", words.share(now["answered_share"]), was("answered_share", words.share)),
        ("Click-through", words.share(now["click_through"]), was("click_through", words.share)),
        ("First click at", words.number(now["first_position"]), "median place"),
        ("Time to a click", words.seconds(now["seconds_to_click"]), "median"),
        (
            "Answer takes, p50",
            words.milliseconds(now["p50_ms"]),
            f"p95 {words.milliseconds(now['p95_ms'])}",
        ),
    ]


def _categories(table: pd.DataFrame) -> None:
    parts.title("How categories compare", "Share of searches with a good match, and with a click on a product.")
    shown = table.iloc[1:].head(_BARS)
    hover = "%{y}: %{x:.0%} of %{customdata:,} searches"
    columns = {
        "click_through": ("clicked", charts.OCHRE, hover + "<extra>clicked</extra>"),
        "answered_share": ("good match", charts.ACCENT, hover + "<extra>good match</extra>"),
    }
    figure = charts.bars_by(charts.distinct(shown["value"]), shown, columns, known="searches")
    figure.update_layout(barmode="group", legend_traceorder="reversed")
    figure.update_xaxes(tickformat=".0%", range=[0, 1.0])
    charts.draw(figure, key="categories", alt="Categories compared", height=max(200, 34 * len(shown) + 60), legend=True)


def _positions(selection: Selection) -> None:
    table = data.first_positions(selection)
    table = table[table["position"] > 0].head(10)
    if table.empty:
        return
    parts.title("Where the first click falls")
    figure = go.Figure(
        go.Bar(
            x=table["position"].astype(str),
            y=table["searches"] / table["searches"].sum(),
            marker_color=charts.ACCENT,
            hovertemplate="place %{x}: %{y:.0%}<extra></extra>",
        )
    )
    figure.update_yaxes(tickformat=".0%", nticks=4)
    figure.update_xaxes(type="category", showgrid=False)
    charts.draw(figure, key="positions", alt="Place of the first click", height=170)


def _actions(selection: Selection, searches: int) -> None:
    table = data.actions(selection)
    if table.empty:
        return
    parts.title("What people did")
    order = list(words.KINDS)
    rows = table[table["kind"].isin(order)].assign(order=table["kind"].map(order.index)).sort_values("order")
    shares = rows["searches"] / searches
    figure = charts.labelled_bars(
        [words.KINDS[kind] for kind in rows["kind"]],
        shares,
        [words.share(one, 1) for one in shares],
        room=0.25,
        hovertemplate="%{y}: %{x:.1%} of searches<extra></extra>",
    )
    figure.update_xaxes(showticklabels=False, showgrid=False)
    charts.draw(figure, key="actions", alt="What people did with the answers", height=190)
