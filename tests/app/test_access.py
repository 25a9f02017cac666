"""A staff page in a run of its own: what a page shows to whom, decided in its own body."""

from __future__ import annotations

import time
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from vsearch_core.settings import settings

LOGIN = {
    "client_id": "shop",
    "client_secret": "x",
    "server_metadata_url": "http://localhost/x",
    "cookie_secret": "x" * 32,
}
SECRET = "what only buyers may read"


def a_page_of_buyers() -> None:
    import streamlit as st

    from app import access

    st.session_state["framed"] = True
    access.enter("demand")
    st.write("what only buyers may read")


def visited(auth: Any, **claims: Any) -> AppTest:
    """The page as a visitor with these claims sees it, under a section [auth] of the secrets."""
    page = AppTest.from_function(a_page_of_buyers, default_timeout=60)
    if auth is not None:
        page.secrets["auth"] = auth
    page.user.update(claims)
    return page.run()


def says(page: AppTest) -> str:
    assert not page.exception
    return " ".join([*(part.proto.body for part in page.get("html")), *(part.value for part in page.markdown)])


@pytest.fixture(autouse=True)
def _buyers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VSEARCH_BUYERS", "bea@shop.example")
    settings.cache_clear()


def test_a_buyer_who_is_signed_in_sees_the_page() -> None:
    page = visited(LOGIN, is_logged_in=True, email="bea@shop.example", iat=time.time())
    assert SECRET in says(page)


@pytest.mark.parametrize(
    ("auth", "claims", "reason"),
    [
        (None, {}, "is closed"),
        (LOGIN, {}, "is for staff"),
        (LOGIN, {"is_logged_in": "yes", "email": "bea@shop.example", "iat": 4e9}, "is for staff"),
        (LOGIN, {"email": "bea@shop.example", "iat": 4e9}, "is for staff"),
        (LOGIN, {"is_logged_in": True, "email": "bea@shop.example", "iat": 1e9}, "has run out"),
        (LOGIN, {"is_logged_in": True, "email": "bea@shop.example"}, "has run out"),
        (LOGIN, {"is_logged_in": True, "email": "nemo@shop.example", "iat": 4e9}, "Ask whoever runs"),
        (LOGIN, {"is_logged_in": True, "email": "bea@shop.example", "email_verified": False, "iat": 4e9}, "vouch"),
        ({**LOGIN, "cookie_secret": "guess me"}, {"is_logged_in": True, "email": "bea@shop.example"}, "not set up"),
        ({"cookie_secret": "x" * 32}, {"is_logged_in": True, "email": "bea@shop.example"}, "not set up"),
        ("on", {"is_logged_in": True, "email": "bea@shop.example"}, "not set up"),
        ({}, {"is_logged_in": True, "email": "bea@shop.example"}, "not set up"),
    ],
)
def test_nobody_else_does_and_the_page_says_why(auth: Any, claims: dict[str, Any], reason: str) -> None:
    shown = says(visited(auth, **claims))
    assert reason in shown
    assert SECRET not in shown


def test_each_identity_provider_has_its_own_button() -> None:
    page = visited({"cookie_secret": "x" * 32, "google": LOGIN, "okta": LOGIN})
    assert [button.label for button in page.button] == ["Sign in with Google", "Sign in with Okta"]


def test_the_name_that_an_identity_provider_gives_is_text(monkeypatch: pytest.MonkeyPatch) -> None:
    page = visited(LOGIN, is_logged_in=True, email="<b>@shop.example", iat=4e9)
    assert "<b>@" not in says(page)
