"""Which photos are looked at a second time."""

from __future__ import annotations

from dataclasses import dataclass

from vsearch_core.contracts import MainThing, Photo


@dataclass(frozen=True)
class SecondLook:
    """The rule, chosen on validation.

    `score` is the least that the finder must be sure of its box. A box that covers more than `fills` of the photo is
    the photo: there is nothing more to see.
    """

    score: float = 0.2
    fills: float = 0.8

    def is_worth(self, photo: Photo, main: MainThing) -> bool:
        """Whether a look at the main thing from near shows more than the whole photo does."""
        x0, y0, x1, y1 = main.box
        share = (x1 - x0) * (y1 - y0) / (photo.original_size[0] * photo.original_size[1])
        return main.score >= self.score and share <= self.fills
