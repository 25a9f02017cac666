"""What the search page shows of the garments in a photo: boxes, tabs, corrections, and the outfit they make."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from typing import Any

import streamlit as st

from app.common import cards, events, readers
from app.common.components import crop_part, sent
from app.search import garment_words, garments, query
from app.search.garment_words import WHOLE, WORN
from app.search.garments import Garment
from app.search.query import Query
from vsearch_core.search import Engine
from vsearch_core.search.present import HitGroup
from vsearch_core.store import Filters


def marks(asked: Query) -> list[dict[str, Any]]:
    """The garments as the photo's part draws them: boxes with a short name."""
    chosen, names = garments.chosen(asked), garment_words.tabs(garments.shown(asked))
    return [
        {
            "id": garment.id,
            "name": garment_words.short(garment.item),
            "label": f"Search for {names[garment.id]}",
            "box": garments.fractions(garment.item, asked.photo.original_size),
            "chosen": garment == chosen,
        }
        for garment in garments.shown(asked)
    ]


def actions(asked: Query) -> None:
    """What can be put right about the chosen garment; that no garments could be looked for, where it is so."""
    known = garments.found(asked)
    if (known and known.failed) or readers.detector_is_broken():
        st.html(f'<p class="none" role="status">{escape(garments.FAILED)}</p>')
    chosen = garments.chosen(asked)
    if known is None or asked.box is not None:
        return
    with st.container(horizontal=True, gap="small", key="garment_actions"):
        if chosen:
            if st.button(
                "Correct it", type="tertiary", key="correct", help="Draw its box anew, or say where it is worn"
            ):
                _correct(chosen)
            st.button(
                "Not a garment",
                type="tertiary",
                key="remove",
                on_click=garments.remove,
                args=(chosen.id,),
                help="Take it away from this photo",
            )
        if st.button("Add a garment", type="tertiary", key="add", help="Draw a box around one that was missed"):
            _add(chosen)


@st.dialog("Correct the garment", width="medium")
def _correct(garment: Garment) -> None:
    _draw_box(garment, garment)


@st.dialog("Add a garment", width="medium")
def _add(chosen: Garment | None) -> None:
    _draw_box(None, chosen)


def _draw_box(garment: Garment | None, before: Garment | None) -> None:
    """Where a garment is and what it is, drawn and said; of a new one where there is none yet.

    Args:
        before: what was asked for when the dialog opened; it closes when that is another one.
    """
    asked = query.current()
    if asked is None:
        return
    worn = st.pills(
        "Where it is worn" if garment else "What it is; left open, the photo decides",
        list(WORN),
        format_func=WORN.__getitem__,
        default=garment.item.position if garment else None,
        required=garment is not None,
        key=None if garment else "worn_added",
    )
    key = "photo_correct" if garment else "photo_add"

    def drawn() -> None:
        garments.draw(garment.id if garment else "", sent(key, "box"), worn)

    crop_part(
        key=key,
        data={
            "picture": asked.preview,
            "aspect": asked.photo.pixels.shape[1] / asked.photo.pixels.shape[0],
            "alt": "Your photo",
            "box": garments.fractions(garment.item, asked.photo.original_size) if garment else None,
            "mode": "dialog",
            "hint": "Move the frame, or pull its corners.",
        },
        on_box_change=drawn,
        on_whole_change=lambda: garments.choose(""),
        on_garment_change=lambda: None,
    )
    if garments.chosen(asked) != before:
        st.rerun()


@contextmanager
def tab(engine: Engine, asked: Query) -> Iterator[Garment | None]:
    """Tabs for the whole photo and each garment; gives the open one's garment, and draws in its tab.

    While garments are looked for there is the one tab (and no bar), so that the products stay in their place when
    others come.
    """
    if engine.detector is None or asked.box is not None:
        yield None
        return
    all_of_them, chosen = garments.shown(asked), garments.chosen(asked)
    names = garment_words.tabs(all_of_them)
    ids = {name: id for id, name in names.items()}
    st.session_state["answer_tabs"] = names[chosen.id] if chosen else WHOLE
    tabs = st.tabs(
        [WHOLE, *ids],
        key="answer_tabs",
        on_change=lambda: garments.choose(ids.get(st.session_state["answer_tabs"], "")),
    )
    with tabs[1 + all_of_them.index(chosen) if chosen else 0]:
        yield chosen


def look(engine: Engine, asked: Query, filters: Filters, *, on_more: Callable[[str], None]) -> None:
    """One product for each position of an outfit, in a row."""
    items = garments.look(engine, asked, filters)
    if not items:
        return
    events.also_shown([item.hits[0].id for item in items])
    with st.container(key="outfit", gap="small"):
        st.html(
            '<h2 class="strip-title">Complete the look</h2><p class="others">The nearest product for each place.</p>'
        )
        found = [cards.hit_card(engine, HitGroup(item.hits[0])) | {"badge": WORN[item.position]} for item in items]
        cards.show(found, key="look", label="Complete the look", kind="wide", on_more=on_more)
