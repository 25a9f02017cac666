"""What the network can say: product types with their place in the hierarchy, and the values of each attribute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from vsearch_core.catalogue.table import Catalogue
from vsearch_core.contracts import ATTRIBUTES

UNKNOWN = -1
"""Label of a value that is missing or that the network was not taught."""


@dataclass(frozen=True)
class Labels:
    """Names in the order of the network's outputs; `hierarchy` maps product type to (department, category)."""

    product_types: tuple[str, ...]
    attributes: Mapping[str, tuple[str, ...]]
    hierarchy: Mapping[str, tuple[str, str]]

    @classmethod
    def of(cls, catalogue: Catalogue) -> Labels:
        """Every product type and attribute value that occurs in a catalogue, sorted by name."""
        products = catalogue.products
        return cls(
            product_types=_values(products["product_type"]),
            attributes={name: _values(products[name]) for name in ATTRIBUTES},
            hierarchy={name: catalogue.hierarchy[name] for name in _values(products["product_type"])},
        )

    def type_targets(self, product_types: Sequence[str]) -> np.ndarray:
        """One-hot product types, float32 of shape (n, types); a row of an unknown type is all zero."""
        targets = np.zeros((len(product_types), len(self.product_types)), np.float32)
        numbers = codes(product_types, self.product_types)
        known = np.flatnonzero(numbers != UNKNOWN)
        targets[known, numbers[known]] = 1
        return targets

    def attribute_codes(self, products: pd.DataFrame) -> np.ndarray:
        """Number of each attribute's value, int32 of shape (n, len(ATTRIBUTES)); `UNKNOWN` where missing."""
        return np.stack([codes(products[name], self.attributes[name]) for name in ATTRIBUTES], axis=1)


def codes(values: Sequence[str] | pd.Series, names: Sequence[str]) -> np.ndarray:
    """Position of each value in `names`, int32; `UNKNOWN` for values that are not in it."""
    position = {name: number for number, name in enumerate(names)}
    return np.array([position.get(value, UNKNOWN) for value in values], dtype=np.int32)


def _values(column: pd.Series) -> tuple[str, ...]:
    return tuple(sorted(value for value in column.unique() if value))
