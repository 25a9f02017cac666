"""Boxes of garments from masks: one a label and person, whatever cuts the mask in pieces."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from vsearch_core.catalogue.boxes import Box
from vsearch_core.catalogue.photos.labels import PHOTO_LABELS, position_of
from vsearch_core.catalogue.photos.street import GARMENTS, garments_of, street_photos
from vsearch_core.catalogue.photos.user import right_types
from vsearch_core.catalogue.split import part_ids
from vsearch_core.errors import CatalogueError

LABELS = ("null", "skin", "coat", "shoes", "bag", "boots", "purse", "sunglasses", "wallet")
SIZE = 300, 200


def drawn(*parts: tuple[str, int, int, int, int]) -> np.ndarray:
    """A mask of rectangles: label, left, top, right, bottom."""
    mask = np.zeros(SIZE, np.uint8)
    for label, left, top, right, bottom in parts:
        mask[top:bottom, left:right] = LABELS.index(label)
    return mask


def boxes(mask: np.ndarray) -> list[tuple[str, Box]]:
    """Label and box of each garment, sorted."""
    return sorted((garment.label, garment.box) for garment in garments_of(mask, LABELS))


def test_a_garment_has_the_box_of_its_pixels() -> None:
    assert boxes(drawn(("coat", 60, 40, 120, 200))) == [("coat", Box(60, 40, 120, 200))]


def test_both_shoes_are_one_item() -> None:
    mask = drawn(("skin", 70, 100, 130, 250), ("shoes", 60, 250, 90, 270), ("shoes", 110, 245, 140, 265))
    assert boxes(mask) == [("shoes", Box(60, 245, 140, 270))]


def test_shoes_of_two_labels_are_one_pair_named_by_the_larger_part() -> None:
    mask = drawn(("skin", 60, 100, 140, 240), ("boots", 60, 230, 95, 270), ("shoes", 110, 250, 130, 270))
    assert boxes(mask) == [("boots", Box(60, 230, 130, 270))]


def test_an_arm_that_cuts_a_coat_leaves_one_coat() -> None:
    mask = drawn(("coat", 60, 40, 140, 200), ("skin", 60, 100, 140, 115))
    assert boxes(mask) == [("coat", Box(60, 40, 140, 200))]


def test_specks_of_a_mask_do_not_widen_a_box() -> None:
    mask = drawn(("skin", 20, 20, 150, 260), ("coat", 60, 40, 120, 200), ("coat", 20, 250, 30, 260))
    assert boxes(mask) == [("coat", Box(60, 40, 120, 200))]


def test_two_people_have_a_garment_each() -> None:
    mask = drawn(("coat", 10, 40, 80, 200), ("coat", 110, 50, 190, 210), ("shoes", 110, 220, 150, 250))
    assert boxes(mask) == [
        ("coat", Box(10, 40, 80, 200)),
        ("coat", Box(110, 50, 190, 210)),
        ("shoes", Box(110, 220, 150, 250)),
    ]


def test_one_person_may_carry_two_bags() -> None:
    mask = drawn(("skin", 60, 20, 140, 280), ("bag", 20, 150, 60, 200), ("purse", 140, 150, 170, 190))
    assert boxes(mask) == [("bag", Box(20, 150, 60, 200)), ("bag", Box(140, 150, 170, 190))]


def test_a_finger_on_a_bag_does_not_make_it_two() -> None:
    mask = drawn(("bag", 20, 150, 60, 200), ("skin", 20, 172, 60, 176))
    assert boxes(mask) == [("bag", Box(20, 150, 60, 200))]


def test_what_shows_too_little_to_search_by_is_marked() -> None:
    found = garments_of(drawn(("coat", 60, 60, 120, 200), ("sunglasses", 70, 45, 95, 50)), LABELS)
    assert {garment.label: garment.small for garment in found} == {"coat": False, "sunglasses": True}


def test_a_mask_without_garments_has_none() -> None:
    assert garments_of(drawn(), LABELS) == ()
    assert garments_of(drawn(("skin", 10, 10, 90, 90)), LABELS) == ()


def test_every_label_of_a_user_photo_is_a_garment_of_one_position() -> None:
    positions = {label: position for label, position in GARMENTS.values()}
    assert set(PHOTO_LABELS) == set(right_types())
    for label, meant in PHOTO_LABELS.items():
        assert {positions[one] for one in meant} == {position_of(label)}


def test_a_missing_set_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="data fetch street-outfits"):
        next(street_photos(tmp_path, part="train"))


@pytest.mark.real_data
def test_the_real_photos_have_boxes_inside_them(real_data: Path) -> None:
    photos = street_photos(real_data, part="validation")
    shown = [next(photos) for _ in range(6)]
    assert {street.id for street in shown} <= part_ids("street", "validation")
    for street in shown:
        width, height = street.photo.original_size
        assert street.figure.shape == (height, width)
        assert street.garments
        for garment in street.garments:
            assert garment.box.clip((width, height)) == garment.box or garment.small
