"""Pictures made to look like what people send keep the product in them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.drawn_products import product_picture
from vsearch_core import images
from vsearch_core.catalogue import snaps
from vsearch_core.training.shared import augment

SIDE = 96


def _white_shirt() -> np.ndarray:
    """A white garment with a thin grey outline on white ground."""
    picture = np.full((SIDE, SIDE, 3), 255, np.uint8)
    picture[20:80, 30:70] = 180
    picture[22:78, 32:68] = 254
    return picture


def test_a_white_garment_survives_inside_its_outline() -> None:
    alpha = snaps.cut_out(_white_shirt())
    assert (alpha[26:74, 36:64] == 255).all()
    assert (alpha[:15] == 0).all()


@pytest.mark.parametrize("gap", [1, 3, 6])
def test_a_white_garment_survives_gaps_in_its_outline(gap: int) -> None:
    shirt = _white_shirt()
    shirt[20:22, 45 : 45 + gap] = 255
    shirt[50 : 50 + gap, 30:32] = 255
    alpha = snaps.cut_out(shirt)
    assert (alpha[30:70, 40:60] == 255).all()
    assert (alpha[:10] == 0).all()


def test_the_ground_behind_a_dark_product_is_cut_away_to_its_rim() -> None:
    picture = np.full((SIDE, SIDE, 3), 255, np.uint8)
    picture[20:80, 30:40] = picture[20:80, 60:70] = picture[20:30, 30:70] = 40
    alpha = snaps.cut_out(picture)
    assert (alpha[40:76, 46:54] == 0).all(), "between the legs of trousers is ground"
    assert (alpha[40:76, 33:37] == 255).all()


def test_a_picture_without_white_ground_is_kept_whole() -> None:
    assert (snaps.cut_out(np.full((SIDE, SIDE, 3), 90, np.uint8)) == 255).all()
    assert (snaps.cut_out(np.full((SIDE, SIDE, 3), 255, np.uint8)) == 255).all()


@pytest.mark.parametrize("kind", ["Tshirts", "Jackets", "Trousers", "Sports Shoes", "Handbags", "Belts", "Ring"])
def test_drawn_products_are_cut_out_in_part(kind: str) -> None:
    alpha = snaps.cut_out(images.letterbox(product_picture(kind), SIDE))
    assert 0.02 < (alpha > 128).mean() < 0.9


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=25, deadline=None)
def test_every_augmentation_gives_a_picture_of_the_wanted_size(seed: int) -> None:
    random = np.random.default_rng(seed)
    pixels = random.integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)
    ground = random.integers(0, 256, (int(random.integers(20, 90)), int(random.integers(20, 90)), 3), dtype=np.uint8)
    for picture in (
        augment.studio_shot(pixels, 64, random),
        snaps.phone_snap(pixels, snaps.cut_out(pixels), ground, 64, random),
        augment.user_photo(ground, 64, random),
    ):
        assert picture.shape == (64, 64, 3)
        assert picture.dtype == np.uint8


def test_the_same_seed_makes_the_same_picture() -> None:
    pixels = images.letterbox(product_picture("Jackets"), SIDE)
    alpha, ground = snaps.cut_out(pixels), np.full((50, 70, 3), 120, np.uint8)
    first, second = (snaps.phone_snap(pixels, alpha, ground, SIDE, np.random.default_rng(9)) for _ in range(2))
    assert (first == second).all()
