"""A store's files, whoever made them: only plain files inside its folder are opened, and one writer works at a time."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from vsearch_core.errors import StoreError

LOCK = ".lock"

_CHUNK = 1 << 20
_LOCK_TRIES = 10
_LOCK_PAUSE = 0.1
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_NO_WAIT = getattr(os, "O_NONBLOCK", 0)


def open_plain(store: Path, name: str) -> BinaryIO:
    """Opens a file of a store to be read.

    A store may come from a stranger: a link would lead to any file of this machine, and a FIFO would never answer.

    Args:
        store: the store's folder, which may itself be reached by a link.
        name: the file's path below it, with "/".

    Raises:
        StoreError: something else than a plain file in plain folders (code `damaged`), or one that may not be read
            (`cannot_read`).
        FileNotFoundError: it is not there.
    """
    path = store / name
    try:
        for parent in list(path.parents)[: name.count("/")]:
            if not stat.S_ISDIR(os.lstat(parent).st_mode):
                raise not_plain(parent)
        # Where a system has no such flags it has no FIFOs in folders either, or makes no links without rights.
        handle = os.open(path, os.O_RDONLY | _NO_LINK | _NO_WAIT | getattr(os, "O_BINARY", 0))
    except (FileNotFoundError, NotADirectoryError):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path)) from None
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.EMLINK, errno.ENXIO):
            raise not_plain(path) from error
        raise StoreError(
            f"{path} cannot be read ({error.strerror}); allow this program to read it, or build the store anew.",
            code="cannot_read",
        ) from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise not_plain(path)
    return os.fdopen(handle, "rb")


def not_plain(path: Path) -> StoreError:
    """What is said of a link, a FIFO, a device or a folder where a file should be."""
    return StoreError(
        f"{path} is a link or something else than a plain file or folder, and a store has no such things; copy the "
        "files themselves, or build the store anew.",
        code="damaged",
    )


def sha256_of(file: BinaryIO) -> str:
    """Checksum of a file, read in chunks so that memory does not grow with it."""
    digest = hashlib.sha256()
    buffer = bytearray(_CHUNK)
    view = memoryview(buffer)
    while size := file.readinto(buffer):  # type: ignore[attr-defined]
        digest.update(view[:size])
    return digest.hexdigest()


def remove(path: Path) -> None:
    """Deletes a file or a folder that may have gone already; of a link, the link."""
    try:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    except FileNotFoundError:
        return


@contextmanager
def writer_lock(folder: Path, *, tries: int = _LOCK_TRIES) -> Iterator[None]:
    """Holds the store's lock: one writer at a time. The system frees it when the process ends, however it ends.

    Args:
        folder: the store's folder, which exists.
        tries: how often to ask, 0.1 s apart.

    Raises:
        StoreError: another process or thread is changing the store (code `locked`).
    """
    # Imported here because only writers need it, and systems without it can still search.
    import fcntl

    path = folder / LOCK
    for attempt in range(tries):
        handle = os.open(path, os.O_RDWR | os.O_CREAT | _NO_LINK | _NO_WAIT, 0o644)
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
