"""Where images are read from: a folder or a packed tar. Names come from strangers' files and lead nowhere else."""

from __future__ import annotations

import os
import stat
import tarfile
import weakref
from pathlib import Path, PurePosixPath, PureWindowsPath

from vsearch_core.errors import CatalogueError

MAX_IMAGE_BYTES = 64_000_000
"""Larger files are not read at all: no catalogue image is that large."""

_SAFE_OPEN = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class FolderImages:
    """Images in a folder, named by their path below it. Implements `ImageSource`."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()

    def read(self, image: str) -> bytes:
        """The bytes of one image. Safe to call from several threads.

        Raises:
            CatalogueError: no such image (`image_missing`), its name or a link leads outside (`image_outside`), it is
                no regular file (`image_missing`) or it is too heavy (`image_too_heavy`).
        """
        name = _checked(image)
        try:
            path = (self._root / name).resolve(strict=True)
        except (OSError, RuntimeError) as error:  # RuntimeError: links in a circle
            raise _missing(image) from error
        if not path.is_relative_to(self._root):
            raise _outside(image)
        try:
            return _read_regular(path, image)
        except OSError as error:
            raise _missing(image) from error


class TarImages:
    """Images in an uncompressed tar, named by their path below `prefix`. Implements `ImageSource`.

    The members are indexed once when it is opened (a second for 40,000); reading one takes a single call that moves no
    shared position, so threads do not wait for each other.
    """

    def __init__(self, path: Path, prefix: str = "") -> None:
        self._path = path
        try:
            self._members = _index(path, prefix)
            self._file = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        except (OSError, tarfile.TarError) as error:
            raise CatalogueError(
                f"{path} cannot be read as an uncompressed tar archive ({error}); pack the images again.",
                code="bad_archive",
            ) from error
        weakref.finalize(self, os.close, self._file)

    def read(self, image: str) -> bytes:
        """The bytes of one image. Safe to call from several threads.

        Raises:
            CatalogueError: as `FolderImages.read`, and `bad_archive` where the archive is cut off.
        """
        found = self._members.get(_checked(image))
        if found is None:
            raise _missing(image)
        offset, size = found
        if size > MAX_IMAGE_BYTES:
            raise _too_heavy(image)
        data = os.pread(self._file, size, offset)
        if len(data) < size:
            raise CatalogueError(f"{self._path} ends in the middle of {image}; pack it again.", code="bad_archive")
        return data

    def __len__(self) -> int:
        return len(self._members)

    def names(self) -> list[str]:
        """The names of all images, in the order of the archive."""
        return list(self._members)


def _index(path: Path, prefix: str) -> dict[str, tuple[int, int]]:
    """Offset and size of each regular member; where a name comes twice, the later one counts, as when unpacking."""
    members = {}
    with tarfile.open(path, "r:") as archive:
        for member in archive:
            name = member.name.removeprefix("./")
            if member.isreg() and not member.issparse() and name.startswith(prefix):
                members[name[len(prefix) :]] = (member.offset_data, member.size)
    return members


def _checked(image: str) -> str:
    """The name in plain form ("a//./b" is "a/b"); refused where it is absolute or climbs."""
    path = PurePosixPath(image)
    windows = PureWindowsPath(image)
    if "\0" in image or not path.parts:
        raise _missing(image)
    if path.is_absolute() or windows.drive or windows.root or ".." in path.parts or ".." in windows.parts:
        raise _outside(image)
    return str(path)


def _read_regular(path: Path, image: str) -> bytes:
    descriptor = os.open(path, _SAFE_OPEN)
    with open(descriptor, "rb") as file:
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode):
            raise _missing(image)
        if facts.st_size > MAX_IMAGE_BYTES:
            raise _too_heavy(image)
        return file.read(MAX_IMAGE_BYTES + 1)


def _missing(image: str) -> CatalogueError:
    return CatalogueError(
        f"There is no image {_short(image)} in the catalogue; add it or correct the row.", code="image_missing"
    )


def _outside(image: str) -> CatalogueError:
    return CatalogueError(
        f"The image {_short(image)} lies outside the catalogue's folder; use a path inside it.", code="image_outside"
    )


def _too_heavy(image: str) -> CatalogueError:
    return CatalogueError(
        f"The image {_short(image)} has more than {MAX_IMAGE_BYTES // 1_000_000} MB; save it smaller.",
        code="image_too_heavy",
    )


def _short(image: str) -> str:
    return repr(image if len(image) <= 120 else image[:117] + "...")
