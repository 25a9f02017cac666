"""What the page of model quality reads: evaluation tables, the catalogue behind them, pictures; each read once."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
import streamlit as st

from app.common import evaluated, pictures, readers
from app.common.kept import kept
from app.shop.place import product_ids
from vsearch_core.catalogue.sources import TarImages
from vsearch_core.contracts import Photo, Progress
from vsearch_core.errors import CatalogueError, StoreError
from vsearch_core.evaluation.statistics import Figure
from vsearch_core.files import replace_bytes
from vsearch_core.images import decode
from vsearch_core.insight.quality import costs, report, slices
from vsearch_core.insight.quality.costs_search import first_hits
from vsearch_core.insight.quality.models import SHOP, Answers, Model, models_in
from vsearch_core.insight.quality.shop import shop_model
from vsearch_core.search import Engine
from vsearch_core.settings import settings
from vsearch_core.store import Store
from vsearch_core.vision import Bundle, FashionModel


def models() -> list[Model]:
    """The models with evaluation data, and the one on this shop's own products once it has been measured."""
    own = this_shop()
    return [*models_in(settings().models, settings().results), *([own] if own and own.sets else [])]


def this_shop() -> Model | None:
    """The model on this shop's products; None where the shop is the catalogue that the models were measured on."""
    engine: Engine = readers.engine()
    # of that catalogue the model has seen the part train: to measure on all of it would flatter
    if evaluated.is_evaluated(engine.store):
        return None
    return shop_model(settings().cache, engine.store, engine.model)


def answers(model: Model, set_name: str) -> Answers:
    """What a model said of one set, with what is known of the products and of what the search found."""
    store = readers.engine().store
    found = _answers(model, set_name, store)
    if set_name != "user_photos" or costs.by_hit(found):
        return found
    kept = _first_hits_path(model)
    if kept is None or not kept.is_file():
        return found
    return _with_first_hits(model.stamp, str(kept), kept.stat().st_mtime_ns, found)


@st.cache_resource(show_spinner=False, max_entries=2)
def _with_first_hits(stamp: str, path: str, changed: int, _found: Answers) -> Answers:
    table = _found.table.merge(pd.read_parquet(path), on="id", how="left")
    return Answers(_found.model, _found.set, table)


def _first_hits_path(model: Model) -> Path | None:
    """Where it is kept what the search puts first; None for a model that does not search here, or elsewhere."""
    engine: Engine = readers.engine()
    if model.path != engine.model.bundle.path or _user_photos() is None or this_shop() is not None:
        return None
    return settings().cache / "insight" / f"first-hits-{engine.store.version}-{engine.model.fingerprint}.parquet"


def can_search(model: Model, found: Answers) -> bool:
    """Whether the photos can be searched with here, and it has not been done yet."""
    return found.set == "user_photos" and not costs.by_hit(found) and _first_hits_path(model) is not None


def search_with(model: Model, found: Answers, progress: Progress) -> None:
    """Search with every photo of the set, and keep what came first."""
    engine, path, source = readers.engine(), _first_hits_path(model), _user_photos()
    if path is None or source is None:
        return
    every = _answers(model, found.set, engine.store)
    table = first_hits(list(every.table["id"]), source, engine.model, engine.store, progress)
    buffer = io.BytesIO()
    table.to_parquet(buffer, index=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_bytes(path, buffer.getvalue())


@kept(entries=24, spinner="Reading what the model said …")
def _answers(model: Model, set_name: str, store: Store) -> Answers:
    found = model.answers(set_name)
    if set_name == "user_photos":
        return found
    if set_name == SHOP:
        return slices.with_facts(found, store.products)
    same = store.products["id"].isin(evaluated.same_products(store))
    return slices.with_facts(found, store.products[same] if same.any() else None)


def in_shop(found: Answers) -> frozenset[str]:
    """The ids of those products of these answers that are in the shop that is set up, with picture and neighbours."""
    store = readers.engine().store
    if found.set == "user_photos":
        return frozenset()
    return product_ids(store) if found.set == SHOP else evaluated.same_products(store)


@st.cache_resource(show_spinner=False, max_entries=24)
def report_of(stamp: str, set_name: str, part: str, _answers: Answers) -> pd.DataFrame:
    """The classification report of one part."""
    return report.classification_table(_answers)


@st.cache_resource(show_spinner=False, max_entries=24)
def figures_of(
    stamp: str, set_name: str, part: str, types: tuple[str, ...], _answers: Answers
) -> tuple[Figure, Figure | None]:
    """Accuracy and macro F1 of one part, over the pictures with these labels."""
    return report.accuracy(_answers, types), report.macro_f1(_answers, types)


@st.cache_resource(show_spinner=False)
def _user_photos() -> TarImages | None:
    path = settings().data / "clothing-photos" / "images.tar"
    return TarImages(path, prefix="images/") if path.is_file() else None


def picture_bytes(found: Answers, picture_id: str) -> bytes | None:
    """The picture of a product or photo; None where it is not at hand."""
    try:
        if found.set == "user_photos":
            source = _user_photos()
            return source.read(f"{picture_id}.jpg") if source else None
        return readers.engine().store.thumbnail(picture_id) if picture_id in in_shop(found) else None
    except (StoreError, CatalogueError):
        return None


def picture(found: Answers, picture_id: str, side: int = 220) -> str:
    """The same as a data URI of at most `side` pixels; a plain placeholder where it is not at hand."""
    data = picture_bytes(found, picture_id)
    if data is None:
        return pictures.MISSING
    return pictures.preview(decode(data, max_side=side), side) if len(data) > 20_000 else pictures.data_uri(data)


def photo_of(found: Answers, picture_id: str) -> Photo | None:
    """The decoded picture, as the model needs it."""
    data = picture_bytes(found, picture_id)
    return decode(data, max_side=2 * readers.engine().model.bundle.side) if data is not None else None


def product(found: Answers, picture_id: str) -> dict:
    """What the store knows of a product; empty where it is none of its products."""
    return readers.engine().store.product(picture_id) if picture_id in in_shop(found) else {}


def network_of(model: Model) -> FashionModel | None:
    """The model itself, where its weights are here."""
    engine: Engine = readers.engine()
    if not model.runs:
        return None
    return engine.model if model.path == engine.model.bundle.path else _network(model)


@kept()
def _network(model: Model) -> FashionModel:
    return FashionModel(Bundle.open(model.path), threads=settings().threads)
