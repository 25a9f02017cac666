"""The evidence in pictures: near-identical ones with other labels, and the nearest products of either type."""

from __future__ import annotations

from html import escape
from typing import Any

import streamlit as st

from app.common import readers
from app.common.kept import kept
from app.master_data.sources import Source
from vsearch_core.insight.master_data.review_queue import Beside, beside
from vsearch_core.insight.quality.suspicion import votes_words
from vsearch_core.store import Store

_COPIES = 8


def show(source: Source, row: dict[str, Any]) -> None:
    """What there is of it."""
    copies = [str(one) for one in row["copy_ids"] if str(one) not in source.hidden]
    if copies:
        _copies(source, copies)
    if str(row["id"]) not in source.here:
        st.html('<p class="kicker">Its picture and its neighbours can be shown where its catalogue is set up.</p>')
        return
    _neighbours(source, row)


def _copies(source: Source, copies: list[str]) -> None:
    shown = "".join(
        f'<li><img src="{source.picture(one)}" alt="{escape(_name(source, one))}" title="{escape(_name(source, one))}">'
        f"<span><b>{escape(source.labels.get(one, ''))}</b><br>{escape(one)}</span></li>"
        for one in copies[:_COPIES]
    )
    more = f", {len(copies) - _COPIES:,} more" if len(copies) > _COPIES else ""
    st.html(
        f'<p class="quality-near">Nearly the same picture, other label{more}</p><ul class="master-near">{shown}</ul>'
    )


def _neighbours(source: Source, row: dict[str, Any]) -> None:
    store = readers.engine().store
    known = store.facets(["product_type"])["product_type"]
    types = tuple(name for name in dict.fromkeys((row["label"], row["suggested"])) if name in known)
    around = _beside(store, source.catalogue, str(row["id"]), types, source.hidden)
    # What the evidence says is of the network that judged the label: this shop's neighbours may say otherwise.
    if not row["neighbours_said"] and around.votes and row["suggested"] != row["label"]:
        st.html(f'<p class="kicker">{escape(votes_words(around.votes, row["suggested"], row["label"]))}</p>')
    columns = st.columns(max(len(types), 1), gap="large")
    for column, name in zip(columns, types, strict=False):
        with column:
            hits = around.of_types[name]
            shown = "".join(
                f'<li><img src="{source.picture(hit.id)}" alt="{escape(hit.name)}" title="{escape(hit.name)}">'
                f"<span>{hit.score:.2f}</span></li>"
                for hit in hits
            )
            said = f"Nearest {name}" if hits else f"No other {name}"
            st.html(f'<p class="quality-near">{escape(said)}</p><ul class="master-near">{shown}</ul>')


def _name(source: Source, product: str) -> str:
    return " ".join(str(source.product(product).get("name") or product).split())


@kept(entries=200)
def _beside(store: Store, catalogue: str, product: str, types: tuple[str, ...], _hidden: frozenset[str]) -> Beside:
    return beside(store, product, types, hidden=_hidden)
