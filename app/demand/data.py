"""What the demand page reads, opened once and counted once for each selection."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from app.common import pictures, readers
from vsearch_core.errors import ImageRejected
from vsearch_core.images import decode
from vsearch_core.insight.demand import asked, not_found, outcomes
from vsearch_core.insight.demand.not_found import Look
from vsearch_core.insight.demand.selection import Band, Extent, Selection, extent, price_bands
from vsearch_core.insight.demand.what_if import Asking
from vsearch_core.journal import PhotoFolder
from vsearch_core.search import Engine
from vsearch_core.settings import settings
from vsearch_core.store import Store

FRESH_S = 5
"""So old may be what is known of how much the journal holds; tables are counted anew when that has changed."""

PICTURES_S = 600
"""So long a small copy of a kept photo may stay in memory after the photo was deleted; no page shows it by then."""

SMALL, LARGE = 200, 480
"""Longest sides of pictures in pixels: on a wall, and by themselves."""


def folder() -> PhotoFolder:
    """Where kept photos lie."""
    return PhotoFolder(settings().photos_path)


def bands(store: Store) -> tuple[Band, ...]:
    """The shop's price bands; none where it knows no prices."""
    return _bands(store.version, store)


@st.cache_data(ttl=FRESH_S, show_spinner=False)
def journal_extent(sample: bool | None = None) -> Extent:
    """How much the journal holds."""
    return extent(readers.database(), sample=sample)


def counts(selection: Selection, by: str) -> pd.DataFrame:
    """See `demand.daily_counts`."""
    return _counts(selection, by, journal_extent())


def kept_photos(selection: Selection, *, not_found: bool = False, limit: int = not_found.MOST_PHOTOS) -> pd.DataFrame:
    """See `not_found.photos`."""
    return _photos(selection, not_found, limit, 0, journal_extent())


def wall(selection: Selection, page: int, size: int) -> tuple[pd.DataFrame, int]:
    """One page of the kept photos, and how many there are."""
    total = _photo_count(selection, journal_extent())
    return _photos(selection, False, size, page * size, journal_extent()), total


def not_found_by_type(selection: Selection) -> pd.DataFrame:
    """See `not_found.not_found_by_type`."""
    return _not_found(selection, journal_extent())


def looks(selection: Selection, store: Store) -> list[Look]:
    """What was not found, by look; photos of another model than the store's are left out."""
    return _looks(selection, journal_extent(), store.version, store)


def figures(selection: Selection, by: str) -> pd.DataFrame:
    """See `outcomes.outcomes`."""
    return _figures(selection, by, journal_extent())


def first_positions(selection: Selection) -> pd.DataFrame:
    """See `outcomes.first_positions`."""
    return _positions(selection, journal_extent())


def actions(selection: Selection) -> pd.DataFrame:
    """See `outcomes.actions`."""
    return _actions(selection, journal_extent())


def untimed_clicks(selection: Selection) -> int:
    """See `outcomes.untimed_clicks`."""
    return _untimed(selection, journal_extent())


def vectors(hashes: tuple[str, ...]) -> dict[str, np.ndarray]:
    """See `not_found.embeddings_of`."""
    return not_found.embeddings_of(readers.database(), hashes)


def asking(photos: pd.DataFrame, engine: Engine) -> Asking:
    """Photos of this model, to be asked again."""
    hashes = tuple(photos["photo"])
    bundle = engine.model.bundle
    assert bundle.match is not None
    return Asking(
        photos,
        vectors(hashes),
        not_found.predictions_of(readers.database(), hashes),
        bundle.match,
        bundle.product_types,
        item_rule=bundle.item_match,
        in_shop=bundle.in_shop,
    )


def of_this_model(photos: pd.DataFrame) -> pd.DataFrame:
    """The photos whose embeddings can be compared with the store's."""
    return photos[photos["model"] == readers.engine().model.fingerprint].reset_index(drop=True)


@st.cache_data(max_entries=4_000, ttl=PICTURES_S, show_spinner=False)
def picture(hash: str, side: int = SMALL) -> str:
    """A kept photo as a data URI; a plain placeholder where it is not kept any more."""
    try:
        data = folder().read(hash)
        return pictures.preview(decode(data), side) if data else pictures.MISSING
    except (OSError, ImageRejected):
        return pictures.MISSING


@st.cache_resource(show_spinner=False, max_entries=2)
def _bands(version: str, _store: Store) -> tuple[Band, ...]:
    return price_bands(_store.products["price"])


@st.cache_data(max_entries=64, show_spinner=False)
def _counts(selection: Selection, by: str, held: Extent) -> pd.DataFrame:
    return asked.daily_counts(readers.database(), selection, by)


@st.cache_data(max_entries=64, show_spinner=False)
def _photos(selection: Selection, without_answer: bool, limit: int, offset: int, held: Extent) -> pd.DataFrame:
    return not_found.photos(readers.database(), selection, not_found=without_answer, limit=limit, offset=offset)


@st.cache_data(max_entries=64, show_spinner=False)
def _photo_count(selection: Selection, held: Extent) -> int:
    return not_found.photo_count(readers.database(), selection)


@st.cache_data(max_entries=64, show_spinner=False)
def _not_found(selection: Selection, held: Extent) -> pd.DataFrame:
    return not_found.not_found_by_type(readers.database(), selection)


@st.cache_data(max_entries=16, show_spinner="Grouping what was not found by look …")
def _looks(selection: Selection, held: Extent, version: str, _store: Store) -> list[Look]:
    photos = of_this_model(not_found.photos(readers.database(), selection, not_found=True))
    return not_found.looks(photos, not_found.embeddings_of(readers.database(), list(photos["photo"])), _store)


@st.cache_data(max_entries=64, show_spinner=False)
def _figures(selection: Selection, by: str, held: Extent) -> pd.DataFrame:
    return outcomes.outcomes(readers.database(), selection, by)


@st.cache_data(max_entries=64, show_spinner=False)
def _positions(selection: Selection, held: Extent) -> pd.DataFrame:
    return outcomes.first_positions(readers.database(), selection)


@st.cache_data(max_entries=64, show_spinner=False)
def _actions(selection: Selection, held: Extent) -> pd.DataFrame:
    return outcomes.actions(readers.database(), selection)


@st.cache_data(max_entries=64, show_spinner=False)
def _untimed(selection: Selection, held: Extent) -> int:
    return outcomes.untimed_clicks(readers.database(), selection)


def forget() -> None:
    """Count everything anew: the journal has been filled or emptied as a whole."""
    tables: tuple[Any, ...] = (
        _counts,
        _photos,
        _photo_count,
        _not_found,
        _looks,
        _figures,
        _positions,
        _actions,
        _untimed,
    )
    for table in (journal_extent, *tables):
        table.clear()
