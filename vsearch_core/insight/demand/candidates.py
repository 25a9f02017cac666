"""A supplier's offer, as one ZIP with a CSV and pictures, becomes candidates: products that are not in the shop.

It comes from a stranger. Nothing of it is unpacked onto the disk but the CSV, under a name of ours; pictures are read
from the archive when they are wanted, each with a limit, and go through `images.decode` alone. However many rows name
one picture, it is looked at once, and all of them together for a few minutes at most.
"""

from __future__ import annotations

import hashlib
import io
import itertools
import stat
import tempfile
import threading
import time
import zipfile
import zlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from vsearch_core import images
from vsearch_core.catalogue.names import Members, is_companion
from vsearch_core.catalogue.reading.plain_csv import read_csv
from vsearch_core.catalogue.table import Catalogue
from vsearch_core.contracts import Analysis, Photo, Progress
from vsearch_core.errors import CatalogueError, ImageRejected, VsearchError
from vsearch_core.vision import FashionModel

MAX_ARCHIVE_BYTES = 200_000_000
MAX_MEMBERS = 5_000
MAX_CANDIDATES = 2_000
MAX_CSV_BYTES = 20_000_000
MAX_PICTURE_BYTES = 25_000_000
MAX_UNPACKED_BYTES = 1_000_000_000

MAX_SECONDS = 180
"""So long the app may look at one offer's pictures."""

_IS_UTF8 = 0x800
_ENCODING = "cp437"
"""What a ZIP's names are read as where it does not say that they are UTF-8; packers write what their system uses."""

_OTHER_ENCODINGS = ("utf-8", "cp850", "cp852", "cp1252", "cp866", "cp1251")

_BATCH = 16
_THUMBNAIL = 240


class ZipImages:
    """Pictures in a ZIP, named by their path below the CSV's folder. Implements `ImageSource`."""

    def __init__(self, archive: zipfile.ZipFile, table: zipfile.ZipInfo) -> None:
        self._archive, self._lock = archive, threading.Lock()
        self._read = 0
        spelled = [_below(archive, table, encoding) for encoding in (_ENCODING, *_OTHER_ENCODINGS)]
        self._members = Members(spelled[0], also=itertools.chain(*spelled[1:]))

    def read(self, image: str) -> bytes:
        """The bytes of one picture. Safe to call from several threads.

        Raises:
            CatalogueError: there is no such picture (`image_missing`), several may be meant (`image_ambiguous`), its
                name leads outside (`image_outside`), it is too heavy (`image_too_heavy`), or all that was read
                together is (`bad_archive`).
        """
        member = self._members.find(image)
        with self._lock:
            data = _read(self._archive, member, MAX_PICTURE_BYTES)
            self._read += len(data)
            if self._read > MAX_UNPACKED_BYTES:
                raise CatalogueError("The ZIP unpacks to more than 1 GB; split the offer.", code="bad_archive")
        return data


@dataclass(frozen=True)
class Candidates:
    """Products that could be put in: their rows, embeddings (n, d) and small JPEGs, all in one order.

    `problems` are sentences on rows and pictures that were left out.
    """

    name: str
    products: pd.DataFrame
    embeddings: np.ndarray
    thumbnails: tuple[bytes, ...]
    problems: tuple[str, ...]


def open_offer(data: bytes, name: str = "offer") -> Catalogue:
    """Read the CSV of a supplier's ZIP; the pictures are read later, from the archive.

    The CSV is the one that lies highest, and the paths in it are relative to its folder.

    Raises:
        CatalogueError: it is not a ZIP that can be used (code `bad_archive`), holds no CSV or several at one height
            (`offer_csv`), or the CSV cannot be read as a catalogue.
    """
    if len(data) > MAX_ARCHIVE_BYTES:
        raise CatalogueError(
            f"The ZIP has more than {MAX_ARCHIVE_BYTES // 1_000_000} MB; use smaller pictures.", code="bad_archive"
        )
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise CatalogueError(
            "This is not a whole ZIP file; pack the CSV and its pictures again.", code="bad_archive"
        ) from error
    members = _files(archive)
    if len(members) > MAX_MEMBERS:
        raise CatalogueError(
            f"The ZIP has {len(members):,} files, and {MAX_MEMBERS:,} is the most; split the offer.", code="bad_archive"
        )
    member = _csv_of(members)
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "offer.csv"
        path.write_bytes(_read(archive, member, MAX_CSV_BYTES))
        catalogue = read_csv(path, name=name)
    if len(catalogue) > MAX_CANDIDATES:
        raise CatalogueError(
            f"The offer has {len(catalogue):,} products, and {MAX_CANDIDATES:,} is the most; split it.",
            code="offer_too_large",
        )
    return replace(catalogue, images=ZipImages(archive, member))


def embed_offer(catalogue: Catalogue, model: FashionModel, progress: Progress | None = None) -> Candidates:
    """Look at every picture of an offer, at each distinct one once; a product without a readable one is named.

    A product whose type the model does not know, or that has none, gets the type that the model takes it for. After
    `MAX_SECONDS` the products whose pictures were not reached are left out, and that is said.

    Args:
        progress: called with (done, total); raise inside it to stop.

    Raises:
        CatalogueError: no picture can be read (code `nothing_to_compare`), or the archive is not what it says.
    """
    problems = [f"line {problem.line}: {problem.problem}, {problem.done}" for problem in catalogue.problems]
    looks = _Looks(catalogue, model)
    kept: list[int] = []
    pictures: list[int] = []
    until = time.monotonic() + MAX_SECONDS
    rows = list(zip(catalogue.products["id"], catalogue.products["image"], strict=True))
    for row, (id, image) in enumerate(rows):
        if row and time.monotonic() > until:
            problems.insert(
                0,
                f"the last {len(rows) - row:,} of {len(rows):,} products, as looking at their pictures would take "
                f"longer than {MAX_SECONDS // 60} minutes: use smaller pictures or split the offer",
            )
            break
        found = looks.at(image)
        if isinstance(found, int):
            kept.append(row)
            pictures.append(found)
        else:
            problems.append(f"product {id}: {found.message}")
        if progress is not None:
            progress(row + 1, len(rows))
    if not kept:
        raise CatalogueError(
            f"None of the offer's pictures can be read; {problems[0] if problems else 'add some'}.",
            code="nothing_to_compare",
        )
    analyses = looks.analyses()
    seen = [analyses[picture] for picture in pictures]
    products = catalogue.products.iloc[kept].reset_index(drop=True)
    known = products["product_type"].isin(model.bundle.product_types)
    products["product_type"] = products["product_type"].where(known, [one.product_type.name for one in seen])
    vectors = np.stack([one.embedding for one in seen])
    thumbnails = tuple(looks.thumbnails[picture] for picture in pictures)
    return Candidates(catalogue.name, products, vectors, thumbnails, tuple(problems))


class _Looks:
    """The distinct pictures of an offer, numbered in the order in which they were first looked at.

    Many rows may name one picture, and many files may hold the same: it is decoded and shown to the model once.
    """

    def __init__(self, catalogue: Catalogue, model: FashionModel) -> None:
        self._catalogue, self._model = catalogue, model
        self._by_name: dict[str, int | VsearchError] = {}
        self._by_content: dict[bytes, int | VsearchError] = {}
        self._waiting: list[Photo] = []
        self._seen: list[Analysis] = []
        self.thumbnails: list[bytes] = []

    def at(self, image: str) -> int | VsearchError:
        """The number of the picture that a row names, or why it has none.

        Raises:
            CatalogueError: the archive is not what it says (`bad_archive`).
        """
        if image not in self._by_name:
            self._by_name[image] = self._read(image)
        return self._by_name[image]

    def analyses(self) -> list[Analysis]:
        """What the model says of each picture."""
        self._show()
        return self._seen

    def _read(self, image: str) -> int | VsearchError:
        try:
            data = self._catalogue.images.read(image)
        except CatalogueError as error:
            if error.code == "bad_archive":
                raise
            return error
        content = hashlib.sha256(data).digest()
        if content not in self._by_content:
            self._by_content[content] = self._decode(data)
        return self._by_content[content]

    def _decode(self, data: bytes) -> int | VsearchError:
        try:
            photo = images.decode(data, max_side=2 * self._model.bundle.side, wait_s=None)
        except ImageRejected as error:
            return error
        self.thumbnails.append(images.encode_jpeg(photo.pixels, max_side=_THUMBNAIL))
        self._waiting.append(photo)
        if len(self._waiting) == _BATCH:
            self._show()
        return len(self.thumbnails) - 1

    def _show(self) -> None:
        self._seen += [analysis for analysis, _ in self._model.analyse_many(self._waiting)]
        self._waiting = []


def _files(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The plain files of an archive: neither folders nor links nor devices, nor what a system laid beside them."""
    return [
        member
        for member in archive.infolist()
        if not member.filename.endswith(("/", "\\"))
        and stat.S_IFMT(member.external_attr >> 16) in (0, stat.S_IFREG)
        and not is_companion(member.filename)
    ]


def _csv_of(members: list[zipfile.ZipInfo]) -> zipfile.ZipInfo:
    paths = {member: _name(member, _ENCODING) for member in members}
    tables = [member for member, path in paths.items() if path.lower().endswith(".csv")]
    highest = min((paths[member].count("/") for member in tables), default=0)
    tables = [member for member in tables if paths[member].count("/") == highest]
    if len(tables) != 1:
        found = "no CSV" if not tables else f"{len(tables)} CSVs side by side"
        raise CatalogueError(f"The ZIP has {found}; put exactly one beside the pictures.", code="offer_csv")
    return tables[0]


def _name(member: zipfile.ZipInfo, encoding: str) -> str:
    """A member's path, read as the encoding where the archive does not say that it is UTF-8."""
    name = member.orig_filename
    if not member.flag_bits & _IS_UTF8 and encoding != _ENCODING:
        name = name.encode(_ENCODING).decode(encoding, errors="replace")
    return name.partition("\0")[0].replace("\\", "/").removeprefix("./")


def _below(archive: zipfile.ZipFile, table: zipfile.ZipInfo, encoding: str) -> list[tuple[str, zipfile.ZipInfo]]:
    """The files below the table's folder by their paths there; of those that are the same in all, one."""
    folder = _name(table, encoding).rpartition("/")[0]
    before = f"{folder}/" if folder else ""
    found = {(_name(member, encoding), member.CRC, member.file_size): member for member in _files(archive)}
    return [(name[len(before) :], member) for (name, *_), member in found.items() if name.startswith(before)]


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int) -> bytes:
    """A member's bytes, whatever its header says of their number."""
    try:
        with archive.open(member) as file:
            data = file.read(most + 1)
    except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, NotImplementedError, ValueError, zlib.error) as error:
        # RuntimeError: encrypted; NotImplementedError: an unknown compression
        raise CatalogueError(
            f"{member.filename[:120]!r} in the ZIP cannot be read ({error}); pack it again, without a password.",
            code="image_unreadable",
        ) from error
    if len(data) > most:
        raise CatalogueError(
            f"{member.filename[:120]!r} in the ZIP has more than {most // 1_000_000} MB; make it smaller.",
            code="image_too_heavy",
        )
    return data
