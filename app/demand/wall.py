"""The wall: the pictures that people searched with, each opening to what we answered."""

from __future__ import annotations

from html import escape
from math import ceil
from typing import Any

import pandas as pd
import streamlit as st

from app import access
from app.common import cards, controls, readers, states
from app.common import words as plain_words
from app.common.components import products_part, sent
from app.demand import data, parts, words
from vsearch_core.insight.demand import answers
from vsearch_core.insight.demand.selection import Selection
from vsearch_core.search import Engine

_PER_PAGE = 78


def show(engine: Engine, selection: Selection) -> None:
    """The section."""
    total = data.photo_count(selection)
    pages = max(ceil(total / _PER_PAGE), 1)
    first = (controls.page_of(pages, "wall_page") - 1) * _PER_PAGE
    photos = data.kept_photos(selection, limit=_PER_PAGE, offset=first)
    if not total:
        states.blank(
            "No pictures here", "People are asked once whether their photo may be kept; of this selection none is."
        )
        return
    parts.title(
        f"{plain_words.count(total, 'picture')} that people searched with",
        "The most searched-for first; the number says how many searches. Click one to see what we answered.",
    )
    result = products_part(
        key="wall",
        data={
            "kind": "photos",
            "label": "Pictures that people searched with",
            "cards": [_card(row) for row in photos.to_dict("records")],
        },
        on_open_change=lambda: None,
        on_more_change=lambda: None,
    )
    controls.leaf(pages, "wall_page")
    parts.downloads(photos.drop(columns=["model"]), name="pictures")
    asked = str(result.open or sent("wall", "open") or "")
    if asked and asked in set(photos["photo"]):
        _open(engine, selection, asked)


def _card(row: dict[Any, Any]) -> dict[str, Any]:
    number = int(row["searches"])
    times = f"{number:,} search{'' if number == 1 else 'es'}"
    missed = "" if row["answered"] else ", no good match"
    return {
        "id": row["photo"],
        "alt": f"{row['product_type'] or 'Unknown'}: {times}{missed}",
        "picture": data.picture(str(row["photo"])),
        "badge": f"{number:,}" if number > 1 else "",
    }


@st.dialog("What we answered", width="large")
def _open(engine: Engine, selection: Selection, photo: str) -> None:
    access.check("demand")
    found = answers.last_answer(readers.database(), selection, photo)
    if found is None:
        st.caption("This picture is not kept any more.")
        return
    guesses = ", ".join(f"{one['name']} ({one['probability']:.0%})" for one in found.product_types[:3])
    verdict = "A good match" if found.good_match else "No good match in this shop"
    did = "; ".join(
        f"{words.KINDS.get(kind, kind)} {number:,} times" if number > 1 else words.KINDS.get(kind, kind)
        for kind, number in found.events.items()
    )
    st.html(
        f'<div class="demand-answer"><img alt="The photo" src="{data.picture(photo, data.LARGE)}"><div>'
        f"<h3>{escape(verdict)}</h3><p>{escape(guesses)}</p>"
        f"<p>Last searched on {found.time:%d %b %Y at %H:%M} UTC by "
        f"{escape(words.SOURCES.get(found.source, found.source).lower())}, answered in "
        f"{words.milliseconds(found.total_ms)}.</p>"
        f"<p>{'People ' + escape(did) + '.' if did else 'Nobody clicked anything.'}</p>"
        f"{_hits(engine, found.hits)}</div></div>"
    )


def _hits(engine: Engine, hits: list[dict[str, Any]]) -> str:
    known = dict(zip(engine.store.products["id"], engine.store.products["name"], strict=True))
    figures = "".join(
        f'<figure><img alt="" src="{cards.picture_of(engine, str(hit["id"]))}">'
        f"<figcaption>{hit['score']:.2f} {escape(str(known.get(hit['id'], 'no longer here')))}</figcaption></figure>"
        for hit in hits[:5]
        if pd.notna(hit["score"])
    )
    return f'<div class="demand-pictures">{figures}</div>'
