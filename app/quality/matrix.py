"""The confusion matrix and, beside it, the pairs that are confused most."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from app.common import charts, states
from app.common.words import charted, plain
from app.quality import parts
from app.quality.choice import Cell, Choice, open_cell
from vsearch_core.insight.quality import confusions
from vsearch_core.insight.quality.confusions import Matrix
from vsearch_core.insight.quality.models import is_right

_PER_PAGE = 20
_LISTED = 12
_WORDED = 12


def show(choice: Choice, cell: Cell | None) -> None:
    """The matrix on the left, the pairs on the right; a click in either opens the cell."""
    left, right = st.columns([7, 5], gap="medium")
    with left:
        _matrix(choice, cell)
    with right:
        _pairs(choice, cell)


def columns_of(choice: Choice, types: list[str]) -> list[str]:
    """The predicted types that have a column of their own."""
    if choice.found.set == "user_photos":
        return confusions.predicted_types(choice.found, types, _PER_PAGE)
    return types


def _matrix(choice: Choice, cell: Cell | None) -> None:
    types = choice.types
    with st.container(horizontal=True, vertical_alignment="center", key="quality_matrix_tools"):
        by_row = _shown_by() == "By row"
        if len(types) > _PER_PAGE:
            ranked = confusions.most_confused(choice.found, types)
            pages = -(-len(ranked) // _PER_PAGE)
            page = st.pagination(pages, key=f"matrix_page_{choice.group}")
            first = (page - 1) * _PER_PAGE
            types = ranked[first : first + _PER_PAGE]
            st.caption(f"Types {first + 1} to {first + len(types)} of {len(ranked)}, most errors first")
    columns = columns_of(choice, types)
    matrix = confusions.confusion_matrix(choice.found, types, columns)
    other = confusions.confusion_matrix(choice.others, types, columns) if choice.others else None
    chart = f"matrix_{choice.model.name}_{choice.found.set}_{choice.group}_{choice.part}_{types[0]}_{by_row}"
    event = charts.draw(
        figure(matrix, other, by_row=by_row, cell=cell, set_name=choice.found.set),
        key=chart,
        alt=f"Confusion matrix of {choice.group}",
        height=max(300, 120 + 34 * len(matrix.rows)),
        on_select="rerun",
        selection_mode="points",
    )
    _follow(event.selection.points, chart, cell)
    said = f"Rows: what it is. Columns: what {plain(choice.model.title)} says."
    if choice.other:
        said += f" Colours: {plain(choice.model.title)} less {plain(choice.other.title)}."
    st.caption(said)


def _shown_by() -> str | None:
    return st.segmented_control(
        "Shown",
        ["By count", "By row"],
        default="By count",
        required=True,
        key="by",
        bind="query-params",
        label_visibility="collapsed",
    )


def _follow(points: list, chart: str, cell: Cell | None) -> None:
    """Open the cell of a click, once: the chart keeps its selection while other things on the page change."""
    before_chart, before = st.session_state.get("quality_clicked", ("", None))
    place = tuple(points[0]["customdata"][:2]) if points else None
    st.session_state["quality_clicked"] = (chart, place)
    if before_chart != chart:
        before = None
    # a click on the selected mark takes the selection away, and means the same cell
    wanted = place or before
    if place != before and wanted and (cell is None or wanted != (cell.label, cell.predicted)):
        open_cell(*wanted)
        st.rerun()


def figure(
    matrix: Matrix,
    other: Matrix | None = None,
    *,
    by_row: bool = False,
    cell: Cell | None = None,
    set_name: str = "catalogue",
) -> go.Figure:
    """The matrix as a heatmap: errors in colour, right answers grey, so that errors are what is seen."""
    values = matrix.shares if by_row else matrix.counts.astype(float)
    if other is not None:
        values = values - (other.shares if by_row else other.counts)
    right = np.array([[is_right(row, column, set_name) for column in matrix.columns] for row in matrix.rows])
    nothing = (matrix.counts == 0) & (other is None or other.counts == 0)
    errors = np.where(right | nothing, np.nan, values)
    most = float(np.nanmax(np.abs(errors))) if np.isfinite(errors).any() else 1.0
    words = _words(values, nothing, by_row, other is not None) if len(matrix.rows) <= _WORDED else None
    hover = "%{y} taken for %{x}: %{customdata[2]}<extra></extra>"
    axes = {"x": list(map(charted, matrix.columns)), "y": list(map(charted, matrix.rows))}
    drawn = go.Figure()
    drawn.add_heatmap(
        **axes,
        z=np.where(right, 1.0, np.nan),
        colorscale=[[0, "#ece8e1"], [1, "#ece8e1"]],
        showscale=False,
        hoverinfo="skip",
        xgap=1,
        ygap=1,
        **_text(words, right),
    )
    scale = (
        [[0, charts.BLUE], [0.5, "#ffffff"], [1, charts.ACCENT]]
        if other is not None
        else [[0, "#fdf6f2"], [0.35, "#dc9c86"], [1, charts.ACCENT]]
    )
    drawn.add_heatmap(
        **axes, z=errors, colorscale=scale, zmin=-most if other is not None else 0, zmax=most, showscale=False,
        hoverinfo="skip", xgap=1, ygap=1, **_text(words, ~right),
    )  # fmt: skip
    _clickable(drawn, matrix, other, hover)
    if cell and cell.label in matrix.rows and cell.predicted in matrix.columns:
        x, y = matrix.columns.index(cell.predicted), matrix.rows.index(cell.label)
        drawn.add_shape(
            type="rect", x0=x - 0.5, x1=x + 0.5, y0=y - 0.5, y1=y + 0.5, line={"color": charts.INK, "width": 2}
        )
    drawn.update_yaxes(range=[len(matrix.rows) - 0.5, -0.5], showgrid=False)
    drawn.update_xaxes(range=[-0.5, len(matrix.columns) - 0.5], tickangle=-45, showgrid=False)
    return drawn


def _text(words: np.ndarray | None, where: np.ndarray) -> dict:
    """Numbers in the cells of one of the two heatmaps, as the other one's cells have theirs already."""
    if words is None:
        return {}
    return {"text": np.where(where, words, ""), "texttemplate": "%{text}", "textfont": {"size": 12}}


def _clickable(drawn: go.Figure, matrix: Matrix, other: Matrix | None, hover: str) -> None:
    """Invisible marks over the cells, because a heatmap itself cannot be selected from."""
    shares = matrix.shares
    xs, ys, known = [], [], []
    for y, row in enumerate(matrix.rows):
        for x, column in enumerate(matrix.columns):
            count = int(matrix.counts[y, x])
            beside = int(other.counts[y, x]) if other is not None else 0
            if count or beside:
                said = f"{count:,} ({shares[y, x]:.1%})" + (
                    f", the other model {beside:,}" if other is not None else ""
                )
                xs.append(charted(column))
                ys.append(charted(row))
                known.append([row, column, said])
    invisible = {"marker": {"opacity": 0}}
    drawn.add_scatter(
        x=xs, y=ys, customdata=known, mode="markers", hovertemplate=hover, selected=invisible, unselected=invisible,
        marker={"symbol": "square", "size": 26, "opacity": 0, "color": charts.ACCENT},
    )  # fmt: skip


def _words(values: np.ndarray, nothing: np.ndarray, by_row: bool, signed: bool) -> np.ndarray:
    sign = "+" if signed else ""
    made = [[f"{value:{sign}.0%}" if by_row else f"{value:{sign}.0f}" for value in row] for row in values]
    return np.where(nothing, "", np.array(made, dtype=object))


def _pairs(choice: Choice, cell: Cell | None) -> None:
    if choice.others is not None:
        found = confusions.compared_pairs(choice.found, choice.others, choice.types)
        title = "Where the two differ most"
    else:
        found, title = confusions.pairs(choice.found, choice.types), "Most confused"
    st.html(f'<h2 class="strip-title">{title}</h2>')
    if found.empty:
        states.error("There are no errors in this group.")
        return
    most = float((found["change"].abs() if "change" in found else found["count"]).max())
    rows = [_row(row, most, cell) for row in found.head(_LISTED).to_dict("records")]
    named = {row["id"]: (row["label"], row["predicted"]) for row in rows}
    parts.pairs(
        rows,
        key="quality_pairs",
        label=title,
        on_open=lambda name: open_cell(*named[name]) if name in named else None,
    )
    if len(found) > _LISTED:
        _all_pairs(found, choice)


def _row(row: dict, most: float, cell: Cell | None) -> dict:
    compared = "change" in row
    back = f", {row['back']:,} the other way" if row["back"] else ""
    return {
        "id": json.dumps([row["label"], row["predicted"]]),
        "label": row["label"],
        "predicted": row["predicted"],
        "number": f"{row['count']:,} and {row['other']:,}" if compared else f"{row['count']:,}",
        "detail": f"{row['change']:+,} of {row['support']:,}"
        if compared
        else f"{row['share']:.0%} of {row['support']:,}{back}",
        "share": abs(row["change"] if compared else row["count"]) / max(most, 1),
        "chosen": cell is not None and (cell.label, cell.predicted) == (row["label"], row["predicted"]),
    }


def _all_pairs(found: pd.DataFrame, choice: Choice) -> None:
    with st.expander(f"All {len(found):,} pairs"):
        event = st.dataframe(
            found.assign(share=100 * found["share"]),
            hide_index=True,
            height=320,
            key=f"all_pairs_{choice.group}_{choice.part}_{choice.model.name}",
            on_select="rerun",
            selection_mode="single-row",
            column_config={
                "label": "Is",
                "predicted": "Taken for",
                "count": "Times",
                "share": st.column_config.NumberColumn("Share", format="%.1f %%"),
                "support": "Pictures",
                "back": "Other way",
                "other": "Other model",
                "change": "Difference",
            },
        )
        # A row that was clicked before the table became shorter is not there any more.
        rows = [row for row in event.selection.rows if row < len(found)]
        chosen = tuple(found.iloc[rows[0]][["label", "predicted"]]) if rows else None
        if chosen != st.session_state.get("quality_row"):
            st.session_state["quality_row"] = chosen
            if chosen:
                open_cell(*chosen)
                st.rerun()
