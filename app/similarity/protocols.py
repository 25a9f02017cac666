"""The measured figures as charts with their 95 % intervals, beside what the first projects reported of themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape
from textwrap import wrap

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from app.common import charts, states, words
from app.similarity.colours import PALETTE
from vsearch_core.insight.similarity.protocols import Figure, Protocol, as_table, beside_first_projects, read_protocols
from vsearch_core.settings import settings

BESIDE = "Compared with the first projects"
_THEIRS = "#8a8176"
_ROW_PIXELS = 46
_SMALL = 0.3
_MEASURE = "python -m vsearch_core evaluate all"


def show() -> None:
    """The section."""
    protocols, problems = read_protocols(settings().models, settings().results)
    for problem in problems:
        states.error(problem)
    if not protocols:
        states.blank("Nothing has been measured yet", "This command measures the network that ships:", _MEASURE)
        states.no_results()
        return
    titled = {one.title: one for one in protocols}
    chosen = st.pills(
        "Protocol",
        [BESIDE, *titled],
        default=BESIDE,
        required=True,
        key="protocol",
        bind="query-params",
        persist_state="session",
        label_visibility="collapsed",
    )
    if chosen in titled:
        _protocol(titled[chosen])
    else:
        _beside()
    states.no_results()


def _beside() -> None:
    pairs = beside_first_projects(settings().models)
    figures = []
    for project, ours in pairs:
        row = f"{words.charted(project.name)}, <i>{words.charted(project.metric)}</i>"
        figures.append(Figure(row, project.value, theirs=True))
        if ours is not None:
            figures.append(replace(ours, row=row))
    _chart(figures, key="chart_beside")
    missing = [f"{project.name} ({project.metric})" for project, ours in pairs if ours is None]
    note = (
        "Hollow, dashed: what each first project reported of itself, on its own data. Filled: ours, on our test part."
    )
    if missing:
        note += f" Not measured here yet: {words.plain(', '.join(missing))}."
    st.caption(note)


def _protocol(protocol: Protocol) -> None:
    if protocol.heading:
        st.html(f'<p class="similarity-note">{escape(protocol.heading)}</p>')
    figures = protocol.figures
    if len(protocol.groups) > 1:
        group = st.segmented_control(
            "Measured on",
            protocol.groups,
            default=protocol.groups[0],
            required=True,
            key=f"group_{protocol.key}",
            label_visibility="collapsed",
        )
        figures = tuple(one for one in figures if one.group == group)
    left, right = st.columns([6, 5], gap="large")
    with left:
        _chart(figures, key=f"chart_{protocol.key}")
    with right:
        _table(figures)
    notes = ["Bars are 95 % intervals."]
    if any(one.theirs for one in figures):
        notes.append("Hollow, dashed: a first project's own figure, on its own data.")
    if protocol.command:
        notes.append(f"Measured with `{protocol.command}`" + (f", {protocol.machine}." if protocol.machine else "."))
    st.caption(" ".join(notes))


def _table(figures: Sequence[Figure]) -> None:
    table = as_table(figures)
    shown = pd.DataFrame(
        {
            "what": table["what"],
            "measure": table["measure"],
            "value": [f"{value:.1%}" for value in table["value"]],
            "95 % interval": [_span(one) for one in figures],
            "target": ["" if one.target is None else f"{one.target:.1%}" for one in figures],
            "cases": ["" if one.count is None else f"{one.count:,}" for one in figures],
            "whose": ["theirs" if one.theirs else "ours" for one in figures],
        }
    )
    told = [name for name in shown if shown[name].ne("").any() and (name != "whose" or shown[name].ne("ours").any())]
    columns = {"what": st.column_config.TextColumn(width=230)}
    height = min(36 * len(table) + 38, 460)
    st.dataframe(shown[told], hide_index=True, column_config=columns, height=height)


def _span(one: Figure) -> str:
    return f"{one.low:.1%} to {one.high:.1%}" if one.low is not None and one.high is not None else ""


def _chart(figures: Sequence[Figure], *, key: str) -> None:
    figures = [replace(one, row=one.row if "<" in one.row else "<br>".join(wrap(one.row, 54))) for one in figures]
    rows = list(dict.fromkeys(one.row for one in figures))
    ours, theirs = ([one for one in figures if one.theirs == whose] for whose in (False, True))
    metrics = list(dict.fromkeys(one.metric for one in ours))
    chart = go.Figure()
    for number, metric in enumerate(metrics):
        mine = [one for one in ours if one.metric == metric]
        chart.add_trace(_dots(mine, metric or "ours", PALETTE[number % len(PALETTE)]))
    for one in theirs:
        line = {"color": _THEIRS, "dash": "dash", "width": 1}
        chart.add_shape(type="line", x0=0, x1=one.value, y0=one.row, y1=one.row, line=line, layer="below")
    if theirs:
        hollow = {"symbol": "circle-open", "size": 13, "color": _THEIRS, "line": {"width": 2}}
        chart.add_trace(_marks(theirs, "first projects, on their own data", hollow, "as they report it"))
    aimed = [replace(one, value=one.target) for one in ours if one.target is not None]
    if aimed:
        tick = {"symbol": "line-ns-open", "size": 16, "color": charts.INK, "line": {"width": 2}}
        chart.add_trace(_marks(aimed, "target", tick, "the target"))
    for row in rows:
        # Above its figures: beside them, long names would leave no room for the chart on a phone.
        chart.add_annotation(
            text=row,
            x=0,
            xref="paper",
            y=row,
            xanchor="left",
            yanchor="bottom",
            yshift=7,
            showarrow=False,
            align="left",
        )
    highest = max((max(one.high or 0, one.value, one.target or 0) for one in figures), default=1)
    # Errors of a few per cent would all lie at the edge of a whole scale.
    end = 1.02 if highest > _SMALL else 1.15 * max(highest, 0.01)
    chart.update_xaxes(range=[0, end], tickformat=".0%")
    charts.ranked(chart, rows)
    chart.update_yaxes(showticklabels=False, range=[-0.6, len(rows) - 0.4])
    legend = bool(theirs or aimed) or len(metrics) > 1
    charts.draw(chart, key=key, alt="Measured figures", height=max(190, _ROW_PIXELS * len(rows) + 96), legend=legend)


def _dots(figures: Sequence[Figure], name: str, colour: str) -> go.Scatter:
    value, low, high = (pd.Series([getattr(one, part) for one in figures]) for part in ("value", "low", "high"))
    return go.Scatter(
        x=[one.value for one in figures],
        y=[one.row for one in figures],
        mode="markers",
        name=name,
        marker={"size": 11, "color": colour},
        error_x=charts.interval(value, low, high),
        text=[_interval(one) for one in figures],
        hovertemplate="%{y}: %{x:.1%}%{text}<extra></extra>",
    )


def _marks(figures: Sequence[Figure], name: str, marker: dict[str, object], said: str) -> go.Scatter:
    return go.Scatter(
        x=[one.value for one in figures],
        y=[one.row for one in figures],
        mode="markers",
        name=name,
        marker=marker,
        hovertemplate=f"%{{y}}: %{{x:.1%}}, {said}<extra></extra>",
    )


def _interval(one: Figure) -> str:
    return (f", {span}" if (span := _span(one)) else "") + (f", {one.count:,} cases" if one.count else "")
