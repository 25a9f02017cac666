"""Model quality: how good, in one line, and the view that was chosen."""

from __future__ import annotations

from html import escape

import streamlit as st

from app.quality import cell, data, leaderboard, matrix, tables
from app.quality.choice import VIEWS, Choice, chosen_cell
from vsearch_core.insight.quality import report
from vsearch_core.insight.quality.models import Answers, Model


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
    stamp = f"{model.stamp} beside {choice.other.name if choice.other else ''}"
    right, macro = data.figures_of(stamp, found.set, choice.part, tuple(choice.types), found)
    among_five = None if choice.narrowed else report.top_five(found, choice.types)
    figures = {
        "Model": (model.title, ""),
        "Right type": (f"{right.value:.1%}", f"{right.low:.1%} to {right.high:.1%}"),
        "Among its first five": (f"{among_five:.1%}", "") if among_five is not None else ("", ""),
        "Macro F1": (f"{macro.value:.1%}", f"{macro.low:.1%} to {macro.high:.1%}, types with 20 or more pictures")
        if macro
        else ("", ""),
        "Pictures": (f"{right.count:,}", f"{len(choice.types)} labels"),
    }
    return {name: figure for name, figure in figures.items() if figure[0]}


def views(choice: Choice) -> None:
    """The view that was chosen."""
    view = st.segmented_control(
        "View", VIEWS, default=VIEWS[0], required=True, key="view", bind="query-params", label_visibility="collapsed"
    )
    if view == "Report":
        tables.classification(choice)
    elif view == "Slices":
        tables.sliced(choice)
    elif view == "Costs":
        tables.costly(choice)
    elif view == "Leaderboard":
        leaderboard.show()
    elif view == "Reliability":
        tables.reliable(choice)
    else:
        chosen = chosen_cell(choice)
        matrix.show(choice, chosen)
        if chosen is not None:
            cell.show(choice, chosen)
