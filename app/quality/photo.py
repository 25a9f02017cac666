"""One photo of a confusion: what it shows, whom its neighbours side with, what decided it, and whose error it is."""

from __future__ import annotations

import io
from html import escape
from typing import Any

import numpy as np
import streamlit as st
from PIL import Image, ImageFilter

from app.common import cards, controls, pictures, readers, words
from app.common.kept import kept
from app.quality import data
from app.quality.choice import Choice, close_photo
from vsearch_core.catalogue.photos.user import right_types
from vsearch_core.contracts import Photo
from vsearch_core.insight.quality.occlusion import Occlusion, occlude
from vsearch_core.insight.quality.suspicion import Neighbours, Suspicion, around_photo, around_product
from vsearch_core.search import Engine

_SIDE = 320
_KEPT = 200
_FOR, _AGAINST = (122, 46, 46), (47, 93, 115)


def show(choice: Choice, row: dict[str, Any], suspected: Suspicion | None) -> None:
    """The photo with everything that is known of it."""
    with st.container(key="quality_photo", border=True):
        facts = data.product(choice.found, row["id"])
        title = " ".join(str(facts.get("name") or "").split()) or f"Photo {row['id']}"
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.html(f'<h3 class="strip-title">{escape(title)}</h3>', width="stretch")
            st.button("Close", icon=":material/close:", type="tertiary", on_click=close_photo, key="close_photo")
        left, middle, right = st.columns([3, 4, 5], gap="medium")
        with left:
            source = data.picture(choice.found, row["id"], _SIDE)
            st.html(f'<div class="portrait quality-portrait"><img src="{source}" alt="{escape(title)}"></div>')
            if facts:
                st.page_link(
                    "pages/shop.py",
                    label="Open in the shop",
                    query_params={"product": row["id"]},
                    icon=":material/open_in_new:",
                )
        with middle:
            _guesses(choice, row)
        with right:
            _suspicion(choice, suspected)
        types = _types(choice, row)
        around, decided = st.columns([7, 5], gap="medium")
        with around:
            _neighbours(choice, row, types, facts)
        with decided:
            _decided(choice, row, types)


def _types(choice: Choice, row: dict[str, Any]) -> list[str]:
    """The two types to look at: the label, or of a user photo the likeliest type of its kind, and the predicted one."""
    label = row["label"]
    if choice.found.set == "user_photos":
        kind = right_types().get(label, frozenset())
        guesses = [row.get(f"type_{place}") for place in range(1, 6)]
        label = next((name for name in (*guesses, *sorted(kind)) if name in kind), label)
    return list(dict.fromkeys((label, row["predicted"])))


def _missing(sentence: str) -> None:
    st.html(f'<p class="kicker">{escape(sentence)}</p>')


def _guesses(choice: Choice, row: dict[str, Any]) -> None:
    lines = []
    for place in range(1, 6):
        name, probability = row.get(f"type_{place}"), row.get(f"probability_{place}")
        if isinstance(name, str) and probability is not None:
            lines.append(_bar(name, float(probability), words.percent(float(probability)), strong=name == row["label"]))
    st.html(
        f'<p class="kicker">Label: <strong>{escape(row["label"])}</strong> (bold where the model has it)</p>'
        f'<ul class="quality-bars">{"".join(lines)}</ul>'
    )


def _suspicion(choice: Choice, found: Suspicion | None) -> None:
    if found is None:
        of_photos = "The labels of user photos name a kind, not a product type, so none is suspected."
        _missing(of_photos if choice.found.set == "user_photos" else "The model and the label agree.")
        return
    lines = "".join(
        _bar(one.name + (" (counts twice)" if one.weight > 1 else ""), one.value, f"{one.value:.2f}", one.words)
        for one in found.evidence
    )
    st.html(
        f'<p class="quality-verdict"><strong>{escape(found.verdict.capitalize())}</strong>: suspicion of the label '
        f'{found.score:.2f}</p><ul class="quality-bars">{lines}</ul>'
        '<p class="kicker">The mean of the evidence, 0 for a right label and 1 for a wrong one. From 0.70 on the label '
        "is in doubt, up to 0.50 the model is; confidence alone never blames the label.</p>"
    )


def _bar(name: str, value: float, number: str, note: str = "", strong: bool = False) -> str:
    named = f"<strong>{escape(name)}</strong>" if strong else escape(name)
    noted = f'<span class="note">{escape(note)}</span>' if note else ""
    width = round(100 * min(max(value, 0), 1))
    return (
        f'<li><span>{named}</span><span class="number">{number}</span>'
        f'<span class="bar"><span style="width: {width}%"></span></span>{noted}</li>'
    )


def _neighbours(choice: Choice, row: dict[str, Any], types: list[str], facts: dict[str, Any]) -> None:
    engine = readers.engine()
    photo = data.photo_of(choice.found, row["id"])
    if photo is None:
        _missing("Its neighbours can be shown where its catalogue is set up.")
        return
    known = set(engine.store.facets(["product_type"])["product_type"])
    asked = tuple(name for name in types if name in known)
    around = _around(engine, row["id"], asked, bool(facts), photo)
    votes = ", ".join(f"{number} {name}" for name, number in around.votes.items())
    without = ", its own variants left out" if facts else ""
    st.html(
        f'<p class="kicker">Votes of the {sum(around.votes.values())} nearest products in the shop{without}: '
        f"<strong>{escape(votes)}</strong></p>"
    )
    for name in around.of_types:
        hits = around.of_types[name]
        pictured = "".join(
            f'<li><img src="{cards.picture_of(engine, hit.id)}" alt="{escape(hit.name)}" title="{escape(hit.name)}">'
            f"<span>{hit.score:.2f}</span></li>"
            for hit in hits
        )
        st.html(f'<p class="quality-near">Nearest {escape(name)}</p><ul class="quality-hits">{pictured}</ul>')


@kept(entries=200)
def _around(engine: Engine, picture_id: str, types: tuple[str, ...], is_product: bool, _photo: Photo) -> Neighbours:
    if is_product:
        return around_product(engine.store, picture_id, types)
    return around_photo(engine.store, engine.model.run(_photo)["embedding"], types)


def _decided(choice: Choice, row: dict[str, Any], types: list[str]) -> None:
    network, photo = data.network_of(choice.model), data.photo_of(choice.found, row["id"])
    if choice.found.set == "snaps":
        _missing("The snap was made of this picture; what decided it is shown for catalogue pictures.")
        return
    if network is None or photo is None:
        what = "the picture is" if network is not None else "the model's weights are"
        _missing(f"What decided it can be shown where {what} at hand.")
        return
    kept = _occlusions()
    key = (network.fingerprint, row["id"], tuple(types))
    if key not in kept:
        with controls.progress("Covering parts of the picture") as progress:
            found = occlude(network, photo, types, progress)
        while len(kept) >= _KEPT:
            kept.pop(next(iter(kept)))
        kept[key] = found
    _heatmaps(kept[key])


@st.cache_resource(show_spinner=False)
def _occlusions() -> dict[tuple[str, str, tuple[str, ...]], Occlusion]:
    return {}


def _heatmaps(found: Occlusion) -> None:
    most = max([0.02, *(float(np.abs(weight).max()) for weight in found.weight.values())])
    drawn = "".join(
        f'<figure><img src="{_overlay(found.picture, weight / most)}" alt="Heatmap for {escape(name)}">'
        f"<figcaption>{escape(name)} {words.percent(found.whole[name])}</figcaption></figure>"
        for name, weight in found.weight.items()
    )
    st.html(
        f'<p class="kicker">What decided it: red speaks for the type, blue against it. Full colour: covering the place '
        f'moves the probability by {most:.0%}.</p><div class="quality-heat">{drawn}</div>'
    )


def _overlay(picture: np.ndarray, weight: np.ndarray) -> str:
    """The picture, paled, with the weight (-1..1) over it: red where positive, blue where negative."""
    levels = Image.fromarray((np.clip(weight, -1, 1) * 127 + 128).astype(np.uint8))
    smooth = (np.asarray(levels.filter(ImageFilter.GaussianBlur(len(weight) / 40)), np.float32) - 128) / 127
    grey = 0.6 * picture.astype(np.float32).mean(axis=2, keepdims=True) + 0.4 * 255
    colour = np.where(smooth[..., None] > 0, np.array(_FOR, np.float32), np.array(_AGAINST, np.float32))
    strength = 0.85 * np.abs(smooth)[..., None] ** 0.7
    mixed = np.clip(grey * (1 - strength) + colour * strength, 0, 255).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(mixed).resize((_SIDE, _SIDE), Image.Resampling.BICUBIC).save(file, "PNG")
    return pictures.data_uri(file.getvalue())
