"""A delivered CSV file as rows of text, however it was exported, and what is common to all readers of such files."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from vsearch_core.catalogue.table import RowProblem
from vsearch_core.errors import CatalogueError

MAX_CELL = 10_000
"""Longer cells are cut to this many characters, and the cut is reported."""

_MAX_FILE_BYTES = 1_000_000_000
_MAX_ROW_LINES = 200
_DELIMITERS = (",", ";", "\t", "|")
_FEW_CONTROLS = 10
_CONTROL = bytes(set(range(32)) - {9, 10, 12, 13, 27})


@dataclass(frozen=True)
class Row:
    """One row: the line on which it begins (1 is the first of the file) and its cells."""

    line: int
    cells: list[str]


@dataclass(frozen=True)
class Rows:
    """A file's header, its rows that are not empty, and what had to be mended to read them."""

    header: list[str]
    rows: list[Row]
    problems: list[RowProblem]


def read_rows(path: Path, known: Sequence[str] = ()) -> Rows:
    """Read a CSV file: UTF-8 (with or without BOM), UTF-16 or cp1252; separated by comma, semicolon, tab or bar.

    Args:
        path: the file.
        known: normalised headers (see `normal_header`) that tell the right separator from a wrong one.

    Raises:
        CatalogueError: no such file, empty, too large or not text.
    """
    problems: list[RowProblem] = []
    text = _read_text(path, problems)
    if not text.strip():
        raise CatalogueError(f"{path} is empty; export the catalogue again.", code="catalogue_empty")
    try:
        rows = _parse(text, _delimiter(text, known), problems)
    except csv.Error as error:
        raise _not_text(path) from error
    if not rows:
        raise CatalogueError(f"{path} is empty; export the catalogue again.", code="catalogue_empty")
    return Rows([cell.strip() for cell in rows[0].cells], rows[1:], problems)


def normal_header(header: str) -> str:
    """A header as it is compared: " Product-Type " is "product_type", and "Color" is "colour"."""
    name = "_".join(header.casefold().replace("-", " ").replace("_", " ").split())
    return {"color": "colour"}.get(name, name)


def keep_first(ids: Sequence[str], lines: Sequence[int], problems: list[RowProblem]) -> list[int]:
    """Positions of the rows to keep: those with an id that has not come before; the others are reported."""
    seen: dict[str, int] = {}
    kept = []
    for position, (id, line) in enumerate(zip(ids, lines, strict=True)):
        if not id:
            problems.append(RowProblem(line, "", "the row has no id", "left out"))
        elif id in seen:
            problems.append(RowProblem(line, id, f"the id came before, on line {seen[id]}", "left out"))
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


def _read_text(path: Path, problems: list[RowProblem]) -> str:
    try:
        if path.stat().st_size > _MAX_FILE_BYTES:
            raise CatalogueError(f"{path} has more than 1 GB; split the catalogue.", code="catalogue_too_large")
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise CatalogueError(f"There is no file {path}; check the path.", code="no_such_file") from error
    except OSError as error:
        raise CatalogueError(f"{path} cannot be read ({error.strerror}); check it.", code="no_such_file") from error
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", errors="replace")
    else:
        start = data[:65536]
        controls = len(start) - len(start.translate(None, _CONTROL))
        if controls > max(_FEW_CONTROLS, len(start) / 50):
            raise _not_text(path)
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", errors="replace")
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        problems.append(RowProblem(line, "", f"{text.count(chr(0))} NUL characters in the file", "removed"))
        text = text.replace("\0", "")
    return text


def _not_text(path: Path) -> CatalogueError:
    return CatalogueError(
        f"{path} is not a text file; export the catalogue as CSV (not as a spreadsheet).", code="not_text"
    )


def _delimiter(text: str, known: Sequence[str]) -> str:
    first = text.lstrip("\r\n").split("\n", 1)[0][:100_000]

    def fit(delimiter: str) -> tuple[int, int]:
        headers = next(csv.reader(io.StringIO(first, newline=""), delimiter=delimiter), [])
        return sum(normal_header(header) in known for header in headers), len(headers)

    return max(_DELIMITERS, key=fit)


def _parse(text: str, delimiter: str, problems: list[RowProblem]) -> list[Row]:
    # the limit is the csv module's own, for the whole process: it is only ever raised
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows = []
    line = 1
    for cells in reader:
        begin, line = line, reader.line_num + 1
        if not any(cell.strip() for cell in cells):
            continue
        if line - begin > _MAX_ROW_LINES and any("\n" in cell for cell in cells):
            problem = f"a quotation mark that is never closed swallowed the lines up to {line - 1}"
            problems.append(RowProblem(begin, "", problem, "left out"))
            continue
        longest = max(len(cell) for cell in cells)
        if longest > MAX_CELL:
            problem = f"a cell of {longest:,} characters"
            problems.append(RowProblem(begin, cells[0][:40].strip(), problem, f"cut to {MAX_CELL:,}"))
            cells = [cell[:MAX_CELL] for cell in cells]
        rows.append(Row(begin, cells))
    return rows
