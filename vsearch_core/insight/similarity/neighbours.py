"""The neighbours of any product, and products found by what they are called."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from vsearch_core.contracts import Hit
from vsearch_core.search import Engine
from vsearch_core.store import Store


@dataclass(frozen=True)
class Neighbour:
    """A product near another one; `same_title`: the two are called the same."""

    hit: Hit
    same_title: bool


def neighbours(engine: Engine, product_id: str, *, offset: int = 0, limit: int = 20) -> list[Neighbour]:
    """A page of the products most like one of the store, best first, variants and near-copies included.

    Raises:
        StoreError: there is no such product (code `unknown_product`).
    """
    title = _title(engine.store.product(product_id)["name"])
    hits = engine.similar(product_id, k=offset + limit)[offset:]
    return [Neighbour(hit, bool(title) and _title(hit.name) == title) for hit in hits]


def find_products(store: Store, text: str, limit: int = 20) -> list[str]:
    """Ids of products with this id, whose id begins so, or that have words that begin so in their name, type, category
    and colour; in that order.
    """
    words = text.casefold().split()
    if not words:
        return []
    ids = store.products["id"]
    wanted = text.strip().casefold()
    lower = ids.str.casefold()
    named = _folded(store.products)
    has_all = np.logical_and.reduce([named.str.contains(rf"(?<!\w){re.escape(word)}") for word in words])
    rank = np.select([lower == wanted, lower.str.startswith(wanted), has_all], [0, 1, 2], default=3)
    order = np.argsort(rank, kind="stable")[:limit]
    return [str(ids.iloc[row]) for row in order if rank[row] < 3]


def _folded(products: pd.DataFrame) -> pd.Series:
    told = [products[column].astype("str").str.casefold() for column in ("name", "product_type", "category", "colour")]
    return told[0].str.cat(told[1:], sep=" ", na_rep="")


def _title(name: str | None) -> str:
    return " ".join(str(name or "").casefold().split())
