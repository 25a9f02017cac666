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
    """A row of the delivered file that could not be taken as it is: `line` counts from 1, the header included."""

    line: int
    id: str
    problem: str
    done: str


@dataclass(frozen=True)
class Catalogue:
    """A shop's products and their images.

    `products` has `COLUMNS` first (all text but `price`, float with NaN where unknown; `id` unique and not empty), then
    the shop's own columns under their own names. `problems` lists rows that were mended or left out while reading.
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

    def __len__(self) -> int:
        return len(self.products)
