"""What cleaning is worth: a network trained with and without the wrong labels, and the audit by eye."""

from __future__ import annotations

from html import escape

import pandas as pd
import streamlit as st

from app import states
from vsearch_core.insight.protocols import Protocol, as_table, read_protocols
from vsearch_core.settings import settings

STUDY, MEASURE = "cleaning", "python -m vsearch_core evaluate cleaning"


def show() -> None:
    """The study and the audit, each as far as it is there."""
    _study()


def _study() -> None:
    found, problems = read_protocols(settings().models)
    for problem in problems:
        states.error(problem)
    study = next((one for one in found if one.key == STUDY), None)
    if study is None:
        states.blank(
            "What cleaning is worth was not measured yet",
            "This command trains a small network with the clearly wrong labels and without them, and tests both alike:",
            MEASURE,
        )
        return
    st.html(f'<h2 class="strip-title">{escape(study.title)}</h2><p class="master-about">{escape(study.heading)}</p>')
    _table(study)
    st.caption(f"Measured with `{study.command}`" + (f", {study.machine}." if study.machine else "."))


def _table(study: Protocol) -> None:
    table = as_table(study.figures)
    span = [
        f"{low:.1%} to {high:.1%}" if pd.notna(low) and pd.notna(high) else ""
        for low, high in zip(table["low"], table["high"], strict=True)
    ]
    shown = pd.DataFrame(
        {
            "trained": table["what"],
            "tested on": [one.group for one in study.figures],
            "measure": table["measure"],
            "value": [f"{value:.1%}" for value in table["value"]],
            "95 % interval": span,
            "cases": ["" if pd.isna(count) else f"{count:,}" for count in table["cases"]],
        }
    )
    st.dataframe(shown[[name for name in shown if shown[name].ne("").any()]], hide_index=True)
