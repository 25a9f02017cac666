"""The products that a visitor saved with their hearts."""

from __future__ import annotations

import streamlit as st

from app.common import cards, events, results, states, words
from app.shop.place import product_ids
from vsearch_core.search import Engine


def show(engine: Engine) -> None:
    """The saved products, the newest first; a second click on a heart takes one away."""
    results.back_button()
    known, saved = product_ids(engine.store), events.in_saved_order()
    there = [product for product in saved if product in known]
    title = f"<p>{words.count(len(there), 'product')}</p>" if there else ""
    st.html(f'<div class="shelf"><h1>Saved</h1>{title}</div>')
    if gone := len(saved) - len(there):
        states.quiet(f"{words.count(gone, 'saved product')} {'is' if gone == 1 else 'are'} not in the shop any more.")
    if not there:
        states.blank("No saved products", "Give a heart to what you like among your results, and it stands here.")
        return
    found = [cards.product_card(engine, engine.store.product(product)) | {"wanted": True} for product in there]
    cards.show(found, key="saved_products", label="Saved products", kind="grid", about="saved", on_want=_keep)


def _keep(products: frozenset[str]) -> None:
    taken_back = events.saved() - products
    for product in taken_back:
        events.take_back(product)
    if taken_back:
        st.rerun()
