"""Reviewed corrections become a new version of a catalogue: its listing with the new types, its pictures as they are.

The delivered file is never changed. The new folder holds the whole listing, a log of what was changed by whom and when,
and the pictures without copying them: in the Kaggle layout a link to where they are, beside a plain CSV the same files
under a second name (a copy only where the file system cannot do that).
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from vsearch_core.catalogue import read_catalogue
from vsearch_core.catalogue.corrections import AMBIGUOUS, KEEP, RELABEL, Correction, read_corrections, refused
from vsearch_core.catalogue.names import plain_path
from vsearch_core.catalogue.reading.cells import clean, normal_header
from vsearch_core.catalogue.reading.encodings import Decoded
from vsearch_core.catalogue.reading.kaggle import is_kaggle_layout
from vsearch_core.catalogue.reading.rows import Row, Rows, read_rows
from vsearch_core.catalogue.sources import FolderImages
from vsearch_core.catalogue.table import COLUMNS, Catalogue
from vsearch_core.errors import CatalogueError
from vsearch_core.files import make_folder, put_in_place, replace_bytes, replace_json, writing

LOG = "corrections.json"
"""The log's name in the folder of a corrected catalogue."""

_SHOWN = 5
_KAGGLE = {"id": "id", "articletype": "product_type", "mastercategory": "department", "subcategory": "category"}
_PLACES = ("department", "category")


@dataclass(frozen=True)
class Corrected:
    """What was done: the folder, its version, how many types were changed, and how many verdicts change nothing."""

    path: Path
    version: int
    changed: int
    kept: int
    ambiguous: int


def correct_catalogue(catalogue: Path, corrections: Path, out: Path) -> Corrected:
    """Write a new version of a catalogue in which the reviewed product types are corrected.

    A product gets the department and category that most products of its new type have.

    Args:
        catalogue: a folder in the Kaggle layout, a folder with a `catalogue.csv`, or a CSV file.
        corrections: the review, as `read_corrections` reads it.
        out: the new folder; it must not be there yet.

    Raises:
        CatalogueError: the catalogue or the review cannot be read, a correction does not fit the catalogue (an unknown
            product or type, or another type than the one that was reviewed; code `bad_corrections`), `out` is there
            already (code `exists`), or the disk is full or refuses (code `cannot_write`). Nothing is written then.
    """
    catalogue, out = catalogue.expanduser(), out.expanduser()
    if out.exists() or out.is_symlink():
        raise CatalogueError(f"{out} is there already; name a new folder.", code="exists")
    before = read_catalogue(catalogue)
    reviewed = read_corrections(corrections)
    changes = _changes(before, reviewed)
    kaggle = catalogue.is_dir() and is_kaggle_layout(catalogue)
    listing = catalogue if catalogue.is_file() else catalogue / ("styles.csv" if kaggle else "catalogue.csv")
    draft = out.with_name(f".{out.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        with writing(out, CatalogueError):
            make_folder(draft)
            written = draft / ("styles.csv" if kaggle else "catalogue.csv")
            replace_bytes(written, _rewritten(listing, kaggle, changes))
            log = _log(listing, written, corrections, reviewed, changes)
            replace_json(draft / LOG, log)
            if kaggle:
                _link_pictures(listing.parent, draft)
            else:
                _bring_pictures(listing.parent, before, draft)
            _check(before, read_catalogue(draft), changes)
            put_in_place(draft, out)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return Corrected(out, log["version"], len(changes), log["kept"], log["ambiguous"])


@dataclass(frozen=True)
class _Change:
    """What becomes of one product: `old` and `new` map product_type, department and category to their values."""

    correction: Correction
    old: Mapping[str, str]
    new: Mapping[str, str]


def _changes(catalogue: Catalogue, reviewed: list[Correction]) -> list[_Change]:
    """The changes, checked against the catalogue; verdicts that change nothing must fit it too."""
    products = catalogue.products.set_index("id")
    unknown = [one.id for one in reviewed if one.id not in products.index]
    if unknown:
        raise refused(f"The catalogue has no product {_some(unknown)}; take the catalogue that was reviewed.")
    now = products["product_type"].to_dict()
    moved = [f"{one.id} (now {now[one.id]!r}, not {one.old!r})" for one in reviewed if now[one.id] != one.old]
    if moved:
        raise refused(f"The type has changed since the review for {_some(moved)}; review them again.")
    types = set(now.values()) - {""}
    strange = sorted({repr(one.new) for one in reviewed if one.verdict == RELABEL and one.new not in types})
    if strange:
        raise refused(f"The catalogue has no product type {_some(strange)}; use one that it has.")
    changes = []
    for one in reviewed:
        if one.verdict != RELABEL:
            continue
        old = {name: str(products.at[one.id, name]) for name in ("product_type", *_PLACES)}
        place = catalogue.hierarchy.get(one.new, tuple(old[name] for name in _PLACES))
        new = {"product_type": one.new, **dict(zip(_PLACES, place, strict=True))}
        changes.append(_Change(one, old, new))
    return changes


def _rewritten(listing: Path, kaggle: bool, changes: list[_Change]) -> bytes:
    """The listing with the changes in it; every other byte stays as it was delivered."""
    table = read_rows(listing, [name.casefold() for name in _KAGGLE] if kaggle else [*COLUMNS, "barcode"])
    columns = _columns(table, kaggle)
    changed = {change.correction.id: change for change in changes}
    edits: list[tuple[int, int, str]] = []
    for row in table.rows:
        change = changed.pop(
            clean(_cell(row, table, columns["id"])), None
        )  # of an id that comes twice the first counts
        if change is not None:
            edits += _edits(row, table, columns, change)
    return _edited(listing.read_bytes(), table.decoded, edits)


def _edits(row: Row, table: Rows, columns: Mapping[str, int], change: _Change) -> list[tuple[int, int, str]]:
    """What of the text is replaced in one row: begin, end and the new characters."""
    fields = row.record.fields()
    edits, beyond = [], {}
    for name, value in change.new.items():
        if name not in columns or value == change.old[name]:
            continue
        place = _place(row, table, columns[name])
        if place < len(fields):
            _, begin, end = fields[place]
            quoted = row.record.text.startswith('"', begin)
            edits.append((begin, end, _written(value, table.delimiter, quoted=quoted)))
        else:
            beyond[place] = _written(value, table.delimiter, quoted=False)
    if beyond:  # the row has too few cells: those up to the new ones are added, empty
        added = (beyond.get(place, "") for place in range(len(fields), max(beyond) + 1))
        edits.append((row.record.stop, row.record.stop, "".join(table.delimiter + cell for cell in added)))
    return sorted(edits)


def _written(value: str, delimiter: str, *, quoted: bool) -> str:
    """A cell as the file writes it."""
    if quoted or any(mark in value for mark in (delimiter, '"', "\n", "\r")):
        return '"' + value.replace('"', '""') + '"'
    return value


def _edited(data: bytes, decoded: Decoded, edits: list[tuple[int, int, str]]) -> bytes:
    """The file's bytes with parts of its text replaced; places in the text become places in the bytes on the way.

    Raises:
        CatalogueError: the encoding cannot write a new value, or does not say where its letters lie (`not_rewritten`).
    """
    parts: list[bytes] = []
    text, expected = decoded.text, []
    place, offset, taken = 0, decoded.mark, 0
    try:
        for begin, end, new in edits:
            first = offset + len(decoded.encoded(text[place:begin]))
            offset = first + len(decoded.encoded(text[begin:end]))
            parts += [data[taken:first], decoded.encoded(new)]
            expected += [text[place:begin], new]
            place, taken = end, offset
    except UnicodeEncodeError as error:
        raise _not_rewritten(f"{decoded.in_words} has no {error.object[error.start]!r}") from error
    written = b"".join([*parts, data[taken:]])
    if decoded.read_again(written) != "".join([*expected, text[place:]]):
        raise _not_rewritten(f"it is not whole {decoded.in_words}")
    return written


def _not_rewritten(why: str) -> CatalogueError:
    return CatalogueError(
        f"The listing cannot be written anew without changing more than the review says ({why}); "
        "export the catalogue as plain UTF-8 CSV with a column product_type.",
        code="not_rewritten",
    )


def _columns(table: Rows, kaggle: bool) -> dict[str, int]:
    """Where the columns are that are read or changed."""
    found: dict[str, int] = {}
    for place, header in enumerate(table.header):
        name = _KAGGLE.get(header.casefold(), "") if kaggle else normal_header(header)
        if name in ("id", "product_type", *_PLACES):
            found.setdefault(name, place)
    return found


def _cell(row: Row, table: Rows, column: int) -> str:
    place = _place(row, table, column)
    return row.cells[place] if place < len(row.cells) else ""


def _place(row: Row, table: Rows, column: int) -> int:
    """Where a column is in a row: behind a Kaggle name with unescaped commas it is further to the right."""
    extra = len(row.cells) - len(table.header)
    if extra > 0 and "productDisplayName" in table.header and column > table.header.index("productDisplayName"):
        return column + extra
    return column


def _link_pictures(folder: Path, draft: Path) -> None:
    name = "images" if (folder / "images").is_dir() else "images.tar"
    (draft / name).symlink_to((folder / name).resolve())


def _bring_pictures(folder: Path, before: Catalogue, draft: Path) -> None:
    """The pictures of a plain CSV under their names, which may not lead outside the CSV's folder."""
    if (folder / "sample.json").is_file():
        shutil.copyfile(folder / "sample.json", draft / "sample.json")
    pictures = FolderImages(folder)
    for image in before.products["image"].unique():
        try:
            source = pictures.find(image)
        except CatalogueError:
            continue  # what is missing stays missing: the cleaning report tells of it
        if not source.is_file():
            continue
        target = draft / plain_path(image)
        if target.exists():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(source, target)
        except OSError:
            shutil.copyfile(source, target)


def _log(
    listing: Path, written: Path, corrections: Path, reviewed: list[Correction], changes: list[_Change]
) -> dict[str, Any]:
    earlier = _earlier(listing.parent / LOG)
    return {
        "version": len(earlier) + 2,
        "listing": listing.name,
        "made_from_sha256": _sha256(listing),
        "sha256": _sha256(written),
        "corrections": {"file": corrections.name, "sha256": _sha256(corrections.expanduser())},
        "changed": [
            {
                "id": change.correction.id,
                "from": dict(change.old),
                "to": {name: value for name, value in change.new.items() if value != change.old[name]},
                "reviewer": change.correction.reviewer,
                "time": change.correction.time,
            }
            for change in changes
        ],
        "kept": sum(one.verdict == KEEP for one in reviewed),
        "ambiguous": sum(one.verdict == AMBIGUOUS for one in reviewed),
        "not_changed": [asdict(one) for one in reviewed if one.verdict != RELABEL],
        "earlier": earlier,
    }


def _earlier(path: Path) -> list[dict[str, Any]]:
    """The logs of the versions before, the oldest first."""
    if not path.is_file():
        return []
    try:
        last = json.loads(path.read_text(encoding="utf-8"))
        return [*last.pop("earlier"), last]
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise CatalogueError(
            f"The log {path} of the version before cannot be read; move it away to begin a new one.", code="bad_log"
        ) from error


def _check(before: Catalogue, after: Catalogue, changes: list[_Change]) -> None:
    """The new version, read as anyone will read it, differs in what was to be changed and in nothing else."""
    expected = before.products.set_index("id")
    for change in changes:
        for name, value in change.new.items():
            expected.loc[change.correction.id, name] = value
    known = [name for name in COLUMNS if name != "id"]
    try:
        pd.testing.assert_frame_equal(after.products.set_index("id")[known], expected[known])
    except AssertionError as error:
        raise _not_rewritten(_first_line(error)) from error


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [""])[0]


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _some(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(name if len(name) <= 80 else name[:77] + "..." for name in names[:_SHOWN]) + more
