"""The shop that this process serves: the engine, its sample photos and the journal, each opened once."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from app.common import pictures
from app.common.kept import kept
from app.server import memory
from vsearch_core.database import Database, open_database
from vsearch_core.errors import VsearchError
from vsearch_core.images import decode
from vsearch_core.insight.similarity.galleries import store_fingerprint
from vsearch_core.journal import Journal
from vsearch_core.search import Engine
from vsearch_core.search.engine import DETECTOR, bundle_of_store, open_detector, open_finder, open_model
from vsearch_core.search.live import Live
from vsearch_core.settings import settings
from vsearch_core.setup import SamplePhoto, sample_photos
from vsearch_core.store import Store
from vsearch_core.store.manifest import MANIFEST

SAMPLES = 8
_SAMPLE_SIDE = 200

_log = logging.getLogger("vsearch.app")


def is_set_up() -> bool:
    """Whether there is a store to open, or one that is open."""
    return _live(settings().store_path).is_open or (settings().store_path / MANIFEST).is_file()


def engine() -> Engine:
    """The engine over the store of the settings; opened anew when a newer store has taken its place.

    A newer store that cannot be opened takes nothing away: see `problem`.

    Raises:
        VsearchError: the store or the model cannot be opened, and none was before.
    """
    live = _live(settings().store_path)
    if live.is_open:
        return live.engine()
    with st.spinner("Opening the shop …"):
        return live.engine()


def problem() -> str:
    """For staff: why the store that lies there now is not the one that is served; empty where it is."""
    return _live(settings().store_path).problem


@st.cache_resource(show_spinner=False)
def _live(store: Path) -> Live:
    return Live(store, _open)


def _open() -> Engine:
    """A detector that cannot be opened takes the garments away, a finder the second look, and nothing else."""
    chosen = settings()
    model = open_model(bundle_of_store(chosen.models, chosen.store_path), threads=chosen.threads)
    store = Store.open(chosen.store_path, embedder=model)
    try:
        detector = open_detector(chosen.models, threads=chosen.threads)
    except VsearchError as error:
        _log.error("No garments are looked for in photos. %s", error.message)
        detector = None
    try:
        finder = open_finder(chosen.models, threads=chosen.threads)
    except VsearchError as error:
        _log.error("Photos are looked at whole alone. %s", error.message)
        finder = None
    memory.shop_opened()
    return Engine(store, model, detector, finder)


def detector_is_broken() -> bool:
    """Whether there is a detector, and it could not be opened."""
    return engine().detector is None and (settings().models / DETECTOR).is_dir()


@st.cache_resource(show_spinner=False)
def journal() -> Journal:
    """The journal of this process."""
    chosen = settings()
    return Journal(
        chosen.database_url,
        photos=chosen.photos_path,
        keep_days=chosen.journal_days,
        waiting=chosen.waiting_path,
    )


def database() -> Database:
    """The journal's database, as the staff pages read it; the reviews of labels are in it too.

    Raises:
        DatabaseError: it cannot be opened.
    """
    return _database(settings().database_url)


@st.cache_resource(show_spinner=False)
def _database(url: str) -> Database:
    return open_database(url)


fingerprint = kept()(store_fingerprint)


@dataclass(frozen=True)
class Sample:
    """A photo to try, and its small picture as a data URI."""

    photo: SamplePhoto
    small: str


@kept()
def samples(store: Store) -> dict[str, Sample]:
    """Photos to try at once, by name."""
    photos = sample_photos(settings(), store, limit=SAMPLES)
    return {
        photo.name: Sample(photo, pictures.preview(decode(photo.data, max_side=_SAMPLE_SIDE), _SAMPLE_SIDE))
        for photo in photos
    }
