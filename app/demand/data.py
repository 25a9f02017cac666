"""What the demand page reads, opened once and counted once for each selection."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import numpy as np
import pandas as pd
import streamlit as st

from app.common import pictures, readers
from app.common.kept import NAMED_BY, kept
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


@kept()
def bands(store: Store) -> tuple[Band, ...]:
    """The shop's price bands; none where it knows no prices."""
    return price_bands(store.products["price"])


@st.cache_data(ttl=FRESH_S, show_spinner=False)
def journal_extent(sample: bool | None = None) -> Extent:
    """How much the journal holds."""
    return extent(readers.database(), sample=sample)


Table = TypeVar("Table")
Asked = ParamSpec("Asked")

_TABLES: list[Any] = [journal_extent]


def counted_once(
    *, entries: int = 64, spinner: str | bool = False
) -> Callable[[Callable[Asked, Table]], Callable[Asked, Table]]:
    """A decorator: what is read of the journal is kept until the journal holds more or less."""

    def decorate(read: Callable[Asked, Table]) -> Callable[Asked, Table]:
        # Named as the reader is, because Streamlit tells what it keeps apart by names.
        @wraps(read)
        def read_of(*given: Any, held: Extent, **named: Any) -> Table:
            return read(*given, **named)

        table = st.cache_data(max_entries=entries, show_spinner=spinner, hash_funcs=NAMED_BY)(read_of)
        _TABLES.append(table)

        @wraps(read)
        def current(*given: Asked.args, **named: Asked.kwargs) -> Table:
            found: Table = table(*given, held=journal_extent(), **named)
            return found

        return current

    return decorate


@counted_once()
def counts(selection: Selection, by: str) -> pd.DataFrame:
    """See `asked.daily_counts`."""
    return asked.daily_counts(readers.database(), selection, by)


@counted_once()
def kept_photos(selection: Selection, *, limit: int = not_found.MOST_PHOTOS, offset: int = 0) -> pd.DataFrame:
    """See `not_found.photos`."""
    return not_found.photos(readers.database(), selection, limit=limit, offset=offset)


@counted_once()
def photo_count(selection: Selection) -> int:
    """See `not_found.photo_count`."""
    return not_found.photo_count(readers.database(), selection)


@counted_once()
def not_found_by_type(selection: Selection) -> pd.DataFrame:
    """See `not_found.not_found_by_type`."""
    return not_found.not_found_by_type(readers.database(), selection)


@counted_once(entries=16, spinner="Grouping what was not found by look …")
def looks(selection: Selection, store: Store) -> list[Look]:
    """What was not found, by look; photos of another model than the store's are left out."""
    photos = of_this_model(not_found.photos(readers.database(), selection, not_found=True))
    return not_found.looks(photos, vectors(tuple(photos["photo"])), store)


@counted_once()
def figures(selection: Selection, by: str) -> pd.DataFrame:
    """See `outcomes.outcomes`."""
    return outcomes.outcomes(readers.database(), selection, by)


@counted_once()
def first_positions(selection: Selection) -> pd.DataFrame:
    """See `outcomes.first_positions`."""
    return outcomes.first_positions(readers.database(), selection)


@counted_once()
def actions(selection: Selection) -> pd.DataFrame:
    """See `outcomes.actions`."""
    return outcomes.actions(readers.database(), selection)


@counted_once()
def untimed_clicks(selection: Selection) -> int:
    """See `outcomes.untimed_clicks`."""
    return outcomes.untimed_clicks(readers.database(), selection)


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


def forget() -> None:
    """Count everything anew: the journal has been filled or emptied as a whole."""
    for table in _TABLES:
        table.clear()
