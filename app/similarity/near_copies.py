"""Near-copies across the catalogue: pairs of products whose pictures are nearly the same, the most suspicious first."""

from __future__ import annotations

from functools import partial
from math import ceil
from pathlib import Path

import pandas as pd
import streamlit as st

from app.common import cards, controls, near_pairs, states, words
from app.common.components import pairs_part, sent
from app.common.kept import kept
from app.server.downloads import save_button
from app.similarity import shared
from vsearch_core.insight.similarity.near_copies import (
    FLOOR,
    WEIGHTS,
    group_numbers,
    read_pairs,
    with_suspicion,
)
from vsearch_core.search import Engine
from vsearch_core.store import Store
from vsearch_core.table_files import as_csv

PER_PAGE = 12
_START = 0.98
_LABELS = {"product_type": "type", "colour": "colour", "price": "price"}


def show(engine: Engine) -> None:
    """The section."""
    store = engine.store
    path = near_pairs.file(store, page="similarity")
    if path is None:
        return
    pairs = _pairs(str(path), path.stat().st_mtime_ns, store)
    known = [label for label in WEIGHTS if any(_told(pairs[f"{side}_{label}"]) for side in ("first", "second"))]
    found = _bar(pairs, known)
    if found.empty:
        states.blank("No near-copies here", "Move the slider down, or show pairs whose labels agree too.")
        return
    pages = ceil(len(found) / PER_PAGE)
    key = f"pairs_page_{len(found)}"
    page = controls.page_of(pages, key)
    shown = found.iloc[(page - 1) * PER_PAGE : page * PER_PAGE]
    pairs_part(
        key="pairs",
        data={"pairs": [_pair(engine, row, known) for row in shown.to_dict("records")]},
        on_open_change=lambda: shared.open_neighbours(str(sent("pairs", "open"))),
    )
    controls.leaf(pages, key)


def _bar(pairs: pd.DataFrame, known: list[str]) -> pd.DataFrame:
    with st.container(horizontal=True, vertical_alignment="bottom", key="pairs_bar", gap="medium"):
        least = st.slider(
            "Cosine from",
            FLOOR,
            1.0,
            value=_START,
            step=0.005,
            format="%.3f",
            key="cosine",
            persist_state="session",
            bind="query-params",
            width=260,
        )
        differing = st.pills(
            "Only where these differ",
            known,
            format_func=lambda label: _LABELS[label].capitalize(),
            selection_mode="multi",
            key="differing",
            persist_state="session",
        )
        found = pairs[(pairs["cosine"] >= least - 1e-6) | pairs["same_file"]]
        for label in differing:
            found = found[found["differs"].str.contains(label.replace("_", " "), regex=False)]
        found = found.assign(group=group_numbers(found))
        save_button("CSV", partial(as_csv, found), "near-copies.csv", "text/csv")
    groups = words.count(found["group"].nunique(), "group")
    st.html(
        f'<p class="similarity-note">{words.count(len(found), "pair")} in {groups}, the most suspicious first: '
        "the more alike the pictures and the more the labels differ.</p>"
    )
    return found


def _told(values: pd.Series) -> bool:
    """Whether any product has this label."""
    return bool((values.notna() & values.ne("")).any())


def _pair(engine: Engine, row: dict[str, object], known: list[str]) -> dict[str, object]:
    marks = [
        words_
        for words_, holds in (
            ("same picture file", row["same_file"]),
            ("same outline", row["same_outline"] and not row["same_file"]),
            ("same title", row["same_title"]),
        )
        if holds
    ]
    differs = [_LABELS[label] for label in WEIGHTS if label.replace("_", " ") in str(row["differs"]).split(", ")]
    return {
        "number": f"cosine {row['cosine']:.3f}",
        "marks": marks,
        "differs": differs,
        "products": [_one(engine, row, side, known) for side in ("first", "second")],
    }


def _one(engine: Engine, row: dict[str, object], side: str, known: list[str]) -> dict[str, object]:
    product_id = str(row[side])
    values = {label: row[f"{side}_{label}"] for label in known}
    texts = {
        label: words.price(value, engine.store.currency) if label == "price" else str(value)
        for label, value in values.items()
    }
    return {
        "id": product_id,
        "name": " ".join(str(row[f"{side}_name"] or product_id).split()),
        "picture": cards.picture_of(engine, product_id),
        "href": shared.address_of(product_id),
        "facts": [[_LABELS[label], text] for label, text in texts.items()] + [["id", product_id]],
    }


@kept(spinner="Opening the near-copies …")
def _pairs(path: str, changed: int, store: Store) -> pd.DataFrame:
    return with_suspicion(read_pairs(Path(path)), store.products)
