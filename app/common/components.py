"""The app's own page parts (assets/*.js and *.css), mounted as Streamlit components."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import streamlit as st

ASSETS = Path(__file__).resolve().parent.parent.parent / "assets"

_ORDERS = "orders_of_parts"
"""In the session: for each part's key the turn of what it shows, and the hash of that."""


def register(name: str, css: str = "") -> Callable[..., Any]:
    """A page part: `assets/<name>.js` gives `draw`, and `assets/<css or name>.css` its style where there is one.

    What is returned mounts it with a `key` and `data` (a JSON object), and passes on what else it is given.
    """
    style = ASSETS / f"{css or name}.css"
    mount = st.components.v2.component(
        f"shop_by_image_{name}",
        css=style.read_text(encoding="utf-8") if style.is_file() else None,
        js=script_of(name),
    )

    def part(*, key: str, data: Mapping[str, Any], **others: Any) -> Any:
        return mount(key=key, data={**data, "order": _order(key, data)}, **others)

    return part


def script_of(name: str) -> str:
    """A part's own script behind those that all parts share."""
    return "".join((ASSETS / file).read_text(encoding="utf-8") for file in ("newest.js", "elements.js", f"{name}.js"))


def _order(key: str, data: Mapping[str, Any]) -> list[Any]:
    """Name the visit, and the turn of what a part shows in it: a greater number whenever that changes."""
    visit, orders = st.session_state.setdefault(_ORDERS, (uuid.uuid4().hex, {}))
    said = hash(json.dumps(data))
    turn, before = orders.get(key, (0, None))
    if said != before:
        turn += 1
        orders[key] = turn, said
    return [visit, turn]


products_part = register("products")
crop_part = register("crop")
menu_part = register("menu")
map_part = register("map")
compare_part = register("compare")
pairs_part = register("pairs")
sign_in_part = register("sign_in")
pairs_of_types_part = register("quality_pairs", css="quality_lists")
photos_of_pair_part = register("quality_photos", css="quality_lists")


def sent(key: str, event: str) -> Any:
    """What the part `key` sent with `event`, inside the callback of that event. The browser's word: check it."""
    return getattr(st.session_state.get(key), event, None)
