"""What cleaning found, pictures that several products share, and families of one title."""

from __future__ import annotations

from functools import partial
from html import escape

import pandas as pd
import streamlit as st

from app.common import pictures, words
from app.data import read
from app.server.downloads import save_button
from vsearch_core.errors import StoreError
from vsearch_core.insight.data import catalogue
from vsearch_core.store import Store
from vsearch_core.table_files import as_csv

_PICTURED = 8


def show(store: Store) -> None:
    """The cleaning report, duplicates and title families."""
    st.html('<h2 class="strip-title">What cleaning found</h2>')
    lines = [sentence for report in store.cleaning for sentence in report.summary()]
    st.html('<ul class="data-lines">' + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>")
    found = catalogue.findings(store.cleaning)
    with st.expander(f"All {len(found):,} findings"):
        problems = st.multiselect(
            "Only", sorted(found["problem"].unique()), key="findings_of", placeholder="Every problem"
        )
        shown = found[found["problem"].isin(problems)] if problems else found
        st.dataframe(
            shown,
            hide_index=True,
            height=360,
            column_config={"id": "Product", "problem": "Problem", "detail": "Detail", "done": "What was done"},
        )
        save_button("Download CSV", partial(as_csv, shown), "cleaning.csv", "text/csv", icon=None)
    same = read.duplicates(store)
    _groups(store, same, "Products that share a picture", "duplicates", "picture")
    if catalogue.lacks_groups(store.cleaning):
        st.caption("This store does not keep which pictures are nearly the same; build it anew to see them here.")
    _groups(store, read.families(store), "Families of one title", "families", "title")


def _groups(store: Store, table: pd.DataFrame, title: str, key: str, what: str) -> None:
    st.html(f'<h2 class="strip-title">{title}</h2>')
    if table.empty:
        st.html(f'<p class="aside">No two products share a {what}.</p>')
        return
    differ = int(table["differ"].sum())
    st.html(
        f'<p class="aside">{words.count(table["products"].sum(), "product")} in {words.count(len(table), "group")};'
        f" in {differ:,} of them the product types differ, so a label is doubtful.</p>"
    )
    only = st.toggle("Only where the types differ", value=False, key=f"{key}_differ", disabled=not differ)
    shown = (table[table["differ"]] if only and differ else table).reset_index(drop=True)
    columns = [column for column in ("name", "products", "types", "colours", "kind") if column in shown]
    event = st.dataframe(
        shown[columns],
        hide_index=True,
        height=260,
        key=f"{key}_{only}",
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            "name": st.column_config.TextColumn("Name", width="medium"),
            "products": st.column_config.NumberColumn("Products", format="localized"),
            "types": "Types",
            "colours": "Colours",
            "kind": "Kind",
        },
    )
    # A row that was clicked before the table became shorter is not there any more.
    rows = [row for row in event.selection.rows if row < len(shown)]
    chosen = shown.iloc[rows[0] if rows else 0]
    _pictured(store, chosen["ids"], str(chosen["name"]))


def _pictured(store: Store, ids: list[str], name: str) -> None:
    known = store.products.set_index("id")
    cards = "".join(
        f'<li><img src="{_picture(store, id)}" alt="{escape(name)}"><span>{escape(id)}</span>'
        f"<span>{escape(str(known.loc[id, 'product_type']))}</span></li>"
        for id in ids[:_PICTURED]
    )
    more = f" and {len(ids) - _PICTURED} more" if len(ids) > _PICTURED else ""
    st.html(f'<p class="aside">{escape(name)}{more}</p><ul class="data-cards">{cards}</ul>')


def _picture(store: Store, id: str) -> str:
    try:
        return pictures.data_uri(store.thumbnail(id))
    except StoreError:
        return pictures.MISSING
