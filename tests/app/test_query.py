"""What is searched by stays what was clicked, whatever address the browser still sends."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest


def _page() -> None:
    from types import SimpleNamespace
    from typing import Any

    import pandas as pd
    import streamlit as st

    from app.search import query

    store: Any = SimpleNamespace(version="three products", products=pd.DataFrame({"id": ["1", "2", "3"]}))
    liked = query.liked(store)
    st.text(liked or "the photo")
    for product in ("2", "unknown", ""):
        st.button(f"like {product}", on_click=query.like, args=(product,))


def _shown(page: AppTest) -> str:
    return str(page.text[0].value)


def test_a_click_outlives_a_run_that_was_asked_for_with_the_address_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.search.query._ON_ITS_WAY_S", 600.0)
    page = AppTest.from_function(_page, default_timeout=60).run()
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


def test_an_address_is_followed_and_a_product_that_is_not_there_is_not() -> None:
    page = AppTest.from_function(_page, default_timeout=60)
    page.query_params["like"] = "3"
    assert _shown(page.run()) == "3"
    page.button[2].click().run()
    assert _shown(page) == "the photo"
    page.button[1].click().run()
    assert _shown(page) == "the photo"
