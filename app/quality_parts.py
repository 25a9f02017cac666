"""Two page parts of model quality that Streamlit has not: a list of pairs to click, and a grid of photos to open."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from app.parts import ASSETS, sent


def _register(name: str) -> Callable[..., Any]:
    return st.components.v2.component(
        f"shop_by_image_{name}",
        css=(ASSETS / "quality.css").read_text(encoding="utf-8"),
        js=(ASSETS / f"{name}.js").read_text(encoding="utf-8"),
    )


_pairs_part = _register("quality_pairs")
_photos_part = _register("quality_photos")


def pairs(rows: Sequence[Mapping[str, Any]], *, key: str, label: str, on_open: Callable[[str], None]) -> None:
    """A list of pairs, each a button: `id`, `label`, `predicted`, `number`, `detail`, `share` (0..1), `chosen`."""
    _pairs_part(
        key=key, data={"label": label, "rows": list(rows)}, on_open_change=lambda: on_open(str(sent(key, "open")))
    )


def photos(
    cards: Sequence[Mapping[str, Any]], *, key: str, label: str, on_open: Callable[[str], None], at: str = ""
) -> None:
    """A grid of photos, each a button: `id`, `picture`, `alt`, `first`, `second`, `badge`, `chosen`.

    Args:
        at: names what is shown; where it changes, the grid comes into view.
    """
    _photos_part(
        key=key,
        data={"label": label, "cards": list(cards), "at": at},
        on_open_change=lambda: on_open(str(sent(key, "open"))),
    )
