"""What readers of published photo sets share: their listing, its cleaning against the pictures, the report of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from studies.public_sets.report import (
    CLIPPED,
    EMPTY_BOX,
    OUT,
    PLACEHOLDER,
    SEVERAL_BOXES,
    WHOLE,
    Finding,
    SetReport,
    set_report,
)
from vsearch_core.catalogue.boxes import Box, cut
from vsearch_core.catalogue.cleaning import BLANK, IDENTICAL, KEPT, MISSING, TINY, TINY_SIDE, UNREADABLE, inspect
from vsearch_core.catalogue.table import ImageSource
from vsearch_core.contracts import Photo, Progress
from vsearch_core.errors import CatalogueError, ImageRejected
from vsearch_core.images import decode

PLACEHOLDER_PRODUCTS = 10
"""A file that stands for this many products or more shows none of them."""

_ROWS = ("photo", "image", "product", "category", "role", "part", "box")
_THREADS = 2
_CHUNK = 64


class Row(NamedTuple):
    """One listed row, as in `Listing.rows`."""

    photo: str
    image: str
    product: str
    category: str
    role: str
    part: str
    box: Box | None


@dataclass(frozen=True)
class Listing:
    """What a set's lists say, before any picture was opened.

    `rows` has the columns of `Row`: `photo` (its id), `image` (its name in `images`; empty where there is no file),
    `product`, `category`, `role` (street or shop; query, gallery or train), `part` (train, test or empty) and `box` (a
    `Box` in the photo's pixels, or None for the whole of it). A photo has a row for each product that it shows.
    `whole_for_bad_box` says that a picture with an unusable box is kept whole instead of left out.
    """

    name: str
    rows: pd.DataFrame
    images: ImageSource
    findings: Sequence[Finding] = ()
    whole_for_bad_box: bool = False


@dataclass(frozen=True)
class PublicSet:
    """A listing after cleaning.

    `rows` has the listing's columns, boxes clipped, and `picture` (the number of the picture in the order in which
    `clean` handed them out; rows may share one) and `sha256` of the photo's file.
    """

    name: str
    rows: pd.DataFrame
    report: SetReport

    def with_findings(self, findings: Sequence[Finding]) -> PublicSet:
        """The same set with further findings in its report."""
        known = [Finding(**finding) for finding in self.report.findings.to_dict("records")]
        return replace(self, report=set_report(dict(self.report.counts), [*known, *findings]))


def listing_rows(rows: Sequence[Row]) -> pd.DataFrame:
    """Rows as the frame of a listing."""
    frame = pd.DataFrame(rows, columns=list(_ROWS), dtype=object)
    frame["box"] = pd.Series([row.box for row in rows], dtype=object)
    return frame


def clean(
    listing: Listing,
    take: Callable[[Sequence[Photo]], None],
    *,
    max_side: int,
    progress: Progress | None = None,
) -> PublicSet:
    """Open every photo once, settle what its boxes mean, and hand out what is kept, cut by its box.

    Photos that are missing, unreadable or blank are left out, boxes are clipped to their photo, and of several boxes
    for one product in one photo the largest is kept.

    Args:
        take: called with the pictures of a few photos at a time; keep what you need of them, in this order.
        max_side: of pictures that are handed out whole, in pixels; those with a box are cut from the full photo.

    Returns:
        The rows that are kept and the report.

    Raises:
        CatalogueError: nothing at all is kept (`set_empty`).
    """
    groups = listing.rows.groupby("image", sort=False).indices
    rows = listing.rows.to_dict("records")
    findings = list(listing.findings)
    kept: list[dict] = []
    pictures = done = 0
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="public-set") as pool:
        for chunk in _chunks(list(groups.items())):
            work = [[Row(**rows[at]) for at in places] for _, places in chunk]
            looked = list(pool.map(lambda of_photo: _look(listing, of_photo, max_side), work))
            batch: list[Photo] = []
            for one in looked:
                findings += one.findings
                for row, number in one.rows:
                    kept.append({**row._asdict(), "picture": pictures + number, "sha256": one.sha256})
                batch += one.pictures
                pictures += len(one.pictures)
            if batch:
                take(batch)
            done += len(chunk)
            if progress is not None:
                progress(done, len(groups))
    frame = listing_rows([Row(*(row[name] for name in _ROWS)) for row in kept])
    frame["picture"] = np.array([row["picture"] for row in kept], dtype=np.int64)
    frame["sha256"] = [row["sha256"] for row in kept]
    frame = _without_placeholders(frame, findings)
    _flag_identical(frame, findings)
    if frame.empty:
        raise CatalogueError(
            f"None of the {listing.rows['photo'].nunique():,} photos of {listing.name} can be used; check that the "
            "pictures are unpacked where its description says.",
            code="set_empty",
        )
    counts = {
        "rows": len(listing.rows),
        "kept rows": len(frame),
        "photos": int(frame["photo"].nunique()),
        "pictures": int(frame["picture"].nunique()),
        "products": int(frame["product"].nunique()),
    }
    return PublicSet(listing.name, frame, set_report(counts, findings))


@dataclass(frozen=True)
class _Looked:
    """What came of one photo: its rows with the number of their picture among `pictures`."""

    rows: list[tuple[Row, int]]
    pictures: list[Photo]
    findings: list[Finding]
    sha256: str = ""


def _look(listing: Listing, rows: list[Row], max_side: int) -> _Looked:
    photo_id, image = rows[0].photo, rows[0].image
    if not image:
        return _Looked(
            [], [], [Finding(row.photo, MISSING, "there is no file of this number") for row in _by_photo(rows)]
        )
    boxed = any(row.box is not None for row in rows)
    try:
        data = listing.images.read(image)
        photo = decode(data, max_side=None if boxed else max_side, wait_s=None)
    except (ImageRejected, CatalogueError) as error:
        problem = MISSING if error.code == "image_missing" else UNREADABLE
        return _Looked([], [], [Finding(photo_id, problem, error.message)])
    facts = inspect(data, photo)
    if facts.blank:
        return _Looked([], [], [Finding(photo_id, BLANK, f"the pixels differ by {facts.spread:.1f} of 255 on average")])
    findings: list[Finding] = []
    usable = _settle_boxes(rows, photo.original_size, listing.whole_for_bad_box, findings)
    pictures: list[Photo] = []
    numbers: dict[Box | None, int | None] = {}
    kept: list[tuple[Row, int]] = []
    for row in usable:
        if row.box not in numbers:
            picture = photo if row.box is None else cut(photo, row.box)
            numbers[row.box] = _admit(picture, row, data, pictures, findings)
        number = numbers[row.box]
        if number is not None:
            kept.append((row, number))
    return _Looked(kept, pictures, findings, facts.sha256)


def _by_photo(rows: Sequence[Row]) -> list[Row]:
    """The first row of each photo."""
    return list({row.photo: row for row in reversed(rows)}.values())[::-1]


def _settle_boxes(rows: list[Row], size: tuple[int, int], whole: bool, findings: list[Finding]) -> list[Row]:
    """Rows with their boxes clipped, one for each product: that of the largest box."""
    settled: dict[tuple[str, str, str], Row] = {}
    several: set[tuple[str, str, str]] = set()
    for row in rows:
        box = row.box
        if box is not None:
            inside = box.clip(size)
            if inside is None:
                findings.append(Finding(row.photo, EMPTY_BOX, _words(box, size), WHOLE if whole else OUT))
                if not whole:
                    continue
            elif inside != box:
                findings.append(Finding(row.photo, CLIPPED, _words(box, size), "clipped"))
            box = inside
        key = (row.product, row.role, row.part)
        before = settled.get(key)
        if before is not None and before.box != box:
            several.add(key)
        if before is None or _area(box, size) > _area(before.box, size):
            settled[key] = row._replace(box=box)
    findings += [
        Finding(rows[0].photo, SEVERAL_BOXES, f"for product {product}", "the largest was kept")
        for product, _, _ in sorted(several)
    ]
    return list(settled.values())


def _admit(picture: Photo, row: Row, data: bytes, pictures: list[Photo], findings: list[Finding]) -> int | None:
    """The number of a picture among those kept; None where its box shows nothing."""
    if row.box is not None and inspect(data, picture).blank:
        findings.append(Finding(row.photo, BLANK, "nothing but one colour is in the box"))
        return None
    if min(picture.original_size) < TINY_SIDE:
        width, height = picture.original_size
        findings.append(Finding(row.photo, TINY, f"{width} x {height} pixels", KEPT))
    pictures.append(picture)
    return len(pictures) - 1


def _without_placeholders(rows: pd.DataFrame, findings: list[Finding]) -> pd.DataFrame:
    products = rows.groupby("sha256")["product"].nunique()
    placeholders = frozenset(products.index[products >= PLACEHOLDER_PRODUCTS])
    gone = rows["sha256"].isin(placeholders)
    for photo, sha256 in rows.loc[gone, ["photo", "sha256"]].drop_duplicates("photo").itertuples(index=False):
        findings.append(Finding(photo, PLACEHOLDER, f"the same file for {products[sha256]:,} products"))
    return rows[~gone].reset_index(drop=True)


def _flag_identical(rows: pd.DataFrame, findings: list[Finding]) -> None:
    photos = rows.drop_duplicates("photo")
    again = photos[photos.duplicated("sha256", keep=False)]
    first = again.drop_duplicates("sha256").set_index("sha256")["photo"]
    for photo, sha256 in again[["photo", "sha256"]].itertuples(index=False):
        if photo != first[sha256]:
            findings.append(Finding(photo, IDENTICAL, f"as photo {first[sha256]}", KEPT))


def _chunks(items: Sequence) -> Iterator[Sequence]:
    for start in range(0, len(items), _CHUNK):
        yield items[start : start + _CHUNK]


def _area(box: Box | None, size: tuple[int, int]) -> int:
    return size[0] * size[1] if box is None else box.area


def _words(box: Box, size: tuple[int, int]) -> str:
    return f"the box {tuple(box)} in a photo of {size[0]} x {size[1]} pixels"
