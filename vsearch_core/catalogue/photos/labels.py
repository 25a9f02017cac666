"""What the labels of the user photos mean among the garments of `street.GARMENTS`."""

from __future__ import annotations

from collections.abc import Mapping

from vsearch_core.catalogue.photos.street import GARMENTS
from vsearch_core.contracts import Position

PHOTO_LABELS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("T-Shirt", "Polo"), ("t-shirt",)),
    "Longsleeve": ("t-shirt", "shirt", "sweater"),
    **dict.fromkeys(("Shirt", "Blouse"), ("shirt",)),
    **dict.fromkeys(("Top", "Undershirt"), ("top",)),
    "Hoodie": ("sweater",),
    "Outwear": ("jacket", "coat"),
    "Blazer": ("jacket",),
    "Pants": ("trousers", "jeans"),
    "Shorts": ("shorts",),
    "Skirt": ("skirt",),
    "Dress": ("dress",),
    "Shoes": ("shoes", "boots", "sandals"),
    "Hat": ("hat",),
}
"""The garments that a user photo's label may mean."""

_POSITIONS: Mapping[str, Position] = {label: position for label, position in GARMENTS.values()}


def position_of(photo_label: str) -> Position:
    """Where the garment of a user photo's label is worn.

    Raises:
        KeyError: the label is none of `PHOTO_LABELS`.
    """
    return _POSITIONS[PHOTO_LABELS[photo_label][0]]
