"""Who wears what in a photo, what is searched for, and the look that it makes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vsearch_core.catalogue.positions import POSITIONS
from vsearch_core.contracts import Hit, Item, Position
from vsearch_core.search.items import by_person, complete_the_look, narrowed, searched
from vsearch_core.store import Filters


def _item(position: Position, box: tuple[float, float, float, float], score: float = 0.9, label: str = "") -> Item:
    return Item(label or position, position, score, box)


def _outfit(left: float, wide: float = 100) -> list[Item]:
    """Shirt, trousers, shoes and a bag at the side, in one column of the photo."""
    return [
        _item("upper", (left, 100, left + wide, 260)),
        _item("lower", (left + 5, 250, left + wide - 5, 480)),
        _item("footwear", (left + 10, 470, left + wide - 10, 520)),
        _item("bag", (left + wide + 5, 250, left + wide + 45, 330)),
    ]


def _hits(*ids: str) -> tuple[Hit, ...]:
    return tuple(Hit(one, 0.9, one, "", "", "") for one in ids)


def test_what_one_person_wears_has_one_number() -> None:
    assert {item.person for item in by_person(_outfit(50))} == {0}


def test_two_people_side_by_side_are_told_apart_and_counted_from_the_left() -> None:
    items = by_person([*_outfit(300), *_outfit(50)])
    assert [item.person for item in items] == [1, 1, 1, 1, 0, 0, 0, 0]


@pytest.mark.parametrize(("left", "people"), [(150, 1), (151, 2), (50, 1), (49, 2)])
def test_garments_are_one_person_s_from_half_of_the_narrower_one_s_width(left: float, people: int) -> None:
    shirt = _item("upper", (100, 100, 200, 260))
    trousers = _item("lower", (left, 250, left + 100, 480))
    assert len({one.person for one in by_person([shirt, trousers])}) == people
    wide = _item("lower", (left - 100 if left < 100 else left, 250, left + (100 if left < 100 else 200), 480))
    assert len({one.person for one in by_person([shirt, wide])}) == people


def test_a_jacket_over_a_shirt_is_one_person_s() -> None:
    shirt, jacket = (
        _item("upper", (70, 110, 130, 250), 0.7, "shirt"),
        _item("upper", (50, 100, 150, 280), 0.8, "jacket"),
    )
    assert {item.person for item in by_person([shirt, jacket])} == {0}


def test_two_shirts_below_each_other_lie_apart() -> None:
    items = by_person([_item("upper", (50, 0, 150, 100)), _item("upper", (50, 120, 150, 220))])
    assert sorted(item.person for item in items) == [0, 1]


def test_a_bag_at_arm_s_length_is_its_person_s_and_one_far_away_is_nobody_s() -> None:
    body = _item("upper", (100, 100, 200, 300))
    near, far = _item("bag", (240, 200, 280, 260)), _item("bag", (500, 200, 540, 260))
    assert [item.person for item in by_person([body, near, far])] == [0, 0, 1]


def test_a_bag_between_two_people_goes_to_the_closer_one() -> None:
    left, right = _item("full", (0, 0, 100, 300)), _item("full", (200, 0, 300, 300))
    assert by_person([left, right, _item("bag", (160, 100, 190, 150))])[2].person == 1


def test_the_surest_of_a_position_is_searched_for_each_person() -> None:
    worn = by_person([*_outfit(50), _item("upper", (55, 105, 145, 255), 0.95, "jacket"), *_outfit(400)])
    chosen = [worn[place] for place in searched(worn)]
    assert [(one.person, one.position) for one in chosen if one.label == "jacket"] == [(0, "upper")]
    assert len(chosen) == 8
    assert len({(one.person, one.position) for one in chosen}) == 8


def test_things_of_no_place_on_the_body_are_told_apart_by_their_label() -> None:
    belt, scarf = _item("other", (50, 200, 150, 220), label="belt"), _item("other", (60, 80, 140, 120), label="scarf")
    worn = by_person([_outfit(50)[0], belt, scarf, replace(belt, score=0.3)])
    assert [worn[place].label for place in searched(worn)] == ["upper", "belt", "scarf"]


def test_a_look_has_one_product_for_each_position_from_head_to_foot() -> None:
    worn = by_person(_outfit(50))
    found = [replace(item, hits=_hits(f"{item.position} 1", f"{item.position} 2")) for item in worn]
    look = complete_the_look(found)
    assert [item.position for item in look] == ["upper", "lower", "footwear", "bag"]
    assert [[hit.id for hit in item.hits] for item in look] == [["upper 1"], ["lower 1"], ["footwear 1"], ["bag 1"]]


def test_a_look_is_that_of_the_person_who_shows_most() -> None:
    worn = by_person([_item("upper", (400, 0, 700, 600)), *_outfit(50)])
    look = complete_the_look([replace(item, hits=_hits(f"{item.person} {item.position}")) for item in worn])
    assert [item.hits[0].id for item in look] == ["0 upper", "0 lower", "0 footwear", "0 bag"]


def test_a_look_names_no_product_twice() -> None:
    look = complete_the_look([replace(item, hits=_hits("a", "b")) for item in by_person(_outfit(50)[:3])])
    assert [item.hits[0].id for item in look] == ["a", "b"]


def test_what_has_no_place_on_the_body_is_narrowed_to_what_it_is() -> None:
    shop = {"Belts", "Scarves", "Stoles", "Perfume and Body Mist"}
    red = Filters({"colour": frozenset({"Red"})})
    found = narrowed(red, "scarf", shop)
    assert found is not None
    assert found.equals == {"colour": frozenset({"Red"}), "product_type": frozenset({"Scarves", "Stoles"})}
    assert narrowed(None, "watch", shop) is None
    assert narrowed(red, "no such label", shop) is red
    belts = Filters({"product_type": frozenset({"Belts"})})
    assert narrowed(belts, "scarf", shop) is belts


@pytest.mark.parametrize("items", [[], _outfit(50)])
def test_without_hits_there_is_no_look(items: list[Item]) -> None:
    assert complete_the_look(items) == ()


_edges = st.floats(-50, 1000, allow_nan=False)
_boxes = st.tuples(_edges, _edges, st.floats(1, 400), st.floats(1, 400)).map(
    lambda given: (given[0], given[1], given[0] + given[2], given[1] + given[3])
)
_items = st.builds(_item, st.sampled_from(POSITIONS), _boxes, st.floats(0, 1))


@given(st.lists(_items, max_size=12))
@settings(max_examples=60, deadline=None)
def test_every_item_has_a_person_and_the_surest_is_always_searched_for(items: list[Item]) -> None:
    worn = by_person(items)
    assert [(item.label, item.position, item.score, item.box) for item in worn] == [
        (item.label, item.position, item.score, item.box) for item in items
    ]
    numbers = {item.person for item in worn}
    assert numbers == set(range(len(numbers)))
    places = searched(worn)
    assert {(worn[place].person, worn[place].position) for place in places} == {
        (item.person, item.position) for item in worn
    }
    for item in worn:
        rivals = [worn[place] for place in places if worn[place].person == item.person]
        assert any(one.position == item.position and one.score >= item.score for one in rivals)


@given(st.lists(_items, min_size=1, max_size=8), st.randoms())
@settings(max_examples=30, deadline=None)
def test_the_order_of_the_items_changes_nothing(items: list[Item], random: object) -> None:
    items = [replace(item, score=0.05 + 0.1 * number, label=str(number)) for number, item in enumerate(items)]
    mixed = list(items)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert {item.label: item.person for item in by_person(items)} == {
        item.label: item.person for item in by_person(mixed)
    }
