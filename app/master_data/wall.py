"""The wall: all issues that are wanted as small pictures, to read many quickly."""

from __future__ import annotations

from math import ceil

import pandas as pd
import streamlit as st

from app.common import controls, evaluated, states
from app.master_data import choice
from app.master_data.sources import Source
from app.quality import parts
from vsearch_core.reviews import AMBIGUOUS, KEEP

_PER_PAGE = 60


def show(source: Source, rows: pd.DataFrame) -> None:
    """A page of them; a click opens one in the queue.

    Args:
        rows: the issues that are wanted, with their verdicts.
    """
    if rows.empty:
        states.blank("No issue fits these filters", "Widen them to see issues again.")
        return
    pages = ceil(len(rows) / _PER_PAGE)
    key = f"master_wall_{len(rows)}"
    page = controls.page_of(pages, key)
    shown = rows.iloc[(page - 1) * _PER_PAGE : page * _PER_PAGE]
    if not source.here:
        st.html(f'<p class="kicker">{evaluated.NO_PICTURES}</p>')
    parts.photos(
        [_card(source, row) for row in shown.to_dict("records")],
        key="master_wall",
        label="Suspect labels",
        on_open=choice.open_product,
    )
    controls.leaf(pages, key)


def _card(source: Source, row: dict) -> dict:
    verdicts = {"": "", KEEP: "kept", AMBIGUOUS: "ambiguous"}
    return {
        "id": row["id"],
        "picture": source.picture(row["id"]),
        "alt": f"Product {row['id']}",
        "first": f"{row['label']} → {row['suggested']}" if row["suggested"] != row["label"] else row["label"],
        "second": f"{row['kind']}, {row['score']:.2f}",
        "badge": verdicts.get(row["verdict"], f"now {row['new_label']}"),
        "chosen": False,
    }
