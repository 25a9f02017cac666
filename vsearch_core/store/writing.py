"""Changing a store's folder: one writer at a time, which deletes its own leavings and nothing else."""

from __future__ import annotations

import os
import re
import stat
import time
from collections.abc import Iterator, Set
from contextlib import contextmanager, suppress
from pathlib import Path

from vsearch_core.errors import StoreError
from vsearch_core.files import make_folder, writing
from vsearch_core.store.disk import LOCK, not_plain, remove, writer_lock
from vsearch_core.store.leavings import LEAVINGS, SEGMENTS, is_draft, keep, noted
from vsearch_core.store.manifest import MANIFEST, named_segments, read_manifest

GRACE_S = 600.0
"""What a writer that was killed has left is deleted by a later one after this time.

Where the lock does not reach (a network drive), or where a tool copies a store in the midst of a change, what looks
like a leaving may still be wanted.
"""

_BESIDE = re.compile(rf"\.({re.escape(MANIFEST)}|{re.escape(LEAVINGS)})\.([0-9a-f]{{8}}\.)?new")


@contextmanager
def changing(store: Path) -> Iterator[None]:
    """Holds an existing store's lock; of what the change made and replaced, only what the manifest names stays.

    Raises:
        StoreError: no store there (code `not_a_store`), another writer (`locked`), or a disk that is full or cannot be
            written to (`cannot_write`).
    """
    read_manifest(store)
    with writing(store, StoreError), writer_lock(store):
        _refuse_links(store)
        with _tidied(store):
            yield


@contextmanager
def building(store: Path) -> Iterator[None]:
    """The same for a folder that may not be there yet: if no store came about, it is left as it was found.

    Raises:
        StoreError: as `changing`; a folder that holds something else is not touched (code `not_a_store`).
    """
    with writing(store, StoreError):
        _refuse_other_folders(store)
        missing = [folder for folder in (store, *store.parents) if not folder.exists()]
        make_folder(store)
        with writer_lock(store):
            _refuse_links(store)
            try:
                with _tidied(store):
                    yield
            finally:
                if not (store / MANIFEST).exists():
                    # What somebody has put there since is theirs: only empty folders are taken away.
                    with suppress(OSError):
                        (store / SEGMENTS).rmdir()
                    (store / LOCK).unlink()
                    with suppress(OSError):
                        for folder in missing:
                            folder.rmdir()


@contextmanager
def _tidied(store: Path) -> Iterator[None]:
    """Deletes what is left of earlier writers before, and what this one made in vain or replaced afterwards."""
    spared = _tidy(store)
    try:
        yield
    finally:
        _tidy(store, spared)


def _tidy(store: Path, spared: Set[str] | None = None) -> Set[str]:
    """Deletes writers' leavings, with the lock held.

    Args:
        spared: names of those that stay; where it is None, those stay that are younger than the grace time.

    Returns:
        The names of those that stay.
    """
    named, now = named_segments(store), time.time()
    left = set()
    for path, when in _leavings(store, named or set()).items():
        # Which segments a damaged or newer manifest needs is not known: then nothing is deleted.
        if named is None or (_is_young(path, when, now) if spared is None else path.name in spared):
            left.add(path.name)
        else:
            remove(path)
    keep(store, {name: when for name, when in noted(store).items() if name in left})
    return left


def _leavings(store: Path, named: Set[str]) -> dict[Path, float]:
    """What writers have left behind, and when they wrote it down."""
    segments = store / SEGMENTS
    found = {segments / name: when for name, when in noted(store).items() if name not in named}
    found |= {path: 0.0 for path in segments.glob(".*") if is_draft(path.name)}
    found |= {path: 0.0 for path in store.glob(".*") if _BESIDE.fullmatch(path.name)}
    return {path: when for path, when in found.items() if os.path.lexists(path)}


def _is_young(path: Path, when: float, now: float) -> bool:
    """Whether anything of it was touched within the grace time; a time that lies ahead is not trusted to be past."""
    for one in (path, *path.glob("*")):
        with suppress(OSError):
            when = max(when, one.lstat().st_mtime)
    return now - when < GRACE_S


def _refuse_links(store: Path) -> None:
    """A folder of segments that lies elsewhere is not written to: it may be anything's."""
    segments = store / SEGMENTS
    if os.path.lexists(segments) and not stat.S_ISDIR(segments.lstat().st_mode):
        raise not_plain(segments)


def _refuse_other_folders(store: Path) -> None:
    if store.exists() and not store.is_dir():
        raise StoreError(f"{store} is a file, not a folder; name another place for the store.", code="not_a_store")
    if not store.is_dir() or os.path.lexists(store / MANIFEST):
        return
    ours = (SEGMENTS, LOCK, LEAVINGS)
    others = [path.name for path in store.iterdir() if path.name not in ours and not _BESIDE.fullmatch(path.name)]
    if others:
        raise StoreError(
            f"{store} holds something else ({min(others)}); name an empty or new folder for the store.",
            code="not_a_store",
        )
    known = noted(store)
    strange = [path.name for path in (store / SEGMENTS).glob("*") if path.name not in known and not is_draft(path.name)]
    if strange:
        raise StoreError(
            f"{store} holds parts of a store ({SEGMENTS}/{min(strange)}) without its {MANIFEST}: wait until it is "
            "copied here, or name an empty or new folder for the store.",
            code="not_a_store",
        )
