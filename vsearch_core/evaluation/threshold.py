"""Chooses the similarity from which a best hit is called a good match, on validation photos.

A photo of something that the shop has is a validation user photo against the whole catalogue, where the best hit is of
the right kind. The same photo against the catalogue without the products of its kind is a photo of something that the
shop has not. The threshold is the highest one that still calls nine in ten of the rightly answered photos a good match:
to be told that there is nothing, where there is, puts a shopper off more than five products that are not quite it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from vsearch_core.evaluation.metrics import nearest
from vsearch_core.evaluation.predictions import Predictions

KEPT = 0.9

_DEPTH = 2000


def choose_threshold(photos: Predictions, shots: Predictions) -> dict[str, Any]:
    """Choose on validation user photos, and report the rates on validation and test.

    Args:
        photos: user photos of all parts; shots: the whole catalogue.

    Returns:
        What `calibration.json` of the bundle holds, but for the model's fingerprint.
    """
    kinds = shots.table["product_type"].to_numpy()
    scores = {part: best_scores(photos.of(part), shots.embeddings, kinds) for part in ("validation", "test")}
    threshold = round(threshold_keeping(scores["validation"][0]), 4)
    return {
        "good_match": threshold,
        "chosen_on": "validation user photos, with the right kind in the catalogue and without it",
        "rates": {part: _rates(*scores[part], threshold) for part in scores},
    }


def best_scores(photos: Predictions, gallery: np.ndarray, kinds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Best cosine of each photo whose best hit is of the right kind, and of each photo without its kind.

    Returns:
        Two arrays: (photos answered right,) and (photos,).
    """
    rows, cosines = nearest(photos.embeddings, gallery, min(_DEPTH, len(gallery)))
    has, has_not = [], []
    for found, scores, right in zip(rows, cosines, photos.table["right"], strict=True):
        of_kind = np.isin(kinds[found], list(right))
        if of_kind[0]:
            has.append(scores[0])
        others = scores[~of_kind]
        # where all of the first hits are of the right kind, the last of them bounds what is left from above
        has_not.append(others[0] if len(others) else scores[-1])
    return np.array(has), np.array(has_not)


def threshold_keeping(has: np.ndarray, share: float = KEPT) -> float:
    """The highest similarity that at least `share` of the rightly answered photos reach."""
    return float(np.sort(has)[int(np.floor((1 - share) * len(has)))])


def _rates(has: np.ndarray, has_not: np.ndarray, threshold: float) -> dict[str, float]:
    return {
        "called_good_when_right": round(float((has >= threshold).mean()), 4),
        "called_good_when_shop_has_not": round(float((has_not >= threshold).mean()), 4),
        "photos_right": len(has),
        "photos": len(has_not),
    }
