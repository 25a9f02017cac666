"""The garments of this session's photo: looked for after the photo is answered, chosen, corrected, taken away."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from app import access
from app.common import events, readers
from app.search import query
from app.search.query import Query
from vsearch_core.catalogue.positions import POSITIONS, position_of, types_of_garments
from vsearch_core.contracts import Analysis, Item, Photo, Position
from vsearch_core.errors import VsearchError
from vsearch_core.search import Engine, complete_the_look
from vsearch_core.search.showing import worth_showing
from vsearch_core.store import Filters
from vsearch_core.vision.crop import crop

FAILED = "Garments cannot be looked for just now; the whole photo was searched."

MOST = 12
"""Garments of one photo that are shown, the surest ones: a crowd would hide its own picture."""

LIKE = 0.5
"""Similarity from which on a product is offered for a look; below it, it is only remotely similar."""

_WORN_ON_THE_BODY: frozenset[Position] = frozenset(("full", "upper", "lower"))

_log = logging.getLogger("vsearch.app")


@dataclass(frozen=True)
class Garment:
    """One item of the photo; `id` stays the same while it is corrected. `item` has its analysis once it is searched."""

    id: str
    item: Item


@dataclass(frozen=True)
class Found:
    """What was found in a photo (`items`, surest first), and what of it is shown; `failed` where nothing could be.

    `main` is the id of the garment that the photo opens on; empty where it opens on the whole photo.
    """

    photo: Photo
    items: tuple[Item, ...] = ()
    garments: tuple[Garment, ...] = ()
    failed: bool = False
    main: str = ""


def are_awaited(engine: Engine, asked: Query) -> bool:
    """Whether the photo is still to be looked through."""
    return engine.detector is not None and asked.box is None and found(asked) is None


def look_for(engine: Engine, asked: Query) -> None:
    """Look through the photo and draw the page anew; the last thing of a run, so that no product waits for it."""
    if not are_awaited(engine, asked):
        return
    try:
        result = engine.find_items(asked.photo)
        worth = worth_showing(result.items[:MOST], asked.photo.original_size)
        garments = in_order([Garment(str(number), item) for number, item in enumerate(worth, start=1)])
        main = _main(engine, asked, garments)
    except Exception:  # whatever is wrong with the detector, the whole photo is answered
        _log.exception("The garments of a photo could not be looked for.")
        st.session_state["garments"] = Found(asked.photo, failed=True)
    else:
        items = result.items[:MOST]
        if answer := events.last_answer():
            readers.journal().note_items(answer.query, items, session=events.visit())
        st.session_state["garments"] = Found(asked.photo, items, garments, main=main)
    st.rerun()


def _main(engine: Engine, asked: Query, garments: Sequence[Garment]) -> str:
    """The garment that a photo opens on: the largest on the body, of those that the shop has a good match for.

    A photo that shows no outfit opens on a garment only where the shop has nothing like the whole photo.
    """
    outfit = len({garment.item.position for garment in garments}) > 1
    if not garments or not (outfit or not asked.seen.good_match):
        return ""
    answered = _searched(engine, asked, [garment.item for garment in garments], query.SHOWN, Filters())

    def worth(item: Item) -> tuple[bool, bool, float]:
        x0, y0, x1, y1 = item.box
        good = item.analysis is not None and engine.is_good_match(item.hits, item.analysis, item=True)
        return good, item.position in _WORN_ON_THE_BODY, (x1 - x0) * (y1 - y0)

    main, item = max(zip(garments, answered, strict=True), key=lambda pair: worth(pair[1]))
    return main.id if outfit or worth(item)[0] else ""


def found(asked: Query) -> Found | None:
    """What was found in the photo; None where it was not looked through yet."""
    known: Found | None = st.session_state.get("garments")
    return known if known is not None and known.photo is asked.photo else None


def shown(asked: Query) -> tuple[Garment, ...]:
    """The garments to choose from; none while a part of the photo is marked, which is what counts then."""
    known = found(asked)
    return known.garments if known and asked.box is None else ()


def chosen(asked: Query) -> Garment | None:
    """The garment that is asked for, from the page's address, else the photo's main one; None for the whole photo."""
    known, by_id = found(asked), {garment.id: garment for garment in shown(asked)}
    wanted = st.query_params.get("garment", "")
    if wanted == query.WHOLE or known is None:
        return None
    return by_id.get(wanted) or by_id.get(known.main)


def choose(garment: Any) -> None:
    """Ask for the products like this garment; for those like the whole photo where it is empty."""
    st.query_params["garment"] = str(garment or query.WHOLE)


def draw(id: str, box: Any, position: Position | None) -> None:
    """Search for what is in this box (fractions of the photo, the browser's word), worn at this position.

    Args:
        id: of the garment that it corrects; of none where it was missed, and is one more now.
        position: as its type is worn where it is None.
    """
    asked, fractions = query.current(), query.checked(box)
    if asked is None or fractions is None:
        return
    width, height = asked.photo.original_size
    x0, y0, x1, y1 = fractions
    try:
        item = readers.engine().item(asked.photo, (x0 * width, y0 * height, x1 * width, y1 * height), position)
    except VsearchError as error:
        st.session_state["problem"] = access.sentence(error)
        return
    if id:
        _change(asked, id, item)
    else:
        _add(asked, item)


def _add(asked: Query, item: Item) -> None:
    """One more garment, of the person who is nearest to it; it is what is asked for now."""
    known = found(asked)
    if known is None:
        return

    def apart(other: Garment) -> float:
        return abs(sum(other.item.box[::2]) - sum(item.box[::2]))

    nearest = min(known.garments, key=apart, default=None)
    id = str(1 + max((int(one.id) for one in known.garments), default=0))
    added = Garment(id, replace(item, person=nearest.item.person if nearest else 0))
    st.session_state["garments"] = replace(known, garments=in_order((*known.garments, added)))
    choose(id)


def remove(id: str) -> None:
    """There is no such garment in the photo."""
    if asked := query.current():
        _change(asked, id, None)
    choose("")


def answer(engine: Engine, asked: Query, garment: Garment, filters: Filters, k: int) -> tuple[Item, Analysis]:
    """The garment with its k hits under the filters, and what the model says of it; the first time it is cut out."""
    (item,) = _searched(engine, asked, [garment.item], k, filters)
    if item.analysis is None:
        raise VsearchError("There is too little of this garment to search by; correct its box.", code="bad_box")
    if garment.item.analysis is not item.analysis:
        _change(asked, garment.id, replace(item, hits=()))
    return item, item.analysis


def _searched(engine: Engine, asked: Query, items: list[Item], k: int, filters: Filters) -> tuple[Item, ...]:
    what = (tuple(items), k)
    return query.searched_once(asked, filters, what, lambda: engine.search_items(asked.photo, items, k, filters))


def analysed(engine: Engine, asked: Query, garment: Garment) -> Analysis:
    """What the model says of the garment by itself."""
    known = garment.item.analysis
    # A model of any things has words for a garment only when the garment was searched for.
    return known if known and known.product_types else answer(engine, asked, garment, Filters(), query.FETCHED)[1]


def as_worn(analysis: Analysis, item: Item) -> Analysis:
    """What the model says of a garment, without what is not worn there; all of it where nothing would be left.

    Of an accessory, which has no place of its own, only what its label can mean is kept.
    """
    kinds = types_of_garments().get(item.label) if item.position == "other" else None
    types = tuple(
        one
        for one in analysis.product_types
        if (one.name in kinds if kinds else position_of(one.name) in (item.position, None))
    )
    categories = tuple(one for one in analysis.categories if position_of("", one.name) in (item.position, None))
    return replace(analysis, product_types=types, categories=categories) if types and categories else analysis


def cut_out(asked: Query, garment: Garment) -> Photo:
    """The part of the photo that a garment is searched by."""
    return crop(asked.photo, garment.item.box) or asked.photo


def look(engine: Engine, asked: Query, filters: Filters) -> tuple[Item, ...]:
    """One product for each position of the outfit, as items with one hit; none where the photo shows no outfit.

    What the shop has nothing like is left out.
    """
    items = [garment.item for garment in shown(asked)]
    if len({item.position for item in items}) < 2:
        return ()
    whole = complete_the_look(_searched(engine, asked, items, query.SHOWN, filters))
    near = tuple(item for item in whole if item.hits[0].score >= LIKE)
    return near if len(near) > 1 else ()


def in_order(garments: Sequence[Garment]) -> tuple[Garment, ...]:
    """From the left person to the right one, and from head to foot as `POSITIONS` has them; the surest first."""
    places = {position: place for place, position in enumerate(POSITIONS)}
    return tuple(sorted(garments, key=lambda one: (one.item.person, places[one.item.position], -one.item.score)))


def fractions(item: Item, size: tuple[int, int]) -> list[float]:
    """An item's box as [x0, y0, x1, y1] in fractions of a photo of (width, height)."""
    (x0, y0, x1, y1), (width, height) = item.box, size
    return [x0 / width, y0 / height, x1 / width, y1 / height]


def _change(asked: Query, id: str, item: Item | None) -> None:
    known = found(asked)
    if known is None:
        return
    kept = [
        replace(one, item=replace(item, person=one.item.person)) if one.id == id and item else one
        for one in known.garments
        if one.id != id or item is not None
    ]
    st.session_state["garments"] = replace(known, garments=tuple(kept))
