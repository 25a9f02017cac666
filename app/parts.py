"""The app's own page parts (assets/*.js and *.css), mounted as Streamlit components."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

ASSETS = Path(__file__).resolve().parent.parent / "assets"


def _register(name: str) -> Callable[..., Any]:
    css = ASSETS / f"{name}.css"
    return st.components.v2.component(
        f"shop_by_image_{name}",
        css=css.read_text(encoding="utf-8") if css.is_file() else None,
        js=(ASSETS / f"{name}.js").read_text(encoding="utf-8"),
    )


products_part = _register("products")
crop_part = _register("crop")
menu_part = _register("menu")
map_part = _register("map")
compare_part = _register("compare")
pairs_part = _register("pairs")
sign_in_part = _register("sign_in")


def sent(key: str, event: str) -> Any:
    """What the part `key` sent with `event`, inside the callback of that event. The browser's word: check it."""
    return getattr(st.session_state.get(key), event, None)
