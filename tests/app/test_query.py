"""What is searched by stays what was clicked, whatever address the browser still sends."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from vsearch_core.store import Store


def _page(store: object) -> None:
    import streamlit as st

    from app.search import query
    from vsearch_core.store import Store

    assert isinstance(store, Store)
    liked = query.liked(store)
    st.text(liked or "the photo")
    for product in ("2", "unknown", ""):
        st.button(f"like {product}", on_click=query.like, args=(product,))


@pytest.fixture
def store(make_shop: Callable[..., Store]) -> Store:
    """A shop of three products."""
    return make_shop([{"id": id, "name": f"Product {id}"} for id in "123"])


def _shown(page: AppTest) -> str:
    return str(page.text[0].value)


def test_a_click_outlives_a_run_that_was_asked_for_with_the_address_before_it(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.search.query._ON_ITS_WAY_S", 600.0)
    page = AppTest.from_function(_page, default_timeout=60, args=(store,)).run()
    assert _shown(page) == "the photo"
    page.button[0].click().run()
    assert _shown(page) == "2"
    page.query_params.clear()
    assert _shown(page.run()) == "2"
    assert page.query_params["like"] == "2"
    # but whoever goes back later does go back
    monkeypatch.setattr("app.search.query._ON_ITS_WAY_S", 0.0)
    page.query_params.clear()
    assert _shown(page.run()) == "the photo"


def test_an_address_is_followed_and_a_product_that_is_not_there_is_not(store: Store) -> None:
    page = AppTest.from_function(_page, default_timeout=60, args=(store,))
    page.query_params["like"] = "3"
    assert _shown(page.run()) == "3"
    page.button[2].click().run()
    assert _shown(page) == "the photo"
    page.button[1].click().run()
    assert _shown(page) == "the photo"
