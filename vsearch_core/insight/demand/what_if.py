"""What if the range were another one: which past searches would lose, and which would gain, a good match.

The kept photos of a period are asked again, against the range as it would be; by exact comparison, so that nothing is
missed. A search counts as often as its photo was searched with.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from vsearch_core.catalogue.positions import positions_of
from vsearch_core.errors import StoreError
from vsearch_core.store import Store
from vsearch_core.store.exact import cosine_blocks, highest
from vsearch_core.vision.good_match import AGREEING, GoodMatch, InShop, agreement

NEW = "new:"
"""What stands before the id of a candidate, to tell it from the shop's own products."""


@dataclass(frozen=True)
class Asking:
    """Photos that are asked again, with what is known of them.

    `photos` is from `not_found.photos` (`photo`, `searches`, `product_type`, `garment`); `vectors` from
    `not_found.embeddings_of`, and photos without one are left out; `predictions` from `not_found.predictions_of`.
    `rule` says what a good match is, and `known_types` are the types that the network knows: one that a prediction does
    not list has a probability of 0.
    A garment that was cut out of a photo is asked again among what is worn in its place, by `item_rule`, or by `rule`
    where the model has no rule for garments. `in_shop` tells of whole photos what shows nothing that is sold at all.
    """

    photos: pd.DataFrame
    vectors: Mapping[str, np.ndarray]
    predictions: Mapping[str, Mapping[str, float]]
    rule: GoodMatch
    known_types: Sequence[str] = ()
    item_rule: GoodMatch | None = None
    in_shop: InShop | None = None


@dataclass(frozen=True)
class Outcome:
    """What a change of the range does to past searches.

    `photos` has a line a photo: `photo`, `searches`, `product_type`, `before` and `after` (cosine of the best product),
    `product_before`, `product_after` (ids; a candidate's with `NEW` before it) and `verdict` ("gains", "loses" or "").
    """

    photos: pd.DataFrame

    @property
    def gained(self) -> int:
        """Searches that would get a good match and have none today."""
        return int(self.photos.loc[self.photos["verdict"] == "gains", "searches"].sum())

    @property
    def lost(self) -> int:
        """Searches that have a good match today and would not get one."""
        return int(self.photos.loc[self.photos["verdict"] == "loses", "searches"].sum())

    @property
    def searches(self) -> int:
        """All searches that were asked again."""
        return int(self.photos["searches"].sum())

    def by_type(self) -> pd.DataFrame:
        """Gains and losses by predicted type: `product_type`, `searches`, `gains`, `loses`."""
        table = self.photos
        sums = pd.DataFrame({"searches": table.groupby("product_type")["searches"].sum()})
        for verdict in ("gains", "loses"):
            of_verdict = table[table["verdict"] == verdict].groupby("product_type")["searches"].sum()
            sums[verdict] = of_verdict.reindex(sums.index, fill_value=0)
        sums = sums[(sums["gains"] > 0) | (sums["loses"] > 0)]
        order = (-(sums["gains"] + sums["loses"])).argsort(kind="stable")
        return sums.iloc[order].rename_axis("product_type").reset_index()


def what_if(
    asking: Asking,
    store: Store,
    *,
    without: np.ndarray | None = None,
    candidates: tuple[pd.DataFrame, np.ndarray] | None = None,
) -> Outcome:
    """Ask past photos again, with some products taken out and others put in.

    Args:
        store: today's range.
        without: (n,) bool, true for the products of `store.products` that are taken out.
        candidates: products that are put in (`id`, `product_type`, `category` where it is known) and their
            L2-normalised embeddings (m, d).

    Raises:
        StoreError: the photos' embeddings are of another model (code `wrong_dimension`).
    """
    known = asking.photos[asking.photos["photo"].isin(asking.vectors.keys())].reset_index(drop=True)
    table = known[["photo", "searches", "product_type"]]
    gallery = store.embeddings
    asked = (
        np.stack([asking.vectors[hash] for hash in known["photo"]]) if len(known) else np.empty((0, gallery.shape[1]))
    )
    if asked.shape[1] != gallery.shape[1]:
        raise StoreError(
            f"The kept photos' embeddings have {asked.shape[1]} numbers and the store's {gallery.shape[1]}: they are "
            "of another model; only photos searched with the present one can be asked again.",
            code="wrong_dimension",
        )
    ids = store.products["id"].to_numpy(object)
    types = store.products["product_type"].to_numpy(object)
    worn = positions_of(store.products["product_type"], store.products["category"])
    today = np.ones(len(ids), dtype=bool)
    then = today if without is None else ~without
    if candidates is not None:
        new, vectors = candidates
        gallery = np.concatenate([gallery, vectors])
        ids = np.concatenate([ids, np.array([f"{NEW}{id}" for id in new["id"]], dtype=object)])
        types = np.concatenate([types, new["product_type"].to_numpy(object)])
        categories = new["category"] if "category" in new else [""] * len(new)
        worn = np.concatenate([worn, positions_of(new["product_type"], categories)])
        today = np.concatenate([today, np.zeros(len(new), dtype=bool)])
        then = np.concatenate([then, np.ones(len(new), dtype=bool)])
    range_ = _Range(gallery, ids, types, worn)
    before, good_before, product_before = _answered(asking, known, asked, range_, today)
    after, good_after, product_after = _answered(asking, known, asked, range_, then)
    verdict = np.where(good_after & ~good_before, "gains", np.where(good_before & ~good_after, "loses", ""))
    return Outcome(
        table.assign(
            before=before, after=after, product_before=product_before, product_after=product_after,
            verdict=verdict.astype(object),
        )
    )  # fmt: skip


@dataclass(frozen=True)
class _Range:
    """Today's products and the candidates behind them: embeddings (n, d); ids, types and where they are worn (n,)."""

    gallery: np.ndarray
    ids: np.ndarray
    types: np.ndarray
    worn: np.ndarray


def _answered(
    asking: Asking, known: pd.DataFrame, asked: np.ndarray, products: _Range, allowed: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each photo the best product's cosine (-1 where none is allowed), whether it is a good match, and its id."""
    scores = np.full(len(asked), -1.0, np.float32)
    good = np.zeros(len(asked), dtype=bool)
    best = np.full(len(asked), "", dtype=object)
    zero = dict.fromkeys(asking.known_types, 0.0)
    garments = known["garment"].to_numpy(object) if "garment" in known else np.full(len(known), "", object)
    for garment in dict.fromkeys(garments):
        rule = (asking.item_rule if garment else None) or asking.rule
        # of "other", what has no place of its own, the journal does not say what it was
        there = allowed & (products.worn == garment) if garment not in ("", "other") else allowed
        places = np.flatnonzero(garments == garment)
        for place, (row, cosines) in zip(places, _nearest(asked[places], products.gallery, there), strict=True):
            if not len(row):
                continue
            predicted = asking.predictions.get(known["photo"].iat[place])
            agreeing = agreement(ChainMap(dict(predicted), zero), list(products.types[row])) if predicted else None
            scores[place], best[place] = cosines[0], products.ids[row[0]]
            sold = (
                asking.in_shop is None or bool(garment) or asking.in_shop.holds(*_seen(cosines, agreeing, asked[place]))
            )
            good[place] = sold and rule.holds(float(cosines[0]), agreeing)
    return scores, good, best


def _seen(cosines: np.ndarray, agreeing: float | None, vector: np.ndarray) -> tuple[float, float | None, np.ndarray]:
    """What the rule for what the shop sells looks at; the journal keeps one look at each photo."""
    return float(cosines[0]), agreeing, vector[None]


def _nearest(asked: np.ndarray, gallery: np.ndarray, allowed: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Rows and cosines of the first `AGREEING` allowed products for each photo, best first."""
    places = np.flatnonzero(allowed)
    part = gallery[places] if not allowed.all() else gallery
    found: list[tuple[np.ndarray, np.ndarray]] = []
    for _, cosines in cosine_blocks(asked, part):
        for line in cosines:
            first = highest(line, AGREEING)
            found.append((places[first], line[first]))
    return found
