"""What cleaning is worth: a network trained with and without the wrong labels, and the audit by eye."""

from __future__ import annotations

from html import escape

import pandas as pd
import streamlit as st

from app.common import states
from app.master_data.sources import Source
from vsearch_core.insight.master_data import audit
from vsearch_core.insight.similarity.protocols import Protocol, as_table, read_protocols
from vsearch_core.settings import settings

STUDY, MEASURE = "cleaning", "python -m studies cleaning"
_PER_PAGE = 36


def show(source: Source | None) -> None:
    """The study and the audit, each as far as it is there.

    Args:
        source: where the audited pictures are: the catalogue of the models; None where they are not at hand.
    """
    _study()
    found = audit.read_audit(settings().results, settings().models)
    if found is not None:
        _audit(found, source)
    states.no_results()


def _study() -> None:
    found, problems = read_protocols(settings().models, settings().results)
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
    _figures(study)
    st.caption(f"Measured with `{study.command}`" + (f", {study.machine}." if study.machine else "."))


def _figures(study: Protocol) -> None:
    table = as_table(study.figures).rename(columns={"cases": "count"})
    _table(table, {"what": "Trained with", "measure": "Measure"})


def _audit(found: audit.Audit, source: Source | None) -> None:
    st.html(
        '<h2 class="strip-title">How much of the rest is the data</h2>'
        f'<p class="master-about">{escape(found.sentence())} The rules, and every verdict with its note, are in '
        "<code>results/audit</code>.</p>"
    )
    left, right = st.columns([10, 12], gap="medium")
    with left:
        _table(found.shares, {"of": "Disagreements", "verdict": "Verdict"})
    with right:
        _table(found.accuracies, {"of": "Accuracy", "counted": "What counts as right"})
    _looked_at(found.verdicts, source)


def _table(table: pd.DataFrame, titles: dict[str, str]) -> None:
    """Shares with their intervals."""
    spans = [
        f"{low:.1%} to {high:.1%}" if pd.notna(low) and pd.notna(high) else ""
        for low, high in zip(table["low"], table["high"], strict=True)
    ]
    shown = table[list(titles)].rename(columns=titles)
    shown["Share"] = [f"{value:.1%}" for value in table["value"]]
    shown["95 % interval"] = spans
    shown["Pictures"] = ["" if pd.isna(count) else f"{count:,.0f}" for count in table["count"]]
    st.dataframe(shown, hide_index=True, height="content")


def _looked_at(verdicts: pd.DataFrame, source: Source | None) -> None:
    counts = verdicts["verdict"].value_counts()
    names = [name for name in audit.WHOSE if counts.get(name)]
    whose = st.segmented_control(
        "Verdict",
        names,
        format_func=lambda name: f"{name} ({counts[name]:,})",
        default="label" if "label" in names else names[0],
        required=True,
        key="master_audited",
        label_visibility="collapsed",
    )
    shown = verdicts[verdicts["verdict"] == whose]
    pages = -(-len(shown) // _PER_PAGE)
    page = st.pagination(pages, key=f"master_audit_{whose}") if pages > 1 else 1
    shown = shown.iloc[(page - 1) * _PER_PAGE : page * _PER_PAGE]
    if source is None or not source.here:
        st.dataframe(shown.drop(columns="verdict"), hide_index=True)
        return
    cards = "".join(
        f'<li><img src="{source.picture(row.id, 160)}" alt="Product {escape(row.id)}"><span>label '
        f"<b>{escape(row.label)}</b><br>model {escape(row.predicted)}<br>{escape(row.note)}<br>{escape(row.id)}</span>"
        "</li>"
        for row in shown.itertuples()
    )
    st.html(f'<p class="kicker">Here {escape(audit.WHOSE[str(whose)])}:</p><ul class="master-audited">{cards}</ul>')
