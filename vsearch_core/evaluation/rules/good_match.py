"""Chooses the rule by which a best hit is called a good match, on validation photos.

Each user photo of validation is searched twice. In the whole catalogue, where its best hit is of the right kind, it
stands for a photo of something that the shop sells. In the catalogue without the products of its kind, it stands for a
photo of something that the shop does not sell.

Every rule that is tried calls nine in ten photos of the first sort a good match: a shopper is put off more by hearing
that there is nothing than by five products that are not quite it. Of these rules the one is chosen that calls the
fewest photos of the second sort a good match. The rules differ in a weight: similar kinds look alike to an embedding,
so the probability that the network gives to the types of the first hits is added to the similarity, times the weight.

A garment of a photo is searched among what is worn in its place. It is small and partly hidden, so that a good match
is less like it: garments have a rule of their own, chosen in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from vsearch_core.catalogue.positions import positions_of
from vsearch_core.evaluation.predictions import MEASURED, Predictions
from vsearch_core.store.exact import cosine_blocks, highest
from vsearch_core.vision.good_match import AGREEING, GoodMatch
from vsearch_core.vision.temperature import tempered

KEPT = 0.9
WEIGHTS = (0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0)
NEAR_COPY = 0.95
"""A best hit of this cosine is a good match whatever the network takes it for: it is all but the same picture."""


@dataclass(frozen=True)
class Evidence:
    """What the rule sees of some photos: `cosine` and `agreement`, each (photos,)."""

    cosine: np.ndarray
    agreement: np.ndarray

    def score(self, weight: float) -> np.ndarray:
        """Similarity and agreement together, (photos,)."""
        return self.cosine + weight * self.agreement


Order = Callable[[Predictions, int, np.ndarray], np.ndarray]
"""Of some photos, one's row and its cosines (n,) with every product, minus infinity where it is not to be found: scores
(n,) that put the products in order."""


def by_look(photos: Predictions, row: int, cosines: np.ndarray) -> np.ndarray:
    """The order of the cosines themselves."""
    return cosines


def choose_threshold(
    photos: Predictions,
    shots: Predictions,
    names: Sequence[str],
    temperature: float,
    *,
    kept: float = KEPT,
    order: Order = by_look,
) -> dict[str, Any]:
    """Choose on validation user photos, and report the rates on validation and test.

    Args:
        photos: user photos of all parts; shots: the whole catalogue.
        names: the product types of the probabilities; temperature: that serving uses.
        kept: share of the rightly answered validation photos that are called a good match.
        order: in which hits stand.

    Returns:
        What `calibration.json` of the bundle holds of the rule; `rates_by_cosine` are those of the similarity alone.
    """
    kinds = shots.table["product_type"].to_numpy()
    found = {
        part: evidence(photos.of(part), shots.embeddings, kinds, names, temperature, order=order) for part in MEASURED
    }
    return {
        **_chosen(found, kept),
        "chosen_on": "validation user photos, with the right kind in the catalogue and without it",
    }


def choose_item_threshold(
    garments: Predictions,
    shots: Predictions,
    names: Sequence[str],
    temperature: float,
    photo_rule: GoodMatch,
    *,
    order: Order = by_look,
) -> dict[str, Any]:
    """The same for garments of street photos, each searched among what is worn in its place.

    Args:
        garments: as `street_items.predict_garments` gives them.
        photo_rule: the rule for whole photos; `rates_by_photo_rule` are its rates on garments.
    """
    kinds = shots.table["product_type"].to_numpy()
    worn_at = positions_of(kinds, shots.table["category"])
    found = {
        part: evidence(garments.of(part), shots.embeddings, kinds, names, temperature, worn_at, order=order)
        for part in MEASURED
    }
    together = photo_rule.cosine if photo_rule.together is None else photo_rule.together
    return {
        **_chosen(found),
        "rates_by_photo_rule": {part: _rates(*both, photo_rule.weight, together) for part, both in found.items()},
        "chosen_on": "garments of validation street photos, with the right kind in the catalogue and without it",
    }


def evidence(
    photos: Predictions,
    gallery: np.ndarray,
    kinds: np.ndarray,
    names: Sequence[str],
    temperature: float,
    worn_at: np.ndarray | None = None,
    *,
    order: Order = by_look,
) -> tuple[Evidence, Evidence]:
    """What is seen of each photo whose best hit is of the right kind, and of each photo without its kind.

    Args:
        photos: embeddings (photos, d), or (photos, looks, d) where each was looked at more than once.
        gallery: (n, d) of the whole catalogue; kinds: (n,) its product types.
        worn_at: (n,) the position of each product; where it is given, a photo finds products of its own `position`
            alone, and one that finds none without its kind is left out of the second.
        order: in which hits stand.
    """
    place = {name: number for number, name in enumerate(names)}
    # a type that the network does not know is never probable
    codes = np.array([place.get(name, len(names)) for name in kinds])
    probabilities = np.pad(tempered(photos.types, temperature), ((0, 0), (0, 1)))
    rights = photos.table["right"].to_list()
    of_kind = {right: np.isin(kinds, list(right)) for right in set(rights)}
    positions = None if worn_at is None else photos.table["position"].to_list()
    has: list[tuple[float, float]] = []
    has_not: list[tuple[float, float]] = []

    def seen(row: int, scores: np.ndarray, best: np.ndarray) -> tuple[float, float]:
        return float(scores[best[0]]), float(probabilities[row, codes[best]].mean())

    for start, cosines in cosine_blocks(photos.embeddings, gallery):
        if cosines.ndim == 3:  # several looks at each photo: a product counts by the better one
            cosines = cosines.max(axis=1)
        for row, scores in enumerate(cosines, start=start):
            inside = of_kind[rights[row]]
            if positions is not None:
                scores = np.where(worn_at == positions[row], scores, -np.inf)
            best = _first(scores, order(photos, row, scores))
            if len(best) and inside[best[0]]:
                has.append(seen(row, scores, best))
            scores = np.where(inside, -np.inf, scores)
            best = _first(scores, order(photos, row, scores))
            if len(best):
                has_not.append(seen(row, scores, best))
    first, second = (Evidence(*np.array(pairs).reshape(-1, 2).T) for pairs in (has, has_not))
    return first, second


def _chosen(found: Mapping[str, tuple[Evidence, Evidence]], kept: float = KEPT) -> dict[str, Any]:
    """The rule that validation chooses, and its rates."""
    weight, together = choose_weight(*found["validation"], kept)
    cosine = round(threshold_keeping(found["validation"][0].cosine, kept), 4)
    return {
        "good_match": cosine,
        "agreement": {"weight": weight, "together": together},
        "rates": {part: _rates(*both, weight, together) for part, both in found.items()},
        "rates_by_cosine": {part: _rates(*both, 0.0, cosine) for part, both in found.items()},
    }


def choose_weight(has: Evidence, has_not: Evidence, kept: float = KEPT) -> tuple[float, float]:
    """The weight of `WEIGHTS` that lets the fewest photos pass whose kind is not there, and its threshold.

    A weight by which a near copy would need the network's agreement is not taken.
    """
    tried = []
    for weight in WEIGHTS:
        threshold = round(threshold_keeping(has.score(weight), kept), 4)
        if weight == 0 or threshold <= NEAR_COPY:
            tried.append((float((has_not.score(weight) >= threshold).mean()), weight, threshold))
    _, weight, threshold = min(tried)
    return weight, threshold


def threshold_keeping(has: np.ndarray, share: float = KEPT) -> float:
    """The highest score that at least `share` of the rightly answered photos reach."""
    return float(np.sort(has)[int(np.floor((1 - share) * len(has)))])


def _first(cosines: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """The rows of the first hits, the highest score first; fewer where fewer can be found."""
    best = highest(scores, AGREEING)
    return best[np.isfinite(cosines[best])]


def _rates(has: Evidence, has_not: Evidence, weight: float, threshold: float) -> dict[str, float]:
    return {
        "called_good_when_right": round(float((has.score(weight) >= threshold).mean()), 4),
        "called_good_when_shop_has_not": round(float((has_not.score(weight) >= threshold).mean()), 4),
        "photos_right": len(has.cosine),
        "photos": len(has_not.cosine),
    }
