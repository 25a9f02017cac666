"""Which garments of a photo are worth showing."""

from __future__ import annotations

from dataclasses import replace

from vsearch_core.contracts import Item
from vsearch_core.search.showing import worth_showing

SIZE = 400, 600
SHIRT = Item("shirt", "upper", 0.8, (100.0, 60.0, 300.0, 300.0))
JEANS = Item("jeans", "lower", 0.5, (120.0, 290.0, 280.0, 560.0))
BAG = Item("bag", "bag", 0.2, (300.0, 300.0, 380.0, 420.0))


def test_garments_of_an_outfit_are_shown_with_those_that_are_less_sure() -> None:
    hat, belt = Item("hat", "headwear", 0.355, BAG.box), Item("belt", "other", 0.355, BAG.box)
    assert worth_showing([SHIRT, JEANS, hat, belt, BAG], SIZE) == [SHIRT, JEANS, hat]


def test_a_photo_of_one_thing_shows_only_what_is_sure_and_a_part_of_it() -> None:
    unsure = [replace(SHIRT, score=0.45), BAG, Item("belt", "other", 0.45, BAG.box)]
    assert worth_showing([], SIZE) == []
    assert worth_showing(unsure, SIZE) == []
    assert worth_showing([SHIRT], SIZE) == [SHIRT]
    assert worth_showing([replace(SHIRT, box=(20.0, 10.0, 390.0, 590.0))], SIZE) == []
    assert worth_showing([SHIRT, replace(SHIRT, person=1)], SIZE) == [SHIRT, replace(SHIRT, person=1)]


def test_two_things_in_one_place_are_one_garment() -> None:
    dress = Item("dress", "full", 0.7, (105.0, 62.0, 300.0, 310.0))
    assert worth_showing([SHIRT, dress, JEANS], SIZE) == [SHIRT, JEANS]
    assert worth_showing([replace(SHIRT, score=0.6), dress, JEANS], SIZE) == [dress, JEANS]
    long = replace(dress, box=(100.0, 60.0, 300.0, 560.0))
    coat = replace(SHIRT, label="coat", score=0.83)
    assert worth_showing([coat, SHIRT, JEANS], SIZE) == [coat, JEANS]
    assert worth_showing([coat, SHIRT], SIZE) == worth_showing([coat], SIZE)
    assert worth_showing([SHIRT, long], SIZE) == [SHIRT, long], "a jacket over a dress is two"
