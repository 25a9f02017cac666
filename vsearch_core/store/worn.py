"""Which catalogue pictures show more than the product, and the product cut out of them."""

from __future__ import annotations

from collections.abc import Sequence

from vsearch_core.catalogue.positions import position_of
from vsearch_core.contracts import GarmentFinder, Item, Photo, Position
from vsearch_core.vision.crop import crop

WORN: frozenset[str] = frozenset()
"""Product types whose pictures mostly show a worn outfit."""

ALL_OF_IT = 0.8
"""A garment that takes up this share of its picture has the picture's own vector already."""


def worth_a_look(product_type: str, category: str) -> Position | None:
    """Where the product is worn, if its picture may show a worn outfit; None for flat shots, which cost nothing."""
    return position_of(product_type, category) if product_type in WORN else None


def cut_outs(
    photos: Sequence[Photo], positions: Sequence[Position | None], finder: GarmentFinder
) -> list[Photo | None]:
    """The product of each picture by itself: the surest garment at the product's own position.

    Args:
        positions: of each product; None for a picture that is not looked at.

    Returns:
        For each photo the part of it, or None where there is nothing to cut: no garment of that position, or nothing
        else in the picture.
    """
    looked = [place for place, position in enumerate(positions) if position is not None]
    found: list[Photo | None] = [None] * len(photos)
    if looked:
        for place, items in zip(looked, finder.detect_many([photos[place] for place in looked]), strict=True):
            own = max((one for one in items if one.position == positions[place]), key=_score, default=None)
            if own is not None and not _is_all(own, photos[place]):
                found[place] = crop(photos[place], own.box)
    return found


def _score(item: Item) -> float:
    return item.score


def _is_all(item: Item, photo: Photo) -> bool:
    x0, y0, x1, y1 = item.box
    return (x1 - x0) * (y1 - y0) >= ALL_OF_IT * photo.original_size[0] * photo.original_size[1]
