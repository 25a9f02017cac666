"""The map of the catalogue, and the set of products that somebody has circled on it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from html import escape

import numpy as np
import streamlit as st

from app.common import cards, jobs, pictures, readers, words
from app.common.components import map_part, sent
from app.common.kept import kept
from app.common.stored import Row
from app.search.query import Query
from app.shop.place import product_ids
from app.similarity import shared
from app.similarity.colours import OTHER, Colouring, as_named, most_frequent
from vsearch_core.insight.similarity.map import MapFiles, map_files, place_of_photo, read_map, rows_on_map
from vsearch_core.insight.similarity.map_sheet import COLUMNS, TILE
from vsearch_core.insight.similarity.map_worker import make_map
from vsearch_core.search import Engine
from vsearch_core.settings import settings
from vsearch_core.store import Store

TYPE, CATEGORY, COLOUR = "Type", "Category", "Colour"
_COLUMN = {TYPE: "product_type", CATEGORY: "category", COLOUR: "colour"}
"""The ways to colour the map, as the page and the address name them."""

_PER_ROW = 6
_FIRST = 2 * _PER_ROW


@dataclass(frozen=True)
class _Drawn:
    """A map as the browser gets it, and what places a photo in it."""

    points: bytes
    sheet: bytes
    colourings: dict[str, Colouring]
    rows: np.ndarray
    files: MapFiles


def show(engine: Engine, asked: Query | None) -> None:
    """The section."""
    store = engine.store
    files = map_files(settings().cache, readers.fingerprint(store), store.manifest.embedder.fingerprint)
    if not files.ready:
        jobs.show(
            f"map_{files.table.stem}",
            lambda progress: make_map(store.path, files, progress),
            page="similarity",
            title="Drawing the map of the catalogue",
            text="Products that look alike are laid side by side. This takes a minute or so, once.",
            button="Draw the map",
            at_once=True,
        )
        return
    drawn = _drawn(str(files.table), files.table.stat().st_mtime_ns, store, files)
    colourings = [name for name in _COLUMN if len(drawn.colourings[name].labels) > 1] or [TYPE]
    with st.container(horizontal=True, vertical_alignment="center", key="map_bar"):
        chosen = st.segmented_control(
            "Colour by",
            colourings,
            default=colourings[0],
            required=True,
            key="colour_by",
            bind="query-params",
            persist_state="session",
            label_visibility="collapsed",
        )
        st.html(
            f'<p class="similarity-note">{len(drawn.rows):,} of {len(store):,} products, of every type its share. '
            "Near means alike; far apart says little.</p>"
        )
    selected = _selected(store)
    map_part(
        key="map",
        data={
            "points": shared.media(drawn.points, "application/json", "points"),
            "sheet": shared.media(drawn.sheet, "image/jpeg", "sheet"),
            "tile": [*TILE, COLUMNS],
            "by": chosen if chosen in colourings else colourings[0],
            "photo": _photo(drawn, store, asked),
            "chosen": len(selected),
        },
        on_selected_change=_select,
        on_open_change=lambda: shared.open_neighbours(str(sent("map", "open"))),
    )
    if selected:
        _set(engine, selected, drawn.colourings[TYPE])


def _selected(store: Store) -> list[str]:
    """The circled products that the store still has."""
    kept, known = st.session_state.get("map_set", ()), product_ids(store)
    selected = [product for product in kept if product in known]
    row = Row(of="the set")
    row.note("map_set", [f"Product {product}" for product in kept if product not in known], selected)
    row.say()
    st.session_state["map_set"] = selected
    return selected


def _select() -> None:
    """Keep the circled products; the browser's word, so only ids that the store has, each once."""
    ids, known = sent("map", "selected"), product_ids(readers.engine().store)
    told = dict.fromkeys(map(str, ids)) if isinstance(ids, list) else {}
    st.session_state["map_set"] = [product for product in told if product in known]
    st.session_state["map_shown"] = _FIRST


def _photo(drawn: _Drawn, store: Store, asked: Query | None) -> dict[str, object] | None:
    if asked is None:
        return None
    seen = asked.whole or asked.seen
    embeddings = store.embeddings[drawn.rows]
    x, y = place_of_photo(read_map(drawn.files.table), embeddings, seen.analysis.embedding)
    return {"x": x, "y": y, "picture": pictures.preview(asked.photo, 96)}


def _set(engine: Engine, selected: list[str], types: Colouring) -> None:
    store = engine.store
    found = store.products.set_index("id").loc[selected]
    shares = found["product_type"].value_counts()
    colours = dict(zip(types.labels, types.colours, strict=True))
    bars = "".join(
        f'<i style="width:{number / len(found):.2%};background:{colours.get(str(name), OTHER)}"></i>'
        for name, number in shares.items()
    )
    legend = "".join(
        f'<li><b style="background:{colours.get(str(name), OTHER)}"></b>{escape(str(name) or "without a type")} '
        f"{_share(number, len(found))}</li>"
        for name, number in shares.head(8).items()
    )
    rest = len(shares) - 8
    st.html(
        '<section class="similarity-set" aria-label="The set">'
        f'<h2 class="strip-title">{words.count(len(found), "product")} chosen</h2>'
        f'<div class="similarity-shares" aria-hidden="true">{bars}</div><ul>{legend}'
        + (f"<li>and {words.count(rest, 'type')} more</li>" if rest > 0 else "")
        + "</ul></section>"
    )
    shown = int(st.session_state.get("map_shown", _FIRST))
    drawn = [cards.product_card(engine, store.product(product)) for product in selected[:shown]]
    shared.cards(drawn, key="map_cards", label="Chosen products")
    if shown < len(selected):
        st.button("Show more", key="map_more", on_click=_more, args=(shown,))


def _more(shown: int) -> None:
    st.session_state["map_shown"] = shown + _FIRST


def _share(number: int, total: int) -> str:
    return words.percent(number / total) if number < total else "100 %"


@kept(spinner="Opening the map …")
def _drawn(table: str, changed: int, store: Store, _files: MapFiles) -> _Drawn:
    found = read_map(_files.table)
    rows = rows_on_map(found, store)
    products = store.products.iloc[rows]
    colourings = {
        name: (as_named if name == COLOUR else most_frequent)(products[column]) for name, column in _COLUMN.items()
    }
    content = {
        "ids": list(found.ids),
        "x": np.round(found.places[:, 0], 4).astype(float).tolist(),
        "y": np.round(found.places[:, 1], 4).astype(float).tolist(),
        "names": [" ".join(str(name).split()) for name in products["name"]],
        "types": products["product_type"].tolist(),
        "colours": products["colour"].tolist(),
        "colourings": {name: colouring.as_dict() for name, colouring in colourings.items()},
    }
    points = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return _Drawn(points, _files.sheet.read_bytes(), colourings, rows, _files)
