"""When a best hit is a good match: by how similar it is, and by whether the network takes the photo for such things."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

AGREEING = 5
"""So many of the first hits are asked whether they are what the photo shows."""


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
