"""What one process of the API holds: the shop that it answers from, the journal, the keys, its threads."""

from __future__ import annotations

import logging
import os
import threading
from contextlib import suppress

from fastapi import Request

from vsearch_core.database import Database, open_database
from vsearch_core.errors import VsearchError
from vsearch_core.journal import Journal
from vsearch_core.search import Engine
from vsearch_core.search.engine import bundle_of_store, open_detector, open_finder, open_model
from vsearch_core.search.live import Live
from vsearch_core.service.changes import Changes
from vsearch_core.service.keys import KeyRing
from vsearch_core.service.metrics import Metrics, age_s
from vsearch_core.service.work import Together, Work
from vsearch_core.settings import Settings
from vsearch_core.store import Store
from vsearch_core.store.manifest import MANIFEST

THREADS, WAITING, ANSWER_S = 8, 32, 20.0
"""Threads that answer (they wait for the model's together), what may wait for them, and how long an answer may take."""

CHANGES_WAITING, CHANGE_S = 8, 300.0

_log = logging.getLogger("vsearch.service")


class Service:
    """One of it in a process. Safe to use from several threads."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.metrics = Metrics()
        self.live = Live(settings.store_path, self._open, models=settings.models)
        self.journal = Journal(
            settings.database_url,
            photos=settings.photos_path,
            keep_days=settings.journal_days,
            waiting=settings.waiting_path,
        )
        self.ring = KeyRing(self._database)
        self.asking = Work(threads=THREADS, waiting=WAITING, time_s=ANSWER_S)
        self.changing = Work(threads=1, waiting=CHANGES_WAITING, time_s=CHANGE_S)
        self.changes = Changes(self.live)
        self._opened: Database | None = None
        self._opening = threading.Lock()
        self.metrics.watch("vsearch_queue", "Requests being worked on or waiting.", lambda: self.asking.held)
        self.metrics.watch("vsearch_store_age_seconds", "Since the store last changed.", self._store_age)
        self.metrics.watch("vsearch_journal_waiting", "Entries to be written.", lambda: self.journal.health().waiting)

    def begin(self) -> None:
        """Open the shop in the background, so that it is there when somebody asks."""

        def opened() -> None:
            with suppress(VsearchError):  # `readyz` tells it
                self.live.engine()

        threading.Thread(target=opened, name="opening", daemon=True).start()

    def close(self) -> None:
        """Finish what began, and write what waits."""
        self.asking.close()
        self.changing.close()
        self.journal.close()
        if self._opened is not None:
            self._opened.close()

    def _open(self) -> Engine:
        """A detector that cannot be opened takes the garments away, a finder the second look, and nothing else."""
        chosen = self.settings
        model = open_model(bundle_of_store(chosen.models, chosen.store_path), threads=chosen.threads)
        store = Store.open(chosen.store_path, embedder=model)
        detector = finder = None
        try:
            detector = open_detector(chosen.models, threads=chosen.threads)
        except VsearchError as error:
            _log.error("No garments are looked for in photos. %s", error.message)
        try:
            finder = open_finder(chosen.models, threads=chosen.threads)
        except VsearchError as error:
            _log.error("Photos are looked at whole alone. %s", error.message)
        engine = Engine(store, model, detector, finder)
        engine.looks = Together(engine.looks)
        return engine

    def _database(self) -> Database:
        with self._opening:
            if self._opened is None:
                self._opened = open_database(self.settings.database_url)
            return self._opened

    def _store_age(self) -> float:
        try:
            return age_s(os.stat(self.settings.store_path / MANIFEST).st_mtime)
        except OSError:
            return float("nan")


def service_of(request: Request) -> Service:
    """The service that a request came to."""
    service: Service = request.app.state.service
    return service
