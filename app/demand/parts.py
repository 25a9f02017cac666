"""What the demand page's sections are made of: tiles, charts, tables with their downloads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from html import escape
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from app.common.components import ASSETS
from app.common.words import charted
from app.server.downloads import save_button
from vsearch_core import table_files

ACCENT, SECOND = "#7a2e2e", "#c08a3e"
INK, SOFT, GRID, PALE = "#1d1b19", "#5b544b", "#ece6dd", "#cdbfae"

Tile = tuple[str, str, str]
"""What it is, its figure, and a line below (may be empty)."""


def dress() -> None:
    """The page's own styles."""
    st.html(ASSETS / "demand.css")


def tiles(given: Sequence[Tile]) -> None:
    """A row of figures."""
    cells = "".join(
        f"<div><dt>{escape(what)}</dt><dd><b>{escape(figure)}</b><span>{escape(below)}</span></dd></div>"
        for what, figure, below in given
    )
    st.html(f'<dl class="demand-tiles">{cells}</dl>')


def title(text: str, under: str = "") -> None:
    """A heading within a section, with a line that says how to read it."""
    note = f'<p class="demand-note">{escape(under)}</p>' if under else ""
    st.html(f'<h2 class="strip-title">{escape(text)}</h2>{note}')


def note(text: str) -> None:
    """A line that says how to read what follows."""
    st.html(f'<p class="demand-note">{escape(text)}</p>')


def distinct(names: Iterable[Any], of: Iterable[Any] = ()) -> list[str]:
    """Names that a chart tells apart: one that stands twice is followed by what it is `of`; empty reads "not known".

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
    """Let the bars stand in the order of their names, the first on top, whatever those look like."""
    figure.update_yaxes(type="category", categoryorder="array", categoryarray=list(names)[::-1])


def bars_by(
    names: Sequence[str], table: pd.DataFrame, columns: Mapping[str, tuple[str, str, str]], *, known: str
) -> go.Figure:
    """Horizontal bars of several columns for each name, in the order of the names.

    Args:
        names: distinct ones.
        columns: for each column its name in the legend, its colour and what hovering says.
        known: the column that hovering has as `customdata`.
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


def chart(figure: go.Figure, *, key: str, alt: str, height: int = 330, legend: bool = False) -> None:
    """A chart in the house's look; it neither zooms nor drags, so that a phone scrolls over it."""
    figure.update_layout(
        height=height,
        margin={"l": 0, "r": 16, "t": 26 if legend else 6, "b": 0},
        showlegend=legend,
        legend={"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "font": {"color": SOFT}},
        font={"size": 13, "color": INK},
        hoverlabel={"bgcolor": "#ffffff", "bordercolor": PALE, "font": {"color": INK}},
        dragmode=False,
        plot_bgcolor="#ffffff",
        bargap=0.32,
    )
    figure.update_xaxes(fixedrange=True, gridcolor=GRID, zeroline=False, automargin=True)
    figure.update_yaxes(fixedrange=True, gridcolor=GRID, zeroline=False, automargin=True, tickfont={"color": INK})
    st.plotly_chart(figure, key=key, config={"displayModeBar": False}, alt=alt)


def table(
    frame: pd.DataFrame,
    *,
    name: str,
    columns: Mapping[str, Any],
    height: int | None = None,
    also: Mapping[str, pd.DataFrame] | None = None,
) -> None:
    """A table of what the charts show, with its downloads.

    Args:
        name: of the files.
        columns: which columns are shown, with their titles (or Streamlit's column configuration), in this order.
        also: other tables that go into the workbook.
    """
    config = {column: what for column, what in columns.items() if column in frame}
    st.dataframe(
        frame,
        column_order=list(config),
        column_config=config,
        hide_index=True,
        height=height or min(35 * (len(frame) + 1) + 3, 420),
        key=f"table_{name}",
    )
    downloads(frame, name=name, also=also)


def downloads(frame: pd.DataFrame, *, name: str, also: Mapping[str, pd.DataFrame] | None = None) -> None:
    """The table as CSV, Excel and Parquet; each is made when it is asked for."""
    with st.container(horizontal=True, gap="xsmall", key=f"downloads_{name}", vertical_alignment="center"):
        kinds = (
            ("CSV", "csv", "text/csv", partial(table_files.as_csv, frame)),
            (
                "Excel",
                "xlsx",
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                partial(table_files.as_excel, {name: frame, **(also or {})}),
            ),
            ("Parquet", "parquet", "application/vnd.apache.parquet", partial(table_files.as_parquet, frame)),
        )
        for label, ending, mime, make in kinds:
            save_button(label, make, f"{name}.{ending}", mime, key=f"{ending}_{name}", type="tertiary")


def percent_column(label: str, help: str = "") -> Any:
    """A column of shares."""
    return st.column_config.NumberColumn(label, format="percent", help=help or None)
