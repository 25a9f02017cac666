"""Which picture a cell means, whatever system wrote the cell, the file or the archive.

Windows writes backslashes and does not tell `IMG.JPG` from `img.jpg`; macOS takes letters and their accents apart and
lays companion files beside everything. A name is taken as it is written where that fits, else as another system would
take it where one picture alone fits; and whatever it says, it leads nowhere outside the catalogue.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable
from pathlib import PurePosixPath, PureWindowsPath
from typing import Generic, TypeVar

from vsearch_core.errors import CatalogueError

Where = TypeVar("Where")

_COMPANIONS = frozenset(
    {"__macosx", ".ds_store", ".appledouble", "thumbs.db", "ehthumbs.db", "desktop.ini", "@eadir", ".@__thumb"}
)


def is_companion(path: str) -> bool:
    """Whether a path is of what macOS, Windows or a network disk lays beside a shop's own files, like `._a.jpg`."""
    return any(part.startswith("._") or part.casefold() in _COMPANIONS for part in re.split(r"[/\\]", path))


def plain_path(image: str) -> str:
    """The path that a cell names, in plain form: `a\\.//b` is `a/b`.

    Raises:
        CatalogueError: it names nothing (`image_missing`), is absolute or climbs (`image_outside`).
    """
    windows = PureWindowsPath(image)
    path = PurePosixPath(image.replace("\\", "/"))
    if "\0" in image or not path.parts:
        raise missing(image)
    if path.is_absolute() or windows.drive or windows.root or ".." in path.parts:
        raise outside(image)
    return str(path)


def composed(name: str) -> str:
    """A name with its letters and accents put together (NFC), as most systems write them."""
    return unicodedata.normalize("NFC", name)


def loose(name: str) -> str:
    """What is left of a name where a system tells neither upper from lower case nor one way to write an accent."""
    return composed(composed(name).lower())


def one_of(image: str, name: str, candidates: Iterable[tuple[str, Where]]) -> Where:
    """The one thing that a name means.

    Args:
        image: the cell, for the sentence.
        name: it in plain form.
        candidates: things whose name is loosely the same, each with that name.

    Raises:
        CatalogueError: there is none (`image_missing`), or several fit alike (`image_ambiguous`).
    """
    found = list(candidates)
    same = [(spelled, where) for spelled, where in found if composed(spelled) == composed(name)]
    chosen = dict.fromkeys(where for _, where in same or found)
    if not chosen:
        raise missing(image)
    if len(chosen) > 1:
        first, second = (short(spelled) for spelled, _ in (same or found)[:2])
        which = f"{first} and {second}" if first != second else f"two files {first}"
        raise CatalogueError(
            f"The image {short(image)} may be {which}; give each a name of its own.", code="image_ambiguous"
        )
    return next(iter(chosen))


class Members(Generic[Where]):
    """The pictures of an archive by the paths that cells may name them by.

    Args:
        named: path and place of each; companion files are passed over.
        also: further paths that a picture may be meant by, where no other fits.
    """

    def __init__(self, named: Iterable[tuple[str, Where]], also: Iterable[tuple[str, Where]] = ()) -> None:
        self._named: dict[str, list[tuple[str, Where]]] = {}
        for name, where in _pictures(named):
            self._named.setdefault(name, []).append((name, where))
        self._also = tuple(_pictures(also))
        self._loosely: dict[str, list[tuple[str, Where]]] | None = None

    def __len__(self) -> int:
        return len(self._named)

    def names(self) -> list[str]:
        """The paths, in the order of the archive."""
        return list(self._named)

    def find(self, image: str) -> Where:
        """Where the picture is that a cell names.

        Raises:
            CatalogueError: there is none, or several, or the cell leads outside: see `plain_path` and `one_of`.
        """
        name = plain_path(image)
        if name in self._named:
            return one_of(image, name, self._named[name])
        if self._loosely is None:
            by_name: dict[str, list[tuple[str, Where]]] = {}
            for spelled, where in (*itertools.chain(*self._named.values()), *self._also):
                by_name.setdefault(loose(spelled), []).append((spelled, where))
            self._loosely = by_name
        return one_of(image, name, self._loosely.get(loose(name), ()))


def _pictures(named: Iterable[tuple[str, Where]]) -> Iterable[tuple[str, Where]]:
    for name, where in named:
        if not is_companion(name):
            yield name.replace("\\", "/").removeprefix("./"), where


def missing(image: str) -> CatalogueError:
    """There is no such picture."""
    return CatalogueError(
        f"There is no image {short(image)} in the catalogue; add it or correct the row.", code="image_missing"
    )


def outside(image: str) -> CatalogueError:
    """The name leads out of the catalogue."""
    return CatalogueError(
        f"The image {short(image)} lies outside the catalogue's folder; use a path inside it.", code="image_outside"
    )


def short(image: str) -> str:
    """A name as a sentence quotes it."""
    return repr(image if len(image) <= 120 else image[:117] + "...")
