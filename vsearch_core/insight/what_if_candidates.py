"""A supplier's offer, as one ZIP with a CSV and pictures, becomes candidates: products that are not in the shop.

It comes from a stranger. Nothing of it is unpacked onto the disk but the CSV, under a name of ours; pictures are read
from the archive when they are wanted, each with a limit, and go through `images.decode` alone.
"""

from __future__ import annotations

import hashlib
import io
import tempfile
import threading
import zipfile
import zlib
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import numpy as np
import pandas as pd

from vsearch_core import images
from vsearch_core.catalogue.plain_csv import read_csv
from vsearch_core.catalogue.table import Catalogue
from vsearch_core.contracts import Analysis, Photo, Progress
from vsearch_core.errors import CatalogueError, ImageRejected
from vsearch_core.vision import FashionModel

MAX_ARCHIVE_BYTES = 200_000_000
MAX_MEMBERS = 5_000
MAX_CANDIDATES = 2_000
MAX_CSV_BYTES = 20_000_000
MAX_PICTURE_BYTES = 25_000_000
MAX_UNPACKED_BYTES = 1_000_000_000

_BATCH = 16
_THUMBNAIL = 240


class ZipImages:
    """Pictures in a ZIP, named by their path below the CSV's folder. Implements `ImageSource`."""

    def __init__(self, archive: zipfile.ZipFile, folder: str) -> None:
        self._archive, self._lock = archive, threading.Lock()
        self._members = {
            member.filename[len(folder) :]: member
            for member in archive.infolist()
            if member.filename.startswith(folder) and not member.is_dir()
        }
        self._read = 0

    def read(self, image: str) -> bytes:
        """The bytes of one picture. Safe to call from several threads.

        Raises:
            CatalogueError: there is no such picture (`image_missing`), it is too heavy (`image_too_heavy`), or all that
                was read together is (`bad_archive`).
        """
        member = self._members.get(str(PurePosixPath(image)))
        if member is None:
            raise CatalogueError(f"There is no picture {image[:120]!r} in the ZIP; add it.", code="image_missing")
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
        CatalogueError: it is no ZIP that can be used (code `bad_archive`), holds no CSV or several at one height
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
            "This is no whole ZIP file; pack the CSV and its pictures again.", code="bad_archive"
        ) from error
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(members) > MAX_MEMBERS:
        raise CatalogueError(
            f"The ZIP has {len(members):,} files, and {MAX_MEMBERS:,} is the most; split the offer.", code="bad_archive"
        )
    member = _csv_of(members)
    folder = member.filename[: len(member.filename) - len(PurePosixPath(member.filename).name)]
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "offer.csv"
        path.write_bytes(_read(archive, member, MAX_CSV_BYTES))
        catalogue = read_csv(path, name=name)
    if len(catalogue) > MAX_CANDIDATES:
        raise CatalogueError(
            f"The offer has {len(catalogue):,} products, and {MAX_CANDIDATES:,} is the most; split it.",
            code="offer_too_large",
        )
    return replace(catalogue, images=ZipImages(archive, folder))


def embed_offer(catalogue: Catalogue, model: FashionModel, progress: Progress | None = None) -> Candidates:
    """Look at every picture of an offer; a product without a readable one is left out and named.

    A product whose type the model does not know, or that has none, gets the type that the model takes it for.

    Args:
        progress: called with (done, total); raise inside it to stop.

    Raises:
        CatalogueError: no picture can be read (code `nothing_to_compare`), or the archive is not what it says.
    """
    problems = [f"line {problem.line}: {problem.problem}, {problem.done}" for problem in catalogue.problems]
    kept: list[int] = []
    places: list[int] = []
    looked: dict[bytes, int | str] = {}
    thumbnails: list[bytes] = []
    seen: list[Analysis] = []
    batch: list[Photo] = []
    for row, (id, image) in enumerate(zip(catalogue.products["id"], catalogue.products["image"], strict=True)):
        try:
            data = catalogue.images.read(image)
        except CatalogueError as error:
            if error.code == "bad_archive":
                raise
            problems.append(f"product {id}: {error.message}")
        else:
            # a picture that many rows share, under whatever names, is looked at once: it may be a costly one
            digest = hashlib.sha256(data).digest()
            if digest not in looked:
                try:
                    photo = images.decode(data, max_side=2 * model.bundle.side, wait_s=None)
                except ImageRejected as error:
                    looked[digest] = error.message
                else:
                    looked[digest] = len(thumbnails)
                    thumbnails.append(images.encode_jpeg(photo.pixels, max_side=_THUMBNAIL))
                    batch.append(photo)
            place = looked[digest]
            if isinstance(place, int):
                kept.append(row)
                places.append(place)
            else:
                problems.append(f"product {id}: {place}")
        if len(batch) == _BATCH:
            seen += [analysis for analysis, _ in model.analyse_many(batch)]
            batch = []
        if progress is not None:
            progress(row + 1, len(catalogue))
    seen += [analysis for analysis, _ in model.analyse_many(batch)]
    if not kept:
        raise CatalogueError(
            f"None of the offer's pictures can be read; {problems[0] if problems else 'add some'}.",
            code="nothing_to_compare",
        )
    products = catalogue.products.iloc[kept].reset_index(drop=True)
    known = products["product_type"].isin(model.bundle.product_types)
    guessed = [seen[place].product_type.name for place in places]
    products["product_type"] = products["product_type"].where(known, guessed)
    vectors = np.stack([seen[place].embedding for place in places])
    shown = tuple(thumbnails[place] for place in places)
    return Candidates(catalogue.name, products, vectors, shown, tuple(problems))


def _csv_of(members: list[zipfile.ZipInfo]) -> zipfile.ZipInfo:
    tables = [
        member
        for member in members
        if member.filename.lower().endswith(".csv") and not member.filename.startswith("__MACOSX/")
    ]
    highest = min((member.filename.count("/") for member in tables), default=0)
    tables = [member for member in tables if member.filename.count("/") == highest]
    if len(tables) != 1:
        found = "no CSV" if not tables else f"{len(tables)} CSVs side by side"
        raise CatalogueError(f"The ZIP has {found}; put exactly one beside the pictures.", code="offer_csv")
    return tables[0]


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
