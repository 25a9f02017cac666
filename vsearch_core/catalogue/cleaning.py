"""The cleaning report: what was found in a catalogue's rows and images, and what was done about it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from vsearch_core.catalogue.duplicates import join_groups
from vsearch_core.catalogue.reading.tally import NOT_TAKEN, ROWS, TAKEN, some, tally
from vsearch_core.catalogue.table import LEFT_OUT as ROW_LEFT_OUT
from vsearch_core.catalogue.table import TEXT_COLUMNS, Catalogue
from vsearch_core.contracts import Photo, Progress
from vsearch_core.errors import CatalogueError, ImageRejected
from vsearch_core.images import decode

UNREADABLE, MISSING, BLANK, TINY = "unreadable image", "missing image", "blank image", "tiny image"
REMARKED = "image with a remark"
IDENTICAL, SIMILAR = "identical images", "near-identical images"
BROKEN_ROW, MISSING_VALUES = "broken row", "missing values"
GUESS, PICTURE_KEPT = "guess", "picture kept"
PROBLEMS = (
    GUESS,
    PICTURE_KEPT,
    UNREADABLE,
    MISSING,
    REMARKED,
    BLANK,
    TINY,
    IDENTICAL,
    SIMILAR,
    BROKEN_ROW,
    MISSING_VALUES,
)
"""What a finding may be, in the order of the summary."""

BLANK_SPREAD = 3.0
"""Standard deviation of the pixel values (0..255) below which a picture is nearly one colour."""

TINY_SIDE = 32
"""Shortest side in pixels below which a picture is flagged as tiny."""

LEFT_OUT = "left out of the search, kept in this report"
KEPT = "kept, flagged"
LIKE_NOTHING = "kept; like no photo"

_SKETCH = (18, 16)
# chosen by looking at pairs of the real catalogue: below it lie re-saved pictures and shades of one photograph; from
# 0.06 on, different wallets and shoes that were photographed alike come in
_SAME_SKETCH = 0.05
_NEIGHBOURS = 200
_GRADIENT = 2.0
_ALWAYS_EXPECTED = ("name", "category", "product_type")
_THREADS = 2
_CHUNK = 64


@dataclass(frozen=True)
class ImageFacts:
    """What is kept of an image for the report.

    `width` and `height` are the original's in pixels, as turned by EXIF; `spread` is the standard deviation of its
    pixel values; `dhash` has one bit for each of 8x8 places, set where the picture gets brighter to the right; `sketch`
    is the picture at 18x16 pixels (16 * 18 * 3 bytes, RGB). `remark` is the photo's.
    """

    sha256: str
    width: int
    height: int
    spread: float
    dhash: int
    sketch: bytes = field(default=b"", repr=False)
    remark: str = ""

    @property
    def blank(self) -> bool:
        """Whether the picture is nearly one colour: there is nothing in it that a photo could be like."""
        return self.spread < BLANK_SPREAD


def inspect(data: bytes, photo: Photo) -> ImageFacts:
    """The facts of one image; cheap enough to run on every image of a build (a fraction of a millisecond)."""
    step = max(1, max(photo.pixels.shape[:2]) // 80)
    sketch = np.asarray(Image.fromarray(photo.pixels).resize(_SKETCH, Image.Resampling.BOX, reducing_gap=1.0))
    return ImageFacts(
        sha256=hashlib.sha256(data).hexdigest(),
        width=photo.original_size[0],
        height=photo.original_size[1],
        spread=round(float(photo.pixels[::step, ::step].std(dtype=np.float32)), 3),
        dhash=_dhash(sketch),
        sketch=sketch.tobytes(),
        remark=photo.remark,
    )


@dataclass(frozen=True)
class CleaningReport:
    """What was found and done.

    `findings` has text columns `id` (empty where a finding is of the whole catalogue), `problem` (one of `PROBLEMS`),
    `detail` and `done`. `counts` has `products`, `searchable`, `identical groups`, `near-identical groups`, for each
    problem the number of its findings, and what became of the rows (see `tally`). `rows` says that in sentences.
    `groups` has for `IDENTICAL` and `SIMILAR` the ids of each group; a report that was written before groups were kept
    has none.
    """

    findings: pd.DataFrame
    counts: Mapping[str, int]
    rows: Sequence[str] = ()
    groups: Mapping[str, Sequence[Sequence[str]]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The report as plain JSON values."""
        return {
            "counts": dict(self.counts),
            "rows": list(self.rows),
            "findings": self.findings.to_dict("records"),
            "groups": {problem: [list(group) for group in found] for problem, found in self.groups.items()},
        }

    @classmethod
    def from_json(cls, report: Mapping[str, Any]) -> CleaningReport:
        """The report that `to_json` made."""
        return cls(
            _frame(report["findings"]),
            dict(report["counts"]),
            tuple(report.get("rows", ())),
            dict(report.get("groups", {})),
        )

    @property
    def left_out(self) -> int:
        """How many rows of the file were not taken."""
        return self.counts.get(NOT_TAKEN, 0)

    def row_counts(self) -> dict[str, Any]:
        """What became of the rows: `rows`, `taken` (of an addition also `added`, `changed` and `unchanged`), `left_out`
        and `reasons`, which counts these."""
        reason = f"{NOT_TAKEN}, "
        known = (ROWS, TAKEN, "added", "changed", "unchanged")
        return {
            **{key: self.counts[key] for key in known if key in self.counts},
            "left_out": self.left_out,
            "reasons": {key.removeprefix(reason): n for key, n in self.counts.items() if key.startswith(reason)},
        }

    def record(self) -> dict[str, Any]:
        """The report as one record for programs: `row_counts`, `guesses` and every finding."""
        return {**self.row_counts(), "guesses": self._details(GUESS), "findings": self.findings.to_dict("records")}

    def summary(self) -> list[str]:
        """The report in plain sentences, the most important first."""
        counts = self.counts
        lines = [f"{counts['searchable']:,} of {counts['products']:,} products can be searched."]
        lines += [f"{detail}." for detail in self._details(GUESS)]
        # what became of the rows is told where it differs from what became of the products
        lines += self.rows if self.left_out else ()
        for problem, words in _SENTENCES.items():
            number = counts.get(problem, 0)
            if number:
                groups = counts.get(f"{problem.split()[0]} groups", 0)
                in_groups = f"{groups:,} group{'s' * (groups != 1)}"
                ids = some(self.findings.loc[self.findings["problem"] == problem, "id"].tolist())
                lines.append(words.format(number=number, groups=in_groups, ids=ids, some=self._mended()))
        lines += [f"{detail}." for detail in self._details(MISSING_VALUES)]
        return lines if len(lines) > 1 else [*lines, "Nothing wrong was found."]

    def _mended(self) -> str:
        """Some of the rows that were taken although something was wrong with them."""
        rows = self.findings[(self.findings["problem"] == BROKEN_ROW) & (self.findings["done"] != ROW_LEFT_OUT)]
        told = [f"{detail} ({done})" for detail, done in zip(rows["detail"], rows["done"], strict=True)]
        return f"; {some(told, 3)}" if told else ""

    def _details(self, problem: str) -> list[str]:
        return self.findings.loc[self.findings["problem"] == problem, "detail"].tolist()


_SENTENCES = {
    PICTURE_KEPT: "Products whose new image cannot be used: {number:,} ({ids}); changed, with the image that the "
    "shop had.",
    UNREADABLE: "Images that cannot be read: {number:,}; left out of the search.",
    MISSING: "Images that are missing: {number:,}; left out of the search.",
    REMARKED: "Images that were read although their files have a fault: {number:,}; kept.",
    BLANK: "Images of nearly one colour: {number:,}; kept, but like no photo.",
    TINY: f"Images with a side under {TINY_SIDE} pixels: {{number:,}}; kept.",
    IDENTICAL: "Products that share the same image file: {number:,}, in {groups}; kept.",
    SIMILAR: "Products with nearly the same image as another: {number:,}, in {groups}; kept.",
    BROKEN_ROW: "Rows that were mended or left out: {number:,}{some}.",
}


def check_catalogue(catalogue: Catalogue, progress: Progress | None = None) -> CleaningReport:
    """Read every image of a catalogue and report on it."""
    ids, images = catalogue.products["id"].tolist(), catalogue.products["image"].tolist()
    facts: dict[str, ImageFacts | ImageRejected | CatalogueError] = {}

    def look(image: str) -> ImageFacts | ImageRejected | CatalogueError:
        try:
            data = catalogue.images.read(image)
            return inspect(data, decode(data, max_side=320, wait_s=None))
        except (ImageRejected, CatalogueError) as error:
            return error.with_traceback(None)  # which would keep the image's bytes

    with ThreadPoolExecutor(_THREADS, thread_name_prefix="cleaning") as pool:
        for start in range(0, len(ids), _CHUNK):
            chunk = slice(start, start + _CHUNK)
            facts.update(zip(ids[chunk], pool.map(look, images[chunk]), strict=True))
            if progress is not None:
                progress(len(facts), len(ids))
    return cleaning_report(catalogue, facts)


def cleaning_report(
    catalogue: Catalogue,
    facts: Mapping[str, ImageFacts | ImageRejected | CatalogueError],
    kept: Collection[str] = (),
) -> CleaningReport:
    """The report of a catalogue whose images were looked at.

    Only products without a readable image cannot be searched; all other findings are flags. Identical images are equal
    byte by byte; near-identical ones have the same `dhash` and nearly the same `sketch`.

    Args:
        facts: for each product id what `inspect` said of its image, or why it could not be read.
        kept: products that keep the image which the shop had, as the new one could not be read.
    """
    findings: list[tuple[str, str, str, str]] = []
    read = {id: fact for id, fact in facts.items() if isinstance(fact, ImageFacts)}
    unread = {id: fact for id, fact in facts.items() if not isinstance(fact, ImageFacts) and id not in kept}
    rows = tally(catalogue, unread)
    findings += [("", GUESS, remark, "kept; check it") for remark in catalogue.remarks]
    for id, fact in facts.items():
        if isinstance(fact, ImageFacts):
            findings += _flags(id, fact)
        elif id in kept:
            findings.append((id, PICTURE_KEPT, fact.message, "changed, with the image that the shop had"))
        else:
            problem = MISSING if fact.code == "image_missing" else UNREADABLE
            findings.append((id, problem, fact.message, LEFT_OUT))
    identical, similar = _identical(read), _similar(read)
    for problem, groups in ((IDENTICAL, identical), (SIMILAR, similar)):
        for group in groups:
            findings += [(id, problem, _others(id, group), KEPT) for id in group]
    for row in catalogue.problems:
        findings.append((row.id, BROKEN_ROW, f"line {row.line}: {row.problem}", row.done))
    findings += _missing_values(catalogue.products)
    frame = _frame([dict(zip(_FINDING, finding, strict=True)) for finding in findings])
    counts = {"products": len(catalogue), "searchable": len(read) + len(kept)}
    counts |= {"identical groups": len(identical), "near-identical groups": len(similar)}
    counts |= {problem: int((frame["problem"] == problem).sum()) for problem in PROBLEMS}
    alike = {IDENTICAL: identical, SIMILAR: similar}
    return CleaningReport(frame, {**counts, **rows.counts}, rows.sentences, alike)


_FINDING = ("id", "problem", "detail", "done")


def _frame(findings: Sequence[Mapping[str, str]]) -> pd.DataFrame:
    return pd.DataFrame(list(findings), columns=list(_FINDING), dtype=str)


def _flags(id: str, fact: ImageFacts) -> list[tuple[str, str, str, str]]:
    flags = []
    if fact.remark:
        flags.append((id, REMARKED, fact.remark, KEPT))
    if fact.blank:
        flags.append((id, BLANK, f"the pixels differ by {fact.spread:.1f} of 255 on average", LIKE_NOTHING))
    if min(fact.width, fact.height) < TINY_SIDE:
        flags.append((id, TINY, f"{fact.width} x {fact.height} pixels", KEPT))
    return flags


def _identical(facts: Mapping[str, ImageFacts]) -> list[list[str]]:
    by_file: dict[str, list[str]] = {}
    for id, fact in facts.items():
        by_file.setdefault(fact.sha256, []).append(id)
    return [ids for ids in by_file.values() if len(ids) > 1]


def _similar(facts: Mapping[str, ImageFacts]) -> list[list[str]]:
    """Groups of products whose pictures are the same one saved differently (not those that are the same file)."""
    by_hash: dict[int, dict[str, str]] = {}
    for id, fact in facts.items():
        if fact.sketch and not fact.blank:
            by_hash.setdefault(fact.dhash, {}).setdefault(fact.sha256, id)
    groups = []
    for candidates in by_hash.values():
        ids = list(candidates.values())
        if len(ids) < 2:
            continue
        inks = 255 - np.array([np.frombuffer(facts[id].sketch, dtype=np.uint8) for id in ids], dtype=np.float32)
        roots = join_groups(len(ids), _links(inks))
        for root in np.unique(roots):
            members = [ids[row] for row in np.flatnonzero(roots == root)]
            if len(members) > 1:
                groups.append(members)
    return groups


def _links(inks: np.ndarray) -> list[tuple[int, int]]:
    """Pairs of rows of nearly the same ink, (n, values) float32.

    What differs little differs little in norm: each is compared with the next few in that order only, so that a
    catalogue of thousands of pictures with one `dhash` takes no longer than another.
    """
    norms = np.linalg.norm(inks, axis=1)
    order = np.argsort(norms, kind="stable")
    links = []
    for place, row in enumerate(order[:-1]):
        others = order[place + 1 : place + 1 + _NEIGHBOURS]
        differences = np.linalg.norm(inks[others] - inks[row], axis=1)
        links += [(int(row), int(other)) for other in others[differences <= _SAME_SKETCH * norms[row]]]
    return links


def _others(id: str, group: list[str]) -> str:
    others = [other for other in group if other != id]
    return f"as {', '.join(others[:5])}" + (f" and {len(others) - 5} more" if len(others) > 5 else "")


def _missing_values(products: pd.DataFrame) -> list[tuple[str, str, str, str]]:
    """One finding for each column that some products fill and others do not; never-used columns are not missed."""
    findings = []
    for column in (*TEXT_COLUMNS, "price"):
        empty = products[column].isna() if column == "price" else products[column].eq("")
        missing = int(empty.sum())
        if missing == 0 or (missing == len(products) and column not in _ALWAYS_EXPECTED):
            continue
        what = f"{column.replace('_', ' ')} is missing for {missing:,} of {len(products):,} products"
        findings.append(("", MISSING_VALUES, what[0].upper() + what[1:], "kept, shown as unknown"))
    return findings


def _dhash(sketch: np.ndarray) -> int:
    grey = sketch.reshape(8, 2, 9, 2, 3).mean(axis=(1, 3, 4))
    # a step of some size, since flat white ground would otherwise flip with every compression
    bits = grey[:, 1:] - grey[:, :-1] > _GRADIENT
    return int.from_bytes(np.packbits(bits).tobytes(), "big")
