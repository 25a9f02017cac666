"""What the demand page's sections are made of: tiles, tables with their downloads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from app.common.components import ASSETS
from app.server.downloads import save_button
from vsearch_core import table_files

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
