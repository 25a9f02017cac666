"""The top of the page: what share of the master data looks wrong, of which kind, where, and what is reviewed."""

from __future__ import annotations

from html import escape

import pandas as pd
import streamlit as st

from app.common import charts, words
from app.master_data import choice
from app.master_data.sources import Source
from vsearch_core.insight.master_data.label_issues import COPIES_DISAGREE, FITS_NONE, KINDS, LABEL_ERROR
from vsearch_core.insight.master_data.review_queue import by_kind, by_type
from vsearch_core.reviews import AMBIGUOUS, KEEP, RELABEL

COLOURS = {LABEL_ERROR: charts.ACCENT, COPIES_DISAGREE: charts.BLUE, FITS_NONE: charts.QUIET}
MEANING = {
    LABEL_ERROR: "another type is likelier",
    COPIES_DISAGREE: "nearly the same picture is labelled otherwise",
    FITS_NONE: "least like any type; the label may be right",
}
_BARS = 6
_FEW = 6


def show(source: Source, table: pd.DataFrame) -> None:
    """The figures on the left, the types with most issues on the right."""
    figures, chart = st.columns([6, 5], gap="large")
    with figures:
        _figures(source, table)
    with chart:
        _chart(source, table)


def _figures(source: Source, table: pd.DataFrame) -> None:
    scored = len(source.labels)
    wrong = int((table["kind"] != FITS_NONE).sum())
    reviewed = table[table["verdict"] != ""]
    relabelled = int((reviewed["verdict"] == RELABEL).sum())
    cells = [
        ("Looks wrong", _share(wrong, scored), f"{wrong:,} of {scored:,} labels"),
        ("Reviewed", f"{len(reviewed):,}", f"of {words.count(len(table), 'issue')}"),
    ]
    if len(reviewed):
        cells.append(("Really wrong", f"{relabelled:,}", f"of {len(reviewed):,} reviewed"))
    shown = "".join(f"<div><dt>{what}</dt><dd>{value} <small>{note}</small></dd></div>" for what, value, note in cells)
    kinds = "".join(
        f'<li><i style="background: {COLOURS[row.kind]}"></i><b>{row.issues:,}</b> '
        f"<span>{escape(row.kind)} <small>{_share(row.issues, scored)}, {row.reviewed:,} reviewed: "
        f"{MEANING[row.kind]}</small></span></li>"
        for row in by_kind(table, scored).itertuples()
    )
    st.html(
        f'<dl class="quality-figures">{shown}</dl><ul class="master-kinds">{kinds}</ul>'
        f'<p class="kicker">{escape(source.how)} {_decided(reviewed)}</p>'
    )


def _decided(reviewed: pd.DataFrame) -> str:
    if reviewed.empty:
        return ""
    counts = reviewed["verdict"].value_counts()
    said = ((RELABEL, "relabelled"), (KEEP, "kept"), (AMBIGUOUS, "ambiguous"))
    return "So far " + ", ".join(f"{counts.get(verdict, 0):,} {word}" for verdict, word in said) + "."


def _chart(source: Source, table: pd.DataFrame) -> None:
    found = by_type(table, source.labels)
    most = found.head(_BARS)
    hover = "%{y}: %{x:,} of %{customdata[1]:,} products<extra>"
    columns = {kind: (kind, COLOURS[kind], f"{hover}{kind}</extra>") for kind in KINDS}
    figure = charts.bars_by(charts.distinct(most["type"]), most, columns, known=["type", "products"])
    figure.update_layout(barmode="stack")
    few = bool(most["issues"].max() <= _FEW) if len(most) else True
    figure.update_xaxes(rangemode="tozero", dtick=1 if few else None)
    others = f" The first {len(most)} of {len(found)} types." if len(found) > len(most) else ""
    st.html(f'<p class="kicker">Where: issues by the label. A bar opens its type.{others}</p>')
    charts.draw(
        figure,
        key="master_chart",
        alt="Issues by product type and kind",
        height=30 + 22 * max(len(most), 1),
        on_select=_follow,
        selection_mode="points",
    )


def _follow() -> None:
    points = st.session_state["master_chart"].selection.points
    label = points[0]["customdata"][0] if points else None
    choice.only_type(str(label) if label else choice.EVERY_TYPE)


def _share(part: int, whole: int) -> str:
    """A share as people read it; a tenth of a percent counts here."""
    if not whole:
        return "0 %"
    return f"{part / whole:.1%}".replace("%", " %")


def progress(rows: pd.DataFrame, every: pd.DataFrame) -> None:
    """How far the review of the chosen issues has come.

    Args:
        rows: what the filters leave, whether reviewed or not.
        every: all issues.
    """
    done, total = int((rows["verdict"] != "").sum()), len(rows)
    of = "" if len(rows) == len(every) else " of these filters"
    told = f"{done:,} of {words.count(total, 'issue')}{of} reviewed"
    st.html(
        f'<div class="master-progress" role="status"><span>{told}</span>'
        f'<span class="bar"><span style="width: {100 * done / max(total, 1):.1f}%"></span></span></div>'
    )
