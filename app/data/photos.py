"""Photo sets: what people send, whole outfits, and how photos differ from the catalogue."""

from __future__ import annotations

from html import escape

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from app.common import evaluated, states, words
from app.common.charts import ACCENT, BLUE, draw
from app.data import read
from app.data.charts import bars
from vsearch_core.insight.data import compare, photo_sets
from vsearch_core.insight.data.compare import MEASURES, PHOTOS, PRODUCTS
from vsearch_core.settings import settings
from vsearch_core.store import Store

_NO_PHOTOS = (
    "No photos are at hand for this shop; get the public ones with `python -m vsearch_core data fetch clothing-photos`."
)


def sets(store: Store) -> None:
    """Labels and senders of the photos, and the garments of street photos."""
    photos = read.photo_set(store)
    if photos is None:
        states.error(_NO_PHOTOS)
    else:
        labels, senders = photo_sets.labels(photos), photo_sets.senders(photos)
        st.html(f'<h2 class="strip-title">{escape(photos.name)}: {len(photos.photos):,}</h2>')
        left, right = st.columns(2, gap="large")
        with left:
            bars(labels, "label", "photos", "Photos by label", len(photos.photos))
        with right:
            if len(senders):
                half = int((senders["up_to_here"] < 0.5).sum()) + 1
                st.html(
                    f'<p class="aside">{words.count(len(senders), "sender")}; {half} of them sent half of the photos, '
                    f"the busiest {senders['photos'].iloc[0]:,}. The split keeps each sender in one part.</p>"
                )
                _senders(senders)
            st.dataframe(
                labels,
                hide_index=True,
                height=300,
                column_config={"label": "Label", "photos": "Photos", "senders": "Senders", "types": "Right types"},
            )
    if evaluated.is_evaluated(store) and photo_sets.has_outfits(settings()):
        _outfits()


def _senders(senders: pd.DataFrame) -> None:
    figure = go.Figure()
    figure.add_bar(
        x=list(range(1, len(senders) + 1)),
        y=senders["photos"],
        marker={"color": ACCENT},
        customdata=senders[["sender", "up_to_here"]].assign(sender=senders["sender"].map(words.charted)),
        hovertemplate="sender %{customdata[0]}: %{y:,}; up to here %{customdata[1]:.0%}<extra></extra>",
    )
    figure.update_yaxes(type="log", title="Photos (logarithmic)")
    figure.update_xaxes(title="Senders, the busiest first")
    draw(figure, key="chart_senders", alt="Photos by sender", height=230)


def _outfits() -> None:
    found = read.outfits()
    each = photo_sets.garments_per_photo(found)
    photos = int(each["photos"].sum())
    mean = float((each["garments"] * each["photos"]).sum() / max(photos, 1))
    st.html(
        f'<h2 class="strip-title">Street photos with a mask for each garment: {photos:,}</h2>'
        f'<p class="aside">A photo shows {mean:.1f} garments on average: a search that takes it for one product '
        "one of them alone.</p>"
    )
    left, middle, right = st.columns(3, gap="large")
    with left:
        st.html('<p class="kicker">Garments in a photo</p>')
        bars(each, "garments", "photos", "Garments in a photo", photos)
    with middle:
        st.html('<p class="kicker">Photos that show it</p>')
        common = photo_sets.garments(found).head(14)
        bars(common, "garment", "photos", "Photos by garment", photos)
    with right:
        st.html('<p class="kicker">Most often worn together</p>')
        st.dataframe(
            photo_sets.worn_together(found),
            hide_index=True,
            height=420,
            column_config={"one": "Garment", "other": "With", "photos": "Photos"},
        )


def compared(store: Store) -> None:
    """How the photos that people send differ from the catalogue."""
    photos = read.photo_set(store)
    if photos is None:
        states.error(_NO_PHOTOS)
        return
    table = read.comparison(store, photos)
    lines = "".join(f"<li>{line}</li>" for line in compare.sentences(table))
    st.html(f'<ul class="data-lines">{lines}</ul>')
    for number, (column, title) in enumerate(MEASURES.items()):
        if number % 2 == 0:
            places = st.columns(2, gap="large")
        with places[number % 2]:
            st.html(f'<p class="kicker">{title}</p>')
            _spread(table, column, title)
    st.html('<h2 class="strip-title">How far each kind of photo is from its products</h2>')
    labels = compare.by_label(table, photos)
    st.dataframe(
        labels.assign(kind=100 * labels["kind"]),
        hide_index=True,
        height="content" if len(labels) <= 20 else 560,
        column_config={
            "label": "Photos of",
            "photos": st.column_config.NumberColumn("Photos", format="localized"),
            "photo_nearest": st.column_config.NumberColumn("Photo to nearest product", format="%.2f"),
            "product_nearest": st.column_config.NumberColumn("Product to nearest product", format="%.2f"),
            "gap": st.column_config.NumberColumn("Gap", format="%.2f"),
            "kind": st.column_config.NumberColumn("Nearest is of its kind", format="%.0f %%"),
        },
    )
    st.caption(
        f"Medians of cosines by the model that serves, over up to {compare.MOST:,} photos and products "
        "each, those that it was trained on among them. A wide gap is a kind for which the catalogue's pictures do not "
        "prepare."
    )


def _spread(table: pd.DataFrame, column: str, title: str) -> None:
    figure = go.Figure()
    for side, name, colour in ((PRODUCTS, "Catalogue", BLUE), (PHOTOS, "Photos", ACCENT)):
        figure.add_histogram(
            x=table.loc[table["side"] == side, column],
            name=name,
            histnorm="percent",
            marker={"color": colour},
            opacity=0.65,
            nbinsx=40,
            hovertemplate="%{y:.0f} % around %{x}<extra>" + name + "</extra>",
        )
    figure.update_layout(barmode="overlay")
    figure.update_yaxes(ticksuffix=" %")
    draw(figure, key=f"chart_{column}", alt=title, height=230, legend=True)
