"""The leaderboard of all models."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from app.common import charts, states
from app.common.kept import kept
from app.common.words import charted, plain
from app.quality import data
from vsearch_core.insight.quality import leaderboard
from vsearch_core.insight.quality.leaderboard import FIRST_PROJECTS, OURS, SharedErrors, narrowed, ten_types
from vsearch_core.insight.quality.models import Model
from vsearch_core.settings import settings

_SCORES = {"ten": "Right type", "macro_f1": "Macro F1", "casual_f1": "Casual shoes F1", "sports_f1": "Sports shoes F1"}
_RANGES = {
    "ten": ("low", "high"),
    "casual_f1": ("casual_low", "casual_high"),
    "sports_f1": ("sports_low", "sports_high"),
}
_UNTRAINED = "#c9a9a4"


def show() -> None:
    """Every model, measured alike, beside what the first project states of its own."""
    models = data.models()
    table = _table(models)
    st.markdown(_sentence(table))
    drawn = figure(table)
    height = 90 + 40 * len(drawn.layout.yaxis.categoryarray)
    charts.draw(drawn, key="leaderboard", alt="The share of right types by model", height=height, legend=True)
    st.caption(
        "Catalogue pictures of the ten most frequent types, part test, chosen among the ten, predictions of all models "
        "measured alike; lines: 95 % intervals. A model that knows more types answers with the first of the ten among "
        "its first five. Pale: random weights where theirs were ImageNet's, which is not transfer learning and says "
        "nothing of that architecture. Diamonds: what the first project states of its own, on its own data and split, "
        "in which copies of a product may stand on both sides; not comparable one to one."
    )
    _show_table(table)
    states.no_results()
    beside = _shared(models)
    if beside is not None:
        st.markdown(_shared_sentence(*beside))


def figure(table: pd.DataFrame) -> go.Figure:
    """The share of right types with its interval, a row a model, in the order of the table."""
    drawn = go.Figure()
    table = table[table["ten"].notna()]
    ours = table["whose"] == OURS
    noted = ours & table["note"].fillna("").str.startswith("random")
    for chosen, name, colour, symbol in (
        (ours & ~noted, "measured here", charts.ACCENT, "circle"),
        (noted, "measured here, random weights", _UNTRAINED, "circle"),
        (~ours, "the first project's own", charts.BLUE, "diamond-open"),
    ):
        rows = table[chosen]
        if rows.empty:
            continue
        drawn.add_scatter(
            y=list(map(charted, _names(rows))),
            x=rows["ten"].astype(float),
            mode="markers+text",
            text=[f"{share:.1%}" for share in rows["ten"]],
            textposition="top center",
            name=name,
            marker={"color": colour, "size": 10, "symbol": symbol},
            error_x=charts.interval(rows["ten"], rows["low"], rows["high"]),
            hovertemplate="%{y}: %{x:.1%}<extra></extra>",
            cliponaxis=False,
        )
    charts.ranked(drawn, list(map(charted, _names(table))))
    drawn.update_xaxes(tickformat=".0%")
    return drawn


def _names(table: pd.DataFrame) -> list[str]:
    return [
        name if whose == OURS else f"{name} (theirs)"
        for name, whose in zip(table["model"], table["whose"], strict=True)
    ]


def _sentence(table: pd.DataFrame) -> str:
    ours = table[table["whose"] == OURS]
    rivals = ours[~ours["note"].fillna("").str.startswith("random")]
    if rivals.empty:
        return ""
    best = rivals.iloc[0]
    near = [
        f"{plain(row['model'])} ({row['ten']:.1%})"
        for _, row in rivals.iloc[1:].iterrows()
        if row["high"] >= best["low"]
    ]
    return (
        f"**{plain(best['model'])}** is right most often on the ten most frequent types: {best['ten']:.1%} "
        f"({best['low']:.1%} to {best['high']:.1%})."
        + (f" Not told from it by their intervals: {', '.join(near)}." if near else "")
    )


def _show_table(table: pd.DataFrame) -> None:
    printed = table.assign(model=_names(table))
    for name, (low, high) in _RANGES.items():
        printed[f"{name}_span"] = [
            f"{a:.0%} to {b:.0%}" if pd.notna(a) else "" for a, b in zip(table[low], table[high], strict=True)
        ]
    for name in (*_SCORES, "every"):
        printed[name] = 100 * table[name].astype(float)
    order = ["model", "ten", "ten_span", "macro_f1", "casual_f1", "sports_f1", "weights", "minutes", "epochs", "side"]
    order += [
        "parameters",
        "megabytes",
        "latency_ms",
        "note",
        "casual_f1_span",
        "sports_f1_span",
        "every",
        "machine",
        "data",
    ]
    order += ["whose"]
    shown = [column for column in order if printed[column].replace("", None).notna().any()]
    percent = "%.1f %%"
    scores = {name: st.column_config.NumberColumn(title, format=percent) for name, title in _SCORES.items()}
    st.dataframe(
        printed[shown],
        hide_index=True,
        height="content",
        placeholder="",
        column_config={
            "model": st.column_config.TextColumn("Model", pinned=True),
            **scores,
            "ten_span": st.column_config.TextColumn("95 %", width=104),
            "casual_f1_span": "Casual shoes, 95 %",
            "sports_f1_span": "Sports shoes, 95 %",
            "weights": "Weights at first",
            "note": st.column_config.TextColumn("Note", width="medium"),
            "side": st.column_config.NumberColumn("Input, pixels", format="%d"),
            "parameters": st.column_config.NumberColumn("Parameters", format="localized"),
            "megabytes": st.column_config.NumberColumn("MB", format="%.1f"),
            "latency_ms": st.column_config.NumberColumn("Latency, ms", format="%.1f"),
            "minutes": st.column_config.NumberColumn("Training, minutes", format="%.1f"),
            "epochs": st.column_config.NumberColumn("Epochs", format="%.1f"),
            "every": st.column_config.NumberColumn("Right, every type", format=percent),
            "machine": "Trained on",
            "data": "Data fingerprint",
            "whose": "Whose figures",
        },
    )
    st.caption(
        "Latency: one picture through the LiteRT model, in turn with models/fashion on the same machine. Size: that "
        "file, float16. Models of other data fingerprints, input sizes or training times are not like for like."
    )


def _shared_sentence(first: Model, second: Model, found: SharedErrors) -> str:
    one, other = plain(first.title), plain(second.title)
    return (
        f"Of the {found.wrong:,} pictures of the ten types that {one} gets wrong, {other} gets "
        f"{found.too.value:.0%} wrong too ({found.too.low:.0%} to {found.too.high:.0%}), {found.same.value:.0%} with "
        f"the very same wrong type. At least one of the two is right for {found.either.value:.1%}: no choice between "
        "their answers could do better."
    )


@kept(spinner="Measuring every model …")
def _table(models: list[Model]) -> pd.DataFrame:
    return leaderboard.leaderboard(models, settings().results / FIRST_PROJECTS)


@kept()
def _shared(models: list[Model]) -> tuple[Model, Model, SharedErrors] | None:
    """The first model beside the best of the others that were measured on the same pictures."""
    measured = [model for model in models if "catalogue" in model.sets]
    ten = ten_types(measured)
    answers = [narrowed(model.answers("catalogue").of("test"), ten) for model in measured]
    if len(answers) < 2:
        return None
    best = max(range(1, len(answers)), key=lambda place: answers[place].table["right"].mean())
    return measured[0], measured[best], leaderboard.shared_errors(answers[0], answers[best])
