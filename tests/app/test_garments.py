"""Garments of a photo: in what order they stand, and what they are called."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from app.search.garment_words import short, tabs
from app.search.garments import Garment, as_worn, fractions, in_order
from vsearch_core.catalogue.positions import POSITIONS
from vsearch_core.contracts import Analysis, Item, Prediction

SIZE = 400, 600
SHIRT = Item("shirt", "upper", 0.8, (100.0, 60.0, 300.0, 300.0))
JEANS = Item("jeans", "lower", 0.45, (120.0, 290.0, 280.0, 560.0))
BAG = Item("bag", "bag", 0.2, (300.0, 300.0, 380.0, 420.0))


def _garments(*items: Item) -> list[Garment]:
    return [Garment(str(number), item) for number, item in enumerate(items, start=1)]


def test_garments_stand_from_person_to_person_and_from_head_to_foot() -> None:
    left, right = (replace(JEANS, person=person) for person in (0, 1))
    known = _garments(BAG, right, JEANS, replace(SHIRT, person=1), replace(SHIRT, score=0.3), SHIRT)
    ordered = [garment.item for garment in in_order(known)]
    assert ordered == [SHIRT, replace(SHIRT, score=0.3), left, BAG, replace(SHIRT, person=1), right]


def test_a_tab_says_where_a_garment_is_worn() -> None:
    assert list(tabs(_garments(SHIRT, JEANS, BAG)).values()) == ["Upper: shirt", "Lower: jeans", "Bag"]
    assert list(tabs(_garments(SHIRT, replace(BAG, person=1))).values()) == [
        "Upper: shirt (person 1)",
        "Bag (person 2)",
    ]
    assert short(replace(SHIRT, label="t-shirt")) == "T-shirt"


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.builds(
            Item,
            st.sampled_from(["shirt", "bag", "Bag", "shoes", "Casual Shoes"]),
            st.sampled_from(POSITIONS),
            st.floats(0, 1),
            st.just((0.0, 0.0, 10.0, 10.0)),
            person=st.integers(0, 2),
        ),
        max_size=12,
    )
)
def test_no_two_tabs_have_one_name(items: list[Item]) -> None:
    named = tabs(_garments(*items))
    assert len(set(named.values())) == len(items)


def test_a_box_is_drawn_in_fractions_of_its_photo() -> None:
    assert fractions(SHIRT, SIZE) == [0.25, 0.1, 0.75, 0.5]


def test_what_cannot_be_worn_there_is_no_guess_for_a_garment() -> None:
    analysis = Analysis(
        product_types=(Prediction("Hair Colour", 0.4), Prediction("Sunglasses", 0.3), Prediction("Belts", 0.1)),
        categories=(Prediction("Nails", 0.5), Prediction("Eyewear", 0.3)),
        attributes={},
        embedding=np.zeros(4, np.float32),
    )
    eyes = as_worn(analysis, Item("sunglasses", "eyewear", 0.5, BAG.box))
    assert eyes.product_type == Prediction("Sunglasses", 0.3)
    assert [one.name for one in eyes.categories] == ["Eyewear"]
    assert as_worn(analysis, Item("hat", "headwear", 0.5, BAG.box)) is analysis
    assert as_worn(analysis, Item("belt", "other", 0.5, BAG.box)).product_type == Prediction("Belts", 0.1)
