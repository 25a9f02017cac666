"""The photo's side of the search page: the start, the photo with its part, and what the photo shows."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import streamlit as st

from app.common import cards, readers, words
from app.common.components import crop_part, sent
from app.search import consent, garment_parts, garments, query
from app.search.query import Query
from app.server.inside import drop_taken
from app.shop import place
from vsearch_core.contracts import Analysis
from vsearch_core.search import Engine
from vsearch_core.search.codes import told
from vsearch_core.settings import settings

_ACCEPTED = ("image", "heic", "heif", "avif", "webp", "tif", "tiff", "jfif")
"""Extensions beside the kind, because browsers do not know the kind of every file."""

_ATTRIBUTES = ("colour", "gender", "usage")


def uploader(label: str) -> None:
    """A place to drop or choose a photo; the file is taken at once and the place is empty again."""
    turn = st.session_state.setdefault("upload_turn", 0)
    key = f"upload_{turn}"

    def taken() -> None:
        file = st.session_state.get(key)
        # A run that a next click interrupts is told of the file again: it is still one search.
        if file is not None and st.session_state["upload_turn"] == turn:
            query.take(file.getvalue(), "upload")
            st.session_state["upload_turn"] = turn + 1
            drop_taken(file)

    st.file_uploader(
        label,
        type=_ACCEPTED,
        key=key,
        on_change=taken,
        max_upload_size=max(int(settings().max_upload_mb), 1),
        label_visibility="collapsed",
    )


def camera_button(*, key: str) -> None:
    """Opens the camera; nothing asks for it before."""
    if st.button("Take a photo", icon=":material/photo_camera:", key=key):
        _camera()


@st.dialog("Take a photo")
def _camera() -> None:
    shot = st.camera_input("Camera", label_visibility="collapsed")
    if not consent.is_given():
        st.caption("The photo is searched with and then forgotten: it is not stored.")
    if shot is not None:
        query.take(shot.getvalue(), "camera")
        drop_taken(shot)
        st.rerun()


def start(engine: Engine) -> None:
    """The page before there is a photo: what it does, ways to give a photo, photos to try, a look into the shop."""
    store = engine.store
    with st.container(key="start"):
        left, right = st.columns([6, 5], gap="large", vertical_alignment="center")
        with left:
            st.html(
                '<div class="hero"><h1>Show us what you like</h1>'
                f"<p>Take or upload a photo and see the most similar of {len(store.products):,} products.</p></div>"
            )
            uploader("Upload a photo")
            camera_button(key="camera_start")
        with right:
            if readers.samples(store):
                st.html('<h2 class="strip-title">Or try one of these</h2>')
            cards.sample_strip(engine, key="samples_start", on_pick=_try)
    with st.container(key="fresh"):
        st.html('<h2 class="strip-title">From the shop</h2>')
        shown = [cards.product_card(engine, store.product(product)) for product in place.window(store)]
        cards.show(shown, key="window", label="From the shop", kind="wide")


def again(engine: Engine) -> None:
    """Ways to give another photo, small, below an answer."""
    with st.container(key="again"):
        left, right = st.columns([3, 10], gap="medium", vertical_alignment="bottom")
        with left:
            st.html('<h2 class="strip-title">Another photo</h2>')
            uploader("Upload another photo")
        with right:
            cards.sample_strip(engine, key="samples_again", on_pick=_try)


def _try(photo: cards.SamplePhoto) -> None:
    query.take(photo.data, "sample")


def show(engine: Engine, asked: Query | None, liked: str) -> None:
    """What is searched by: the product that was asked for with "More like this", else the photo."""
    with st.container(key="panel"):
        if liked:
            _product(engine, liked)
        elif asked:
            _photo(engine, asked)


def _photo(engine: Engine, asked: Query) -> None:
    chosen = garments.chosen(asked)
    marks = garment_parts.marks(asked)
    photo(
        asked,
        key="photo",
        mode="inline",
        hint=f"{'Choose a garment, or drag' if marks else 'Drag'} over the photo to search a part of it.",
        marks=marks,
        busy="Looking for garments …" if garments.are_awaited(engine, asked) else "",
    )
    if chosen:
        analysis = garments.as_worn(garments.analysed(engine, asked, chosen), chosen.item)
        asked_with = garments.cut_out(asked, chosen)
    else:
        analysis, asked_with = asked.analysis, asked.asked_with
    if chosen or asked.seen.in_shop:
        facts(
            analysis,
            sure=engine.model.bundle.is_sure(analysis.product_types),
            what="garment" if chosen else "part" if asked.box else "",
        )
    else:
        st.html(
            '<section class="facts" aria-label="What the photo shows"><p class="kicker">What the photo shows</p>'
            '<h1 class="type">Not recognised</h1></section>'
        )
    if not chosen:
        codes(engine, analysis)
    if asked.photo.remark:
        st.caption(asked.photo.remark)
    garment_parts.actions(asked)
    with st.container(horizontal=True, gap="xsmall", key="panel_actions"):
        if asked.box is not None:
            st.button("Whole photo", icon=":material/crop_free:", key="whole", on_click=query.mark, args=(None,))
        elif st.button("Crop", icon=":material/crop:", key="crop", help="Search a part of the photo"):
            _crop()
        st.button("New photo", icon=":material/add_a_photo:", key="new", on_click=query.forget)
    consent.ask(asked_with, analysis.embedding)


def _product(engine: Engine, product_id: str) -> None:
    known = engine.store.product(product_id)
    name = str(known["name"] or product_id)
    st.html(f'<div class="portrait"><img src="{cards.picture_of(engine, product_id)}" alt="{escape(name)}"></div>')
    st.html(
        f'<section class="facts"><p class="kicker">More like this</p><h1 class="type small">{escape(name)}</h1>'
        f'<p class="others">{escape(words.price(known["price"], engine.store.currency))}</p></section>'
    )
    with st.container(horizontal=True, gap="xsmall", key="panel_actions"):
        back = "Back to your photo" if query.current() else "Search by photo"
        st.button(back, icon=":material/arrow_back:", key="back", on_click=query.like, args=("",))


def photo(
    asked: Query, *, key: str, mode: str, hint: str, marks: Sequence[dict[str, Any]] = (), busy: str = ""
) -> None:
    """The photo as a picture on which a part can be marked, and garments can be chosen; `busy` says what goes on."""
    crop_part(
        key=key,
        data={
            "picture": asked.preview,
            "aspect": asked.photo.pixels.shape[1] / asked.photo.pixels.shape[0],
            "alt": f"Your photo: {asked.analysis.product_type.name}",
            "box": list(asked.box) if asked.box else None,
            "main": None if marks else query.main_thing(asked),
            "mode": mode,
            "hint": hint,
            "garments": list(marks),
            "busy": busy,
        },
        on_box_change=lambda: query.mark(sent(key, "box")),
        on_whole_change=lambda: query.mark(None),
        on_garment_change=lambda: garments.choose(sent(key, "garment")),
    )


@st.dialog("Search a part of the photo", width="medium")
def _crop() -> None:
    asked = query.current()
    if asked is None:
        return
    before = asked.id
    photo(asked, key="photo_crop", mode="dialog", hint="Move the frame, or pull its corners.")
    if st.session_state.setdefault("crop_opened_with", before) != before:
        del st.session_state["crop_opened_with"]
        st.rerun()


def codes(engine: Engine, analysis: Analysis) -> None:
    """What was read in the photo, and the products that carry it."""
    ids = {product for code in analysis.codes for product in code.products}
    names = {product: str(engine.store.product(product)["name"] or product) for product in ids}
    for code in analysis.codes:
        st.html(f'<p class="codes" role="status">{escape(told(code, names))}</p>')


def facts(analysis: Analysis, *, sure: bool, what: str = "") -> None:
    """What the photo shows, with its confidence, the next guesses and the attributes.

    Args:
        sure: whether one type is told as a fact; if not, there are two candidates.
        what: of it is shown, where it is not all.
    """
    best = analysis.product_type
    told = analysis.product_types[: 1 if sure else 2]
    kicker = (f"This {what} looks like" if what else "Looks like") if len(told) == 1 else "Perhaps"
    others = [
        f"{escape(other.name)} {words.percent(other.probability)}"
        for other in analysis.product_types[len(told) : 3]
        if other.probability >= 0.05
    ]
    confidence = " and ".join(words.percent(one.probability) for one in told)
    chips = [
        f"<li>{escape(predictions[0].name)}</li>"
        for name in _ATTRIBUTES
        if (predictions := analysis.attributes.get(name)) and predictions[0].probability >= 0.5
    ]
    st.html(
        f'<section class="facts" aria-label="What the photo shows"><p class="kicker">{kicker}</p>'
        f'<h1 class="type">{" or ".join(escape(one.name) for one in told)}</h1>'
        f'<p class="confidence"><span class="bar" aria-hidden="true"><span style="width:{best.probability:.0%}"></span>'
        f"</span>{confidence} sure</p>"
        + (f'<p class="others">or {", ".join(others)}</p>' if others else "")
        + (f'<ul class="chips">{"".join(chips)}</ul>' if chips else "")
        + "</section>"
    )
