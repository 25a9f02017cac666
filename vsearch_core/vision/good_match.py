"""Whether a photo shows anything that the shop sells, and whether the best hit is a good match for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

AGREEING = 5
"""The number of first hits that are asked whether they are what the photo shows."""


@dataclass(frozen=True)
class GoodMatch:
    """The rule that was chosen on validation photos.

    `cosine` is the least similarity by itself. Where the agreement of photo and hits is known, it counts `weight` times
    beside the similarity, and the sum has to reach `together`; None in a bundle that was calibrated without.
    """

    cosine: float
    weight: float = 0.0
    together: float | None = None

    def holds(self, cosine: float, agreement: float | None) -> bool:
        """Whether a best hit of this similarity, with this agreement, is called a good match."""
        if agreement is None or self.together is None:
            return cosine >= self.cosine
        return cosine + self.weight * agreement >= self.together


@dataclass(frozen=True)
class InShop:
    """The rule by which a photo shows something that a shop sells, chosen on validation photos and on other things.

    What is summed and has to reach `least`: how similar the best hit is, how probable the network finds what the first
    hits are, and how much the photo looks like the kinds of things that the network learned, which is the product of
    an embedding with `direction` (d,), of the look that has more of it. Each counts with its weight.
    """

    cosine: float
    agreement: float
    kind: float
    least: float
    direction: np.ndarray

    def score(self, cosine: float, agreement: float, embeddings: np.ndarray) -> float:
        """What is summed, for a photo with embeddings (looks, d)."""
        kind = float((embeddings @ self.direction).max())
        return self.cosine * cosine + self.agreement * agreement + self.kind * kind

    def holds(self, cosine: float, agreement: float | None, embeddings: np.ndarray) -> bool:
        """Whether it looks like anything here; always, where the shop sells what the network does not know."""
        return agreement is None or self.score(cosine, agreement, embeddings) >= self.least


def agreement(probabilities: Mapping[str, float], types: Sequence[str]) -> float | None:
    """How probable the network finds it that the photo shows what the first hits are, 0..1.

    Args:
        probabilities: of each product type, for the photo; types: of the hits, best first.

    Returns:
        The mean over the first `AGREEING` hits; None where one of them is of a type that the network does not know, as
        in a shop of other things.
    """
    first = [probabilities.get(name) for name in types[:AGREEING]]
    known = [probability for probability in first if probability is not None]
    return sum(known) / len(known) if first and len(known) == len(first) else None
