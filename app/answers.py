"""The answer's side of the search page: filters, five products, and what is shown instead of poor ones."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from html import escape

import streamlit as st

from app import cards, events, filters, query, states
from app.query import Query
from vsearch_core.search import Engine
from vsearch_core.search.present import HitGroup, enough_groups
from vsearch_core.store import Filters


def show(engine: Engine, asked: Query | None, liked: str) -> None:
    """The filters, and the products that are most like the product that was asked for, else like the photo."""
    chosen = filters.bar(engine.store)
    if liked:
        _of_product(engine, liked, chosen)
    elif asked:
        _of_photo(engine, asked, chosen)


def _of_photo(engine: Engine, asked: Query, chosen: Filters) -> None:
    result = query.answer(asked, chosen)
    groups = enough_groups(result.hits, query.SHOWN, lambda k: query.answer(asked, chosen, k).hits)
    query.note(replace(result, hits=tuple(group.best for group in groups)), asked, chosen)
    if not groups:
        states.nothing_left()
    elif result.good_match or st.session_state.get("nearest_anyway"):
        _show(engine, groups, "Most similar" if result.good_match else "The nearest, though not a good match")
    else:
        states.no_good_match(engine.store, result.hits[0], asked.analysis.product_type, chosen)


def _of_product(engine: Engine, product_id: str, chosen: Filters) -> None:
    started = time.perf_counter()
    hits = engine.similar(product_id, k=query.FETCHED, filters=chosen)
    groups = enough_groups(hits, query.SHOWN, lambda k: engine.similar(product_id, k=k, filters=chosen))
    took_ms = (time.perf_counter() - started) * 1000
    query.note_liked([group.best for group in groups], product_id, chosen, took_ms)
    if groups:
        _show(engine, groups, "Most similar")
    else:
        states.nothing_left()


def _show(engine: Engine, groups: Sequence[HitGroup], title: str) -> None:
    st.html(f'<h2 class="strip-title">{escape(title)}</h2>')
    wanted, answer = events.wanted(), events.last_answer()
    found = [cards.hit_card(engine, group) | {"wanted": group.best.id in wanted} for group in groups]
    cards.show(
        found,
        key="hits",
        label="Most similar products",
        about=answer.query if answer else "",
        on_more=_more,
        on_want=events.want,
    )
    if events.said_none():
        st.html('<p class="none" role="status">Thank you: the shop learns from it.</p>')
    else:
        st.button("None of these", type="tertiary", key="none_of_these", on_click=events.none_of_these)


def _more(product_id: str) -> None:
    events.similar(product_id)
    query.like(product_id)
