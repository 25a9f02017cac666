"""Which thresholds of the detector are chosen, on photos whose best ones can be told by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
import pytest

from vsearch_core.catalogue.boxes import Box
from vsearch_core.catalogue.photos.street import Garment, StreetPhoto
from vsearch_core.catalogue.positions import POSITIONS
from vsearch_core.contracts import Item, Photo, Position
from vsearch_core.evaluation.detector.evaluate import choose
from vsearch_core.vision.detector import Detector, Thresholds

SHIRT, JACKET, BAG = Box(0, 0, 100, 100), Box(0, 0, 100, 140), Box(200, 0, 260, 60)


def _item(box: Box, score: float, position: Position = "upper") -> Item:
    return Item("shirt", position, score, (float(box.left), float(box.top), float(box.right), float(box.bottom)))


class _Scripted:
    """Says of every photo what it was told to; a second box of a place appears from an allowed overlap on."""

    def __init__(self, sure: Sequence[Item], *, doubled: Item, doubled_from: float, across: Item, across_to: float):
        self.thresholds = Thresholds(score=dict.fromkeys(POSITIONS, 0.5), overlap=0.5, across=0.5)
        self._sure, self._doubled, self._from = sure, doubled, doubled_from
        self._across, self._to = across, across_to

    def outputs(self, photo: Photo) -> str:
        return "what the network says"

    def read(self, answer: str, photo: Photo, limits: Thresholds) -> tuple[Item, ...]:
        items = list(self._sure)
        if limits.overlap >= self._from:
            items.append(self._doubled)
        if limits.across >= self._to:
            items.append(self._across)
        return tuple(sorted(items, key=lambda item: -item.score))


@pytest.fixture(scope="module")
def chosen() -> Thresholds:
    """Of a shirt under a jacket and a bag: a second box of the shirt is an error, that of the jacket is not."""
    photo = Photo(np.zeros((8, 8, 3), np.uint8), (8, 8), "array")
    garments = (Garment("shirt", "upper", SHIRT, False), Garment("jacket", "upper", JACKET, False))
    bag = Garment("bag", "bag", BAG, False)
    street = [StreetPhoto(str(row), photo, (*garments, bag), np.ones((8, 8), bool)) for row in range(3)]
    detector = _Scripted(
        [_item(SHIRT, 0.9), _item(BAG, 0.7, "bag"), _item(Box(400, 0, 460, 60), 0.3, "bag")],
        doubled=_item(SHIRT, 0.8),
        doubled_from=0.4,
        across=_item(JACKET, 0.6),
        across_to=0.8,
    )
    return choose(cast(Detector, detector), street)


def test_boxes_overlap_as_much_as_finds_the_garments_and_doubles_none(chosen: Thresholds) -> None:
    assert chosen.overlap == 0.3, "from 0.4 a garment is found twice"
    assert chosen.across == 0.8, "below it what is worn over something else is lost"


def test_a_position_asks_for_the_score_that_keeps_what_is_right_and_drops_the_rest(chosen: Thresholds) -> None:
    assert set(chosen.score) == set(POSITIONS)
    assert chosen.score["bag"] == pytest.approx(0.5), "between the bag of 0.7 and the error of 0.3"
    assert chosen.score["upper"] == pytest.approx(0.6)
    assert chosen.score["eyewear"] == 0.5, "of what is not there nothing can be chosen"
