"""Files that are whole or not there: atomic writes, checksums, and one writer at a time."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vsearch_core.errors import StoreError

LOCK = ".lock"

_CHUNK = 1 << 20
_LOCK_TRIES = 10
_LOCK_PAUSE = 0.1


def sha256_of(path: Path) -> str:
    """Checksum of a file, read in chunks so that memory does not grow with it."""
    digest = hashlib.sha256()
    buffer = bytearray(_CHUNK)
    view = memoryview(buffer)
    with path.open("rb", buffering=0) as file:
        while size := file.readinto(buffer):
            digest.update(view[:size])
    return digest.hexdigest()


def sync(path: Path) -> None:
    """Makes sure that a file, or the names in a folder, are on the disk and not only on their way to it."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove_tree(folder: Path) -> None:
    """Deletes a folder that may have gone already."""
    try:
        shutil.rmtree(folder)
    except FileNotFoundError:
        return


@contextmanager
def writer_lock(folder: Path, *, tries: int = _LOCK_TRIES) -> Iterator[None]:
    """Holds the store's lock: one writer at a time. The system frees it when the process ends, however it ends.

    Args:
        folder: the store's folder, which exists.
        tries: how often to ask, 0.1 s apart: an opening store holds the lock for a moment while it tidies up.

    Raises:
        StoreError: another process or thread is changing the store (code `locked`).
    """
    # Imported here because only writers need it, and systems without it can still search.
    import fcntl

    path = folder / LOCK
    for attempt in range(tries):
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # A build that was stopped deletes its folder, lock included: a lock on a deleted file guards nothing.
            held = os.path.exists(path) and os.path.samestat(os.fstat(handle), os.stat(path))
        except BlockingIOError:
            held = False
        except BaseException:
            os.close(handle)
            raise
        if held:
            try:
                yield
            finally:
                os.close(handle)
            return
        os.close(handle)
        if attempt + 1 < tries:
            time.sleep(_LOCK_PAUSE)
    raise StoreError(
        f"Another program is changing the store {folder} right now; wait until it has finished and try again.",
        code="locked",
    )
