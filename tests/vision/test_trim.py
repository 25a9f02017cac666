"""Catalogue pictures are trimmed to what is on their plain ground."""

from __future__ import annotations

import numpy as np

from vsearch_core.contracts import Photo
from vsearch_core.vision.trim import content_box, trimmed


def on_ground(colour: int = 255) -> np.ndarray:
    pixels = np.full((100, 80, 3), colour, np.uint8)
    pixels[30:70, 20:50] = (200, 30, 60)
    return pixels


def test_the_content_is_found_on_white_and_on_grey() -> None:
    assert content_box(on_ground()) == content_box(on_ground(180)) == (20, 30, 50, 70)


def test_dust_and_noise_are_not_content() -> None:
    noise = np.random.default_rng(0).integers(-6, 7, (100, 80, 3))
    pixels = np.clip(on_ground().astype(int) + noise, 0, 255).astype(np.uint8)
    pixels[5, 5] = 0
    assert content_box(pixels) == (20, 30, 50, 70)


def test_a_picture_without_a_plain_ground_or_without_content_stays_as_it_is() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (60, 60, 3), dtype=np.uint8)
    for pixels in (noise, np.full((60, 60, 3), 250, np.uint8)):
        photo = Photo(pixels, (60, 60), "array")
        assert content_box(pixels) is None
        assert trimmed(photo) is photo


def test_a_margin_is_left_and_the_size_is_that_of_the_part() -> None:
    small = trimmed(Photo(on_ground(), (160, 200), "array"))
    assert small.pixels.shape == (44, 34, 3)
    assert small.original_size == (68, 88)
