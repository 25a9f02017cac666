"""Any shop's CSV: at least `id` and `image` (a path relative to the CSV), and whatever else the shop knows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from vsearch_core.catalogue.prices import parse_prices, shared_sign
from vsearch_core.catalogue.rows import Rows, keep_first, majority_hierarchy, normal_header, read_rows
from vsearch_core.catalogue.sources import FolderImages
from vsearch_core.catalogue.table import COLUMNS, TEXT_COLUMNS, Catalogue, RowProblem
from vsearch_core.errors import CatalogueError

_KNOWN = (*COLUMNS, "barcode")


def read_csv(path: Path, *, name: str | None = None) -> Catalogue:
    """Read a shop's CSV.

    Known columns are found however their headers are capitalised or spaced; all others are kept under their own names.
    A `sample.json` beside the file ({"sample": true, "name": …, "currency": …}) marks the drawn sample shop.

    Args:
        path: the file; image paths in it are relative to its folder.
        name: of the shop; by default what `sample.json` or else the file's folder says.

    Raises:
        CatalogueError: no such file, empty, not text, or no column `id` or `image`.
    """
    table = read_rows(path, _KNOWN)
    header = _column_names(table.header)
    missing = [column for column in ("id", "image") if column not in header]
    if missing:
        found = ", ".join(column for column in table.header[:40] if column) or "none"
        raise CatalogueError(
            f"{path} has no column {' and no column '.join(missing)}; its columns are: {found[:600]}.",
            code="missing_column",
        )
    problems = list(table.problems)
    products, currency = _products(table, header, problems)
    if products.empty:
        raise CatalogueError(f"{path} has no products with an id and an image; add some.", code="catalogue_empty")
    facts = _sample_facts(path.parent / "sample.json")
    return Catalogue(
        name=name or str(facts.get("name") or path.resolve().parent.name),
        products=products,
        images=FolderImages(path.parent),
        problems=tuple(sorted(problems, key=lambda problem: problem.line)),
        sample=facts.get("sample") is True,
        currency=str(facts.get("currency") or currency),
        hierarchy=majority_hierarchy(products),
    )


def _column_names(header: list[str]) -> list[str]:
    """The known name of each column, or its own; a name that comes again gets a number."""
    names: list[str] = []
    for position, own in enumerate(header):
        known = normal_header(own)
        if known in _KNOWN and known not in names:
            names.append(known)
            continue
        base = own or f"column {position + 1}"
        name, number = base, 2
        while name in names or name in COLUMNS:
            name, number = f"{base} ({number})", number + 1
        names.append(name)
    return names


def _products(table: Rows, header: list[str], problems: list[RowProblem]) -> tuple[pd.DataFrame, str]:
    """The products, and the currency sign that their prices share."""
    width = len(header)
    at = header.index("id")
    cells = []
    for row in table.rows:
        if len(row.cells) != width:
            more = len(row.cells) > width
            id = row.cells[at].strip() if at < len(row.cells) else ""
            problem = f"{len(row.cells)} cells where the header has {width}"
            done = "the cells beyond were left out" if more else "the missing ones taken as empty"
            problems.append(RowProblem(row.line, id, problem, done))
        cells.append((row.cells + [""] * width)[:width])
    products = pd.DataFrame(cells, columns=header, dtype=str)
    for column in ("id", "image", *TEXT_COLUMNS):
        products[column] = products[column].map(str.strip) if column in products else ""
    products["image"] = products["image"].map(lambda image: image.replace("\\", "/"))

    lines = [row.line for row in table.rows]
    kept = []
    for position in keep_first(products["id"].tolist(), lines, problems):
        if products["image"].iat[position]:
            kept.append(position)
        else:
            id = products["id"].iat[position]
            problems.append(RowProblem(lines[position], id, "the row names no image", "left out"))
    products = products.iloc[kept].reset_index(drop=True)
    currency = _read_prices(products, [lines[position] for position in kept], problems)
    own = [column for column in header if column not in COLUMNS]
    return products[[*COLUMNS, *own]], currency


def _read_prices(products: pd.DataFrame, lines: list[int], problems: list[RowProblem]) -> str:
    if "price" not in products:
        products["price"] = float("nan")
        return ""
    delivered = products["price"].tolist()
    prices = parse_prices(delivered)
    for line, id, text, price in zip(lines, products["id"], delivered, prices, strict=True):
        if price is None:
            problems.append(RowProblem(line, id, f"the price {text[:40]!r} cannot be read", "taken as unknown"))
    products["price"] = pd.Series([float("nan") if price is None else price for price in prices], dtype="float64")
    return shared_sign(delivered)


def _sample_facts(path: Path) -> Mapping[str, Any]:
    if not path.is_file():
        return {}
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CatalogueError(f"{path} cannot be read; draw the sample shop again.", code="bad_sample") from error
    return facts if isinstance(facts, dict) else {}
