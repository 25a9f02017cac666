"""Groups: colour variants and near-copies of one product, which a page shows as one card."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from vsearch_core.catalogue.duplicates import join_groups

SAME_COSINE = 0.985
SAME_DHASH_BITS = 2
"""Two pictures of one product type show the same thing if their embeddings and their outlines (64-bit dHash) agree.

In the real catalogue 4 bits already join striped shirts of different makers.
"""

SAME_NAME_COSINE = 0.85
"""Two products of one name, type and gender are one design, perhaps in two colours, if their embeddings agree so far.

Most names are plain: "Puma Men Polo" is many shirts. Chosen on 143 such pairs of the real catalogue's validation part,
judged by eye: `tests/store/same_name_pairs.csv`, and the test that reads it.
"""

LARGEST_NAME_GROUP = 8
"""A name that more products share is a range, not one design: the real catalogue has 184 different shirts called
"Mark Taylor Men Striped Shirt" once colours are left out."""

_BLOCK = 512
_WORD = re.compile(r"\w+")
_COLOURS = frozenset(
    _WORD.findall("""
    amber aqua beige black blue bronze brown burgundy camel charcoal colour colours copper coral cream crimson cyan
    dark denim ecru fuchsia gold golden gray green grey indigo ivory khaki lavender light lilac lime magenta maroon
    mauve mint multi multicolour multicolor mustard navy nude ochre off olive orange peach pink plum purple red rose
    rust salmon sand scarlet silver sky tan taupe teal terracotta turquoise violet white wine yellow
""")
)


def group_ids(products: pd.DataFrame, embeddings: np.ndarray, *, settled: int = 0) -> np.ndarray:
    """The group of each product: the smallest id among those it belongs together with, or its own id.

    Products belong together if their images are the same bytes, if their names are the same once colours are left out
    (with the same product type, gender and brand) and their pictures agree, or if their pictures are near-identical
    within a product type.

    Args:
        products: with `id`, `name`, `product_type`, `category`, `gender`, `image_sha256` and `image_dhash`, and `brand`
            if the shop has it.
        embeddings: (n, d) normalised float32, in the same order.
        settled: the first rows that have a `group` already and keep it: the others join those groups. Only a fold finds
            that a newcomer makes one group of two.

    Returns:
        (n - settled,) ids as str objects.
    """
    ids = products["id"].to_numpy(dtype=object)
    labels = ids.copy()
    if settled:
        labels[:settled] = products["group"].to_numpy(dtype=object)[:settled]
    components = join_groups(len(ids), _links(products, embeddings, settled))
    smallest: dict[int, tuple[bool, str]] = {}
    for row, component in enumerate(components):
        # A settled product's group goes before any id of a newcomer.
        candidate = (row >= settled, labels[row])
        smallest[component] = min(smallest.get(component, candidate), candidate)
    return np.array([smallest[component][1] for component in components[settled:]], dtype=object)


def design_names(products: pd.DataFrame) -> list[str]:
    """Each product's name without its colours, in lower case: "" if nothing is left.

    >>> design_names(pd.DataFrame({"name": ["Puma Men Navy Blue Polo"], "colour": ["Navy Blue"]}))
    ['puma men polo']
    """
    own = {word for colour in products["colour"].unique() for word in _WORD.findall(str(colour).lower())}
    colours = _COLOURS | own
    return [
        " ".join(word for word in _WORD.findall(str(name).lower()) if word not in colours) for name in products["name"]
    ]


def _links(products: pd.DataFrame, embeddings: np.ndarray, settled: int) -> Iterator[tuple[int, int]]:
    for rows in _of_one_key(products["image_sha256"]):
        # Linked to the first one, so that links among settled rows alone can be left out.
        yield from ((rows[0], row) for row in rows[1:] if row >= settled)
    for rows in _of_one_key(_designs(products)):
        if len(rows) <= LARGEST_NAME_GROUP and rows[-1] >= settled:
            yield from _same_designs(rows, embeddings, settled)
    dhashes = products["image_dhash"].to_numpy(dtype=np.uint64)
    for found in products.groupby(["category", "product_type"], sort=False).indices.values():
        yield from _same_pictures(np.sort(found), embeddings, dhashes, settled)


def _designs(products: pd.DataFrame) -> Iterable[tuple[str, ...] | str]:
    brand = next((column for column in products.columns if str(column).lower() == "brand"), None)
    same = [products["product_type"], products["gender"], *([products[brand].astype(str)] if brand else [])]
    for name, *others in zip(design_names(products), *same, strict=True):
        yield (name, *others) if name else ""


def _of_one_key(keys: Iterable[tuple[str, ...] | str]) -> list[list[int]]:
    """The rows of each key that several share, in order; an empty key is not a key."""
    buckets: dict[tuple[str, ...] | str, list[int]] = {}
    for row, key in enumerate(keys):
        if key:
            buckets.setdefault(key, []).append(row)
    return [rows for rows in buckets.values() if len(rows) > 1]


def _same_designs(rows: list[int], embeddings: np.ndarray, settled: int) -> Iterator[tuple[int, int]]:
    """Links each row of one name to the first one before it whose picture agrees and which is not linked itself."""
    vectors = embeddings[rows]
    agree = vectors @ vectors.T >= SAME_NAME_COSINE
    firsts: list[int] = []
    for place, row in enumerate(rows):
        alike = [first for first in firsts if agree[place, first]] if row >= settled else []
        if alike:
            yield rows[alike[0]], row
        else:
            firsts.append(place)


def _same_pictures(
    rows: np.ndarray, embeddings: np.ndarray, dhashes: np.ndarray, settled: int
) -> Iterator[tuple[int, int]]:
    """Links each row to the first one before it that shows the same thing and is not linked itself.

    Were all alike pictures linked, plain T-shirts would chain into one group: each like the next, the ends unlike.
    """
    new = rows[rows >= settled]
    compared = embeddings[rows] if len(new) else embeddings[:0]
    first_of_its_kind = np.ones(len(embeddings), dtype=bool)
    for start in range(0, len(new), _BLOCK):
        block = new[start : start + _BLOCK]
        before = rows[: int(np.searchsorted(rows, block[-1]))]
        same = embeddings[block] @ compared[: len(before)].T >= SAME_COSINE
        same &= np.bitwise_count(dhashes[block, None] ^ dhashes[None, before]) <= SAME_DHASH_BITS
        same &= before[None] < block[:, None]
        for number in np.flatnonzero(same.any(axis=1)):
            alike = before[same[number]]
            alike = alike[first_of_its_kind[alike]]
            if len(alike):
                first_of_its_kind[block[number]] = False
                yield int(alike[0]), int(block[number])
