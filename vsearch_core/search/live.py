"""The engine that a running program answers with: the newest store that opens, however the folder changes."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

from vsearch_core.errors import StoreError, VsearchError
from vsearch_core.search.engine import Engine
from vsearch_core.store.store import stamp_of

RETRY_S = 60.0
"""A store that did not open is tried again after this time even if its manifest is the same: a file may have come."""

_log = logging.getLogger("vsearch.store")


class Live:
    """Opens a store when it is first asked for, and again whenever another has taken its place.

    A store that does not open takes nothing away: the one before goes on answering, and `problem` says why. Safe to use
    from several threads; one of them opens, and the others are answered by the store before meanwhile.
    """

    def __init__(self, store: Path, open: Callable[[], Engine], models: Path | None = None) -> None:
        """Args: store: the folder that is watched; open: makes an engine over it, or raises a `VsearchError`;
        models: the folder of the bundles, where a new one is to be taken up as well."""
        self._store, self._open, self._models = store, open, models
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._failed: VsearchError | None = None
        self._tried: tuple[int, ...] | None = None
        self._tried_at = 0.0

    @property
    def is_open(self) -> bool:
        """Whether there is an engine to answer with."""
        return self._engine is not None

    @property
    def serving(self) -> Engine | None:
        """The engine that is open, at once, whatever lies there now; None before the first has opened."""
        return self._engine

    @property
    def problem(self) -> str:
        """Why the store that lies there now is not the one that answers; empty where it is."""
        failed = self._failed
        return failed.message if failed is not None and self.is_open else ""

    def engine(self) -> Engine:
        """The engine over the newest store that opens.

        Raises:
            VsearchError: none has opened yet.
        """
        serving = self._engine
        if serving is not None and (not self._is_due() or not self._lock.acquire(blocking=False)):
            return serving
        if serving is None:
            self._lock.acquire()
        try:
            if self._is_due():
                self._try()
        finally:
            self._lock.release()
        if self._engine is not None:
            return self._engine
        assert self._failed is not None
        raise self._failed.with_traceback(None)

    def _is_due(self) -> bool:
        """Whether what lies there now has not been tried yet, or may have been mended since."""
        if self._stamp() != self._tried or (self._engine is None and self._failed is None):
            return True
        return self._failed is not None and time.monotonic() - self._tried_at >= RETRY_S

    def _try(self) -> None:
        self._tried = self._stamp()
        try:
            self._engine = self._open()
            self._failed = None
        except VsearchError as error:
            self._fail(error)
        except Exception:
            # Whatever is wrong with the new store, the one that is open goes on.
            _log.exception("The store %s cannot be opened.", self._store)
            self._fail(
                StoreError(
                    f"The store {self._store} cannot be opened for a reason that was not foreseen; the server's log "
                    "has the details."
                )
            )
        finally:
            self._tried_at = time.monotonic()

    def _fail(self, error: VsearchError) -> None:
        if self._failed is None or self._failed.message != error.message:
            _log.error("%s%s", "The store before goes on being served. " if self.is_open else "", error.message)
        self._failed = error

    def _stamp(self) -> tuple[int, ...]:
        try:
            bundles = sorted(self._models.glob("*/labels.json")) if self._models is not None else []
            found = [file.stat() for file in bundles]
            return (*stamp_of(self._store), *(part for one in found for part in (one.st_ino, one.st_mtime_ns)))
        except (StoreError, OSError):
            return ()
