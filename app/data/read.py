"""What the data page reads, each computed once: kept in memory, and what takes long in the cache folder too."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from app.common import controls, evaluated, readers
from app.common.kept import kept
from vsearch_core.contracts import Progress
from vsearch_core.files import replace_bytes
from vsearch_core.insight.data import catalogue, compare, photo_sets
from vsearch_core.insight.data.catalogue import Tail
from vsearch_core.insight.data.photo_sets import PhotoSet
from vsearch_core.settings import settings
from vsearch_core.store import Store

_MADE = "1"
"""A change of what a kept table holds is another number, so that an older one is made anew."""


@kept()
def tail(store: Store) -> Tail:
    """The imbalance of the store's types."""
    return catalogue.tail(store.products)


@kept()
def hierarchy(store: Store) -> pd.DataFrame:
    """Products by department, category and type."""
    return catalogue.hierarchy(store.products)


@kept(spinner="Grouping duplicates …")
def duplicates(store: Store) -> pd.DataFrame:
    """Groups of products that share a picture."""
    return catalogue.duplicates(store.products, store.cleaning)


@kept(spinner="Grouping titles …")
def families(store: Store) -> pd.DataFrame:
    """Groups of products that share a title."""
    return catalogue.title_families(store.products)


@kept()
def photo_set(store: Store) -> PhotoSet | None:
    """The photos that are sent to this shop; None where none are at hand."""
    if not store.sample and not evaluated.is_evaluated(store):
        return None
    return photo_sets.user_photos(settings(), sample=store.sample)


def outfits() -> pd.DataFrame:
    """The garments of the street photos, made once with progress."""
    return _kept("outfits", "Reading the masks", lambda progress: photo_sets.outfits(settings(), progress))


def comparison(store: Store, photos: PhotoSet) -> pd.DataFrame:
    """Photos and products side by side, made once for each store and model with progress."""
    model = readers.engine().model
    name = f"photos-{store.version}-{model.fingerprint}"
    return _kept(name, "Looking at pictures", lambda progress: compare.compare(store, photos, model, progress))


def _path(name: str) -> Any:
    return settings().cache / "insight" / f"data-{name}-{_MADE}.parquet"


def _kept(name: str, words: str, make: Callable[[Progress], pd.DataFrame]) -> pd.DataFrame:
    path = _path(name)
    if not path.is_file():
        with controls.progress(words) as progress:
            table = make(progress)
        buffer = io.BytesIO()
        table.to_parquet(buffer, index=False)
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_bytes(path, buffer.getvalue())
    return _read(str(path), path.stat().st_mtime_ns)


@st.cache_resource(show_spinner=False, max_entries=4)
def _read(path: str, changed: int) -> pd.DataFrame:
    return pd.read_parquet(path)
