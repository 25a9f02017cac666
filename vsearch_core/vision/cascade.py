"""Which categories a photo can be of: the fewest whose probabilities sum to what was chosen on validation."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from vsearch_core.contracts import Prediction


@dataclass(frozen=True)
class Cascade:
    """The rule that was chosen on validation pictures.

    `threshold` (0..1) is what the probabilities have to sum to; a photo that needs more than `at_most` categories for
    it is one that the network is not sure of.
    """

    threshold: float
    at_most: int

    def __post_init__(self) -> None:
        if not 0 < self.threshold <= 1 or self.at_most < 1:
            raise ValueError(f"a cascade of threshold {self.threshold} over {self.at_most} categories")

    def chosen(self, categories: Sequence[Prediction], there: Collection[str]) -> list[str] | None:
        """The fewest categories to search.

        Args:
            categories: of a photo, the most probable first, with probabilities of sum 1.
            there: the categories that the shop has.

        Returns:
            None for all of them: too many would be needed, or what the shop has not is too probable.
        """
        reached = 0.0
        names: list[str] = []
        for one in categories:
            if reached >= self.threshold or len(names) > self.at_most:
                break
            if one.name in there:
                names.append(one.name)
                reached += one.probability
        return names if self.threshold <= reached and len(names) <= self.at_most else None
