"""What if: take lines out or put candidates in, and see which past searches gain or lose a good match."""

from __future__ import annotations

from functools import partial
from html import escape

import numpy as np
import pandas as pd
import streamlit as st

from app.common import cards, controls, states
from app.common.kept import kept
from app.common.pictures import data_uri
from app.common.stored import Row
from app.common.words import plain
from app.demand import data, parts, words
from app.server.inside import drop_taken
from vsearch_core.errors import VsearchError
from vsearch_core.insight.demand import range as shop_range
from vsearch_core.insight.demand import what_if as change
from vsearch_core.insight.demand.candidates import MAX_ARCHIVE_BYTES, Candidates, embed_offer, open_offer
from vsearch_core.insight.demand.selection import Selection
from vsearch_core.insight.similarity.neighbours import find_products
from vsearch_core.search import Engine
from vsearch_core.store import Store

_SHOWN = 24


def show(engine: Engine, selection: Selection) -> None:
    """The section."""
    rule = engine.model.bundle.match
    photos = data.of_this_model(data.kept_photos(selection))
    if photos.empty or rule is None:
        states.blank(
            "No pictures to ask again",
            "What if needs photos that people let us keep, searched with the present model; choose other days.",
        )
        return
    left, right = st.columns(2, gap="large")
    with left:
        without = _out(engine)
    with right:
        offer = _in(engine)
    if not without.any() and offer is None:
        st.caption(
            f"{len(photos):,} kept photos, of {int(photos['searches'].sum()):,} searches, are asked again against the "
            "range as it would be."
        )
        return
    found = change.what_if(
        data.asking(photos, engine),
        engine.store,
        without=without,
        candidates=(offer.products, offer.embeddings) if offer else None,
    )
    _result(engine, found, offer, int(without.sum()))


def _out(engine: Engine) -> np.ndarray:
    """Which products are taken out."""
    store = engine.store
    products = store.products
    parts.title("Take out")
    of_brand = _brands(store)
    known_types = sorted(set(products["product_type"]) - {""})
    known_brands = sorted(set(of_brand) - {shop_range.UNKNOWN}, key=str.casefold)
    row = Row(of="what is taken out")
    row.several("out_types", "Type", known_types)
    row.several("out_brands", "Brand", known_brands)
    types = st.multiselect("Types", known_types, key="out_types", bind="query-params", placeholder="Any")
    brands = st.multiselect("Brands", known_brands, key="out_brands", bind="query-params", placeholder="Any")
    row.say()
    text = st.text_input(
        "Or products (name or id)", key="out_find", bind="query-params", placeholder="All that have these words"
    )
    out = np.zeros(len(products), dtype=bool)
    if types or brands:
        out = np.ones(len(products), dtype=bool)
        out &= products["product_type"].isin(types).to_numpy(bool) if types else True
        out &= of_brand.isin(brands).to_numpy(bool) if brands else True
    if text:
        out |= products["id"].isin(find_products(store, text, limit=500)).to_numpy(bool)
    if types and brands:
        st.caption("Products of these types that are of these brands.")
    return out


@kept()
def _brands(store: Store) -> pd.Series:
    return shop_range.brands(store.products)


def _in(engine: Engine) -> Candidates | None:
    """The candidates that are put in; kept in this session's memory alone."""
    parts.title("Put in")
    turn = st.session_state.setdefault("offer_turn", 0)
    file = st.file_uploader(
        "A supplier's offer: a ZIP with a CSV (columns id and image) and its pictures",
        type=["zip"],
        key=f"offer_{turn}",
        max_upload_size=min(MAX_ARCHIVE_BYTES // 1_000_000, st.get_option("server.maxUploadSize")),
    )
    if file is not None:
        st.session_state["offer_read"] = engine.model.fingerprint, _read(engine, file.getvalue(), file.name)
        st.session_state["offer_turn"] = turn + 1
        drop_taken(file)
        st.rerun()
    if (read := st.session_state.get("offer_read")) is None:
        return None
    model, offer = read
    if model != engine.model.fingerprint:
        offer = "The shop looks at pictures in another way by now; give the offer once more."
    if isinstance(offer, str):
        st.html(f'<div class="notice" role="alert"><p>{escape(offer)}</p></div>')
        return None
    note = f"{len(offer.products):,} products in."
    if offer.problems:
        note += f" {len(offer.problems):,} left out or mended: " + "; ".join(offer.problems[:3])
    st.caption(plain(note))
    st.button("Without this offer", type="tertiary", key="offer_out", on_click=_leave_offer)
    return offer


def _leave_offer() -> None:
    st.session_state.pop("offer_read", None)


def _read(engine: Engine, content: bytes, name: str) -> Candidates | str:
    """The candidates, or the sentence that says why there are none."""
    try:
        with controls.progress("Looking at the offer's pictures") as progress:
            return embed_offer(open_offer(content, name), engine.model, progress)
    except VsearchError as error:
        return error.message


def _result(engine: Engine, found: change.Outcome, offer: Candidates | None, out: int) -> None:
    photos = found.photos
    share = {verdict: int((photos["verdict"] == verdict).sum()) for verdict in ("gains", "loses")}
    parts.tiles(
        [
            ("Searches asked again", f"{found.searches:,}", f"{len(photos):,} photos"),
            ("Would lose their match", f"{found.lost:,}", f"{words.share(found.lost / found.searches, 1)} of them"),
            ("Would gain one", f"{found.gained:,}", f"{words.share(found.gained / found.searches, 1)} of them"),
            ("Products out", f"{out:,}", f"of {len(engine.store):,}"),
            ("Products in", f"{len(offer.products) if offer else 0:,}", ""),
        ]
    )
    for verdict, heading in (("loses", "Lose a good match"), ("gains", "Gain a good match")):
        if share[verdict]:
            of_verdict = photos[photos["verdict"] == verdict].sort_values("searches", ascending=False)
            parts.title(f"{heading}: {share[verdict]:,} photos", "The photo, and the best product that would be left.")
            st.html(_pictures(engine, of_verdict.head(_SHOWN), offer))
    if not share["gains"] and not share["loses"]:
        st.caption("No search of these days would gain or lose a good match.")
    by_type = found.by_type()
    with st.expander("By type, and every photo, with downloads", key="what_if_all"):
        if len(by_type):
            parts.table(
                by_type,
                name="what-if-by-type",
                columns={"product_type": "Type", "searches": "Searches", "gains": "Gain", "loses": "Lose"},
            )
        parts.table(
            photos,
            name="what-if-photos",
            columns={
                "product_type": "Type",
                "searches": "Searches",
                "before": st.column_config.NumberColumn("Best before", format="%.2f"),
                "after": st.column_config.NumberColumn("Best after", format="%.2f"),
                "verdict": "Verdict",
                "product_after": "Best product after",
            },
        )


def _pictures(engine: Engine, rows: pd.DataFrame, offer: Candidates | None) -> str:
    new = dict(zip(offer.products["id"], offer.thumbnails, strict=True)) if offer else {}
    picture = partial(_of_product, engine, new)
    figures = "".join(
        f'<figure><img alt="" src="{data.picture(row["photo"])}">'
        f'<img alt="" src="{picture(str(row["product_after"]))}" style="margin-top:4px">'
        f"<figcaption>{row['searches']:,} searches; {row['before']:.2f} to {row['after']:.2f}</figcaption></figure>"
        for row in rows.to_dict("records")
    )
    return f'<div class="demand-pictures">{figures}</div>'


def _of_product(engine: Engine, new: dict[str, bytes], product: str) -> str:
    if product.startswith(change.NEW):
        return data_uri(new[product.removeprefix(change.NEW)])
    return cards.picture_of(engine, product)
