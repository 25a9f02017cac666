"""Street2Shop: street photos, cut by their box, against the shop's photos of the same category.

The figures are those that the field reports: the share of street items of the test pairs with a right one among the
first k (k = 20 above all), a category's photos being its gallery. `r_at_<k>` ranks photos; `products_at_<k>` ranks
products by their best photo, as a shop shows them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from studies.public_sets.pictures import PublicSet
from studies.public_sets.protocol import KS, Embedded, embed_set, merged_figures, rows_of, set_record
from studies.public_sets.report import NO_ANSWER, Finding
from studies.public_sets.street2shop import SHOP, STREET, read_street2shop
from vsearch_core.contracts import Progress
from vsearch_core.evaluation.statistics import Stopwatch, ranks, recalls, timing
from vsearch_core.store.exact import cosine_blocks
from vsearch_core.vision import FashionModel

_EQUAL = 1e-6


def evaluate_street2shop(
    folder: Path, model: FashionModel, progress: Progress | None = None
) -> tuple[dict[str, Any], PublicSet]:
    """Read, clean, embed and measure the set of a folder.

    Returns:
        The figures as JSON values (`categories`, `overall`, `merged` and what `set_record` says), and the cleaned set.

    Raises:
        CatalogueError: the set, or a part of it, is not there or cannot be read.
    """
    embedded = embed_set(read_street2shop(folder), model, progress)
    figures, findings = retrieval_figures(embedded)
    cleaned = embedded.cleaned.with_findings(findings)
    embedded = Embedded(cleaned, embedded.embeddings, embedded.read_ms, embedded.inference_ms)
    record = set_record(embedded, model, "python -m studies street2shop --data DIR")
    return {**record, **figures, "merged": merged_figures(embedded)}, cleaned


def retrieval_figures(embedded: Embedded) -> tuple[dict[str, Any], list[Finding]]:
    """The test pairs of each category against its shop photos.

    Returns:
        `categories` (name to figures), `overall` (every query counts the same; `macro_r_at_<k>`: every category does),
        and a finding for each query whose product has no photo at hand.
    """
    rows = embedded.cleaned.rows
    findings: list[Finding] = []
    categories: dict[str, dict[str, Any]] = {}
    places, by_product, groups = [], [], []
    milliseconds = 0.0
    for name, of_category in rows.groupby("category", sort=True):
        shop = of_category[of_category["role"] == SHOP]
        street = of_category[(of_category["role"] == STREET) & (of_category["part"] == "test")]
        known = street["product"].isin(frozenset(shop["product"]))
        answered = frozenset(street.loc[known, "picture"])
        lost = street[~street["picture"].isin(answered)].drop_duplicates("picture")
        findings += [Finding(row.photo, NO_ANSWER, f"product {row.product}") for row in lost.itertuples()]
        if not answered:
            continue
        found = _Ranked(embedded.embeddings, street[known], shop)
        categories[str(name)] = {
            **found.figures(),
            "timings_ms": timing(inference_ms=embedded.inference_ms, search_ms=found.search_ms),
        }
        places.append(found.places)
        by_product.append(found.by_product)
        groups += found.groups
        milliseconds += found.search_ms * len(found.places)
    if not categories:
        return {"categories": {}, "overall": {"queries": 0}}, findings
    every = np.concatenate(places)
    overall: dict[str, Any] = {
        "queries": len(every),
        "gallery": sum(one["gallery"] for one in categories.values()),
        "products": sum(one["products"] for one in categories.values()),
        **recalls(every, groups, KS),
        **_products_at(np.concatenate(by_product), groups),
        **{f"macro_r_at_{k}": round(float(np.mean([(one <= k).mean() for one in places])), 4) for k in KS},
        "timings_ms": timing(inference_ms=embedded.inference_ms, search_ms=milliseconds / len(every)),
    }
    return {"categories": categories, "overall": overall}, findings


class _Ranked:
    """The places of the first right photo and product for each street item of a category."""

    def __init__(self, embeddings: np.ndarray, street: pd.DataFrame, shop: pd.DataFrame) -> None:
        queries = street.groupby("picture", sort=True)["product"].agg(lambda products: sorted(set(products)))
        gallery = np.unique(shop["picture"].to_numpy())
        names = np.array(sorted(set(shop["product"])), dtype=object)
        place = {picture: row for row, picture in enumerate(gallery)}
        photos = shop["picture"].map(place).to_numpy()
        rows = rows_of(shop["product"].to_numpy())
        photos_of = {name: photos[rows[name]] for name in names}
        right = [[name for name in products if name in photos_of] for products in queries]
        asking, searched = embeddings[queries.index.to_numpy()], embeddings[gallery]
        with Stopwatch(len(asking)) as watch:
            self.places = ranks(
                asking, searched, [np.unique(np.concatenate([photos_of[name] for name in found])) for found in right]
            )
        self.search_ms = watch.milliseconds
        self.by_product = _product_ranks(asking, searched, [photos_of[name] for name in names], names, right)
        self.groups = [found[0] for found in right]
        self._sizes = {"queries": len(asking), "gallery": len(gallery), "products": len(names)}

    def figures(self) -> dict[str, Any]:
        return {**self._sizes, **recalls(self.places, self.groups, KS), **_products_at(self.by_product, self.groups)}


def _products_at(places: np.ndarray, groups: list[str]) -> dict[str, Any]:
    return {name.replace("r_at", "products_at"): figure for name, figure in recalls(places, groups, KS).items()}


def _product_ranks(
    queries: np.ndarray, gallery: np.ndarray, photos_of: list[np.ndarray], names: np.ndarray, right: list[list[str]]
) -> np.ndarray:
    """The place of the first right product, products being ranked by their best photo; a tie counts against it."""
    order = np.concatenate(photos_of)
    starts = np.cumsum([0, *(len(photos) for photos in photos_of[:-1])])
    column = {name: place for place, name in enumerate(names)}
    targets = [np.array([column[name] for name in found], np.int64) for found in right]
    places = np.empty(len(queries), np.int64)
    for start, cosines in cosine_blocks(queries, gallery):
        best_photos = np.maximum.reduceat(cosines[:, order], starts, axis=1)
        for place, scores in enumerate(best_photos, start=start):
            best = scores[targets[place]].max()
            scores[targets[place]] = -np.inf
            places[place] = 1 + np.count_nonzero(scores >= best - _EQUAL)
    return places
