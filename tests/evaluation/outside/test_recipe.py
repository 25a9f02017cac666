"""The second recipe: the same snap every time, a box that is right, and nothing of what training composes with."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from vsearch_core.evaluation.outside.layers import cut_from_ground, extent, overlap
from vsearch_core.evaluation.outside.snaps import LAID_ON, TRAITS, Ground, OutsideSnaps, Recipe

RED = (200, 30, 40)
_KEEPS = {name: 0.0 for name in (*TRAITS, "upside_down")}


def shirt(colour: tuple[int, int, int] = RED) -> np.ndarray:
    """A box of one colour on white, (80, 60, 3)."""
    pixels = np.full((80, 60, 3), 255, np.uint8)
    pixels[15:70, 10:50] = colour
    return pixels


def maker(part: str = "test", ground_part: str = "test", **recipe: float) -> OutsideSnaps:
    """Snaps of ten red boxes, on grey grounds of every kind."""
    grounds = [Ground(kind, ground_part, np.full((120, 160, 3), 110, np.uint8)) for kind in LAID_ON]
    return OutsideSnaps(part, [str(number) for number in range(10)], lambda row: shirt(), grounds, Recipe(**recipe))  # type: ignore[arg-type]


def test_a_snap_is_the_same_whenever_and_in_whatever_order_it_is_made() -> None:
    first, again = maker(), maker()
    others = [again.snap(row) for row in (3, 1, 2)]
    assert np.array_equal(first.snap(3).photo.pixels, others[0].photo.pixels)
    assert first.snap(3).box == others[0].box
    assert not np.array_equal(first.snap(3).photo.pixels, first.snap(4).photo.pixels)


@pytest.mark.parametrize("row", range(10))
def test_the_box_is_where_the_product_is(row: int) -> None:
    snap = maker(**_KEEPS).snap(row)
    pixels = snap.photo.pixels.astype(int)
    # red stands out from grey whatever light falls on both
    red = pixels[..., 0] - pixels[..., 1] > 0.5 * (pixels[..., 0] - pixels[..., 1]).max()
    seen = extent(red.astype(np.float32))
    assert seen is not None
    assert overlap(seen, snap.box) > 0.8
    assert snap.traits == frozenset()


@pytest.mark.parametrize("trait", TRAITS)
def test_every_trait_leaves_a_box_inside_the_photo(trait: str) -> None:
    for row in range(4):
        snap = maker(**{**_KEEPS, trait: 1.0}).snap(row)
        x0, y0, x1, y1 = snap.box
        assert 0 <= x0 < x1 <= snap.photo.original_size[0]
        assert 0 <= y0 < y1 <= snap.photo.original_size[1]
        assert snap.traits <= {trait}


def test_a_screen_shows_the_product_inside_its_box() -> None:
    snap = maker(**{**_KEEPS, "screen": 1.0}).snap(0)
    x0, y0, x1, y1 = (round(edge) for edge in snap.box)
    pixels = snap.photo.pixels.astype(int)
    redness = pixels[..., 0] - pixels[..., 1]
    assert redness[y0:y1, x0:x1].mean() > 3 * max(1, redness[:y0].mean())


def test_products_and_grounds_of_other_parts_are_refused() -> None:
    with pytest.raises(ValueError, match="never of 'train'"):
        maker("train", "train")
    with pytest.raises(ValueError, match="laid on grounds of test"):
        maker("test", "train")


def test_a_white_shirt_is_cut_at_its_outline_and_freed_from_the_ground() -> None:
    pixels = shirt((250, 251, 250))
    # seams and prints, as a white shirt has them
    pixels[15:70, 10] = pixels[15:70, 49] = pixels[15, 10:50] = pixels[69, 10:50] = 205
    pixels[30:40, 20:40] = 60
    layer = cut_from_ground(pixels)
    found = extent(layer.alpha)
    assert found is not None
    assert overlap(found, (10, 15, 50, 70)) > 0.85
    assert layer.alpha[20:65, 15:45].mean() > 0.9


def test_a_picture_that_fills_its_frame_is_left_whole() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (60, 60, 3), dtype=np.uint8)
    assert (cut_from_ground(pixels).alpha == 1).all()


def test_the_recipe_shares_no_code_with_the_snaps_of_training() -> None:
    code = (
        "import sys, vsearch_core.evaluation.outside.snaps\n"
        "shared = {'vsearch_core.catalogue.snaps', 'vsearch_core.evaluation.protocols.snaps'} & set(sys.modules)\n"
        "sys.exit(', '.join(shared) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
