"""Range: where the assortment repeats itself, and what one look costs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from app.common import cards, charts, near_pairs, states
from app.common.kept import kept
from app.common.words import charted
from app.demand import data, parts, words
from vsearch_core.insight.demand import range as shop_range
from vsearch_core.insight.demand.selection import Selection
from vsearch_core.insight.similarity.near_copies import read_pairs
from vsearch_core.insight.similarity.neighbours import find_products
from vsearch_core.search import Engine
from vsearch_core.store import Store

_LEVELS = {"Brand": "brand", "Season": "season", "Price band": "price band", "Type": "product_type"}
_PAIRS_SHOWN = 2_000


def show(engine: Engine, selection: Selection) -> None:
    """The section."""
    wanted = st.segmented_control(
        "Question",
        ["Near-copies", "Price ladder"],
        default="Near-copies",
        required=True,
        key="range",
        bind="query-params",
        label_visibility="collapsed",
    )
    if wanted == "Price ladder":
        _ladder(engine, selection)
    else:
        _overlap(engine.store)


def _overlap(store: Store) -> None:
    path = near_pairs.file(store, page="demand")
    if path is None:
        return
    pairs = _pairs(str(path), path.stat().st_mtime_ns, store)
    copied = len(set(pairs["first"]) | set(pairs["second"]))
    groups = pairs["group"].nunique()
    has_prices = bool(np.isfinite(store.products["price"].to_numpy(float)).any())
    parts.tiles(
        [
            ("Products", f"{len(store):,}", ""),
            ("With a near-copy", f"{copied:,}", words.share(copied / len(store), 1) + " of the range"),
            ("Groups of near-copies", f"{groups:,}", f"cosine of {shop_range.NEAR} or more"),
        ]
    )
    if not has_prices:
        st.caption("This shop's catalogue has no prices, so near-copies are not compared by price.")
    levels = {title: level for title, level in _LEVELS.items() if has_prices or level != "price band"}
    chosen = st.segmented_control(
        "By",
        list(levels),
        default="Brand",
        required=True,
        key="overlap_by",
        bind="query-params",
        label_visibility="collapsed",
    )
    level = levels.get(str(chosen), "brand")
    if level == "brand" and shop_range.brand_column(store.products) is None:
        st.caption("This shop's catalogue has no brands; they are taken from the first word of the products' names.")
    table = shop_range.overlaps(pairs, store.products, level, data.bands(store))
    left, right = st.columns(2, gap="large")
    with left:
        _copied(table, str(chosen))
    with right:
        _crossings(pairs, level)
    with st.expander(f"All near-copies ({len(pairs):,} pairs), with downloads", key="pairs_all"):
        parts.table(
            pairs.head(_PAIRS_SHOWN),
            name="near-copies",
            columns={
                "group": "Group",
                "cosine": st.column_config.NumberColumn("Alike", format="%.3f"),
                "first": "Product",
                "first_name": "Name",
                "first_price": "Price",
                "second": "Like it",
                "second_name": "Its name",
                "second_price": "Its price",
            },
            also={"overlap": table},
        )


def _copied(table: pd.DataFrame, by: str) -> None:
    parts.title(
        f"Products with a near-copy, by {by.lower()}", "Their near-copies lie within the same one, or in another."
    )
    shown = table[table["copied"] > 0].head(12)
    if shown.empty:
        states.blank("No near-copies", "No two products of this range look nearly the same.")
        return
    names = charts.distinct(shown["value"])
    figure = charts.labelled_bars(
        names,
        shown["copied"],
        [words.share(value) for value in shown["share"]],
        room=0.15,
        customdata=shown[["products", "within", "across"]],
        hovertemplate="%{y}: %{x:,} of %{customdata[0]:,} products<br>pairs within: %{customdata[1]:,}, "
        "with others: %{customdata[2]:,}<extra></extra>",
    )
    figure.update_xaxes(nticks=5)
    charts.draw(figure, key="copied", alt="Products with a near-copy", height=max(150, 28 * len(shown) + 40))


def _crossings(pairs: pd.DataFrame, level: str) -> None:
    parts.title("Between which", "Pairs of near-copies; the darker, the more.")
    grid = shop_range.crossings(pairs, level)
    if grid.empty:
        return
    figure = go.Figure(
        go.Heatmap(
            z=np.log1p(grid.to_numpy(float)),
            x=[charted(one) for one in grid.columns],
            y=[charted(one) for one in grid.index],
            text=grid.to_numpy(),
            texttemplate="%{text}",
            colorscale=[[0, "#ffffff"], [1, charts.ACCENT]],
            showscale=False,
            hovertemplate="%{y} and %{x}: %{text} pairs<extra></extra>",
        )
    )
    figure.update_yaxes(autorange="reversed")
    charts.draw(figure, key="crossings", alt="Pairs between values", height=max(220, 28 * len(grid) + 90))


@kept(spinner="Opening the near-copies …")
def _pairs(path: str, changed: int, store: Store) -> pd.DataFrame:
    return shop_range.described(read_pairs(Path(path)), store.products, data.bands(store))


def _ladder(engine: Engine, selection: Selection) -> None:
    store = engine.store
    if not data.bands(store):
        states.blank(
            "No prices in this catalogue",
            "The price ladder of a look needs products with prices; a catalogue with a column price brings them.",
        )
        return
    product, photo = _look(engine, selection)
    if product is None and photo is None:
        return
    if product is not None:
        row = int(np.flatnonzero(store.products["id"].to_numpy(object) == product)[0])
        embedding, own = store.embeddings[row], float(store.products["price"].iat[row])
    else:
        embedding, own = data.vectors((str(photo),))[str(photo)], float("nan")
    table = shop_range.price_ladder(store, embedding)
    left, right = st.columns([1, 4], gap="medium")
    with left:
        picture = cards.picture_of(engine, product) if product is not None else data.picture(str(photo), data.LARGE)
        st.html(f'<div class="portrait"><img alt="The look" src="{picture}"></div>')
    with right:
        _rungs(table, own, store.currency)
    with st.expander("All products of this look, with downloads", key="ladder_all"):
        parts.table(
            table,
            name="price-ladder",
            columns={
                "name": "Product",
                "brand": "Brand",
                "price": st.column_config.NumberColumn(f"Price {store.currency}", format="%.2f"),
                "similarity": st.column_config.NumberColumn("Alike", format="%.2f"),
            },
        )


def _look(engine: Engine, selection: Selection) -> tuple[str | None, str | None]:
    """The product or the kept photo whose look it is about."""
    asked = data.of_this_model(data.kept_photos(selection, limit=24))
    left, right = st.columns([2, 3], gap="medium", vertical_alignment="bottom")
    text = left.text_input(
        "A product (name or id)", key="ladder_find", placeholder="e.g. red shirt", bind="query-params"
    )
    found = find_products(engine.store, text or "", limit=30)
    names = dict(zip(engine.store.products["id"], engine.store.products["name"], strict=True))
    if text and not found:
        st.caption("No product has this name or id.")
    if found:
        return str(right.selectbox("Which", found, format_func=lambda id: f"{names[id]} ({id})", key="ladder_id")), None
    if asked.empty:
        st.caption("Name a product to see what its look costs.")
        return None, None
    photos = list(asked["photo"])
    types = dict(zip(photos, asked["product_type"], strict=True))
    numbers = {photo: number for number, photo in enumerate(photos, start=1)}
    chosen = right.selectbox(
        "Or a picture that people searched with",
        photos,
        format_func=lambda hash: f"{numbers[hash]}. {types[hash]}",
        key="ladder_photo",
    )
    known = data.vectors((str(chosen),))
    return None, str(chosen) if known else None


def _rungs(table: pd.DataFrame, own: float, currency: str) -> None:
    if table.empty:
        states.blank("No prices near this look", "None of the most similar products has a known price.")
        return
    low, high, middle = table["price"].min(), table["price"].max(), table["price"].median()
    parts.title(
        f"{currency}{low:,.2f} to {currency}{high:,.2f}, half below {currency}{middle:,.2f}",
        "The products most like it: to the right the dearer, higher up the more alike.",
    )
    figure = go.Figure(
        go.Scatter(
            x=table["price"],
            y=table["similarity"],
            mode="markers",
            marker={"size": 12, "color": charts.ACCENT, "opacity": 0.75, "line": {"width": 1, "color": "#ffffff"}},
            text=table["name"].map(charted),
            hovertemplate="%{text}<br>" + charted(currency) + "%{x:,.2f}, alike %{y:.2f}<extra></extra>",
        )
    )
    if np.isfinite(own):
        figure.add_vline(x=own, line={"color": charts.INK, "dash": "dot", "width": 1}, annotation_text="its own price")
    figure.update_xaxes(title=f"Price, {charted(currency)}" if currency else "Price", rangemode="tozero")
    figure.update_yaxes(title="Similarity")
    charts.draw(figure, key="ladder", alt="Price ladder of the look", height=320)
