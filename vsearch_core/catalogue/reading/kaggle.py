"""The Kaggle "Fashion Product Images" layout: `styles.csv` beside `images/` or, packed, `images.tar`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from vsearch_core.catalogue.reading.cells import clean
from vsearch_core.catalogue.reading.rows import Row, keep_first, majority_hierarchy, read_rows
from vsearch_core.catalogue.sources import FolderImages, TarImages
from vsearch_core.catalogue.table import COLUMNS, Catalogue, ImageSource, RowProblem
from vsearch_core.errors import CatalogueError

_NAME = "productDisplayName"
_COLUMN_OF = {
    "id": "id",
    "masterCategory": "department",
    "subCategory": "category",
    "articleType": "product_type",
    "baseColour": "colour",
    "gender": "gender",
    "season": "season",
    "usage": "usage",
    _NAME: "name",
}


def is_kaggle_layout(folder: Path) -> bool:
    """Whether the folder has the layout that `read_kaggle` reads."""
    return (folder / "styles.csv").is_file()


def read_kaggle(folder: Path, *, name: str | None = None) -> Catalogue:
    """Read a folder in the Kaggle layout.

    A product type that occurs under several categories keeps each row's values; `hierarchy` holds its usual place.
    Names with unescaped commas, of which the original file has some, are put together again.

    Args:
        folder: with `styles.csv`, and `images/<id>.jpg` or `images.tar`.
        name: of the shop; by default the folder's.

    Raises:
        CatalogueError: a part is missing or cannot be read.
    """
    table = read_rows(folder / "styles.csv", [column.casefold() for column in _COLUMN_OF])
    missing = [column for column in ("id", "articleType") if column not in table.header]
    if missing:
        raise CatalogueError(
            f"{folder / 'styles.csv'} has no column {' or '.join(missing)}; it has {', '.join(table.header)}.",
            code="missing_column",
        )
    problems = list(table.problems)
    rows = [_mend(row, table.header, problems) for row in table.rows]
    cells = [[clean(cell) for cell in row.cells] for row in rows]
    delivered = pd.DataFrame(cells, columns=table.header, dtype=str)
    delivered = delivered.loc[:, ~delivered.columns.duplicated()]
    kept = keep_first(delivered["id"].tolist(), [row.line for row in rows], problems)
    products = delivered.iloc[kept].reset_index(drop=True).rename(columns=_COLUMN_OF)
    products["image"] = products["id"] + ".jpg"
    products["price"] = float("nan")
    for column in COLUMNS:
        if column not in products:
            products[column] = ""
    own = [column for column in products.columns if column not in COLUMNS]
    products = products[[*COLUMNS, *own]]
    if products.empty:
        raise CatalogueError(f"{folder / 'styles.csv'} has no products; get it again.", code="catalogue_empty")
    return Catalogue(
        name=name or folder.resolve().name,
        products=products,
        images=_images(folder),
        problems=tuple(sorted(problems, key=lambda problem: problem.line)),
        hierarchy=majority_hierarchy(products),
        rows=len(table.rows),
        remarks=table.remarks,
        encoding=table.decoded.encoding,
        absent=frozenset(COLUMNS) - set(delivered.rename(columns=_COLUMN_OF).columns),
    )


def _mend(row: Row, header: list[str], problems: list[RowProblem]) -> Row:
    """The row with as many cells as the header has."""
    extra = len(row.cells) - len(header)
    if extra == 0:
        return row
    id = clean(row.cells[0])
    if extra < 0:
        problems.append(RowProblem(row.line, id, f"{-extra} cells are missing", "taken as empty", "number of cells"))
        return replace(row, cells=row.cells + [""] * -extra)
    at = header.index(_NAME) if _NAME in header else len(header) - 1
    joined = ",".join(row.cells[at : at + extra + 1])
    problems.append(RowProblem(row.line, id, "commas in the name are not quoted", "put together again", "comma"))
    return replace(row, cells=[*row.cells[:at], joined, *row.cells[at + extra + 1 :]])


def _images(folder: Path) -> ImageSource:
    if (folder / "images").is_dir():
        return FolderImages(folder / "images")
    if (folder / "images.tar").is_file():
        return TarImages(folder / "images.tar", "images/")
    raise CatalogueError(
        f"{folder} has neither a folder images nor a file images.tar; put the product images there.", code="no_images"
    )
