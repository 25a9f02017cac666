"""Changing a store's folder: one writer at a time, and nothing left over however it ends."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from vsearch_core.errors import StoreError
from vsearch_core.store.disk import LOCK, remove_tree, writer_lock
from vsearch_core.store.manifest import MANIFEST, SEGMENTS, read_manifest

_CANNOT_WRITE = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EIO}


@contextmanager
def changing(store: Path) -> Iterator[None]:
    """Holds an existing store's lock, and deletes afterwards whatever its manifest does not name.

    Raises:
        StoreError: no store there (code `not_a_store`), another writer (`locked`), or a disk that is full or cannot be
            written to (`cannot_write`).
    """
    read_manifest(store)
    with _in_words(store), writer_lock(store):
        tidy(store)
        try:
            yield
        finally:
            tidy(store)


@contextmanager
def building(store: Path) -> Iterator[None]:
    """The same for a folder that may not be there yet: if no store came about, it is left as it was found.

    Raises:
        StoreError: as `changing`; a folder that holds something else is not touched (code `not_a_store`).
    """
    _refuse_other_folders(store)
    with _in_words(store):
        missing = [folder for folder in (store, *store.parents) if not folder.exists()]
        store.mkdir(parents=True, exist_ok=True)
        with writer_lock(store):
            tidy(store)
            try:
                yield
            finally:
                tidy(store)
                if not (store / MANIFEST).exists():
                    remove_tree(store / SEGMENTS)
                    (store / LOCK).unlink()
                    # A folder that somebody has put something into since is theirs.
                    with suppress(OSError):
                        for folder in missing:
                            folder.rmdir()


def tidy(store: Path) -> None:
    """Deletes what the manifest does not name: only with the lock held, as a writer's new files are not named yet."""
    for stray in _strays(store):
        if stray.is_dir():
            remove_tree(stray)
        else:
            stray.unlink(missing_ok=True)


def tidy_if_idle(store: Path) -> None:
    """Deletes what a writer that was killed has left behind, unless one is at work or the folder is read-only."""
    if not _strays(store):
        return
    try:
        with writer_lock(store, tries=1):
            tidy(store)
    except StoreError:
        return
    except OSError as error:
        if error.errno not in _CANNOT_WRITE:
            raise


def _strays(store: Path) -> list[Path]:
    beside = [path for path in store.glob(f".{MANIFEST}.*") if path.is_file()]
    segments = store / SEGMENTS
    if not segments.is_dir():
        return beside
    try:
        named = {segment.id for segment in read_manifest(store).segments}
    except StoreError as error:
        if error.code != "not_a_store":
            # Which segments a damaged or newer manifest needs is not known, so none is deleted.
            return beside
        named = set()
    return beside + [path for path in segments.iterdir() if path.name not in named]


def _refuse_other_folders(store: Path) -> None:
    if store.exists() and not store.is_dir():
        raise StoreError(f"{store} is a file, not a folder; name another place for the store.", code="not_a_store")
    if store.is_dir() and not (store / MANIFEST).exists():
        others = [path.name for path in store.iterdir() if path.name not in (SEGMENTS, LOCK)]
        others = [name for name in others if not name.startswith(f".{MANIFEST}")]
        if others:
            raise StoreError(
                f"{store} holds something else ({min(others)}); name an empty or new folder for the store.",
                code="not_a_store",
            )


@contextmanager
def _in_words(store: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in _CANNOT_WRITE:
            raise
        raise StoreError(
            f"The store {store} cannot be written ({error.strerror}); free some space or choose another folder.",
            code="cannot_write",
        ) from error
