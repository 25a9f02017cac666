"""The other views of model quality: report, slices, what confusions cost, how far probabilities are believed."""

from __future__ import annotations

from functools import partial

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from app.common import charts, controls, states, words
from app.quality import data
from app.quality.choice import Choice
from app.server.downloads import save_button
from vsearch_core.insight.quality import costs, report, slices
from vsearch_core.insight.quality.costs import SEARCHES
from vsearch_core.insight.quality.models import SETS, Answers, Model
from vsearch_core.table_files import as_csv

_PERCENT = "%.1f %%"
_ROWS = 14
_RARE = 10


def classification(choice: Choice) -> None:
    """Precision, recall, F1, support and intervals of every label, to sort, filter and download."""
    table = _report(choice.model, choice.found, choice.part, choice)
    if choice.other is not None and choice.others is not None:
        beside = _report(choice.other, choice.others, choice.part, choice)
        scores = ["type", "precision", "recall", "f1"]
        table = table.merge(beside[scores], on="type", how="left", suffixes=("", "_other"))
        table["f1_change"] = table["f1"] - table["f1_other"]
    table = table[table["type"].isin(choice.types)]
    with st.container(horizontal=True, vertical_alignment="bottom", key="report_tools"):
        wanted = st.text_input("Only types with", key="report_words", placeholder="shoes", width=260)
        fewest = st.number_input("Pictures, at least", 1, None, 1, key="report_fewest", width=160)
        shown = table[table["type"].str.contains(wanted, case=False, regex=False) & (table["support"] >= fewest)]
        name = f"report-{choice.model.name.replace('/', '-')}-{choice.found.set}-{choice.part}.csv"
        save_button("Download CSV", partial(as_csv, shown), name, "text/csv")
    if shown.empty:
        states.error("No type fits these words; shorten them.")
        return
    printed = shown.copy()
    titles = {"f1": "F1", "precision": "Precision", "recall": "Recall"}
    for name in ("precision", "recall", "f1"):
        printed[f"{name}_span"] = [
            "" if pd.isna(low) else f"{low:.0%} to {high:.0%}"
            for low, high in zip(shown[f"{name}_low"], shown[f"{name}_high"], strict=True)
        ]
    scores = [column for column in (*titles, "f1_other", "f1_change") if column in printed]
    printed[scores] = 100 * printed[scores]
    measured = [name for name in ("f1", "precision", "recall") if printed[name].notna().any()]
    order = ["type", "support", *(column for name in measured for column in (name, f"{name}_span"))]
    order += [column for column in ("f1_other", "f1_change") if column in printed]
    st.dataframe(
        printed[order],
        hide_index=True,
        height="content" if len(printed) <= _ROWS else 560,
        column_config={
            "type": st.column_config.TextColumn("Type", pinned=True),
            "support": st.column_config.NumberColumn("Pictures", format="localized"),
            **{name: st.column_config.NumberColumn(titles[name], format=_PERCENT) for name in measured},
            **{f"{name}_span": f"{titles[name]}, 95 %" for name in measured},
            "f1_other": st.column_config.NumberColumn("F1 of the other", format=_PERCENT),
            "f1_change": st.column_config.NumberColumn("Difference", format="%+.1f %%"),
        },
    )
    st.caption(
        f"{len(shown)} of {len(table)} labels. Precision counts every picture of the set that was called this type. "
        "Intervals: bootstrapped by title group or sender."
    )


def _report(model: Model, found: Answers, part: str, choice: Choice) -> pd.DataFrame:
    beside = choice.other.name if choice.other else ""
    return data.report_of(f"{model.stamp} beside {beside}", found.set, part, found)


def sliced(choice: Choice) -> None:
    """Accuracy by what the products are like."""
    columns = slices.sliceable(choice.found)
    if not columns:
        states.error("Slices need what the catalogue says of its products; set it up here, or look at its pictures.")
        return
    titles = {slices.COLUMNS[column]: column for column in columns}
    first = next(iter(titles))
    title = st.segmented_control("By", list(titles), default=first, required=True, key="slice", bind="query-params")
    column = titles[title or first]
    table = slices.slice_table(choice.found, choice.types, column)
    rare = int((table["count"] < _RARE).sum())
    table = table[table["count"] >= _RARE]
    drawn = go.Figure()
    drawn.add_scatter(**_dots(table, choice.model.title, charts.ACCENT))
    if choice.other is not None and choice.others is not None:
        beside = slices.slice_table(choice.others, choice.types, column).set_index("value").reindex(table["value"])
        drawn.add_scatter(**_dots(beside.reset_index(), choice.other.title, charts.BLUE))
    drawn.update_yaxes(autorange="reversed", type="category")
    drawn.update_xaxes(tickformat=".0%", title="Right type")
    height, legend = 110 + 28 * len(table), choice.other is not None
    charts.draw(drawn, key="slices", alt="Accuracy by slice", height=height, legend=legend)
    left_out = f" {words.count(rare, 'value')} with fewer than {_RARE} pictures left out." if rare else ""
    st.caption("Lines: 95 % intervals. The number of pictures stands behind each name." + left_out)


def _dots(table: pd.DataFrame, title: str, colour: str) -> dict:
    return {
        "y": [
            f"{words.charted(value)} ({count:,.0f})"
            for value, count in zip(table["value"], table["count"], strict=True)
        ],
        "x": table["accuracy"],
        "mode": "markers",
        "name": words.charted(title),
        "marker": {"color": colour, "size": 9},
        "error_x": charts.interval(table["accuracy"], table["low"], table["high"]),
        "hovertemplate": "%{x:.1%}<extra>%{y}</extra>",
    }


def costly(choice: Choice) -> None:
    """Which confusions put the wrong kind first in how many searches."""
    sets = [name for name in SEARCHES if name in choice.model.sets]
    if not sets:
        states.error("This model was measured on catalogue pictures alone, which nobody searches with.")
        return
    searches = [data.answers(choice.model, name) for name in sets]
    for answers in searches:
        if data.can_search(choice.model, answers):
            _offer_searching(choice.model, answers)
    searches = [answers.of(choice.part) for answers in searches]
    for answers in searches:
        wrong = len(costs.wrong_first(answers))
        what = (
            "the first product found was of the wrong kind"
            if costs.by_hit(answers)
            else "the type it named first was of the wrong kind"
        )
        st.markdown(
            f"**{SETS[answers.set]}**: in {wrong:,} of {len(answers):,} searches "
            f"({wrong / max(len(answers), 1):.1%}) {what}."
        )
    table = costs.cost_table(searches)
    st.dataframe(
        table.assign(share=100 * table["share"]),
        hide_index=True,
        height="content" if len(table) <= _ROWS else 560,
        column_config={
            "source": "Searches with",
            "label": "Shows",
            "first": "Wrongly first",
            "searches": st.column_config.NumberColumn("Searches", format="localized"),
            "share": st.column_config.NumberColumn("Of all", format="%.2f %%"),
        },
    )
    st.caption(
        "For a photo that people took, every type of its kind is right; `photo_types.csv` says which ones those are."
    )


def _offer_searching(model: Model, answers: Answers) -> None:
    label = f"Search with these {len(answers):,} photos, and count what comes first"
    if not st.button(label, key=f"search_{answers.set}"):
        return
    with controls.progress("Searching") as progress:
        data.search_with(model, answers, progress)
    st.rerun()


def reliable(choice: Choice) -> None:
    """How often the model is right where it says that it is so sure."""
    drawn = go.Figure()
    drawn.add_scatter(
        x=[0, 1],
        y=[0, 1],
        mode="lines",
        line={"color": charts.QUIET, "dash": "dot"},
        name="as sure as right",
        hoverinfo="skip",
    )
    for model, found, colour in (
        (choice.model, choice.found, charts.ACCENT),
        (choice.other, choice.others, charts.BLUE),
    ):
        if model is None or found is None:
            continue
        bins = report.reliability(found, choice.types)
        error = report.calibration_error(found, choice.types)
        drawn.add_scatter(
            x=bins["confidence"], y=bins["accuracy"], mode="lines+markers", name=words.charted(model.title),
            line={"color": colour},
            customdata=bins[["count"]],
            hovertemplate="says %{x:.0%}, right %{y:.0%}, %{customdata[0]:,} pictures<extra></extra>",
            error_y=charts.interval(bins["accuracy"], bins["low"], bins["high"]),
        )  # fmt: skip
        st.markdown(
            f"**{words.plain(model.title)}**: its confidence is {error.value:.1%} off on average "
            f"(expected calibration error, {error.low:.1%} to {error.high:.1%}, {error.count:,} pictures)."
        )
    drawn.update_xaxes(range=[0, 1.02], tickformat=".0%", title="What the model says")
    drawn.update_yaxes(range=[0, 1.02], tickformat=".0%", title="How often it is right")
    charts.draw(drawn, key="reliability", alt="Reliability diagram", height=460, legend=True)
    st.caption("Below the dotted line the model is surer than it should be. Lines: 95 % intervals.")
