"""What the drawings look like, as far as numbers can say."""

from __future__ import annotations

import numpy as np
import pytest

from sample_shop import PRODUCT_TYPES, draw_cutout, draw_photo, draw_product, plan_product


@pytest.mark.parametrize("product_type", PRODUCT_TYPES)
def test_every_type_is_drawn_large_on_white_ground(product_type):
    picture, record = draw_product(product_type, seed=11, size=(120, 160))
    assert picture.shape == (160, 120, 3)
    assert picture.dtype == np.uint8
    assert record["product_type"] == product_type
    cutout, _, _ = draw_cutout(product_type, seed=11, size=(120, 160))
    alpha = cutout[..., 3]
    covered = np.argwhere(alpha > 128)
    assert 0.02 < (alpha > 128).mean() < 0.8
    assert np.ptp(covered, axis=0).max() > 50
    border = np.concatenate([picture[0], picture[-1]])
    assert np.median(border) > 250


def test_a_drawing_is_the_same_every_time():
    assert np.array_equal(draw_product("Dresses", seed=7)[0], draw_product("Dresses", seed=7)[0])


def test_seeds_and_variants_give_other_pictures():
    base, first = draw_product("Tshirts", seed=1, size=(120, 160))
    other_seed, _ = draw_product("Tshirts", seed=2, size=(120, 160))
    other_colour, second = draw_product("Tshirts", seed=1, variant=1, size=(120, 160))
    assert not np.array_equal(base, other_seed)
    assert not np.array_equal(base, other_colour)
    assert first["colour"] != second["colour"]


def test_a_variant_has_the_same_outline_in_another_colour():
    cutouts = [draw_cutout("Jackets", seed=4, variant=v, size=(120, 160))[0] for v in (0, 1)]
    overlap = (cutouts[0][..., 3] > 128) == (cutouts[1][..., 3] > 128)
    assert overlap.mean() > 0.99


def test_a_photo_has_its_size_and_is_the_same_every_time():
    cutout, _, _ = draw_cutout("Sports Shoes", seed=3)
    photo = draw_photo(cutout, seed=9, size=(240, 320))
    assert photo.shape == (320, 240, 3)
    assert np.array_equal(photo, draw_photo(cutout, seed=9, size=(240, 320)))
    assert not np.array_equal(photo, draw_photo(cutout, seed=10, size=(240, 320)))


def _plain_white_shirt() -> int:
    """A seed whose shirt is plain and white."""
    for seed in range(2000):
        look, _ = plan_product("Shirts", seed=seed)
        if (look.colour, look.pattern) == ("White", "Solid"):
            return seed
    raise AssertionError("no plain white shirt among 2000 seeds")


def test_a_white_garment_survives_its_photo():
    cutout, _, _ = draw_cutout("Shirts", seed=_plain_white_shirt())
    nothing = np.zeros_like(cutout)
    for seed in range(4):
        photo = draw_photo(cutout, seed=seed, size=(240, 320)).astype(float)
        empty = draw_photo(nothing, seed=seed, size=(240, 320)).astype(float)
        changed = np.abs(photo - empty).max(axis=2) > 24
        assert changed.mean() > 0.15
        middle = photo[120:200, 90:150]
        assert middle.mean() > 120


def test_a_picture_without_transparency_is_laid_down_whole():
    picture, _ = draw_product("Watches", seed=2)
    assert draw_photo(picture, seed=1, size=(120, 160)).shape == (160, 120, 3)
