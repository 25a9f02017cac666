"""The leaderboard of all models."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app import quality_data
from vsearch_core.insight import quality_leaderboard
from vsearch_core.insight.quality import Model
from vsearch_core.insight.quality_leaderboard import FIRST_PROJECTS
from vsearch_core.settings import settings

_SHARES = ("accuracy", "ten", "macro_f1")


def show() -> None:
    """Every model, measured alike, beside what the first project states of its own."""
    models = quality_data.models()
    table = _table("|".join(model.stamp for model in models), models)
    span = [
        f"{low:.1%} to {high:.1%}" if pd.notna(low) else ""
        for low, high in zip(table["low"], table["high"], strict=True)
    ]
    printed = table.drop(columns=["low", "high"]).assign(**{name: 100 * table[name].astype(float) for name in _SHARES})
    printed.insert(2, "span", span)
    shown = [column for column in printed if printed[column].replace("", None).notna().any()]
    percent = "%.1f %%"
    st.dataframe(
        printed[shown],
        hide_index=True,
        height="content",
        placeholder="",
        column_config={
            "model": st.column_config.TextColumn("Model", pinned=True),
            "accuracy": st.column_config.NumberColumn("Right, every type", format=percent),
            "span": "95 %",
            "ten": st.column_config.NumberColumn("Right, the ten", format=percent),
            "macro_f1": st.column_config.NumberColumn("Macro F1", format=percent),
            "parameters": st.column_config.NumberColumn("Parameters", format="localized"),
            "megabytes": st.column_config.NumberColumn("MB", format="%.1f"),
            "latency_ms": st.column_config.NumberColumn("Latency, ms", format="%.1f"),
            "minutes": st.column_config.NumberColumn("Training, minutes", format="%.0f"),
            "machine": "Trained on",
            "data": "Data fingerprint",
            "note": st.column_config.TextColumn("Note", width="large"),
            "whose": "Whose figures",
        },
    )
    st.caption(
        "Part test of the catalogue pictures, predictions of every model measured alike, all types to choose from. "
        "Models of other data fingerprints or training times are not like for like."
    )


@st.cache_resource(show_spinner="Measuring every model …", max_entries=2)
def _table(stamps: str, _models: list[Model]) -> pd.DataFrame:
    return quality_leaderboard.leaderboard(_models, settings().models / FIRST_PROJECTS)
