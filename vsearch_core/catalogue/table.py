"""The catalogue: a table of products and a place to read their images from, whatever layout a shop delivers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import pandas as pd

TEXT_COLUMNS = ("name", "department", "category", "product_type", "colour", "gender", "season", "usage", "url")
"""Known text columns besides `id` and `image`; missing values are empty strings."""

COLUMNS = ("id", "image", *TEXT_COLUMNS, "price")
"""The columns that every catalogue has, in this order; a shop's own columns follow them."""


LEFT_OUT = "left out"
"""What was done with a row that was not taken."""


class ImageSource(Protocol):
    """Where a catalogue's images are read from (a folder, a packed tar …)."""

    def read(self, image: str) -> bytes:
        """The bytes of one image. Safe to call from several threads.

        Raises:
            CatalogueError: there is no such image (code `image_missing`), or its name leads outside the catalogue.
        """
        ...


@dataclass(frozen=True)
class RowProblem:
    """A row of the delivered file that could not be taken as it is: `line` counts from 1, the header included.

    `done` is `LEFT_OUT` where the row was not taken; `kind` says in a few words what such rows have in common ("without
    an id"), so that they can be counted.
    """

    line: int
    id: str
    problem: str
    done: str
    kind: str = ""


@dataclass(frozen=True)
class Catalogue:
    """A shop's products and their images.

    `products` has `COLUMNS` first (all text but `price`, float with NaN where unknown; `id` unique and not empty), then
    the shop's own columns under their own names. `problems` lists rows that were mended or left out while reading, and
    `rows` counts all that were read (None: as many as there are products). `remarks` are sentences on what was guessed
    of the whole file; `absent` are those of `COLUMNS` that the file does not have.
    `sample` marks the drawn sample shop; `hierarchy`, where the data has one, maps product type to
    (department, category).
    """

    name: str
    products: pd.DataFrame
    images: ImageSource
    problems: Sequence[RowProblem] = ()
    sample: bool = False
    currency: str = ""
    hierarchy: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    rows: int | None = None
    remarks: Sequence[str] = ()
    encoding: str = ""
    absent: frozenset[str] = frozenset()

    def __len__(self) -> int:
        return len(self.products)
