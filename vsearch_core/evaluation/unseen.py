"""Twenty kinds that a network is not shown at all, to see what its embedding is worth in other shops."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

COUNT = 20
FEWEST = 50
"""Kinds with fewer products give too few test products to measure anything on."""

_SALT = "unseen kinds"


def unseen_kinds(products: Mapping[str, int]) -> tuple[str, ...]:
    """The kinds that are left out: the first of all large enough ones in the order of a hash of their names.

    The rule was fixed before any training; it looks at nothing but names and sizes.

    Args:
        products: number of products of each product type, over the whole catalogue.

    Returns:
        `COUNT` names, sorted; all that are large enough where there are fewer.
    """
    large = [name for name, count in products.items() if count >= FEWEST]
    drawn = sorted(large, key=lambda name: hashlib.sha256(f"{_SALT} {name}".encode()).hexdigest())
    return tuple(sorted(drawn[:COUNT]))
