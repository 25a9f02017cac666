"""Where on a person a product is worn, and which product types a garment that was found in a photo can be.

`positions.csv` says the first of product types, and of categories of one position; `street_types.csv` says the second
of the labels of garments.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import get_args

import numpy as np

from vsearch_core.contracts import Position

POSITIONS: tuple[Position, ...] = get_args(Position)

_TABLE = Path(__file__).with_name("positions.csv")
_STREET_TYPES = Path(__file__).with_name("street_types.csv")


def position_of(product_type: str, category: str = "") -> Position | None:
    """The position of a product, by its type or else by its category, in capitals or not.

    Returns:
        None where neither is known, as in a shop of other things, or where the category has several positions.

    >>> position_of("Jeans"), position_of("Hoodies", "Topwear"), position_of("Hammers", "Tools")
    ('lower', 'upper', None)
    """
    types, categories = _table()
    return types.get(product_type.casefold()) or categories.get(category.casefold())


def positions_of(product_types: Iterable[str], categories: Iterable[str]) -> np.ndarray:
    """The position of each product, (n,) str objects; "" where it has none."""
    known: dict[tuple[str, str], str] = {}
    pairs = list(zip(map(str, product_types), map(str, categories), strict=True))
    for pair in set(pairs):
        known[pair] = position_of(*pair) or ""
    return np.array([known[pair] for pair in pairs], dtype=object)


@lru_cache(maxsize=1)
def types_of_garments() -> Mapping[str, frozenset[str]]:
    """For each label of garments in photos the product types that count as the right kind."""
    with _STREET_TYPES.open(newline="", encoding="utf-8") as file:
        return {row["label"]: frozenset(row["product_types"].split("|")) for row in csv.DictReader(file)}


@lru_cache(maxsize=1)
def _table() -> tuple[dict[str, Position], dict[str, Position | None]]:
    """Types and categories, each in lower case."""
    types: dict[str, Position] = {}
    categories: dict[str, Position | None] = {}
    with _TABLE.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            position = next((one for one in POSITIONS if one == row["position"]), None)
            if row["level"] == "category":
                categories[row["name"].casefold()] = position
            elif position is not None:
                types[row["name"].casefold()] = position
    return types, categories
