"""Two page parts of model quality that Streamlit has not: a list of pairs to click, and a grid of photos to open."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.common.components import pairs_of_types_part, photos_of_pair_part, sent


def pairs(rows: Sequence[Mapping[str, Any]], *, key: str, label: str, on_open: Callable[[str], None]) -> None:
    """A list of pairs, each a button: `id`, `label`, `predicted`, `number`, `detail`, `share` (0..1), `chosen`."""
    pairs_of_types_part(
        key=key, data={"label": label, "rows": list(rows)}, on_open_change=lambda: on_open(str(sent(key, "open")))
    )


def photos(
    cards: Sequence[Mapping[str, Any]], *, key: str, label: str, on_open: Callable[[str], None], at: str = ""
) -> None:
    """A grid of photos, each a button: `id`, `picture`, `alt`, `first`, `second`, `badge`, `chosen`.

    Args:
        at: names what is shown; where it changes, the grid comes into view.
    """
    photos_of_pair_part(
        key=key,
        data={"label": label, "cards": list(cards), "at": at},
        on_open_change=lambda: on_open(str(sent(key, "open"))),
    )
