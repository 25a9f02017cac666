"""One photo, two bundles: what each finds, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import streamlit as st

from app.common import cards, jobs, readers, states
from app.common.components import compare_part, sent
from app.common.kept import kept
from app.common.stored import Row
from app.search import panel, query
from app.search.query import Query
from app.similarity import shared
from vsearch_core.errors import VsearchError
from vsearch_core.insight.similarity.galleries import (
    BundleFolder,
    bundle_folders,
    gallery_path,
    make_gallery,
    nearest_products,
    open_gallery,
)
from vsearch_core.search import Engine
from vsearch_core.settings import settings
from vsearch_core.vision import Bundle, FashionModel
from vsearch_core.vision.bundle_files import model_file

RAW = "python -m studies train raw"
"""Makes the second bundle: the pretrained features as they are."""

Found = list[tuple[str, float]]
"""Ids and cosines, best first."""


def show(engine: Engine, asked: Query | None) -> None:
    """The section."""
    if asked is None:
        _start(engine)
        return
    left, right = st.columns([3, 11], gap="medium")
    with left:
        _photo(asked)
    with right:
        _sides(engine, asked)


def _start(engine: Engine) -> None:
    with st.container(key="similarity_start"):
        left, right = st.columns([6, 7], gap="large", vertical_alignment="center")
        with left:
            st.html('<h2 class="similarity-title">One photo, two networks</h2>')
            panel.uploader("Upload a photo")
            panel.camera_button(key="camera_similarity")
        with right:
            st.html('<h2 class="strip-title">Or try one of these</h2>')
            cards.sample_strip(engine, key="samples_similarity", on_pick=lambda photo: query.take(photo.data, "sample"))


def _photo(asked: Query) -> None:
    with st.container(key="panel"):
        panel.photo(asked, key="photo_similarity", mode="still", hint="")
        seen = (asked.whole or asked.seen).analysis
        panel.facts(seen, sure=readers.engine().model.bundle.is_sure(seen.product_types))
        with st.container(key="panel_actions"):
            st.button("New photo", icon=":material/add_a_photo:", key="new_similarity", on_click=query.forget)


def _sides(engine: Engine, asked: Query) -> None:
    bundles = {bundle.name: bundle for bundle in bundle_folders(settings())}
    names = list(bundles)
    if len(bundles) == 1:
        _alone(engine, asked, bundles[names[0]])
        return
    row = Row("here", "the comparison")
    row.one("left", "Bundle", names.__contains__, names[0])
    row.one("right", "Bundle", names.__contains__, names[1])
    first, second, number = st.columns([3, 3, 2], vertical_alignment="bottom")
    one = first.selectbox("Left", names, key="left", bind="query-params", persist_state="session")
    other = second.selectbox("Right", names, index=1, key="right", bind="query-params", persist_state="session")
    with number:
        shown = st.segmented_control("Hits", ["5", "10"], default="5", required=True, key="hits", bind="query-params")
    row.say()
    found: dict[str, Found | None] = {}
    problems: dict[str, str] = {}
    for name in dict.fromkeys((one, other)):
        try:
            found[name] = _found(engine, asked, bundles[name], int(shown or 5))
        except VsearchError as error:
            # One broken bundle does not hide what the other one finds.
            found[name], problems[name] = None, error.message
    if all(hits is not None for hits in found.values()):
        _draw(engine, [(bundles[name], found[name]) for name in (one, other)])
        return
    for column, (name, hits) in zip(st.columns(2, gap="medium"), found.items(), strict=False):
        with column:
            if hits is not None:
                _draw(engine, [(bundles[name], hits)])
            elif name in problems:
                states.error(problems[name])
            else:
                _offer_gallery(engine, bundles[name])


def _alone(engine: Engine, asked: Query, bundle: BundleFolder) -> None:
    left, right = st.columns(2, gap="medium")
    with left:
        _draw(engine, [(bundle, _found(engine, asked, bundle, 5))])
    with right:
        states.blank("Compare it with a second bundle", "This command makes one of untrained features:", RAW)


def _found(engine: Engine, asked: Query, bundle: BundleFolder, k: int) -> Found | None:
    """The nearest products as a bundle sees them; None where the products were not embedded with it yet."""
    model = _model(str(bundle.path), model_file(bundle.path).stat().st_mtime_ns, engine)
    store = engine.store
    if model.fingerprint == engine.model.fingerprint:
        return [(hit.id, hit.score) for hit in store.search((asked.whole or asked.seen).analysis.embedding, k)]
    gallery = open_gallery(_gallery(engine, model), store, model.dimension)
    if gallery is None:
        return None
    rows, scores = nearest_products(gallery, _embedding(asked, model), k)
    ids = store.products["id"]
    return [(str(ids.iloc[row]), float(score)) for row, score in zip(rows, scores, strict=True)]


def _embedding(asked: Query, model: FashionModel) -> np.ndarray:
    """The photo's embedding by another bundle, kept for as long as the photo is."""
    kept: dict[tuple[str, str], np.ndarray] = st.session_state.setdefault("embeddings_by_bundle", {})
    key = (asked.id, model.fingerprint)
    if key not in kept:
        for old in [old for old in kept if old[0] != asked.id]:
            del kept[old]
        kept[key] = model.embed([asked.photo])[0]
    return kept[key]


@kept(entries=3, spinner="Opening the network …")
def _model(path: str, changed: int, engine: Engine) -> FashionModel:
    bundle = Bundle.open(Path(path))
    return engine.model if bundle.fingerprint == engine.model.fingerprint else FashionModel(bundle)


def _gallery(engine: Engine, model: FashionModel) -> Path:
    return gallery_path(settings().cache, readers.fingerprint(engine.store), model.fingerprint)


def _offer_gallery(engine: Engine, bundle: BundleFolder) -> None:
    model = _model(str(bundle.path), model_file(bundle.path).stat().st_mtime_ns, engine)
    path = _gallery(engine, model)

    def work(progress: jobs.Progress) -> None:
        make_gallery(path, engine.store, model, partial(progress, "looking at the products"))

    jobs.show(
        f"gallery_{path.stem}",
        work,
        page="similarity",
        title=f"{bundle.name} has not seen these products yet",
        text=f"It looks at each of the {len(engine.store):,} pictures once; the result is kept.",
        button="Show it the products",
    )


def _draw(engine: Engine, sides: Sequence[tuple[BundleFolder, Found | None]]) -> None:
    ranks = [{product: rank for rank, (product, _) in enumerate(hits or (), 1)} for _, hits in sides]
    drawn = []
    for number, (bundle, hits) in enumerate(sides):
        other = ranks[1 - number] if len(ranks) == 2 else {}
        rows = [_row(engine, product, score, other.get(product, 0)) for product, score in hits or ()]
        drawn.append({"name": bundle.name, "hits": rows})
    compare_part(
        key="compare",
        data={"sides": drawn},
        on_open_change=lambda: shared.open_neighbours(str(sent("compare", "open"))),
    )


def _row(engine: Engine, product_id: str, score: float, other_rank: int) -> dict[str, object]:
    product = engine.store.product(product_id)
    return {
        "id": product_id,
        "name": " ".join(str(product["name"] or product_id).split()),
        "type": product["product_type"] or "",
        "number": f"{score:.3f}",
        "score": score,
        "picture": cards.picture_of(engine, product_id),
        "other": other_rank,
        "href": shared.address_of(product_id),
    }
