"""A store that does not open: shoppers are served from the one before, and only staff read why."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from vsearch_core.settings import Settings, settings

LOGIN = {
    "client_id": "shop",
    "client_secret": "x",
    "server_metadata_url": "http://localhost/x",
    "cookie_secret": "x" * 32,
}
STAFF = {"is_logged_in": True, "email": "cto@shop.example", "iat": time.time()}


def the_frame() -> None:
    """What the app's frame does around a page, over a shop that is set up."""
    import streamlit as st

    from app import access
    from app.access import sign_in
    from app.common import readers, setting_up, states
    from vsearch_core.errors import VsearchError

    st.session_state["framed"] = True
    try:
        store = readers.engine().store if readers.is_set_up() else None
    except VsearchError as error:
        states.error(access.sentence(error))
    else:
        if store is None:
            setting_up.show()
        else:
            st.write(f"{len(store)} products")
            sign_in.menu(access.staff_menu().seen, "here")


def a_staff_page() -> None:
    import streamlit as st

    from app import access
    from app.common import readers

    st.session_state["framed"] = True
    readers.engine()
    access.enter("data")
    st.write("the page")


@pytest.fixture
def store(shop: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The drawn shop's store where the app looks for it."""
    path = Path(shutil.copytree(shop.store_path, tmp_path / "stores" / "shop"))
    monkeypatch.setenv("VSEARCH_STORE", str(path))
    monkeypatch.setenv("VSEARCH_CACHE", str(tmp_path))
    monkeypatch.setenv("VSEARCH_STAFF", "cto@shop.example")
    settings.cache_clear()
    st.cache_resource.clear()
    return path


def seen(page: Any, **claims: Any) -> str:
    test = AppTest.from_function(page, default_timeout=120)
    test.secrets["auth"] = LOGIN
    test.user.update(claims)
    test.run()
    assert not test.exception
    return " ".join([*(part.proto.body for part in test.get("html")), *(part.value for part in test.markdown)])


def damage(path: Path) -> bytes:
    whole = (path / "manifest.json").read_bytes()
    (path / "manifest.json").write_bytes(whole[:-9])
    return whole


def test_shoppers_go_on_and_staff_are_told_until_the_store_is_whole_again(store: Path) -> None:
    before = seen(the_frame)
    assert "products" in before
    whole = damage(store)
    assert seen(the_frame) == before
    for page in (the_frame, a_staff_page):
        told = seen(page, **STAFF)
        assert "the one before goes on being served" in told
        assert str(store) in told
    (store / "manifest.json").write_bytes(whole)
    assert "goes on being served" not in seen(a_staff_page, **STAFF)


def test_a_store_that_is_taken_away_is_served_on(store: Path) -> None:
    before = seen(the_frame)
    shutil.rmtree(store)
    assert seen(the_frame) == before


@pytest.mark.parametrize("spoil", [damage, shutil.rmtree])
def test_shoppers_never_read_a_path_of_the_server(store: Path, spoil: Any) -> None:
    spoil(store)
    told = seen(the_frame)
    assert "try again in a while" in told or "come back in a while" in told
    assert str(store.parent) not in told
    assert str(store) in seen(the_frame, **STAFF)


def what_is_wrong() -> None:
    import streamlit as st

    from app import access
    from vsearch_core.errors import BundleError, DatabaseError, ImageRejected

    for error in (ImageRejected("The picture is empty."), DatabaseError("/srv/a.db"), BundleError("/srv/models")):
        st.write(access.sentence(error))


def test_what_is_wrong_with_a_photo_is_for_its_sender_and_the_rest_is_for_staff(store: Path) -> None:
    assert "The picture is empty." in seen(what_is_wrong)
    assert "/srv" not in seen(what_is_wrong)
    assert "/srv/a.db" in seen(what_is_wrong, **STAFF)
