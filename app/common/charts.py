"""How every chart looks, and what several of them draw: one Plotly template, in the shop's colours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from app.common.words import charted

ACCENT, BLUE, OCHRE = "#7a2e2e", "#2f5d73", "#c08a3e"
"""What a chart is about; what it is compared with; what is counted beside it."""

INK, SOFT, GRID, PALE, QUIET = "#1d1b19", "#5b544b", "#ece6dd", "#cdbfae", "#b9ad9c"

_AXIS = {
    "fixedrange": True,
    "gridcolor": GRID,
    "zeroline": False,
    "automargin": True,
    "ticks": "",
    "ticklabelstandoff": 4,
}

TEMPLATE = go.layout.Template(
    layout={
        "font": {
            "family": "-apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'Liberation Sans', sans-serif",
            "size": 13,
            "color": INK,
        },
        "colorway": [ACCENT, BLUE, OCHRE, QUIET],
        "margin": {"l": 0, "r": 16, "t": 8, "b": 0},
        "plot_bgcolor": "#ffffff",
        "paper_bgcolor": "#ffffff",
        "hoverlabel": {"bgcolor": "#ffffff", "bordercolor": PALE, "font": {"color": INK}},
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "font": {"color": SOFT}},
        "bargap": 0.32,
        # A chart neither zooms nor drags, so that a phone scrolls over it.
        "dragmode": False,
        "xaxis": {**_AXIS, "tickfont": {"color": SOFT}, "title": {"font": {"color": SOFT}, "standoff": 12}},
        "yaxis": {**_AXIS, "title": {"font": {"color": SOFT}, "standoff": 12}},
    }
)


def draw(figure: go.Figure, *, key: str, alt: str, height: int, legend: bool = False, **others: Any) -> Any:
    """A chart in the house's look, without tools around it.

    Args:
        height: in pixels.
        others: what else `st.plotly_chart` takes.
    """
    figure.update_layout(template=TEMPLATE, height=height, showlegend=legend)
    config = {"displayModeBar": False, "scrollZoom": False}
    return st.plotly_chart(figure, key=key, alt=alt, theme=None, config=config, **others)


def distinct(names: Iterable[Any], of: Iterable[Any] = ()) -> list[str]:
    """Names that differ in a chart: one that stands twice is followed by what it is `of`; empty reads "not known".

    Bars of one name lie on each other, and are ranked by the first of them.

    >>> distinct(["Jackets", "Caps", "Jackets"], ["Topwear", "Headwear", "Bottomwear"])
    ['Jackets (Topwear)', 'Caps', 'Jackets (Bottomwear)']
    """
    plain = [charted(name) or "not known" for name in names]
    known = [charted(one) or "not known" for one in of] or [""] * len(plain)
    told = [
        f"{name} ({one})" if one and plain.count(name) > 1 else name for name, one in zip(plain, known, strict=True)
    ]
    return [
        f"{name} ({told[:place].count(name) + 1})" if name in told[:place] else name for place, name in enumerate(told)
    ]


def ranked(figure: go.Figure, names: Sequence[str]) -> None:
    """Let the rows stand in the order of their names, the first on top, whatever those look like."""
    figure.update_yaxes(type="category", categoryorder="array", categoryarray=list(names)[::-1], showgrid=False)


def bars_by(
    names: Sequence[str], table: pd.DataFrame, columns: Mapping[str, tuple[str, str, str]], *, known: str | list[str]
) -> go.Figure:
    """Horizontal bars of several columns for each name, in the order of the names.

    Args:
        names: distinct ones.
        columns: for each column its name in the legend, its colour and what hovering says.
        known: the column, or several, that hovering has as `customdata`.
    """
    figure = go.Figure()
    for column, (name, colour, hover) in columns.items():
        figure.add_bar(
            x=table[column],
            y=names,
            orientation="h",
            name=name,
            marker_color=colour,
            customdata=table[known],
            hovertemplate=hover,
        )
    ranked(figure, names)
    return figure


def labelled_bars(
    names: Sequence[str], numbers: pd.Series, texts: Sequence[str], *, room: float, **others: Any
) -> go.Figure:
    """Horizontal bars with a text behind each, in the order of their distinct names.

    Args:
        room: share of the longest bar that is left free behind it for its text.
        others: what else a bar takes.
    """
    figure = go.Figure()
    figure.add_bar(
        x=numbers,
        y=names,
        orientation="h",
        marker_color=ACCENT,
        text=texts,
        textposition="outside",
        cliponaxis=False,
        **others,
    )
    ranked(figure, names)
    figure.update_xaxes(range=[0, (1 + room) * float(numbers.max() if len(numbers) else 1)])
    return figure


def interval(value: pd.Series, low: pd.Series, high: pd.Series) -> dict[str, Any]:
    """A 95 % interval around each value, as Plotly's `error_x` and `error_y`; none where it is not known."""
    value, low, high = value.astype(float), low.astype(float), high.astype(float)
    return {
        "type": "data",
        "symmetric": False,
        "array": (high - value).fillna(0),
        "arrayminus": (value - low).fillna(0),
        "thickness": 1.5,
        "width": 0,
    }
