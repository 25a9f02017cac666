"""Which of the garments that were found in a photo are worth showing; `evaluate detector` says what is shown by it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vsearch_core.contracts import Item
from vsearch_core.vision.boxes import overlaps

ALONE = 0.2
"""A single garment that fills more of the photo than this share is what the whole photo shows already."""

SURE, FAIRLY_SURE, LEAST = 0.5, 0.4, 0.35
"""Scores from which on a garment is surely there, is likely to be, and is shown beside likelier ones of its outfit."""

SAME_PLACE = 0.75
"""Of two boxes, as intersection over union: from here on they hold the same thing."""


def worth_showing(items: Sequence[Item], size: tuple[int, int]) -> list[Item]:
    """The items that show more than the whole photo of (width, height) does.

    An outfit is worn at two places of the body: only then what is less sure is shown as well. In a photo of one thing
    it would be a pattern or a shadow, and that thing by itself is what the whole photo shows already.
    """
    items = _told_apart(items)
    worn = {item.position for item in items if item.position != "other" and item.score >= FAIRLY_SURE}
    if len(worn) > 1:
        return [item for item in items if item.score >= (FAIRLY_SURE if item.position == "other" else LEAST)]
    sure = [item for item in items if item.score >= SURE]
    if len(sure) != 1:
        return sure
    x0, y0, x1, y1 = sure[0].box
    return sure if (x1 - x0) * (y1 - y0) <= ALONE * size[0] * size[1] else []


def _told_apart(items: Sequence[Item]) -> list[Item]:
    """The items without the less sure one of two that a person has in the same place, such as a top and a dress, or a
    coat and a shirt: they are one thing.
    """
    kept: list[Item] = []
    for item in sorted(items, key=lambda one: -one.score):
        rivals = [one.box for one in kept if one.person == item.person]
        if not rivals or overlaps(np.array([item.box]), np.array(rivals)).max() < SAME_PLACE:
            kept.append(item)
    return [item for item in items if item in kept]
