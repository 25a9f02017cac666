"""Any shop's CSV: at least `id` and `image` (a path relative to the CSV), and whatever else the shop knows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from vsearch_core.catalogue.reading.cells import clean, normal_header, trim
from vsearch_core.catalogue.reading.currencies import sign_of
from vsearch_core.catalogue.reading.prices import read_prices
from vsearch_core.catalogue.reading.rows import Rows, keep_first, majority_hierarchy, read_rows
from vsearch_core.catalogue.sources import FolderImages
from vsearch_core.catalogue.table import COLUMNS, LEFT_OUT, TEXT_COLUMNS, Catalogue, RowProblem
from vsearch_core.errors import CatalogueError

_KNOWN = (*COLUMNS, "barcode")
_EXACT = ("image", "url")
_CURRENCY = ("currency", "price_currency", "currency_code")


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
    problems = list(table.problems)
    header = _column_names(table.header, problems)
    missing = [column for column in ("id", "image") if column not in header]
    if missing:
        found = ", ".join(column for column in table.header[:40] if column) or "none"
        raise CatalogueError(
            f"{path} has no column {' and no column '.join(missing)}; its columns are: {found[:600]}.",
            code="missing_column",
        )
    products, currency, remarks = _products(table, header, problems)
    if products.empty:
        raise CatalogueError(f"{path} has no products with an id and an image; add some.", code="catalogue_empty")
    facts = _sample_facts(path.parent / "sample.json")
    return Catalogue(
        name=name or str(facts.get("name") or path.resolve().parent.name),
        products=products,
        images=FolderImages(path.parent),
        problems=tuple(sorted(problems, key=lambda problem: problem.line)),
        sample=facts.get("sample") is True,
        currency=_sign(facts.get("currency")) or currency,
        hierarchy=majority_hierarchy(products),
        rows=len(table.rows),
        remarks=(*table.remarks, *remarks),
        encoding=table.decoded.encoding,
        absent=frozenset(COLUMNS) - set(header),
    )


def _column_names(delivered: list[str], problems: list[RowProblem]) -> list[str]:
    """The known name of each column, or its own; of names that differ in case and blanks alone the later get numbers.

    Numbering is linear: a file of thousands of columns of one name is read like any other.
    """
    compared = [normal_header(own) for own in delivered]
    of_known = {name: compared.index(name) for name in _KNOWN if name in compared}
    taken = {name: 1 for name in COLUMNS}
    firsts = {name: place for place, name in reversed(list(enumerate(compared)))}
    again: dict[str, list[int]] = {}
    names: list[str] = []
    for position, (own, name) in enumerate(zip(delivered, compared, strict=True)):
        if of_known.get(name) == position:
            taken[name] = 1
            names.append(name)
            continue
        base = own or f"column {position + 1}"
        key, number = normal_header(base), 1
        if key in taken:
            again.setdefault(key, []).append(position)
            number = taken[key] + 1
            while normal_header(f"{base} ({number})") in taken:
                number += 1
        taken[key] = number
        numbered = base if number == 1 else f"{base} ({number})"
        taken.setdefault(normal_header(numbered), 1)
        names.append(numbered)
    for key, positions in again.items():
        shown = dict.fromkeys((firsts.get(key, positions[0]), *positions[:2]))
        spellings = " and ".join(repr(delivered[place][:40]) for place in shown)
        what = f"{len(positions) + 1:,} columns have one name but for case and blanks: {spellings}"
        done = f"the later kept as {names[positions[0]][:60]!r}" + (" and so on" if len(positions) > 1 else "")
        problems.append(RowProblem(1, "", what, done, "columns of one name"))
    return names


def _products(table: Rows, header: list[str], problems: list[RowProblem]) -> tuple[pd.DataFrame, str, tuple[str, ...]]:
    """The products, the currency of their prices, and what was guessed of these."""
    width = len(header)
    kept_exactly = [header.index(name) for name in _EXACT if name in header]
    at = header.index("id")
    cells = []
    for row in table.rows:
        if len(row.cells) != width:
            more = len(row.cells) > width
            id = clean(row.cells[at]) if at < len(row.cells) else ""
            problem = f"{len(row.cells)} cells where the header has {width}"
            done = "the cells beyond were left out" if more else "the missing ones taken as empty"
            problems.append(RowProblem(row.line, id, problem, done, "number of cells"))
        cleaned = [clean(cell) for cell in row.cells[:width]] + [""] * (width - len(row.cells))
        for place in kept_exactly:
            if place < len(row.cells):
                cleaned[place] = trim(row.cells[place])
        cells.append(cleaned)
    products = pd.DataFrame(cells, columns=header, dtype=str)
    for column in ("id", "image", *TEXT_COLUMNS):
        if column not in products:
            products[column] = ""
    products["image"] = products["image"].map(lambda image: image.replace("\\", "/"))

    lines = [row.line for row in table.rows]
    kept = []
    ids, images = products["id"].tolist(), products["image"].tolist()
    for position in keep_first(ids, lines, problems):
        if images[position]:
            kept.append(position)
        else:
            id = ids[position]
            problems.append(
                RowProblem(lines[position], id, "the row names no image", LEFT_OUT, "without the name of an image")
            )
    products = products.iloc[kept].reset_index(drop=True)
    currency, remarks = _read_prices(products, [lines[position] for position in kept], problems)
    own = [column for column in header if column not in COLUMNS]
    return products[[*COLUMNS, *own]], currency, remarks


def _read_prices(products: pd.DataFrame, lines: list[int], problems: list[RowProblem]) -> tuple[str, tuple[str, ...]]:
    if "price" not in products:
        products["price"] = float("nan")
        return "", ()
    delivered = products["price"].tolist()
    said = next((column for column in products if normal_header(str(column)) in _CURRENCY), None)
    found = read_prices(delivered, [sign_of(cell) for cell in products[said]] if said is not None else ())
    for place, (line, id, price) in enumerate(zip(lines, products["id"], found.values, strict=True)):
        if place in found.foreign:
            what = (
                f"the price {delivered[place][:40]!r} is in {found.foreign[place]}, the others are in {found.currency}"
            )
            problems.append(RowProblem(line, id, what, "taken as unknown", "price in another currency"))
        elif price is None:
            what = f"the price {delivered[place][:40]!r} cannot be read"
            problems.append(RowProblem(line, id, what, "taken as unknown", "price that cannot be read"))
    values = [float("nan") if price is None else price for price in found.values]
    products["price"] = pd.Series(values, dtype="float64")
    return found.currency, found.remarks


def _sample_facts(path: Path) -> Mapping[str, Any]:
    if not path.is_file():
        return {}
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CatalogueError(
            f"{path} cannot be read; draw it again with `python -m sample_shop`.", code="bad_sample"
        ) from error
    return facts if isinstance(facts, dict) else {}


def _sign(currency: Any) -> str:
    return (sign_of(currency) or currency) if isinstance(currency, str) else ""
