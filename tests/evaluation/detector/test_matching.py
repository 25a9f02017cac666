"""Average precision, on cases that can be counted by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vsearch_core.catalogue.boxes import Box
from vsearch_core.catalogue.photos.street import Garment
from vsearch_core.contracts import Item, Position
from vsearch_core.evaluation.detector.matching import (
    Judged,
    average_precision,
    best_threshold,
    judge,
    match,
    mean_precision,
    named_right,
    precisions,
    right_and_found,
)

HERE, THERE, AWAY = Box(0, 0, 100, 100), Box(200, 0, 300, 100), Box(500, 500, 600, 600)


def garment(box: Box, position: Position = "upper", *, label: str = "shirt", small: bool = False) -> Garment:
    """A garment that is there."""
    return Garment(label, position, box, small)


def item(box: Box, score: float, position: Position = "upper", *, label: str = "shirt") -> Item:
    """A garment that was found."""
    return Item(label, position, score, (float(box.left), float(box.top), float(box.right), float(box.bottom)))


def area(right: list[bool], there: int) -> float:
    """The average precision of verdicts, the surest first, in one photo."""
    scores = np.linspace(0.9, 0.1, len(right))
    judged = Judged(scores, np.array(right, bool), np.zeros(len(right), np.int64), np.array([there]))
    return float(average_precision(judged)[0])


@pytest.mark.parametrize(
    ("right", "there", "expected"),
    [
        ([True], 1, 1.0),
        ([False, True], 1, 0.5),
        ([True, False], 1, 1.0),  # what comes after the last garment costs nothing
        ([True], 2, 0.5),
        ([], 2, 0.0),
        ([False, False], 3, 0.0),
        # precision 1, 1/2, 2/3, 3/4, each lifted to the best behind it: (1 + 3/4 + 3/4) / 4
        ([True, False, True, True], 4, 0.625),
        # a later higher precision counts for the recall before it: 3/4 and 3/4 and 3/4 of 3
        ([False, True, True, True], 3, 0.75),
    ],
)
def test_the_area_is_what_one_counts_by_hand(right: list[bool], there: int, expected: float) -> None:
    assert area(right, there) == pytest.approx(expected)


def test_a_position_of_which_nothing_is_there_has_no_area() -> None:
    assert np.isnan(area([False], 0))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.booleans(), max_size=12), st.integers(0, 5))
def test_the_area_lies_between_nothing_and_everything(right: list[bool], missed: int) -> None:
    there = sum(right) + missed
    if there:
        assert 0 <= area(right, there) <= 1
        assert area([True] * there, there) == pytest.approx(1)


def test_a_garment_is_found_once_and_by_the_surest() -> None:
    verdict = match(
        np.array([HERE, HERE, AWAY], float), np.array([0.5, 0.9, 0.8]), np.array([HERE], float), np.empty((0, 4))
    )
    assert verdict.tolist() == [0, 1, 0]


def test_half_an_overlap_is_enough_and_less_is_not() -> None:
    truth = np.array([[0, 0, 100, 100]], float)
    for height, expected in ((50, 1), (49, 0)):
        found = np.array([[0, 0, 100, height]], float)
        assert match(found, np.array([0.9]), truth, np.empty((0, 4))).tolist() == [expected]


def test_a_garment_takes_the_box_that_fits_it_best() -> None:
    truth = np.array([[0, 0, 100, 100], [0, 10, 100, 110]], float)
    found = np.array([[0, 10, 100, 110], [0, 0, 100, 100]], float)
    assert match(found, np.array([0.9, 0.8]), truth, np.empty((0, 4))).tolist() == [1, 1]


def test_what_is_too_small_to_search_by_is_neither_right_nor_wrong() -> None:
    there = [[garment(HERE), garment(THERE, small=True)]]
    with_it = judge([[item(HERE, 0.5), item(THERE, 0.9)]], there, "upper")
    without = judge([[item(HERE, 0.5)]], there, "upper")
    for judged in (with_it, without):
        assert judged.right.tolist() == [True]
        assert judged.there.tolist() == [1]
        assert average_precision(judged)[0] == pytest.approx(1)


def test_a_garment_counts_for_its_own_position_alone() -> None:
    there = [[garment(HERE, "upper"), garment(THERE, "lower")]]
    found = [[item(HERE, 0.9, "upper"), item(THERE, 0.9, "upper")]]
    assert judge(found, there, "upper").right.tolist() == [True, False]
    assert judge(found, there, "lower").scores.size == 0
    # upper has everything, lower nothing, the others are not asked
    assert mean_precision(found, there) == pytest.approx(0.5)


def test_a_box_of_one_photo_is_no_garment_of_another() -> None:
    judged = judge([[item(HERE, 0.9)], []], [[], [garment(HERE)]], "upper")
    assert judged.right.tolist() == [False]


def test_the_interval_encloses_the_figure_and_counts_garments_and_photos() -> None:
    there = [[garment(HERE), garment(THERE, "bag", label="bag")] for _ in range(12)]
    found = [[item(HERE, 0.9 if number % 3 else 0.1)] if number % 4 else [item(AWAY, 0.5)] for number in range(12)]
    measured = precisions(found, there, rounds=50)
    upper = measured.by_position["upper"]
    assert upper.low <= upper.value <= upper.high
    assert (upper.count, measured.mean.count) == (12, 12)
    assert measured.by_position["bag"].value == 0
    assert set(measured.by_position) == {"upper", "bag"}
    assert measured.mean.value == pytest.approx(upper.value / 2)
    assert measured.mean.value == pytest.approx(mean_precision(found, there))


def test_drawing_a_photo_twice_is_as_if_it_were_there_twice() -> None:
    there = [[garment(HERE)], [garment(HERE)]]
    found = [[item(HERE, 0.4)], [item(AWAY, 0.9)]]
    drawn = average_precision(judge(found, there, "upper"), np.array([[2.0, 1.0]]))[0]
    photos = [0, 0, 1]
    plain = average_precision(judge([found[one] for one in photos], [there[one] for one in photos], "upper"))[0]
    assert drawn == pytest.approx(plain)


def test_the_threshold_keeps_what_is_right_and_drops_what_is_not() -> None:
    found = [[item(HERE, 0.8), item(AWAY, 0.3)], [item(HERE, 0.6), item(AWAY, 0.2)]]
    judged = judge(found, [[garment(HERE)]] * 2, "upper")
    threshold = best_threshold(judged)
    assert threshold == pytest.approx(0.45), "halfway between the last that is kept and the next one"
    assert right_and_found(judged, threshold) == (1.0, 1.0)
    assert right_and_found(judged, 0.25) == (pytest.approx(2 / 3), 1.0)


def test_without_anything_right_the_threshold_is_one_half() -> None:
    assert best_threshold(judge([[item(AWAY, 0.9)]], [[garment(HERE)]], "upper")) == 0.5


def test_labels_are_judged_where_the_box_is_right() -> None:
    there = [[garment(HERE, label="shirt"), garment(THERE, label="coat")]]
    found = [[item(HERE, 0.9, label="shirt"), item(THERE, 0.9, label="jacket"), item(AWAY, 0.9, label="coat")]]
    assert named_right(found, there) == (1, 2)
