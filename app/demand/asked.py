"""Asked for: volumes, shares, trends, and what is asked for against what the shop has."""

from __future__ import annotations

from html import escape

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from app.common import charts, states
from app.demand import data, head, parts, words
from vsearch_core.insight.demand import asked
from vsearch_core.insight.demand.selection import DIMENSIONS, Selection
from vsearch_core.search import Engine

_BARS = 12
_NAMED = 4
_TITLES = {title: name for name, title in DIMENSIONS.items()}


def show(engine: Engine, selection: Selection) -> None:
    """The section."""
    by = _TITLES.get(head.wanted("count_by", "Type"), "product_type")
    counts = data.counts(selection, by)
    totals = asked.totals(counts, selection)
    table = asked.asked_for(counts, selection, asked.assortment(engine.store.products, by, selection))
    _tiles(table, totals, selection)
    if not totals.searches:
        states.blank("No searches here", "Choose other days, or take a filter away.")
        return
    _moves(table, selection)
    left, right = st.columns(2, gap="large")
    with left:
        st.segmented_control(
            "Count by",
            list(_TITLES),
            default="Type",
            required=True,
            key="count_by",
            bind="query-params",
            label_visibility="collapsed",
        )
        if by == "price" and not selection.bands:
            states.blank("No prices in this catalogue", "A catalogue with a column price brings price bands.")
        else:
            _bars(table, selection, by)
    with right:
        _line(counts, selection)
    _table(table, by, selection)


def _tiles(table: pd.DataFrame, totals: asked.Totals, selection: Selection) -> None:
    missed = totals.searches - totals.answered
    missed_before = totals.before - (totals.answered_before or 0) if totals.before is not None else None
    share = totals.answered / totals.searches if totals.searches else float("nan")
    before = totals.answered_before / totals.before if totals.before and totals.answered_before is not None else None
    against = f"vs {selection.compare.words}" if selection.compare else ""
    tiles = [
        ("Searches", f"{totals.searches:,}", _against(words.change(totals.searches, totals.before), against)),
        ("Found a good match", words.share(share), f"{words.share(before)} before" if before is not None else ""),
        (
            "Without a good match",
            f"{missed:,}",
            _against(words.change(missed, missed_before), "vs before" if missed_before else ""),
        ),
    ]
    if len(table):
        first = table.iloc[0]
        tiles.append(("Most asked for", str(first["value"]) or "not known", words.share(first["share"])))
    parts.tiles(tiles)


def _against(change: str, against: str) -> str:
    return f"{change} {against}" if change else against


def _moves(table: pd.DataFrame, selection: Selection) -> None:
    """What rises and falls beyond chance, in words."""
    if selection.compare is None:
        return
    items = []
    for direction, mark in (("rising", "up"), ("falling", "down")):
        found = table[table["trend"] == direction].sort_values("p").head(_NAMED)
        if len(found):
            items.append(f'<li class="label">{direction.capitalize()}</li>')
            items += [
                f'<li class="{mark}">{escape(str(value) or "not known")} {words.times(1 + change)}</li>'
                for value, change in zip(found["value"], found["change"], strict=True)
            ]
    if not items:
        items = ['<li class="label">Nothing rises or falls beyond chance.</li>']
    st.html(f'<ul class="demand-moves" aria-label="Beyond chance">{"".join(items)}</ul>')


def _bars(table: pd.DataFrame, selection: Selection, by: str) -> None:
    parts.note("Share of searches. Bars: now; lines: before; diamonds: share of the shop's products.")
    shown = table[table["searches"] > 0].head(_BARS)
    names = charts.distinct(shown["value"])
    figure = go.Figure(
        go.Bar(
            x=shown["share"],
            y=names,
            orientation="h",
            marker_color=charts.ACCENT,
            name="now",
            customdata=shown["searches"],
            hovertemplate="%{y}: %{customdata:,} searches, %{x:.1%}<extra></extra>",
        )
    )
    if selection.compare is not None:
        tick = {"symbol": "line-ns-open", "size": 15, "color": charts.INK, "line": {"width": 2}}
        figure.add_trace(
            go.Scatter(
                x=shown["share_before"],
                y=names,
                mode="markers",
                marker=tick,
                name="before",
                hovertemplate="%{y}: %{x:.1%} before<extra></extra>",
            )
        )
    if shown["share_of_products"].notna().any():
        diamond = {"symbol": "diamond", "size": 8, "color": charts.OCHRE}
        figure.add_trace(
            go.Scatter(
                x=shown["share_of_products"],
                y=names,
                mode="markers",
                marker=diamond,
                name="of the products",
                hovertemplate="%{y}: %{x:.1%} of the products<extra></extra>",
            )
        )
    charts.ranked(figure, names)
    figure.update_xaxes(tickformat=".0%", rangemode="tozero")
    labels = [f"{name}  <b>{words.share(share, 1)}</b>" for name, share in zip(names, shown["share"], strict=True)]
    figure.update_yaxes(tickvals=names, ticktext=labels)
    charts.draw(figure, key="asked_bars", alt="Share of searches", height=max(140, 28 * len(shown) + 40))


def _line(counts: pd.DataFrame, selection: Selection) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        parts.title("Searches over time")
        by_week = (
            st.segmented_control(
                "Per",
                ["Day", "Week"],
                default="Day" if selection.period.days <= 90 else "Week",
                required=True,
                key="per",
                bind="query-params",
                label_visibility="collapsed",
            )
            == "Week"
        )
    figure = go.Figure()
    now = asked.trend_line(counts, selection.period, by_week=by_week)
    if selection.compare is not None:
        before = asked.trend_line(counts, selection.compare, by_week=by_week).head(len(now))
        figure.add_trace(
            go.Scatter(
                x=now["day"][: len(before)],
                y=before["searches"],
                name="before",
                mode="lines",
                line={"color": charts.PALE, "width": 2},
                customdata=before["day"],
                hovertemplate="%{customdata|%-d %b %Y}: %{y:,}<extra>before</extra>",
            )
        )
    unanswered = now["searches"] - now["answered"]
    for values, name, colour, width in (
        (now["searches"], "searches", charts.ACCENT, 3),
        (unanswered, "without a good match", charts.OCHRE, 2),
    ):
        figure.add_trace(
            go.Scatter(
                x=now["day"],
                y=values,
                name=name,
                mode="lines",
                line={"color": colour, "width": width},
                hovertemplate="%{x|%-d %b %Y}: %{y:,}<extra>" + name + "</extra>",
            )
        )
    figure.update_yaxes(rangemode="tozero")
    figure.update_xaxes(showgrid=False)
    charts.draw(figure, key="asked_line", alt="Searches over time", height=300, legend=True)


def _table(table: pd.DataFrame, by: str, selection: Selection) -> None:
    with st.expander(f"All {len(table):,} lines, with downloads", key="asked_all"):
        parts.table(
            table,
            name=f"asked-for-by-{by.replace('_', '-')}",
            columns={
                "value": DIMENSIONS[by],
                "searches": st.column_config.NumberColumn("Searches", format="localized"),
                "share": parts.percent_column("Share"),
                "share_before": parts.percent_column("Before"),
                "change": parts.percent_column("Change of the share"),
                "trend": st.column_config.TextColumn("Beyond chance"),
                "not_found": parts.percent_column("Without a good match"),
                "products": st.column_config.NumberColumn("Products", format="localized"),
                "share_of_products": parts.percent_column("Of the products"),
                "demand_to_range": st.column_config.NumberColumn(
                    "Demand to range", format="%.1f", help="Above 1: more is asked for than the range gives room to."
                ),
            },
        )
        if selection.compare is not None:
            st.caption(
                "Rising and falling compare shares of searches, so that a busier month alone is no trend. Two Poisson "
                "rates are tested, with counts corrected for how much days differ; of what is called rising or falling "
                "at most 5 % is so by chance (Benjamini and Hochberg)."
            )
