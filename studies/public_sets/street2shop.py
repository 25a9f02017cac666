"""Reads Exact Street2Shop (Hadi Kiapour et al., "Where to Buy It", ICCV 2015) as it was published.

    photos/photos.txt                          a line a photo: its number and where it came from, with a comma between
    meta/json/retrieval_<category>.json        the shop's photos: [{"photo": 163478, "product": 1}, …]
    meta/json/train_pairs_<category>.json      street photos and what is in the box: [{"photo": 2847, "product": 47270,
    meta/json/test_pairs_<category>.json       "bbox": {"left": 146, "top": 307, "width": 693, "height": 993}}, …]
    images/000002847.jpeg                      the photos, fetched by their number; with or without the zeros in front,
                                               and in folders or not, since everybody fetches them in their own way

A product's number counts within its category. Where a photo is listed under one number in two categories, these are one
product, and the category that has most of its photos counts.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from studies.public_sets.pictures import Listing, Row, listing_rows
from studies.public_sets.report import (
    IN_BOTH,
    NO_BOX,
    NO_LIST,
    SEVERAL_CATEGORIES,
    SEVERAL_PRODUCTS,
    TWICE,
    UNLISTED,
    WHOLE,
    Finding,
)
from vsearch_core.catalogue.boxes import Box, box_of
from vsearch_core.catalogue.cleaning import BROKEN_ROW
from vsearch_core.catalogue.duplicates import join_groups, links_of_equal
from vsearch_core.catalogue.sources import FolderImages
from vsearch_core.errors import CatalogueError

NAME = "Street2Shop"
CATEGORIES = (
    "bags",
    "belts",
    "dresses",
    "eyewear",
    "footwear",
    "hats",
    "leggings",
    "outerwear",
    "pants",
    "skirts",
    "tops",
)

STREET, SHOP = "street", "shop"

_META = ("meta/json", "meta/meta/json", "json")
_IMAGES = ("images", "photos")
_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff"})
_MAX_LIST_BYTES = 500_000_000


def read_street2shop(folder: Path) -> Listing:
    """The lists of Street2Shop, reconciled with one another and with the files at hand.

    Args:
        folder: with `meta/json`, `photos/photos.txt` and `images`; a copy that has only some of the categories will do.

    Returns:
        Rows of role `street` (part `train` or `test`, with the box of what was bought) and `shop` (no part, no box).
        `product` is "category/number".

    Raises:
        CatalogueError: the folder, its lists or its pictures are not there, or a list is broken.
    """
    meta, images = _places(folder)
    findings: list[Finding] = []
    rows: list[Row] = []
    for category in CATEGORIES:
        retrieval = meta / f"retrieval_{category}.json"
        if not retrieval.is_file():
            continue
        rows += _rows(retrieval, category, SHOP, "", findings)
        for part in ("train", "test"):
            pairs = meta / f"{part}_pairs_{category}.json"
            if pairs.is_file():
                rows += _rows(pairs, category, STREET, part, findings)
    if not any(row.role == STREET for row in rows):
        raise CatalogueError(
            f"{meta} has no street photos (train_pairs_… and test_pairs_<category>.json); unpack the set's meta "
            "archive there whole.",
            code="no_lists",
        )
    rows = _once(_one_category(rows, findings), findings)
    _check_numbers(rows, folder / "photos" / "photos.txt", findings)
    _check_parts(rows, findings)
    files = _files(images)
    frame = listing_rows([row._replace(image=files.get(row.photo, "")) for row in rows])
    return Listing(NAME, frame, FolderImages(images), findings)


def _places(folder: Path) -> tuple[Path, Path]:
    """The folders of the lists and of the pictures."""
    if not folder.is_dir():
        raise CatalogueError(
            f"There is no folder {folder}; ask the authors of Street2Shop ('Where to Buy It', ICCV 2015) for its "
            "lists, fetch the photos that they name, and give the folder that has meta and images.",
            code="no_such_folder",
        )
    meta = next((folder / place for place in _META if any((folder / place).glob("retrieval_*.json"))), None)
    if meta is None:
        raise CatalogueError(
            f"{folder} has no meta/json/retrieval_<category>.json; unpack the meta archive of Street2Shop there, as "
            "its authors ('Where to Buy It', ICCV 2015) give it to researchers.",
            code="no_lists",
        )
    images = next((folder / place for place in _IMAGES if next(_pictures(folder / place), None)), None)
    if images is None:
        raise CatalogueError(
            f"{folder} has no photos in images; fetch those that photos/photos.txt names and save each there under its "
            "number.",
            code="no_images",
        )
    return meta, images


def _rows(path: Path, category: str, role: str, part: str, findings: list[Finding]) -> list[Row]:
    rows = []
    for place, entry in enumerate(_read_list(path)):
        photo, product = (_number(entry, key) for key in ("photo", "product"))
        where = f"{path.name}[{place}]"
        if photo is None or product is None:
            findings.append(Finding(where, BROKEN_ROW, "photo or product is not a number"))
            continue
        box = None
        if role == STREET:
            box = _box(entry.get("bbox"))
            if box is None and entry.get("bbox") is not None:
                findings.append(Finding(where, BROKEN_ROW, "bbox lacks left, top, width or height"))
                continue
            if box is None:
                findings.append(Finding(photo, NO_BOX, f"{where} has no bbox", WHOLE))
        rows.append(Row(photo, "", f"{category}/{product}", category, role, part, box))
    return rows


def _read_list(path: Path) -> list[Any]:
    try:
        if path.stat().st_size > _MAX_LIST_BYTES:
            raise ValueError("too large to be one of its lists")
        content = json.loads(path.read_bytes())
        if not isinstance(content, list):
            raise ValueError("no list")
    except (OSError, ValueError, RecursionError) as error:
        raise CatalogueError(
            f"{path} cannot be read as a JSON list ({error}); unpack the meta archive again.", code="bad_list"
        ) from error
    return content


def _number(entry: Any, key: str) -> str | None:
    """A number as plain text, so that 7, "7" and "000000007" are one."""
    value = entry.get(key) if isinstance(entry, dict) else None
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    return _plain(str(value))


def _plain(text: str) -> str | None:
    text = text.strip()
    return (text.lstrip("0") or "0") if text.isascii() and text.isdecimal() and len(text) <= 18 else None


def _box(bbox: Any) -> Box | None:
    if not isinstance(bbox, dict):
        return None
    corner = box_of(bbox.get("left"), bbox.get("top"), 0, 0)
    size = box_of(0, 0, bbox.get("width"), bbox.get("height"))
    if corner is None or size is None:
        return None
    return Box(corner.left, corner.top, corner.left + size.right, corner.top + size.bottom)


def _one_category(rows: list[Row], findings: list[Finding]) -> list[Row]:
    """Rows with one category for each product.

    A product that two categories list is one where they share a photo; its rows all move to the category with most of
    them (the first by name where there are as many).
    """
    categories: dict[str, set[str]] = {}
    for row in rows:
        categories.setdefault(_of(row), set()).add(row.category)
    doubtful = {number for number, names in categories.items() if len(names) > 1}
    places = [place for place, row in enumerate(rows) if _of(row) in doubtful]
    same_product = links_of_equal([rows[place].product for place in places])
    same_photo = links_of_equal([(_of(rows[place]), rows[place].photo) for place in places])
    joined = join_groups(len(places), [*same_product, *same_photo])
    groups: dict[int, list[int]] = {}
    for place, group in zip(places, joined, strict=True):
        groups.setdefault(int(group), []).append(place)
    rows = list(rows)
    for members in groups.values():
        counts = Counter(rows[place].category for place in members)
        if len(counts) < 2:
            continue
        number = _of(rows[members[0]])
        chosen = min(counts, key=lambda name: (-counts[name], name))
        findings.append(Finding(number, SEVERAL_CATEGORIES, f"in {', '.join(sorted(counts))}", f"taken as {chosen}"))
        for place in members:
            rows[place] = rows[place]._replace(category=chosen, product=f"{chosen}/{number}")
    return rows


def _of(row: Row) -> str:
    """The product's number without its category."""
    return row.product.partition("/")[2]


def _once(rows: list[Row], findings: list[Finding]) -> list[Row]:
    """Rows without those that say the same again; photos of several products are reported and stay."""
    seen: dict[Row, None] = {}
    for row in rows:
        if row in seen:
            findings.append(Finding(row.photo, TWICE, f"for product {row.product} ({row.role})", "kept once"))
        seen[row] = None
    products: dict[tuple[str, str, Box | None], set[str]] = {}
    for row in seen:
        products.setdefault((row.role, row.photo, row.box), set()).add(row.product)
    for (_, photo, _), names in products.items():
        if len(names) > 1:
            detail = f"the same picture for {', '.join(sorted(names)[:5])}"
            findings.append(Finding(photo, SEVERAL_PRODUCTS, detail, "each counts as right"))
    return list(seen)


def _check_numbers(rows: Iterable[Row], path: Path, findings: list[Finding]) -> None:
    """Compare with the list of photos, where it is there."""
    try:
        with path.open(encoding="utf-8", errors="replace") as lines:
            known = set()
            for place, line in enumerate(lines, start=1):
                number = _plain(line.partition(",")[0])
                if number is not None:
                    known.add(number)
                elif line.strip():
                    findings.append(Finding(f"photos.txt:{place}", BROKEN_ROW, "the line does not begin with a number"))
    except FileNotFoundError:
        findings.append(Finding("photos.txt", NO_LIST, "the list of photos is not there", "not compared"))
        return
    for photo in sorted({row.photo for row in rows} - known, key=int):
        findings.append(Finding(photo, UNLISTED, "photos.txt does not have it", "kept where the file is there"))


def _check_parts(rows: Iterable[Row], findings: list[Finding]) -> None:
    parts: dict[str, set[str]] = {}
    for row in rows:
        if row.part:
            parts.setdefault(row.product, set()).add(row.part)
    for product in sorted(product for product, found in parts.items() if len(found) > 1):
        findings.append(Finding(product, IN_BOTH, "its street photos are in train_pairs and test_pairs", "kept"))


def _files(images: Path) -> dict[str, str]:
    """The file of each photo's number; the first by name where a number has several."""
    files: dict[str, str] = {}
    for name in sorted(_pictures(images)):
        number = _plain(Path(name).stem)
        if number is not None:
            files.setdefault(number, name)
    return files


def _pictures(images: Path) -> Iterator[str]:
    """Names of the picture files below a folder."""
    for folder, _, names in os.walk(images):
        for name in names:
            if os.path.splitext(name)[1].lower() in _SUFFIXES:
                yield os.path.relpath(os.path.join(folder, name), images)
