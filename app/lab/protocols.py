"""The measured figures as charts with their 95 % intervals, beside what the first projects reported of themselves."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go
import streamlit as st

from app import states
from app.lab import shared
from app.lab.colours import PALETTE
from vsearch_core.insight.protocols import Figure, Protocol, as_table, beside_first_projects, read_protocols
from vsearch_core.settings import settings

BESIDE = "first-projects"
_THEIRS = "#8a8176"
_ROW_PIXELS = 30
_MEASURE = "python -m vsearch_core evaluate all"


def show() -> None:
    """The section."""
    protocols, problems = read_protocols(settings().models)
    for problem in problems:
        states.error(problem)
    if not protocols:
        shared.blank("Nothing has been measured yet", "This command measures the network that ships:", _MEASURE)
        return
    titles = {BESIDE: "Beside the first projects"} | {one.key: one.title for one in protocols}
    chosen = st.pills(
        "Protocol",
        list(titles),
        format_func=titles.__getitem__,
        default=BESIDE,
        required=True,
        key="protocol",
        bind="query-params",
        persist_state="session",
        label_visibility="collapsed",
    )
    if chosen == BESIDE or chosen not in titles:
        _beside()
    else:
        _protocol(next(one for one in protocols if one.key == chosen))


def _beside() -> None:
    pairs = beside_first_projects(settings().models)
    figures = []
    for project, ours in pairs:
        row = f"{project.name}<br><i>{project.metric}</i>"
        figures.append(Figure(row, "", project.value, theirs=True))
        if ours is not None:
            figures.append(Figure(row, "", ours.value, ours.low, ours.high, ours.count))
    _chart(figures, key="chart_beside", row_pixels=58)
    missing = [f"{project.name} ({project.metric})" for project, ours in pairs if ours is None]
    note = (
        "Hollow, dashed: what each first project reported of itself, on its own data. Filled: ours, on our test part."
    )
    if missing:
        note += f" Not measured here yet, or with no figure of the same question: {', '.join(missing)}."
    st.caption(note)


def _protocol(protocol: Protocol) -> None:
    left, right = st.columns([7, 5], gap="large")
    with left:
        _chart(protocol.figures, key=f"chart_{protocol.key}")
    with right:
        table = as_table(protocol.figures)
        if not table["measure"].any():
            table = table.drop(columns="measure")
        share = st.column_config.NumberColumn(format="percent", width="small")
        columns = {name: share for name in ("value", "low", "high")} | {
            "cases": st.column_config.NumberColumn(format="localized", width="small")
        }
        st.dataframe(table, hide_index=True, column_config=columns, height=min(36 * len(table) + 38, 460))
    notes = [protocol.words, "Bars are 95 % intervals."]
    if any(one.theirs for one in protocol.figures):
        notes.append("Hollow, dashed: a first project's own figure, on its own data.")
    if protocol.command:
        notes.append(f"Measured with `{protocol.command}`" + (f", {protocol.machine}." if protocol.machine else "."))
    st.caption(" ".join(note for note in notes if note))


def _chart(figures: Sequence[Figure], *, key: str, row_pixels: int = _ROW_PIXELS) -> None:
    rows = list(dict.fromkeys(one.row for one in figures))
    metrics = list(dict.fromkeys(one.metric for one in figures if not one.theirs))
    chart = go.Figure()
    for number, metric in enumerate(metrics):
        mine = [one for one in figures if not one.theirs and one.metric == metric]
        chart.add_trace(_ours(mine, metric or "ours", PALETTE[number % len(PALETTE)]))
    theirs = [one for one in figures if one.theirs]
    for one in theirs:
        chart.add_shape(
            type="line", x0=0, x1=one.value, y0=one.row, y1=one.row, line={"color": _THEIRS, "dash": "dash", "width": 1}
        )
    if theirs:
        chart.add_trace(
            go.Scatter(
                x=[one.value for one in theirs],
                y=[one.row for one in theirs],
                mode="markers",
                name="first projects, on their own data",
                marker={"symbol": "circle-open", "size": 13, "color": _THEIRS, "line": {"width": 2}},
                hovertemplate="%{y}: %{x:.1%}, as they report it<extra></extra>",
            )
        )
    chart.update_layout(
        height=max(190, row_pixels * len(rows) + 96),
        margin={"l": 0, "r": 24, "t": 8, "b": 0},
        xaxis={"range": [0, 1.02], "tickformat": ".0%", "gridcolor": "#ece6dd", "zeroline": False, "side": "bottom"},
        yaxis={
            "categoryorder": "array",
            "categoryarray": rows[::-1],
            "automargin": True,
            "showgrid": False,
            "range": [-0.6, len(rows) - 0.4],
        },
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0, "xanchor": "left"},
        showlegend=bool(theirs) or len(metrics) > 1,
    )
    st.plotly_chart(chart, key=key, config={"displayModeBar": False})


def _ours(figures: Sequence[Figure], name: str, colour: str) -> go.Scatter:
    above = [(one.high - one.value) if one.high is not None else 0 for one in figures]
    below = [(one.value - one.low) if one.low is not None else 0 for one in figures]
    return go.Scatter(
        x=[one.value for one in figures],
        y=[one.row for one in figures],
        mode="markers",
        name=name,
        marker={"size": 11, "color": colour},
        error_x={"type": "data", "array": above, "arrayminus": below, "color": colour, "thickness": 2, "width": 5},
        text=[_interval(one) for one in figures],
        hovertemplate="%{y}: %{x:.1%}%{text}<extra></extra>",
    )


def _interval(one: Figure) -> str:
    parts = [f", {one.low:.1%} to {one.high:.1%}" if one.low is not None and one.high is not None else ""]
    return "".join(parts) + (f", {one.count:,} cases" if one.count else "")
