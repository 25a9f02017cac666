"""What was decided: every verdict that stands, the history, and the file that applies them to the catalogue."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from app.common import states, words
from app.master_data import choice
from app.master_data.sources import Source
from app.server.downloads import save_button
from vsearch_core.reviews import RELABEL, Reviews, corrections
from vsearch_core.table_files import as_csv

COMMAND = "python -m vsearch_core catalogue correct --catalogue CATALOGUE --corrections corrections.csv --out NEW"
_ROWS = 12
_TITLES: dict[str, Any] = {
    "product": "Product",
    "label": "Label",
    "verdict": "Verdict",
    "new_label": "New label",
    "kind": "Kind of issue",
    "reviewer": "Reviewer",
    "time": st.column_config.DatetimeColumn("When (UTC)", format="D MMM YYYY, HH:mm", timezone="UTC"),
    "taken_back": st.column_config.DatetimeColumn("Taken back (UTC)", format="D MMM YYYY, HH:mm", timezone="UTC"),
}


def show(source: Source, reviews: Reviews, standing: pd.DataFrame) -> None:
    """The verdicts as a table and as a file.

    Args:
        standing: the verdicts that count.
    """
    history = reviews.history()
    if history.empty:
        states.blank("Nothing is decided yet", f"Decide in the view {choice.QUEUE}; what you decide is listed here.")
        return
    relabelled = int((standing["verdict"] == RELABEL).sum())
    with st.container(horizontal=True, vertical_alignment="center", key="master_decided_tools"):
        st.html(
            f"<p>{words.count(len(standing), 'decision')} stand, {relabelled:,} of them with a new label.</p>",
            width="stretch",
        )
        whole = st.toggle("With what was overruled or taken back", key="master_history")
        save_button("Download CSV", lambda: as_csv(corrections(standing)), "corrections.csv", "text/csv")
    shown = history if whole else standing
    known = [name for name in _TITLES if name in shown and (name != "taken_back" or whole)]
    event = st.dataframe(
        shown[known],
        hide_index=True,
        column_config=_TITLES,
        height="content" if len(shown) <= _ROWS else 480,
        key=f"master_decided_{whole}",
        on_select="rerun",
        selection_mode="single-row",
    )
    rows = list(event.selection.rows)
    if rows and rows[0] < len(shown) and str(shown["product"].iloc[rows[0]]) in source.labels:
        product = str(shown["product"].iloc[rows[0]])
        st.button(f"Open {words.plain(product)} in the queue", on_click=choice.open_product, args=(product,))
    st.html('<p class="kicker">The file makes a new version of the catalogue, with a log of what changed:</p>')
    st.code(COMMAND, language=None, wrap_lines=True)
