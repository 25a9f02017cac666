"""Model quality: how good, in one line, and the view that was chosen."""

from __future__ import annotations

from html import escape

import streamlit as st

from app import quality_cell, quality_data, quality_leaderboard, quality_matrix, quality_tables
from app.quality_choice import VIEWS, Choice, chosen_cell
from vsearch_core.insight.quality.models import Answers, Model, report


def headline(choice: Choice) -> None:
    """Accuracy, the first five, macro F1 and how many pictures that is, of one model or both."""
    rows = [_figures(choice, choice.model, choice.found)]
    if choice.other is not None and choice.others is not None:
        rows.append(_figures(choice, choice.other, choice.others))
    named = len(rows) > 1
    st.html("".join(f'<dl class="quality-figures">{_cells(figures, named)}</dl>' for figures in rows))


def _cells(figures: dict[str, tuple[str, str]], named: bool) -> str:
    shown = figures if named else {name: figure for name, figure in figures.items() if name != "Model"}
    return "".join(
        f"<div><dt>{name}</dt><dd>{escape(value)} <small>{note}</small></dd></div>"
        for name, (value, note) in shown.items()
    )


def _figures(choice: Choice, model: Model, found: Answers) -> dict[str, tuple[str, str]]:
    right = report.accuracy(found, choice.types)
    among_five = None if choice.narrowed else report.top_five(found, choice.types)
    table = quality_data.report_of(
        f"{model.stamp} beside {choice.other.name if choice.other else ''}", found.set, choice.part, found
    )
    macro = report.macro_f1(table, choice.types)
    figures = {
        "Model": (model.title, ""),
        "Right type": (f"{right.value:.1%}", f"{right.low:.1%} to {right.high:.1%}"),
        "Among its first five": (f"{among_five:.1%}", "") if among_five is not None else ("", ""),
        "Macro F1": (f"{macro:.1%}", "types with 20 or more pictures") if macro is not None else ("", ""),
        "Pictures": (f"{right.count:,}", f"{len(choice.types)} labels"),
    }
    return {name: figure for name, figure in figures.items() if figure[0]}


def views(choice: Choice) -> None:
    """The view that was chosen."""
    view = st.segmented_control(
        "View", VIEWS, default=VIEWS[0], required=True, key="view", bind="query-params", label_visibility="collapsed"
    )
    if view == "Report":
        quality_tables.classification(choice)
    elif view == "Slices":
        quality_tables.sliced(choice)
    elif view == "Costs":
        quality_tables.costly(choice)
    elif view == "Leaderboard":
        quality_leaderboard.show()
    elif view == "Reliability":
        quality_tables.reliable(choice)
    else:
        cell = chosen_cell(choice)
        quality_matrix.show(choice, cell)
        if cell is not None:
            quality_cell.show(choice, cell)
