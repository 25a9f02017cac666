"""Snaps are made by a recipe that does not change under a figure, and their figures are what one counts by hand."""

from __future__ import annotations

import numpy as np
import pytest

from tests.drawn_products import product_picture
from vsearch_core import images
from vsearch_core.evaluation.protocols.snaps import RECIPE, SnapMaker, SnapRecipe, snap_figures

FIRST_SNAP = [
    [146.4, 158.6, 154.6, 151.7],
    [55.3, 67.5, 75.4, 69.9],
    [75.8, 85.1, 85.5, 97.6],
    [175.9, 177.9, 181.8, 187.4],
]
"""Mean of each sixteenth of the first snap, by rows; a change here is another protocol, with another version."""


@pytest.fixture(scope="module")
def maker() -> SnapMaker:
    """Snaps of four drawn products on two plain grounds."""
    pictures = [product_picture(kind) for kind in ("Tshirts", "Watches", "Handbags", "Jeans")]
    ramp = np.linspace(40, 200, 120).astype(np.uint8)
    grounds = [np.stack([np.tile(ramp, (90, 1))] * 3, axis=2), np.stack([np.tile(ramp[:, None], (1, 90))] * 3, axis=2)]
    return SnapMaker(("1", "2", "3", "4"), pictures.__getitem__, grounds)


def test_the_recipe_is_the_one_that_the_figures_were_measured_with() -> None:
    recipe = SnapRecipe(version=1, side=160, ground_side=192, share_with_another=0.25, seed=2026)
    assert recipe == RECIPE


def test_the_first_snap_is_the_one_that_it_always_was(maker: SnapMaker) -> None:
    snap = maker.snap(0)
    assert snap.shape == (160, 160, 3)
    means = snap.reshape(4, 40, 4, 40, 3).mean(axis=(1, 3, 4))
    # a processor's rounding may move a pixel by one, another recipe moves all of them
    assert np.abs(means - FIRST_SNAP).max() < 1, np.round(means, 1).tolist()


def test_a_snap_hangs_on_the_product_s_id_alone(maker: SnapMaker) -> None:
    again = SnapMaker(maker.ids, maker.read, maker.grounds)
    assert (maker.snap(2) == again.snap(2)).all()
    renamed = SnapMaker(("1", "2", "other", "4"), maker.read, maker.grounds)
    assert (maker.snap(2) != renamed.snap(2)).any()
    assert (maker.snap(3) == renamed.snap(3)).all()


def test_a_snap_shows_the_product_and_not_its_white_ground(maker: SnapMaker) -> None:
    shot = images.letterbox(maker.read(0), 160)
    assert (shot > 245).all(axis=2).mean() > 0.3
    middle = np.stack([maker.snap(row)[55:105, 55:105] for row in range(4)])
    assert (middle > 245).all(axis=3).mean() < 0.3


def test_the_readings_of_a_snap_differ_in_what_counts_as_right() -> None:
    # rows 0 and 1 are one picture of the title "a", row 2 is another picture of it, row 3 is another product
    gallery = np.array([[1, 0], [1, 0], [0.6, 0.8], [0.8, 0.6]], np.float32)
    figures = snap_figures(
        np.array([[1, 0]], np.float32),
        np.array([0]),
        np.concatenate([gallery, -np.ones((6, 2), np.float32) / np.sqrt(2)]),
        kinds=np.array(["shoe", "shoe", "shoe", "belt"] + ["hat"] * 6),
        titles=np.array(["a", "a", "a", "b"] + [f"hat {number}" for number in range(6)]),
        pictures=np.array([0, 0, 2, 3, 4, 5, 6, 7, 8, 9]),
        groups=np.array(list("aaabcdefgh")),
    )
    # its own id ties with its copy, which counts against it
    assert figures["r_at_1"]["value"] == 0
    assert figures["r_at_5"]["value"] == 1
    assert figures["same_picture"]["r_at_1"]["value"] == 1
    # without its own picture the belt comes before the other picture
    assert figures["other_picture"]["r_at_1"]["value"] == 0
    assert figures["other_picture"]["r_at_5"]["value"] == 1
    assert figures["first_hit_right_type"]["value"] == 1
    assert figures["first_ten_right_type"]["value"] == pytest.approx(0.3)
