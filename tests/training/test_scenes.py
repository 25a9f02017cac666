"""Scenes hold their thing where they say; the finder's grid and its answers mean the same."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("tensorflow")

import keras

from tests.drawn_products import product_picture
from vsearch_core.catalogue.snaps import cut_out
from vsearch_core.training.fashion.looks import LookSet, other_targets, other_things
from vsearch_core.training.finder.examples import Example, Sources, example
from vsearch_core.training.finder.train import STRIDE, answering, targets
from vsearch_core.training.shared.datasets import ShopPictures, joined, photo_targets, shop_targets
from vsearch_core.training.shared.labels import Labels
from vsearch_core.training.shared.losses import sureness
from vsearch_core.training.shared.scenes import Scene, Thing, cut_close, scene, thing_of
from vsearch_core.vision.boxes import overlaps

LABELS = Labels(
    ("Shirts", "Tshirts"),
    {"colour": ("Red",), "gender": ("Men",), "season": ("Summer",), "usage": ("Casual",)},
    {"Shirts": ("Apparel", "Topwear"), "Tshirts": ("Apparel", "Topwear")},
)
GREEN = np.full((200, 300, 3), (0, 255, 0), np.uint8)


def red_thing(width: int = 60, height: int = 90) -> Thing:
    layers = np.zeros((height, width, 4), np.uint8)
    layers[..., 0], layers[..., 3] = 255, 255
    return Thing(layers)


def test_the_box_is_where_the_thing_is() -> None:
    shared = []
    for seed in range(30):
        shown = scene(red_thing(), GREEN, 160, np.random.default_rng(seed))
        red = shown.pixels[..., 0].astype(int) - shown.pixels[..., 1] > 40
        rows, columns = np.flatnonzero(red.any(axis=1)), np.flatnonzero(red.any(axis=0))
        if not len(rows):
            continue  # too dark to tell, as some photos are
        seen = np.array([[columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]], np.float32)
        shared.append(overlaps(seen, np.array([shown.box], np.float32))[0, 0])
    assert len(shared) > 20
    assert np.median(shared) > 0.85


def test_a_scene_is_the_same_for_the_same_seed() -> None:
    one, again = (scene(red_thing(), GREEN, 96, np.random.default_rng(7), others=[red_thing()]) for _ in range(2))
    assert np.array_equal(one.pixels, again.pixels)
    assert one.box == again.box


def test_the_cut_out_holds_the_thing_with_a_margin() -> None:
    pixels = np.zeros((100, 100, 3), np.uint8)
    pixels[40:60, 30:70] = 255
    close = cut_close(Scene(pixels, (30, 40, 70, 60)), np.random.default_rng(0), jitter=0.0)
    assert close.shape[:2] == (22, 44) or close.shape[:2] == (23, 45)
    assert (close.max(axis=2) == 255).sum() == 20 * 40


def test_a_thing_is_trimmed_and_nothing_is_not_a_thing() -> None:
    pixels = product_picture("Tshirts")
    thing = thing_of(pixels, cut_out(pixels))
    assert thing is not None
    alpha = thing.layers[..., 3]
    assert (alpha[[0, -1]] > 127).any(axis=1).all()
    assert thing_of(pixels, np.zeros(pixels.shape[:2], np.uint8)) is None


def test_what_the_grid_is_taught_is_what_its_answers_say() -> None:
    box = np.array([22.0, 40.0, 90.0, 110.0], np.float32)
    heat, reach, weight = targets([Example(np.zeros((128, 128, 3), np.uint8), box)], 128)
    assert heat.max() == 1
    assert (weight > 0).any()
    raw = {"heat": keras.Input((8, 8, 1)), "reach": keras.Input((8, 8, 4))}
    answers = answering(keras.Model(list(raw.values()), raw))
    out = answers([heat, np.log(reach[..., 0, :])])
    boxes = np.asarray(out["boxes"])[0]
    best = int(np.asarray(out["scores"])[0].argmax())
    assert boxes[best] == pytest.approx(box, abs=0.01)
    assert (best % 8 + 0.5) * STRIDE == pytest.approx((box[0] + box[2]) / 2, abs=STRIDE / 2)


def test_a_picture_of_nothing_teaches_that_nothing_is_there() -> None:
    heat, _, weight = targets([Example(np.zeros((128, 128, 3), np.uint8), None)], 128)
    assert not heat.any()
    assert not weight.any()


def test_every_kind_of_example_has_its_box_inside() -> None:
    photo = np.full((120, 90, 3), 200, np.uint8)
    sources = Sources([red_thing()], [GREEN], [photo], [(photo, (20.0, 30.0, 70.0, 100.0))])
    kinds = set()
    for seed in range(60):
        one = example(sources, 128, np.random.default_rng(seed))
        assert one.pixels.shape == (128, 128, 3)
        kinds.add(one.box is None)
        if one.box is not None:
            assert (one.box >= 0).all()
            assert (one.box <= 128).all()
            assert (one.box[2:] > one.box[:2]).all()
    assert kinds == {True, False}


def test_other_things_are_taught_as_things_of_no_type() -> None:
    others = other_things([GREEN], 48, each=3, seed=1)
    pixels = product_picture("Tshirts")
    small = np.ascontiguousarray(pixels[:48, :48])
    shop = ShopPictures(("a",), small[None], np.full((1, 48, 48), 255, np.uint8))
    people = [np.full((60, 50, 3), 90, np.uint8)]
    data = LookSet(
        [shop, others],
        people,
        joined(
            [
                shop_targets(LABELS, _products(), ["a"]),
                other_targets(LABELS, 3),
                photo_targets(LABELS, [frozenset({"Shirts"})], ["Red"]),
            ]
        ),
        sources=Sources([red_thing()], [GREEN], people, []),
        boxes=[(5.0, 5.0, 40.0, 50.0)],
        others=3,
    )
    assert data.first_other == 1
    assert not data.targets.types[1:4].any()
    assert len(set(data.targets.group[:4].tolist())) == 4
    assert data.targets.attributes[4].tolist() == [0, -1, -1, -1], "its colour is known, and nothing else"
    for row in range(5):
        for snap in (False, True):
            picture = data.picture(row, 32, np.random.default_rng(row), snap=snap)
            assert picture.shape == (32, 32, 3)


def test_being_sure_of_nothing_costs_nothing() -> None:
    import tensorflow as tf

    logits = tf.constant([[2.0, 2.0, 2.0], [9.0, 0.0, 0.0]])
    assert float(sureness(logits, tf.constant([True, False]))) == pytest.approx(0, abs=1e-6)
    assert float(sureness(logits, tf.constant([False, True]))) > 1


def _products():  # type: ignore[no-untyped-def]
    import pandas as pd

    return pd.DataFrame([{"product_type": "Tshirts", "colour": "Red", "gender": "Men", "season": "", "usage": ""}])
