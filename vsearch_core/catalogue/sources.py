"""Where images are read from: a folder or a packed tar. Names come from strangers' files and lead nowhere else."""

from __future__ import annotations

import os
import stat
import weakref
from pathlib import Path

from vsearch_core.catalogue.archives import open_tar
from vsearch_core.catalogue.names import Members, is_companion, loose, missing, one_of, outside, plain_path, short
from vsearch_core.errors import CatalogueError

MAX_IMAGE_BYTES = 64_000_000
"""Larger files are not read at all: no catalogue image is that large."""

_SAFE_OPEN = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class FolderImages:
    """Images in a folder, named by their path below it. Implements `ImageSource`."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()
        self._listed: dict[Path, dict[str, list[str]]] = {}

    def read(self, image: str) -> bytes:
        """The bytes of one image. Safe to call from several threads.

        Raises:
            CatalogueError: no such image (`image_missing`), several that its name may mean (`image_ambiguous`), its
                name or a link leads outside (`image_outside`), it is not a regular file (`image_missing`) or it is too
                heavy (`image_too_heavy`).
        """
        try:
            return _read_regular(self.find(image), image)
        except OSError as error:
            raise missing(image) from error

    def find(self, image: str) -> Path:
        """Where the file is that a cell names: there, and inside the folder.

        Raises:
            CatalogueError: as `read`.
        """
        name = plain_path(image)
        try:
            path = (self._root / name).resolve(strict=True)
        except (OSError, RuntimeError) as error:  # RuntimeError: links in a circle
            path = self._elsewhere(image, name, error)
        if not path.is_relative_to(self._root):
            raise outside(image)
        return path

    def _elsewhere(self, image: str, name: str, error: Exception) -> Path:
        """The file that another system would take the name for."""
        try:
            return one_of(image, name, self._candidates(self._root, name.split("/"), "")).resolve(strict=True)
        except (OSError, RuntimeError):
            raise missing(image) from error

    def _candidates(self, folder: Path, parts: list[str], before: str) -> list[tuple[str, Path]]:
        """Paths below a folder that are loosely the same, each with its path below the root."""
        found = []
        # a file may have been unpacked under a name with backslashes: then it stands for several parts
        for count in range(1, len(parts) + 1):
            for entry in self._entries(folder).get(loose("/".join(parts[:count])), ()):
                spelled = before + entry.replace("\\", "/")
                if count == len(parts):
                    found.append((spelled, folder / entry))
                else:
                    found += self._candidates(folder / entry, parts[count:], f"{spelled}/")
        return found

    def _entries(self, folder: Path) -> dict[str, list[str]]:
        """What is in a folder, by what is left of its names; read once, as a catalogue may miss thousands."""
        if folder not in self._listed:
            entries: dict[str, list[str]] = {}
            try:
                names = os.listdir(folder) if folder.resolve().is_relative_to(self._root) else []
            except (OSError, RuntimeError):
                names = []
            for name in names:
                if not is_companion(name):
                    entries.setdefault(loose(name.replace("\\", "/")), []).append(name)
            self._listed[folder] = entries
        return self._listed[folder]


class TarImages:
    """Images in an uncompressed tar, named by their path below `prefix`. Implements `ImageSource`.

    The members are indexed once when it is opened (a second for 40,000); reading one takes a single call that moves no
    shared position, so threads do not wait for each other.

    Raises:
        CatalogueError: it is not a tar that can be used (`bad_archive`).
    """

    def __init__(self, path: Path, prefix: str = "") -> None:
        self._path = path
        self._members = Members(_index(path, prefix).items())
        try:
            self._file = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        except OSError as error:
            raise CatalogueError(f"{path} cannot be read ({error.strerror}); check it.", code="bad_archive") from error
        weakref.finalize(self, os.close, self._file)

    def read(self, image: str) -> bytes:
        """The bytes of one image. Safe to call from several threads.

        Raises:
            CatalogueError: as `FolderImages.read`, and `bad_archive` where the archive is cut off.
        """
        offset, size = self._members.find(image)
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
        return self._members.names()


def _index(path: Path, prefix: str) -> dict[str, tuple[int, int]]:
    """Name, offset and size of each regular member; of a name that comes twice the later counts, as when unpacking."""
    return {
        name[len(prefix) :]: (member.offset_data, member.size)
        for member in open_tar(path)
        if member.isreg() and not member.issparse()
        # a packer on Windows may have written backslashes
        if (name := member.name.replace("\\", "/").removeprefix("./")).startswith(prefix)
    }


def _read_regular(path: Path, image: str) -> bytes:
    descriptor = os.open(path, _SAFE_OPEN)
    with open(descriptor, "rb") as file:
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode):
            raise missing(image)
        if facts.st_size > MAX_IMAGE_BYTES:
            raise _too_heavy(image)
        return file.read(MAX_IMAGE_BYTES + 1)


def _too_heavy(image: str) -> CatalogueError:
    return CatalogueError(
        f"The image {short(image)} has more than {MAX_IMAGE_BYTES // 1_000_000} MB; save it smaller.",
        code="image_too_heavy",
    )
