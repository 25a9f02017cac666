"""Where the range repeats itself: near-copies by brand, season and price, and the prices of one look."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from vsearch_core.insight.demand.selection import Band, band_of
from vsearch_core.insight.similarity.near_copies import group_numbers
from vsearch_core.store import Filters, Store
from vsearch_core.store.filters import as_text

NEAR = 0.97
"""Cosine from which two products are called near-copies here; the word "nearly the same" begins there."""

LEVELS = ("brand", "season", "price band", "product_type", "category")

UNKNOWN = "not known"


def brand_column(products: pd.DataFrame) -> str | None:
    """The shop's own column that holds the brand; None where it has none."""
    return next((str(column) for column in products.columns if str(column).casefold() == "brand"), None)


def brands(products: pd.DataFrame) -> pd.Series:
    """Each product's brand, by id: as the shop says, else the first word of the name if several products share it."""
    column = brand_column(products)
    if column is not None:
        found = products[column].map(as_text)
    else:
        found = products["name"].fillna("").str.strip().str.split().str[0].fillna("")
        common = found.map(found.value_counts())
        found = found.where(common >= 5, "")
    return pd.Series(found.replace("", UNKNOWN).to_numpy(object), index=products["id"].to_numpy(object))


def described(
    pairs: pd.DataFrame, products: pd.DataFrame, bands: Sequence[Band], *, least: float = NEAR
) -> pd.DataFrame:
    """Near-copies with what a buyer compares.

    Args:
        pairs: from `near_copies.find_pairs`.
        products: the store's.
        least: cosine from which pairs are kept.

    Returns:
        `first`, `second` (ids), `cosine`, `group` (pairs that share products share it), and for each of both sides
        `…_name`, `…_brand`, `…_season`, `…_price`, `…_price band`, `…_product_type`, `…_category`.
    """
    table = pairs[pairs["cosine"] >= least].reset_index(drop=True)[["first", "second", "cosine"]]
    table["group"] = group_numbers(table)
    facts = pd.DataFrame(
        {
            "name": products["name"].to_numpy(object),
            "season": products["season"].replace("", UNKNOWN).to_numpy(object),
            "price": products["price"].to_numpy(float),
            "price band": band_of(products["price"], bands).to_numpy(object),
            "product_type": products["product_type"].to_numpy(object),
            "category": products["category"].to_numpy(object),
        },
        index=products["id"].to_numpy(object),
    )
    facts.insert(1, "brand", brands(products).to_numpy(object))
    for side in ("first", "second"):
        table = pd.concat([table, facts.loc[table[side]].add_prefix(f"{side}_").reset_index(drop=True)], axis=1)
    return table


def near_copies_by(described: pd.DataFrame, products: pd.DataFrame, level: str, bands: Sequence[Band]) -> pd.DataFrame:
    """How much of each brand, season or price band is near-copies of something else.

    Args:
        described: from `described`.
        level: one of `LEVELS`.

    Returns:
        `value`, `products`, `copied` (products with a near-copy anywhere in the range), `share`, `within` (near-copies
        among its own) and `across` (with another value), most copied products first.
    """
    if level == "brand":
        of_product = pd.Series(brands(products).to_numpy(object))
    elif level == "price band":
        of_product = band_of(products["price"], bands).reset_index(drop=True)
    else:
        of_product = products[level].replace("", UNKNOWN).reset_index(drop=True)
    in_pairs = set(described["first"]) | set(described["second"])
    copied = products["id"].isin(in_pairs).to_numpy(bool)
    table = pd.DataFrame({"products": of_product.value_counts(), "copied": of_product[copied].value_counts()})
    table = table.fillna(0).astype(np.int64)
    first, second = described[f"first_{level}"], described[f"second_{level}"]
    same = first == second
    table["share"] = table["copied"] / table["products"]
    table["within"] = first[same].value_counts().reindex(table.index, fill_value=0)
    crossing = pd.concat([first[~same], second[~same]]).value_counts()
    table["across"] = crossing.reindex(table.index, fill_value=0)
    table = table.rename_axis("value").reset_index()
    return table.sort_values(["copied", "value"], ascending=[False, True], ignore_index=True)


def crossings(described: pd.DataFrame, level: str, most: int = 12) -> pd.DataFrame:
    """Near-copies between each two values of a level, as a square table of the `most` frequent values."""
    first, second = described[f"first_{level}"], described[f"second_{level}"]
    often = pd.concat([first, second]).value_counts().head(most).index
    inside = first.isin(often) & second.isin(often)
    grid = pd.crosstab(first[inside], second[inside]).reindex(index=often, columns=often, fill_value=0)
    numbers = grid.to_numpy()
    both = numbers + numbers.T - np.diag(np.diag(numbers))
    return pd.DataFrame(both, index=list(often), columns=list(often))


def price_ladder(store: Store, embedding: np.ndarray, *, k: int = 40, product_type: str = "") -> pd.DataFrame:
    """What one look costs: the products most like a picture, with their prices, the cheapest first.

    Args:
        embedding: (d,) of a product's or a query's picture.
        k: how many products at most.
        product_type: only products of this type, where given.

    Returns:
        `id`, `name`, `brand`, `price` and `similarity`; products without a known price are left out.

    Raises:
        StoreError: the embedding does not fit the store.
    """
    filters = Filters(equals={"product_type": frozenset((product_type,))}) if product_type else None
    hits = [hit for hit in store.search(embedding, k, filters=filters) if hit.price is not None]
    column = brand_column(store.products)
    rows = [(hit.id, hit.name, as_text(hit.extra.get(column)) if column else "", hit.price, hit.score) for hit in hits]
    table = pd.DataFrame(rows, columns=["id", "name", "brand", "price", "similarity"])
    table = table[np.isfinite(table["price"].astype(float))]
    return table.sort_values(["price", "id"], ignore_index=True)
