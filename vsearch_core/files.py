"""Files that are whole or not there, also after a power cut, and what it means when the disk refuses."""

from __future__ import annotations

import errno
import json
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from vsearch_core.errors import CannotWrite, VsearchError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ELOOP}

_NUMPY_WROTE_LESS = re.compile(r"\d+ requested and \d+ written")
_ANNOYS_NUMBER = re.compile(r"\((\d+)\)$")


def sync(path: Path) -> None:
    """Makes sure that a file, or the names in a folder, are on the disk and not only on their way to it."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        # Some network file systems cannot sync a folder, and need not.
        if error.errno != errno.EINVAL:
            raise
    finally:
        os.close(handle)


def sync_tree(folder: Path) -> None:
    """The same for everything in a folder, and the folder itself; links are names in their folder and not followed."""
    for parent, _, names in os.walk(folder, topdown=False):
        for name in names:
            file = Path(parent, name)
            if file.is_file() and not file.is_symlink():
                sync(file)
        sync(Path(parent))


def make_folder(folder: Path) -> None:
    """Makes a folder and those above it that are missing; each is on the disk under its name when this returns."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for path in reversed(missing):
        sync(path.parent)


def put_in_place(draft: Path, path: Path) -> None:
    """Moves a file or a folder that is whole to where it belongs: after a power cut there is the old or the new.

    A file takes the place of a file. A folder takes that of an empty folder, or of none.
    """
    if draft.is_dir():
        sync_tree(draft)
    else:
        sync(draft)
    os.replace(draft, path)
    sync(path.parent)


def replace_bytes(path: Path, content: bytes) -> None:
    """Write beside `path` and move it there at once: a reader sees the old content or the new, never a part.

    Raises:
        CannotWrite: the disk is full or refuses; what was there is untouched, and nothing else is left behind.
    """
    # A name that nobody can have put there before: a link of that name would lead the writing elsewhere.
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")
    with writing(path):
        try:
            with draft.open("xb") as file:
                file.write(content)
            put_in_place(draft, path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise


def replace_json(path: Path, content: Any) -> None:
    """The same with a value as indented JSON; a number that JSON cannot hold is a ValueError."""
    text = json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    replace_bytes(path, text.encode())


@contextmanager
def writing(place: Path, kind: type[VsearchError] = CannotWrite) -> Iterator[None]:
    """Says in one sentence that a disk is full or refuses, whoever notices it: Python, numpy, Arrow or Annoy.

    Args:
        place: what is being written, for the sentence.
        kind: the error to raise; its code is `cannot_write`.

    Raises:
        VsearchError: of that kind. Other errors pass as they are.
    """
    try:
        yield
    except (CannotWrite, OSError) as error:
        # What is told is what the person asked for, and not the file of it that happened to be written.
        cause = error if isinstance(error, OSError) else error.__cause__
        sentence = why_not_written(cause, place) if isinstance(cause, OSError) else None
        if sentence is None:
            raise
        raise kind(sentence, code=CannotWrite.code) from cause


def why_not_written(error: OSError, place: Path) -> str | None:
    """What a failed write means, and the way out; None if it does not come from the disk."""
    number = _number_of(error)
    reason = os.strerror(number) if number is not None else ""
    if number in _FULL:
        whose = "" if number == errno.ENOSPC else " for this program"
        return (
            f"The disk is full{whose} ({reason}), so {place} could not be written; free some space or choose another "
            "place, and try again."
        )
    if number in _REFUSED:
        what = error.filename or place
        return f"{what} cannot be written ({reason}); allow this program to write there, or choose another place."
    if number == errno.EIO:
        return f"{place} cannot be written ({reason}): the disk may be failing; choose another place, and try again."
    return None


def _number_of(error: OSError) -> int | None:
    """The system's number of an error; two libraries only tell it in words, or not at all."""
    if error.errno is not None:
        return error.errno
    if _NUMPY_WROTE_LESS.search(str(error)):
        return errno.ENOSPC
    told = _ANNOYS_NUMBER.search(str(error))
    return int(told[1]) if told else None
