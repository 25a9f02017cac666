"""The answer's side of the search page: filters, five products or more, and what is shown instead of poor ones."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace

import streamlit as st

from app.common import cards, events, filters, results, states
from app.search import garment_parts, garments, query
from app.search.garments import Garment
from app.search.query import Query
from vsearch_core.contracts import Analysis, Hit, SearchResult
from vsearch_core.search import Engine
from vsearch_core.search.present import HitGroup, enough_groups
from vsearch_core.store import Filters


def show(engine: Engine, asked: Query | None, liked: str) -> None:
    """The filters, and the products that are most like the product that was asked for, else like the photo.

    Where garments were found in the photo, each has a tab of its own behind the whole photo's, and below stand the
    products that make the same outfit.
    """
    chosen = filters.bar(engine.store)
    results.note()
    if liked:
        _of_product(engine, liked, chosen)
    elif asked:
        with garment_parts.tab(engine, asked) as garment:
            if garment:
                _of_garment(engine, asked, garment, chosen)
            else:
                _of_photo(engine, asked, chosen)
        garment_parts.look(engine, asked, chosen, on_more=_more)


def _of_photo(engine: Engine, asked: Query, chosen: Filters) -> None:
    result = query.answer(asked, chosen)
    about = (asked.id, chosen)
    groups = _groups(about, result.hits, lambda k: query.answer(asked, chosen, k).hits)
    known = garments.found(asked) if asked.box is None else None
    best = tuple(group.best for group in groups[: query.SHOWN])
    query.note(replace(result, hits=best, items=known.items if known else ()), asked, chosen)
    _answer(engine, about, groups, asked.analysis, chosen, good=result.good_match, in_shop=asked.seen.in_shop)
    if garments.shown(asked) and groups and not result.good_match:
        st.html('<p class="hint-garments">The garments in the photo have answers of their own: choose one.</p>')


def _of_garment(engine: Engine, asked: Query, garment: Garment, chosen: Filters) -> None:
    started = time.perf_counter()
    item, analysis = garments.answer(engine, asked, garment, chosen, query.FETCHED)
    about = (asked.id, item.position, item.box, chosen)
    groups = _groups(about, item.hits, lambda k: garments.answer(engine, asked, garment, chosen, k)[0].hits)
    timings = {"search": (time.perf_counter() - started) * 1000}
    good = engine.is_good_match(item.hits, analysis, item=True)
    analysis = garments.as_worn(analysis, item)
    best = tuple(group.best for group in groups[: query.SHOWN])
    result = SearchResult(analysis, best, good, timings_ms=timings)
    query.note_garment(result, asked, garment.item, chosen, garments.cut_out(asked, garment))
    _answer(engine, about, groups, analysis, chosen, good=good)


def _groups(about: Hashable, hits: Sequence[Hit], more: Callable[[int], Sequence[Hit]]) -> list[HitGroup]:
    """As many products as are asked for, and one that tells whether there are more."""
    return enough_groups(hits, query.shown(about) + 1, more)


def _answer(
    engine: Engine,
    about: Hashable,
    groups: Sequence[HitGroup],
    analysis: Analysis,
    chosen: Filters,
    *,
    good: bool,
    in_shop: bool = True,
) -> None:
    if not groups:
        states.nothing_left()
    elif good or st.session_state.get("nearest_anyway"):
        _show(engine, about, groups, good=good)
    elif not in_shop:
        states.not_in_shop()
    else:
        states.no_good_match(engine.store, analysis.product_type, chosen)


def _of_product(engine: Engine, product_id: str, chosen: Filters) -> None:
    started = time.perf_counter()
    hits = engine.similar(product_id, k=query.FETCHED, filters=chosen)
    about = (product_id, chosen)
    groups = _groups(about, hits, lambda k: engine.similar(product_id, k=k, filters=chosen))
    took_ms = (time.perf_counter() - started) * 1000
    query.note_liked([group.best for group in groups[: query.SHOWN]], product_id, chosen, took_ms)
    if groups:
        _show(engine, about, groups, good=True)
    else:
        states.nothing_left()


def _show(engine: Engine, about: Hashable, groups: Sequence[HitGroup], *, good: bool) -> None:
    title = "Most similar" if good else "The nearest, though not a good match"
    st.html(f'<h2 class="strip-title">{title}</h2>')
    number = query.shown(about)
    shown, are_more = groups[:number], len(groups) > number and number < query.STEPS[-1]
    events.also_shown([group.best.id for group in shown])
    wanted, answer = events.wanted(), events.last_answer()
    found = [cards.hit_card(engine, group, good=good) | {"wanted": group.best.id in wanted} for group in shown]
    cards.show(
        found,
        key="hits",
        label="Most similar products",
        about=answer.query if answer else "",
        on_more=_more,
        # A visitor who said that none is right has no hearts to give there.
        on_want=None if events.said_none() else events.want,
    )
    with st.container(horizontal=True, vertical_alignment="center", key="after_hits"):
        if are_more:
            st.button("Show more", key="show_more", on_click=query.show_more, args=(about,))
        if events.said_none():
            st.html('<p class="none" role="status">Thank you: the shop learns from it.</p>')
        elif not events.wanted():
            st.button("None of these", type="tertiary", key="none_of_these", on_click=_none_of_these)


def _none_of_these() -> None:
    answer = events.last_answer()
    wanted = cards.wanted_by_now("hits", answer.query) if answer else None
    if wanted is not None:
        events.want(wanted)
    events.none_of_these()


def _more(product_id: str) -> None:
    events.similar(product_id)
    query.like(product_id)
