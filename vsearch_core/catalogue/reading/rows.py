"""A delivered CSV file as rows of text, however it was exported, and what is common to all readers of such files."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from vsearch_core.catalogue.reading.cells import clean, normal_header
from vsearch_core.catalogue.reading.encodings import SPOILED, Decoded, decode, guess_in_words, unmarked_utf16
from vsearch_core.catalogue.reading.records import Record, Records, line_ends
from vsearch_core.catalogue.table import LEFT_OUT, RowProblem
from vsearch_core.errors import CatalogueError

MAX_CELL = 100_000
"""Longer cells are cut to this many characters, and the cut is reported."""

_MAX_FILE_BYTES = 1_000_000_000
_DELIMITERS = (",", ";", "\t", "|")
_FEW_CONTROLS = 10
_CONTROL = bytes(set(range(32)) - {9, 10, 12, 13, 27})
_SEPARATOR_LINE = re.compile(r'"?sep=([^\r\n"])"?(?:\r\n|\r|\n|$)', re.IGNORECASE)


@dataclass(frozen=True)
class Row:
    """One row: the line on which it begins (1 is the first of the file), its cells, and where it lies in the text."""

    line: int
    cells: list[str]
    record: Record = field(repr=False)


@dataclass(frozen=True)
class Rows:
    """A file's header, its rows that are not empty, and what had to be mended to read them.

    `header` is cleaned, `cells` of rows are as they were delivered but for what `problems` names. `remarks` are
    sentences on what was guessed of the whole file.
    """

    header: list[str]
    rows: list[Row]
    problems: list[RowProblem]
    remarks: tuple[str, ...]
    decoded: Decoded
    delimiter: str


def read_rows(path: Path, known: Sequence[str] = ()) -> Rows:
    """Read a CSV file: in any usual encoding (see `encodings`), separated by comma, semicolon, tab or bar.

    A first line `sep=;`, as Excel writes it, names the separator and is not a row.

    Args:
        path: the file.
        known: normalised headers (see `normal_header`) that tell the right separator from a wrong one.

    Raises:
        CatalogueError: no such file, empty, too large or not text.
    """
    decoded = decode(_read_bytes(path))
    text, problems = decoded.text, []
    if "\0" in text:
        line = line_ends(text, 0, text.index("\0")) + 1
        problems.append(RowProblem(line, "", f"{text.count(chr(0))} NUL characters in the file", "removed", "NUL"))
    start, declared = _separator_line(text)
    delimiter = _delimiter(text, start, known, declared)
    rows: list[Row] = []
    header: list[str] = []
    for record, cells in Records(text, start, delimiter):
        if not any(map(clean, cells)):
            continue
        row = Row(record.line, cells, record)
        if not header:
            header = [clean(cell) for cell in _readable(row, cells, problems).cells]
            continue
        rows.append(_readable(row, header, problems))
    if not header:
        raise CatalogueError(f"{path} is empty; export the catalogue again.", code="catalogue_empty")
    shown = (cell for row in rows[:1000] for cell in row.cells)
    guess = guess_in_words(decoded, list(shown) if decoded.guessed else [])
    return Rows(header, rows, problems, (guess,) if guess else (), decoded, delimiter)


def keep_first(ids: Sequence[str], lines: Sequence[int], problems: list[RowProblem]) -> list[int]:
    """Positions of the rows to keep: those with an id that has not come before; the others are reported."""
    seen: dict[str, int] = {}
    kept = []
    for position, (id, line) in enumerate(zip(ids, lines, strict=True)):
        if not id:
            problems.append(RowProblem(line, "", "the row has no id", LEFT_OUT, "without an id"))
        elif id in seen:
            problems.append(
                RowProblem(line, id, f"the id came before, on line {seen[id]}", LEFT_OUT, "with an id that came before")
            )
        else:
            seen[id] = line
            kept.append(position)
    return kept


def majority_hierarchy(products: pd.DataFrame) -> Mapping[str, tuple[str, str]]:
    """For each product type the (department, category) that most of its products have."""
    named = products[(products["product_type"] != "") & ((products["department"] + products["category"]) != "")]
    sizes = named.groupby(["product_type", "department", "category"]).size()
    ordered = sizes.sort_values(ascending=False, kind="stable").index
    hierarchy: dict[str, tuple[str, str]] = {}
    for product_type, department, category in ordered:
        hierarchy.setdefault(product_type, (department, category))
    return dict(sorted(hierarchy.items()))


def _read_bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MAX_FILE_BYTES:
            raise CatalogueError(f"{path} has more than 1 GB; split the catalogue.", code="catalogue_too_large")
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise CatalogueError(f"There is no file {path}; check the path.", code="no_such_file") from error
    except OSError as error:
        raise CatalogueError(f"{path} cannot be read ({error.strerror}); check it.", code="no_such_file") from error
    start = data[:65536]
    # a mark at the beginning says what UTF-16 is; without one it is told by where its zeros are
    if not data.startswith((b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")) and not unmarked_utf16(data):
        controls = len(start) - len(start.translate(None, _CONTROL))
        if controls > max(_FEW_CONTROLS, len(start) / 50):
            raise _not_text(path)
    return data


def _not_text(path: Path) -> CatalogueError:
    return CatalogueError(
        f"{path} is not a text file; export the catalogue as CSV (not as a spreadsheet).", code="not_text"
    )


def _separator_line(text: str) -> tuple[int, str]:
    """Where the table begins, and the separator that a line before it names."""
    found = _SEPARATOR_LINE.match(text)
    return (found.end(), found[1]) if found else (0, "")


def _delimiter(text: str, start: int, known: Sequence[str], declared: str) -> str:
    """The separator: the one that gives most known headers, of these the one that the file names or that gives most."""

    def fit(delimiter: str) -> tuple[int, bool, int]:
        for _, headers in Records(text[start : start + 1_000_000], 0, delimiter):
            if any(map(clean, headers)):
                return sum(normal_header(header) in known for header in headers), delimiter == declared, len(headers)
        return 0, False, 0

    return max(dict.fromkeys((*declared, *_DELIMITERS)), key=fit)


def _readable(row: Row, header: Sequence[str], problems: list[RowProblem]) -> Row:
    """The row with what cannot be kept of it mended and reported."""
    longest = max(map(len, row.cells), default=0)
    if longest <= MAX_CELL and not row.record.mended and not any(map(SPOILED.search, row.cells)):
        return row
    cells, line = list(row.cells), row.line
    id = clean(SPOILED.sub("\ufffd", cells[0]))[:40]
    if row.record.mended:
        problems.append(RowProblem(line, id, row.record.mended, "taken as text", "quotation mark"))
    for place, cell in enumerate(cells):
        spoiled = SPOILED.findall(cell) if not cell.isascii() else []
        if spoiled:
            name = clean(SPOILED.sub("\ufffd", header[place]))[:40] if place < len(header) else ""
            what = f"the column {name or place + 1!r} has {_bytes_of(spoiled)} without a meaning in the file's encoding"
            problems.append(RowProblem(line, id, what, "shown as \ufffd", "bad byte"))
            cell = SPOILED.sub("\ufffd", cell)
        if len(cell) > MAX_CELL:
            what = f"a cell of {len(cell):,} characters"
            problems.append(RowProblem(line, id, what, f"cut to {MAX_CELL:,}", "long cell"))
            cell = cell[:MAX_CELL]
        cells[place] = cell
    return Row(line, cells, row.record)


def _bytes_of(spoiled: Sequence[str]) -> str:
    first = ord(spoiled[0])
    one = f"the byte 0x{first - 0xDC00:02X}" if 0xDC80 <= first <= 0xDCFF else "half a character"
    return one if len(spoiled) == 1 else f"{len(spoiled)} bytes"
