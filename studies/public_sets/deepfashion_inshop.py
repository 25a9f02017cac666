"""Reads the In-shop Clothes Retrieval benchmark of DeepFashion (Liu et al., CVPR 2016) as it was published.

    Eval/list_eval_partition.txt   number of rows; "image_name item_id evaluation_status"; a row a picture, such as
                                   img/WOMEN/Dresses/id_00000002/02_1_front.jpg  id_00000002  train (query, gallery)
    Anno/list_bbox_inshop.txt      number of rows; "image_name clothes_type pose_type x_1 y_1 x_2 y_2"; a row a picture
    Img/img/WOMEN/Dresses/…        the pictures of img.zip, 256 pixels at their longer side; the boxes are of these

The category is what the path says ("WOMEN/Dresses"). Landmarks, descriptions and attributes are not needed here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from studies.public_sets.pictures import Listing, Row, listing_rows
from studies.public_sets.report import (
    COUNT,
    IN_BOTH,
    NO_BOX,
    NO_LIST,
    SEVERAL_BOXES,
    SEVERAL_CATEGORIES,
    SEVERAL_PRODUCTS,
    TWICE,
    WHOLE,
    Finding,
)
from vsearch_core.catalogue.boxes import Box, box_of
from vsearch_core.catalogue.cleaning import BROKEN_ROW
from vsearch_core.catalogue.sources import FolderImages
from vsearch_core.errors import CatalogueError

NAME = "DeepFashion In-shop"
STATUSES = ("train", "query", "gallery")

_PARTITION = ("Eval/list_eval_partition.txt", "list_eval_partition.txt")
_BOXES = ("Anno/list_bbox_inshop.txt", "list_bbox_inshop.txt")
_IMAGES = ("Img", "")
_MAX_LIST_BYTES = 200_000_000


def read_inshop(folder: Path) -> Listing:
    """The lists of the In-shop benchmark, reconciled with one another.

    Args:
        folder: with `Eval`, `Anno` and `Img/img`.

    Returns:
        Rows of role `query`, `gallery` (part `test`) and `train` (part `train`), each with its box where it has one.

    Raises:
        CatalogueError: the folder, its partition or its pictures are not there, or a list is not text.
    """
    partition, images = _places(folder)
    findings: list[Finding] = []
    rows = _partition(partition, findings)
    if not rows:
        raise CatalogueError(
            f"{partition} has no row of a picture, an item and train, query or gallery; unpack the benchmark's Eval "
            "folder again.",
            code="bad_list",
        )
    boxes = _boxes(_first(folder, _BOXES), findings)
    rows = _one_category([row._replace(box=_largest(row, boxes, findings)) for row in rows], findings)
    _check_parts(rows, findings)
    return Listing(NAME, listing_rows(rows), FolderImages(images), findings, whole_for_bad_box=True)


def _places(folder: Path) -> tuple[Path, Path]:
    """The partition list, and the folder that the names of pictures begin in."""
    if not folder.is_dir():
        raise CatalogueError(
            f"There is no folder {folder}; ask the makers of DeepFashion (the Multimedia Lab of the Chinese University "
            "of Hong Kong) for the In-shop Clothes Retrieval benchmark, unpack it and give its folder.",
            code="no_such_folder",
        )
    partition = _first(folder, _PARTITION)
    if partition is None:
        raise CatalogueError(
            f"{folder} has no Eval/list_eval_partition.txt; give the folder of DeepFashion's In-shop Clothes Retrieval "
            "benchmark, as its makers hand it out.",
            code="no_lists",
        )
    images = next((folder / place for place in _IMAGES if (folder / place / "img").is_dir()), None)
    if images is None:
        raise CatalogueError(f"{folder} has no Img/img; unpack the benchmark's img.zip in Img.", code="no_images")
    return partition, images


def _first(folder: Path, places: Sequence[str]) -> Path | None:
    return next((folder / place for place in places if (folder / place).is_file()), None)


def _partition(path: Path, findings: list[Finding]) -> list[Row]:
    rows: dict[str, Row] = {}
    for place, cells in _table(path, findings):
        if len(cells) != 3 or cells[2].lower() not in STATUSES:
            detail = "needs a picture, an item and train, query or gallery"
            findings.append(Finding(f"{path.name}:{place}", BROKEN_ROW, detail))
            continue
        image, item, role = cells[0], cells[1], cells[2].lower()
        row = Row(image, image, item, _category(image), role, "train" if role == "train" else "test", None)
        before = rows.setdefault(image, row)
        if before != row:
            detail = f"{before.product} {before.role} and {item} {role}"
            findings.append(Finding(image, SEVERAL_PRODUCTS, detail, "the first row counts"))
        elif before is not row:
            findings.append(Finding(image, TWICE, f"{item} {role}", "kept once"))
    return list(rows.values())


def _category(image: str) -> str:
    """ "WOMEN/Dresses" of "img/WOMEN/Dresses/id_00000002/02_1_front.jpg"; the first folders of any other path."""
    parts = [part for part in image.split("/") if part not in ("", ".")]
    folders = parts[1:-2] if parts[:1] == ["img"] else parts[:-1]
    return "/".join(folders[:2]) or "unknown"


def _boxes(path: Path | None, findings: list[Finding]) -> dict[str, list[Box]] | None:
    """The boxes of each picture; None where there is no such list."""
    if path is None:
        findings.append(Finding("list_bbox_inshop.txt", NO_LIST, "the list of boxes is not there", "all kept whole"))
        return None
    boxes: dict[str, list[Box]] = {}
    for place, cells in _table(path, findings):
        box = box_of(*cells[3:]) if len(cells) == 7 else None
        if box is None:
            findings.append(Finding(f"{path.name}:{place}", BROKEN_ROW, "needs a picture, two types and four edges"))
            continue
        boxes.setdefault(cells[0], []).append(box)
    return boxes


def _largest(row: Row, boxes: dict[str, list[Box]] | None, findings: list[Finding]) -> Box | None:
    if boxes is None:
        return None
    found = boxes.get(row.image, [])
    if not found:
        findings.append(Finding(row.photo, NO_BOX, "list_bbox_inshop.txt does not have it", WHOLE))
        return None
    if len(set(found)) > 1:
        findings.append(Finding(row.photo, SEVERAL_BOXES, f"{len(set(found))} boxes", "the largest was kept"))
    return max(found, key=lambda box: (box.area, box))


def _one_category(rows: list[Row], findings: list[Finding]) -> list[Row]:
    """Rows with one category for each item: that of most of its pictures, the first by name of equals."""
    counts: dict[str, Counter[str]] = {}
    for row in rows:
        counts.setdefault(row.product, Counter())[row.category] += 1
    chosen = {item: min(found, key=lambda name: (-found[name], name)) for item, found in counts.items()}
    for item, found in counts.items():
        if len(found) > 1:
            detail = f"in {', '.join(sorted(found))}"
            findings.append(Finding(item, SEVERAL_CATEGORIES, detail, f"taken as {chosen[item]}"))
    return [row._replace(category=chosen[row.product]) for row in rows]


def _check_parts(rows: Sequence[Row], findings: list[Finding]) -> None:
    parts: dict[str, set[str]] = {}
    for row in rows:
        parts.setdefault(row.product, set()).add(row.part)
    for item in sorted(item for item, found in parts.items() if len(found) > 1):
        findings.append(Finding(item, IN_BOTH, "the benchmark says that none is", "kept"))


def _table(path: Path, findings: list[Finding]) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells of each row of a list: a number of rows, a line of names, then the rows."""
    try:
        if path.stat().st_size > _MAX_LIST_BYTES:
            raise CatalogueError(f"{path} is too large to be one of the benchmark's lists; check it.", code="bad_list")
        lines = path.read_text(encoding="utf-8-sig", errors="replace").splitlines()
    except OSError as error:
        raise CatalogueError(f"{path} cannot be read ({error.strerror}); unpack it again.", code="bad_list") from error
    said = lines[0].strip() if lines else ""
    if not (said.isascii() and said.isdecimal()) or len(lines) < 2 or not lines[1].startswith("image_name"):
        raise CatalogueError(
            f"{path} does not begin with a number of rows and the line image_name …; unpack the published file again.",
            code="bad_list",
        )
    rows = [(place, line.split()) for place, line in enumerate(lines[2:], start=3) if line.strip()]
    if len(rows) != int(said[:18]):
        findings.append(Finding(path.name, COUNT, f"{len(rows):,} rows where it says {said[:18]}", "read whole"))
    yield from rows
