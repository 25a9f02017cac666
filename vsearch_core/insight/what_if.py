"""What if the range were another one: which past searches would lose, and which would gain, a good match.

The kept photos of a period are asked again, against the range as it would be; by exact comparison, so that nothing is
missed. A search counts as often as its photo was searched with.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from vsearch_core.errors import StoreError
from vsearch_core.store import Store

_BLOCK_FLOATS = 8_000_000


@dataclass(frozen=True)
class Outcome:
    """What a change of the range does to past searches.

    `photos` has a line a photo: `photo`, `searches`, `product_type`, `before` and `after` (cosine of the best product),
    `product_before`, `product_after` (ids; a candidate's with "new:" before it) and `verdict` ("gains", "loses" or "").
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
    photos: pd.DataFrame,
    vectors: dict[str, np.ndarray],
    store: Store,
    *,
    threshold: float,
    without: np.ndarray | None = None,
    candidates: tuple[list[str], np.ndarray] | None = None,
) -> Outcome:
    """Ask past photos again, with some products taken out and others put in.

    Args:
        photos: from `unmet.photos`: `photo`, `searches`, `product_type`.
        vectors: from `unmet.embeddings_of`; photos without one are left out.
        store: today's range.
        threshold: cosine from which the best product is a good match.
        without: (n,) bool, true for the products of `store.products` that are taken out.
        candidates: ids and L2-normalised embeddings (m, d) of products that are put in.

    Raises:
        StoreError: the photos' embeddings are of another model (code `wrong_dimension`).
    """
    known = photos[photos["photo"].isin(vectors.keys())].reset_index(drop=True)
    table = known[["photo", "searches", "product_type"]].copy()
    gallery, ids = store.embeddings, store.products["id"].to_numpy(object)
    if known.empty:
        return Outcome(
            table.assign(before=0.0, after=0.0, product_before="", product_after="", verdict=pd.Series(dtype=object))
        )
    asked = np.stack([vectors[hash] for hash in known["photo"]])
    if asked.shape[1] != gallery.shape[1]:
        raise StoreError(
            f"The kept photos' embeddings have {asked.shape[1]} numbers and the store's {gallery.shape[1]}: they are "
            "of another model; only photos searched with the present one can be asked again.",
            code="wrong_dimension",
        )
    stays = np.ones(len(ids), dtype=bool) if without is None else ~without
    before, at_before = _best(asked, gallery, np.ones(len(ids), dtype=bool))
    after, at_after = (before, at_before) if stays.all() else _best(asked, gallery, stays)
    product_before = _named(ids, at_before)
    product_after = _named(ids, at_after)
    after = after.copy()
    if candidates is not None and len(candidates[0]):
        new, at_new = _best(asked, candidates[1], np.ones(len(candidates[0]), dtype=bool))
        names = np.array([f"new:{id}" for id in candidates[0]], dtype=object)[at_new]
        product_after = np.where(new > after, names, product_after)
        after = np.maximum(after, new)
    verdict = np.where(
        (before < threshold) & (after >= threshold),
        "gains",
        np.where((before >= threshold) & (after < threshold), "loses", ""),
    )
    table = table.assign(
        before=before, after=after, product_before=product_before, product_after=product_after, verdict=verdict
    )
    return Outcome(table)


def _best(asked: np.ndarray, gallery: np.ndarray, allowed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cosine and row of the best allowed product for each photo; -1 and row -1 where none is allowed."""
    if not allowed.any():
        return np.full(len(asked), -1.0, np.float32), np.full(len(asked), -1, np.int64)
    scores = np.empty(len(asked), np.float32)
    rows = np.empty(len(asked), np.int64)
    block = max(1, _BLOCK_FLOATS // max(len(gallery), 1))
    for start in range(0, len(asked), block):
        cosines = asked[start : start + block] @ gallery.T
        cosines[:, ~allowed] = -1.0
        best = cosines.argmax(axis=1)
        rows[start : start + block] = best
        scores[start : start + block] = cosines[np.arange(len(best)), best]
    return scores, rows


def _named(ids: np.ndarray, rows: np.ndarray) -> np.ndarray:
    return np.array(["" if row < 0 else ids[row] for row in rows], dtype=object)
