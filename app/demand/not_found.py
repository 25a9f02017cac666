"""Not found: what the shop has no answer to, by look, with pictures: the reference board for buying."""

from __future__ import annotations

from functools import partial
from html import escape
from math import ceil

import pandas as pd
import streamlit as st

from app import access
from app.common import cards, charts, controls, states
from app.demand import data, parts, words
from app.server.downloads import save_button
from vsearch_core.insight.demand import exports, not_found
from vsearch_core.insight.demand.not_found import Look
from vsearch_core.insight.demand.selection import Selection
from vsearch_core.search import Engine
from vsearch_core.search.present import similarity_words

_PER_PAGE = 6
_THUMBS = 8
_ON_BOARD = 40


def show(engine: Engine, selection: Selection) -> None:
    """The section."""
    by_type = data.not_found_by_type(selection)
    missed, searches = int(by_type["not_found"].sum()), int(by_type["searches"].sum())
    pictured = int(by_type["with_photo"].sum())
    found = data.looks(selection, engine.store)
    parts.tiles(
        [
            ("Not found", f"{missed:,}", f"{words.share(missed / searches)} of searches" if searches else ""),
            ("Said none of these", f"{int(by_type['refused'].sum()):,}", "of searches with a good match"),
            ("With a kept picture", f"{pictured:,}", f"{words.share(pictured / missed)} of them" if missed else ""),
            ("Looks", f"{len(found):,}", "groups of alike pictures"),
        ]
    )
    if not missed:
        states.blank("Everything was found", "Every search of this selection has a good match.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        parts.title(
            "What people look for in vain",
            "Pictures that look alike, the most searched-for first. Named by what the model takes them for.",
        )
        _downloads(found, selection)
    if found:
        _looks(engine, found)
    else:
        states.blank(
            "No pictures of these searches", "Nobody who searched in vain let us keep the photo, or it was deleted."
        )
    _by_type(by_type)


def _looks(engine: Engine, found: list[Look]) -> None:
    pages = ceil(len(found) / _PER_PAGE)
    page = controls.page_of(pages, "looks_page")
    largest = found[0].searches
    shown = found[(page - 1) * _PER_PAGE : page * _PER_PAGE]
    for start in range(0, len(shown), 3):
        for column, look in zip(st.columns(3, gap="small"), shown[start : start + 3], strict=False):
            with column, st.container(gap="xxsmall"):
                _card(engine, look, largest)
    controls.leaf(pages, "looks_page")


def _card(engine: Engine, look: Look, largest: int) -> None:
    thumbs = "".join(f'<img alt="" loading="lazy" src="{data.picture(hash)}">' for hash in look.photos[:_THUMBS])
    nearest = f"Nearest product {similarity_words(look.similarity)} ({look.similarity:.2f})" if look.nearest else ""
    st.html(
        f'<div class="demand-look"><h3>{look.number}. {escape(look.product_type or "Unknown")}?</h3>'
        f"<p>{look.searches:,} searches in {look.visits:,} visits. {escape(nearest)}</p>"
        f'<div class="size"><i style="width:{look.searches / largest:.1%}"></i></div>'
        f'<div class="demand-thumbs">{thumbs}</div></div>'
    )
    if st.button(f"Open look {look.number}", key=f"look_{look.photos[0]}", type="tertiary"):
        _open(engine, look)


@st.dialog("What people look for in vain", width="large")
def _open(engine: Engine, look: Look) -> None:
    access.check("demand")
    st.html(
        f'<p class="demand-note">{look.searches:,} searches in {look.visits:,} visits, last on {look.last:%d %b %Y}. '
        f"The model takes most for {escape(look.product_type)} ({escape(look.category)}).</p>"
    )
    images = "".join(f'<figure><img alt="" src="{data.picture(hash)}"></figure>' for hash in look.photos[:60])
    st.html(f'<div class="demand-pictures">{images}</div>')
    if look.nearest:
        st.html(
            '<h3 class="strip-title">The nearest the shop has</h3><div class="demand-pictures"><figure>'
            f'<img alt="" src="{cards.picture_of(engine, look.nearest)}">'
            f"<figcaption>{escape(look.nearest_name)}, {look.similarity:.2f}</figcaption></figure></div>"
        )


def _downloads(found: list[Look], selection: Selection) -> None:
    table = not_found.looks_table(found)
    board = partial(_board, found[:_ON_BOARD], selection)
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", width="content"):
        if found:
            printed, zipped = partial(board, exports.board_html), partial(board, exports.board_zip)
            save_button("Board to print", printed, "reference-board.html", "text/html", key="board_html")
            save_button("Board with pictures (ZIP)", zipped, "reference-board.zip", "application/zip", key="board_zip")
            parts.downloads(table, name="not-found-looks")


def _board(found: list[Look], selection: Selection, make: object) -> bytes:
    folder = data.folder()
    kept: dict[str, bytes] = {}
    for look in found:
        for hash in look.photos:
            content = folder.read(hash)
            if content:
                kept[hash] = content
    assert callable(make)
    under = f"Searches without a good match, {selection.period.words}"
    under += ", of a chosen part of the searches" if selection.narrows() else ""
    return bytes(make(found, kept, title="Asked for and not found", under=under, sample=selection.sample))


def _by_type(table: pd.DataFrame) -> None:
    parts.title("Where the shop has no answer", "Searches without a good match, by predicted type.")
    shown = table[table["not_found"] > 0].head(12)
    hover = "%{y}: %{x:,}, %{customdata:.0%} of its searches not found<extra></extra>"
    columns = {
        "no_match": ("no good match", charts.ACCENT, hover),
        "refused": ("said none of these", charts.OCHRE, hover),
    }
    figure = charts.bars_by(charts.distinct(shown["product_type"], shown["category"]), shown, columns, known="share")
    figure.update_layout(barmode="stack")
    charts.draw(figure, key="missed_bars", alt="Not found by type", height=max(140, 26 * len(shown) + 60), legend=True)
    with st.expander(f"All {len(table):,} types, with downloads", key="missed_all"):
        parts.table(
            table,
            name="not-found-by-type",
            columns={
                "product_type": "Type",
                "category": "Category",
                "searches": "Searches",
                "not_found": "Not found",
                "share": parts.percent_column("Share"),
                "no_match": "No good match",
                "refused": "None of these",
                "with_photo": "With a picture",
            },
        )
