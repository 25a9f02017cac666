"""Rows and grids of product cards, and the strip of photos to try."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from app.common import pictures, readers, words
from app.common.components import products_part, sent
from vsearch_core.contracts import Hit
from vsearch_core.errors import VsearchError
from vsearch_core.search import Engine
from vsearch_core.search.present import HitGroup, similarity_share, similarity_words
from vsearch_core.setup import SamplePhoto

Card = dict[str, Any]


def picture_of(engine: Engine, product_id: str) -> str:
    """A product's thumbnail as a data URI; a plain placeholder where the store has none."""
    try:
        return pictures.data_uri(engine.store.thumbnail(product_id))
    except VsearchError:
        return pictures.MISSING


def product_card(engine: Engine, product: Mapping[str, Any]) -> Card:
    """The card of a product as the shop's shelves show it."""
    product_id = str(product["id"])
    name = " ".join(str(product.get("name") or product.get("product_type") or product_id).split())
    return {
        "id": product_id,
        "name": name,
        "alt": " ".join(str(product.get(column) or "") for column in ("colour", "product_type")).strip() or name,
        "picture": picture_of(engine, product_id),
        "price": words.price(product.get("price"), engine.store.currency),
        "href": "shop?" + urlencode({"product": product_id}),
    }


def hit_card(engine: Engine, group: HitGroup, *, good: bool = True) -> Card:
    """The card of a hit: what the product is, why it is here and, of a good match, in words how similar it is."""
    hit: Hit = group.best
    share = similarity_share(hit.score)
    known = {"id": hit.id, "name": hit.name, "product_type": hit.product_type, "price": hit.price}
    card = product_card(engine, {**hit.extra, **known})
    return card | {
        "score": share,
        # The least of the words would contradict a good match.
        "words": similarity_words(hit.score) if good and share else "",
        "reason": ", ".join(hit.reasons),
        "badge": f"+{len(group.others)} alike" if group.others else "",
    }


def show(
    cards: Sequence[Card],
    *,
    key: str,
    label: str,
    kind: str = "row",
    on_more: Callable[[str], None] | None = None,
    about: str = "",
    on_want: Callable[[frozenset[str]], None] | None = None,
) -> None:
    """Draw product cards; a click opens the product in the shop.

    "More like this" calls `on_more` with the product's id; without it, it leads to the search page. With `on_want`
    the cards have a heart, first full where the card says `wanted`; it is called with the ids that are wanted now, of
    the answer that the cards are `about`.
    """
    more = {"more": True, "want": on_want is not None}
    result = products_part(
        key=key,
        data={"kind": kind, "label": label, "about": about, "cards": [card | more for card in cards]},
        on_open_change=lambda: None,
        on_more_change=lambda: on_more(str(sent(key, "more"))) if on_more else None,
        # All of them at once, and not each click: a run that a next click interrupts loses what it was told.
        on_wanted_change=lambda: None,
    )
    wanted = _wanted(result.wanted, about)
    if on_want is not None and wanted is not None:
        on_want(wanted)
    if result.open:
        st.switch_page("pages/shop.py", query_params={"product": str(result.open)})
    if result.more and on_more is None:
        st.switch_page("pages/search.py", query_params={"like": str(result.more)})


def wanted_by_now(key: str, about: str) -> frozenset[str] | None:
    """The ids of the cards `key` whose heart is full; None where no heart was touched of the answer `about`.

    For the callback of another control: the run that a heart began may have been interrupted before it was noted.
    """
    return _wanted(sent(key, "wanted"), about)


def _wanted(told: Any, about: str) -> frozenset[str] | None:
    match told:
        case [str(answer), list(ids)] if answer == about:
            return frozenset(map(str, ids))
    return None


def sample_strip(engine: Engine, *, key: str, on_pick: Callable[[SamplePhoto], None]) -> None:
    """Small photos to try at once; a click calls `on_pick`."""
    photos = readers.samples(engine.store)
    cards = [
        {"id": name, "alt": f"Try this photo: {sample.photo.caption}", "picture": sample.small}
        for name, sample in photos.items()
    ]

    def picked() -> None:
        sample = photos.get(str(sent(key, "open")))
        if sample is not None:
            on_pick(sample.photo)

    products_part(
        key=key,
        data={"kind": "photos", "label": "Photos to try", "cards": cards},
        on_open_change=picked,
        on_more_change=lambda: None,
    )
