"""In which order the products near to a photo stand: by their look, and by what they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from vsearch_core.contracts import Analysis

POOL = 100
"""So many of the products that look most alike are put in order; a larger pool changed no figure."""


@dataclass(frozen=True)
class Ranker:
    """The order for one photo.

    `told` has for each column of the catalogue how probable the photo finds each of its values.
    """

    near: float
    weights: Mapping[str, float]
    told: Mapping[str, Mapping[str, float]]

    def scores(self, cosines: np.ndarray, values: Mapping[str, np.ndarray]) -> np.ndarray:
        """What some products are put in order by, the best the highest, (n,).

        Args:
            cosines: (n,) of the products' pictures with the photo.
            values: what the catalogue says of each product, (n,) for each column; one that it lacks counts nothing.
        """
        return combined(cosines, self.agreements(values), self.near, self.weights)

    def agreements(self, values: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """How probable the photo finds each of some products' values, by column, (n,).

        A value that the photo's model does not know is as probable as the mean of those that it does.
        """
        found = {}
        for column in self.weights:
            if column in values:
                told = self.told[column]
                probable = np.array([told.get(value, np.nan) for value in values[column]], np.float64)
                known = probable[~np.isnan(probable)]
                found[column] = np.nan_to_num(probable, nan=float(known.mean()) if len(known) else 0.0)
        return found


def combined(
    cosines: np.ndarray, agreements: Mapping[str, np.ndarray], near: float, weights: Mapping[str, float]
) -> np.ndarray:
    """What products are put in order by; cosines and agreements of one shape."""
    look: np.ndarray = -np.log(1.0 - np.minimum(cosines, 1.0) + near)
    return look + sum(weights[column] * agreement for column, agreement in agreements.items())


@dataclass(frozen=True)
class Ranking:
    """The rule that was chosen on validation photos.

    A product counts by minus the logarithm of how far its picture is from the photo's, `1 - cosine + near`, so that the
    very product stands out from what is only alike; and by how probable the photo is of the type, colour and wearer
    that the catalogue gives the product, each with its weight. That is a product of experts (Hinton, Training Products
    of Experts by Minimizing Contrastive Divergence, 2002): one of them knows the pictures, the other the catalogue.
    """

    near: float
    weights: Mapping[str, float]

    def of(self, analysis: Analysis) -> Ranker:
        """The order for a photo whose model has words for it."""
        told = {"product_type": analysis.product_types, **analysis.attributes}
        return Ranker(
            self.near,
            self.weights,
            {column: {one.name: one.probability for one in told.get(column, ())} for column in self.weights},
        )
