"""What the visitor searches by: a photo (or a part of it), or a product. Kept in this session's memory alone."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
import streamlit as st

from app import access
from app.common import events, pictures, readers, results
from app.common.stored import Row, trim
from app.search import consent
from app.shop.place import product_ids
from vsearch_core.contracts import Analysis, Hit, Item, Photo, Position, SearchResult
from vsearch_core.errors import VsearchError
from vsearch_core.images import decode
from vsearch_core.journal import Request, Source
from vsearch_core.store import Filters, Store

SHOWN = 5
STEPS = (SHOWN, 20, 50)
"""How many products are shown at first, and after each "Show more"."""

FETCHED = 40
"""Hits asked for, so that five groups are left when colour variants and near-copies are put together."""

_KEPT_SIDE = 1280
"""Longest side in pixels of the photo as it is decoded, once: a part of it is still sharp enough to search by."""

_PREVIEW_SIDE = 720

_MOST_NOTED = 200
"""Answers of a visit that are known to be written down; one that is older is written again if it is asked for again."""

_ON_ITS_WAY_S = 1.0
"""So long after a click the browser may still send the address of before it."""

WHOLE = "whole"
"""In the page's address, in a garment's place: the whole photo is asked for, and not its main garment."""

Answered = TypeVar("Answered")

Box = tuple[float, float, float, float]
"""x0, y0, x1, y1 in fractions of the photo's width and height."""


@dataclass(frozen=True)
class Query:
    """A photo that was asked with, the part of it that counts, and what the model says of that part."""

    id: str
    source: Source
    photo: Photo
    preview: str
    seen: SearchResult
    model: str
    box: Box | None = None
    whole: SearchResult | None = None
    """What was seen in the whole photo, where `seen` is of a part."""

    @property
    def analysis(self) -> Analysis:
        """What the model says of the photo, or of the part of it that is marked."""
        return self.seen.analysis

    @property
    def asked_with(self) -> Photo:
        """The photo, or the part of it that is marked."""
        return _cut(self.photo, self.box) if self.box else self.photo


def current() -> Query | None:
    """The photo of this session, if there is one."""
    query: Query | None = st.session_state.get("query")
    if query is not None and query.model != readers.engine().model.fingerprint:
        # Another model has come with a new store, and does not understand what the old one saw.
        forget()
        return None
    return query


def problem() -> str:
    """The sentence that says why the last photo was not taken, told once; empty where all is well."""
    return st.session_state.pop("problem", "")


def take(data: bytes, source: Source) -> None:
    """Read untrusted picture bytes and make them this session's photo; what is wrong with them goes to `problem`."""
    forget()
    try:
        engine = readers.engine()
        started = time.perf_counter()
        photo = decode(data, max_side=_KEPT_SIDE)
        took = (time.perf_counter() - started) * 1000
        seen = engine.with_codes(engine.search(photo, k=FETCHED), photo, k=FETCHED)
    except VsearchError as error:
        st.session_state["problem"] = access.sentence(error)
        return
    seen = replace(seen, timings_ms={**seen.timings_ms, "decode": took})
    preview = pictures.preview(photo, _PREVIEW_SIDE)
    _keep(Query(uuid.uuid4().hex, source, photo, preview, seen, engine.model.fingerprint))


def mark(box: Any) -> None:
    """Search by a part of the photo, or by the whole of it again where `box` is not a usable one."""
    query = current()
    if query is None:
        return
    part, whole = checked(box), query.whole or query.seen
    st.session_state.pop("nearest_anyway", None)
    if part:
        st.query_params.pop("garment", None)
    else:
        st.query_params["garment"] = WHOLE
    try:
        seen = readers.engine().search(query.photo, k=FETCHED, box=_corners(query.photo, part)) if part else whole
    except VsearchError as error:
        st.session_state["problem"] = access.sentence(error)
        return
    _keep(replace(query, id=uuid.uuid4().hex, box=part, seen=seen, whole=whole))


def _keep(query: Query) -> None:
    """This is asked for from now on; what was seen is its answer without filters."""
    st.session_state["query"] = query
    searched_once(query, Filters(), FETCHED, lambda: query.seen)


def forget() -> None:
    """Start over: no photo, no problem."""
    for name in ("query", "problem", "nearest_anyway", "shown", "garments", "answers", consent.ABOUT):
        st.session_state.pop(name, None)
    st.query_params.pop("garment", None)
    results.forget()
    like("")


def liked(store: Store) -> str:
    """The id of the product whose like is asked for, from the page's address; empty where there is none."""
    asked, when = st.session_state.get("like", ("", 0.0))
    if time.monotonic() - when < _ON_ITS_WAY_S and st.query_params.get("like", "") != asked:
        # A run that the browser had asked for with the address of before, such as when the garments came.
        _write_like(asked)
    row = Row(of="the search")
    wanted = row.param("like", "Product", product_ids(store).__contains__)
    row.say()
    return wanted


def like(product_id: str) -> None:
    """Ask for products like this one; for none again where the id is empty."""
    st.session_state["like"] = (product_id, time.monotonic())
    _write_like(product_id)


def _write_like(product_id: str) -> None:
    if product_id:
        st.query_params["like"] = product_id
    else:
        st.query_params.pop("like", None)


def answer(query: Query, filters: Filters, k: int = FETCHED) -> SearchResult:
    """The shop's answer to the photo, under the filters."""
    engine = readers.engine()
    return searched_once(query, filters, k, lambda: engine.search_analysis(query.analysis, k=k, filters=filters))


def searched_once(query: Query, filters: Filters, what: Hashable, search: Callable[[], Answered]) -> Answered:
    """What a search gives; kept for as long as nothing else is asked for, under no other filters and of no other store.

    Args:
        what: of the photo is searched for, and how.
    """
    asked = (query.id, filters, readers.engine().store.version)
    last: tuple[Any, dict[Hashable, Any]] | None = st.session_state.get("answers")
    if last is None or last[0] != asked:
        last = (asked, {})
        st.session_state["answers"] = last
    if what not in last[1]:
        last[1][what] = search()
    found: Answered = last[1][what]
    return found


def note(result: SearchResult, query: Query, filters: Filters) -> None:
    """Write an answered photo to the journal, once for each set of filters."""
    if not any(asked == query.id for asked, *_ in _noted()):
        # The first answer took the reading of the photo too; later ones, under other filters, did not.
        took = {**query.seen.timings_ms, "search": result.timings_ms["search"]}
        took["total"] = sum(took.get(step, 0.0) for step in ("decode", "analyse", "search"))
        result = replace(result, timings_ms=took)
    _note(result, _asked(query.source, filters), query.id, query.asked_with)


def note_garment(result: SearchResult, query: Query, garment: Item, filters: Filters, cut_out: Photo) -> None:
    """Write the answer to a garment that was asked for to the journal, once for each box and set of filters."""
    told = f"{query.id} {garment.position} {garment.box}"
    _note(result, _asked(query.source, filters, garment.position), told, cut_out)


def note_liked(hits: Sequence[Hit], product_id: str, filters: Filters, took_ms: float) -> None:
    """Write an answered "More like this" to the journal; no photo was analysed for it."""
    nothing = Analysis((), (), {}, np.empty(0, np.float32))
    timings = {"search": took_ms, "total": took_ms}
    result = SearchResult(nothing, tuple(hits), good_match=True, timings_ms=timings)
    _note(result, _asked("product", filters), product_id)


def shown(about: Hashable) -> int:
    """How many products are asked for of the answer that is named so; as at first where it is another one."""
    last, number = st.session_state.get("shown", (None, SHOWN))
    return int(number) if last == about else SHOWN


def show_more(about: Hashable) -> None:
    """Ask for more products of this answer."""
    st.session_state["shown"] = (about, next((step for step in STEPS if step > shown(about)), STEPS[-1]))


def _asked(source: Source, filters: Filters, garment: Position | None = None) -> Request:
    engine = readers.engine()
    return Request(
        source=source,
        session=events.visit(),
        model=engine.model.fingerprint,
        filters=filters,
        store=engine.store.name,
        store_version=engine.store.version,
        k=SHOWN,
        garment=garment,
    )


def _note(result: SearchResult, asked: Request, what: str, photo: Photo | None = None) -> None:
    """Write an answer down once: `what` tells one thing that is asked for from another."""
    noted, told = _noted(), (what, repr(asked.filters), asked.store_version)
    if told in noted:
        # Back from a garment, or from a product: it is the same answer still.
        events.again(noted[told])
        return
    id = readers.journal().record(result, asked, consent.kept(photo) if photo else None)
    noted[told] = events.answered(id, [hit.id for hit in result.hits[:SHOWN]])
    trim(noted, _MOST_NOTED)


def _noted() -> dict[tuple[str, str, str], events.Answer]:
    """What this visit was answered and is written down: what was asked for, the filters, the state of the store."""
    noted: dict[tuple[str, str, str], events.Answer] = st.session_state.setdefault("noted", {})
    return noted


def checked(box: Any) -> Box | None:
    """The browser's box if it is one: four fractions in order and not too small."""
    if not isinstance(box, list) or len(box) != 4 or not all(isinstance(edge, int | float) for edge in box):
        return None
    x0, y0, x1, y1 = (min(max(float(edge), 0.0), 1.0) for edge in box)
    return (x0, y0, x1, y1) if x1 - x0 >= 0.02 and y1 - y0 >= 0.02 else None


def main_thing(query: Query) -> Box | None:
    """Where the main thing is that the photo was looked at from near for; None where it was looked at whole alone."""
    main = query.analysis.main
    if main is None or query.box is not None:
        return None
    width, height = query.photo.original_size
    x0, y0, x1, y1 = main.box
    return x0 / width, y0 / height, x1 / width, y1 / height


def _corners(photo: Photo, box: Box) -> Box:
    """A box in fractions in the original photo's pixels."""
    width, height = photo.original_size
    return box[0] * width, box[1] * height, box[2] * width, box[3] * height


def _cut(photo: Photo, box: Box) -> Photo:
    height, width = photo.pixels.shape[:2]
    left, top = int(box[0] * width), int(box[1] * height)
    right, bottom = max(round(box[2] * width), left + 1), max(round(box[3] * height), top + 1)
    pixels = photo.pixels[top:bottom, left:right]
    return Photo(pixels, (right - left, bottom - top), photo.format)
