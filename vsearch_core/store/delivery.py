"""A delivery beside the shop that it is added to: its currency, what it says nothing of, and what it changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from vsearch_core.catalogue.cleaning import ImageFacts
from vsearch_core.catalogue.reading.cells import normal_header
from vsearch_core.catalogue.reading.currencies import sign_of
from vsearch_core.catalogue.reading.tally import NOT_TAKEN, ROWS, TAKEN
from vsearch_core.catalogue.table import COLUMNS, Catalogue
from vsearch_core.errors import StoreError
from vsearch_core.store.ingest import StoredPicture
from vsearch_core.store.segment import DERIVED, Segment
from vsearch_core.store.store import Store

ADDED, CHANGED, UNCHANGED = "added", "changed", "unchanged"
"""Keys of an addition's counts: what became of the rows that were taken."""


def shared_currency(store: Store, catalogue: Catalogue) -> tuple[str, tuple[str, ...]]:
    """The currency of the shop with the delivery in it, and sentences on what was taken for granted.

    Raises:
        StoreError: the delivery's prices are in another currency than the shop's (code `other_currency`).
    """
    shop, delivered = (sign_of(currency) or currency for currency in (store.currency, catalogue.currency))
    if not catalogue.products["price"].notna().any():
        return store.currency, ()
    if shop and delivered and shop != delivered:
        raise StoreError(
            f"The delivery's prices are in {delivered} and the shop's in {shop}; convert them to {shop} or take the "
            "column price out, and add it again.",
            code="other_currency",
        )
    if shop and not delivered:
        return store.currency, (
            f"The delivery's prices name no currency; they are taken to be in {shop}, as the shop's",
        )
    if delivered and not shop:
        if not store.products["price"].notna().any():
            return delivered, ()
        remark = f"The delivery's prices are in {delivered}, and the shop's name no currency; all are shown without one"
        return "", (remark,)
    return store.currency, ()


def with_known_facts(catalogue: Catalogue, store: Store) -> Catalogue:
    """The delivery under the shop's own column names, and with the facts that it has no column for.

    A column is the shop's where the names differ in case and blanks alone.
    """
    own = [str(column) for column in store.products.columns if column not in COLUMNS and column not in DERIVED]
    called = {normal_header(column): column for column in own}
    renamed = {
        column: called[normal_header(column)]
        for column in map(str, catalogue.products.columns)
        if column not in COLUMNS and column not in own and normal_header(column) in called
    }
    # two of the delivery's columns never become one
    times = Counter(renamed.values())
    renamed = {column: name for column, name in renamed.items() if times[name] == 1}
    products = catalogue.products.rename(columns=renamed)
    known = store.products[store.products["id"].isin(products["id"])].set_index("id")
    if len(known):
        for column in (*sorted(catalogue.absent - {"id", "image"}), *(name for name in own if name not in products)):
            facts = products["id"].map(known[column])
            new = ~products["id"].isin(known.index)
            if column in COLUMNS:
                facts = facts.where(~new, products[column])
            products[column] = facts if pd.api.types.is_numeric_dtype(facts) else facts.fillna("")
    return replace(catalogue, products=products)


def with_changes(report: Mapping[str, Any], before: pd.DataFrame, taken: pd.DataFrame) -> dict[str, Any]:
    """A cleaning report with how many of the products that were taken are new, changed and as they were."""
    known = taken["id"].isin(before["id"])
    both = taken.loc[known, "id"]
    same = _texts(before, taken, both).eq(_texts(taken, before, both)).all(axis=1)
    unchanged, changed, added = int(same.sum()), int((~same).sum()), int((~known).sum())
    counts = {**report["counts"], ADDED: added, CHANGED: changed, UNCHANGED: unchanged}
    rows = counts[ROWS]
    told = (
        f"{rows:,} row{'' if rows == 1 else 's'} read: {counts[TAKEN]:,} taken ({added:,} added, {changed:,} changed, "
        f"{unchanged:,} unchanged), {counts[NOT_TAKEN]:,} left out."
    )
    return {**report, "counts": counts, "rows": [told, *report["rows"][1:]]}


def _texts(products: pd.DataFrame, other: pd.DataFrame, ids: pd.Series) -> pd.DataFrame:
    """The facts of some products as text, in the columns of both tables."""
    left = {"id", *DERIVED} - {"image_sha256"}
    columns = sorted({*map(str, products.columns), *map(str, other.columns)} - left)
    chosen = products.set_index("id").reindex(index=ids)
    return pd.DataFrame(
        {
            column: chosen[column].map(lambda value: "" if pd.isna(value) else str(value)).to_numpy(dtype=object)
            if column in chosen
            else np.full(len(chosen), "", dtype=object)
            for column in columns
        },
        index=chosen.index,
    )


class StoredPictures:
    """What a store has of a product's picture; None for a product that it does not have."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._places: dict[str, tuple[Segment, int]] | None = None

    def __call__(self, id: str) -> StoredPicture | None:
        if self._places is None:
            self._places = {
                str(segment.products["id"].iat[row]): (segment, int(row))
                for segment in self._store.segments
                for row in np.flatnonzero(segment.living)
            }
        if id not in self._places:
            return None
        segment, row = self._places[id]
        product = segment.products.iloc[row]
        return StoredPicture(
            image=str(product["image"]),
            facts=ImageFacts(
                sha256=str(product["image_sha256"]),
                width=int(product["image_width"]),
                height=int(product["image_height"]),
                spread=float(product["image_spread"]),
                dhash=int(product["image_dhash"]),
            ),
            thumbnail=segment.thumbnail(row),
            embedding=np.array(segment.embeddings[row]),
            items=segment.items.taken(np.array([row])),
        )
