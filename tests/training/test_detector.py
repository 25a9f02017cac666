"""What the detector learns from: boxes stay on their garments, targets say what boxes say, losses judge it."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
keras = pytest.importorskip("keras")
tf = pytest.importorskip("tensorflow")

from vsearch_core.catalogue.photos.street import GARMENTS  # noqa: E402
from vsearch_core.contracts import Item, Photo  # noqa: E402
from vsearch_core.training.detector import losses  # noqa: E402
from vsearch_core.training.detector.bundle import write_detector  # noqa: E402
from vsearch_core.training.detector.compose import is_flat, scattered  # noqa: E402
from vsearch_core.training.detector.foreground import thing_box  # noqa: E402
from vsearch_core.training.detector.layers import LABELS, LAYER_OF, LAYERS, number_of  # noqa: E402
from vsearch_core.training.detector.material import Shares, Sources, batches, scene_of_photo  # noqa: E402
from vsearch_core.training.detector.network import answering, detector_network  # noqa: E402
from vsearch_core.training.detector.people import far, with_thing  # noqa: E402
from vsearch_core.training.detector.recipe import DetectorRecipe, DetectorStage  # noqa: E402
from vsearch_core.training.detector.scenes import Scene, mirrored, near, photographed, side_by_side, view  # noqa: E402
from vsearch_core.training.detector.targets import STRIDE, dense, stacked  # noqa: E402
from vsearch_core.training.detector.train import DetectorLoop, DetectorOutcome, Eyes, rates  # noqa: E402
from vsearch_core.training.detector.worn import believed  # noqa: E402
from vsearch_core.training.shared.datasets import ShopPictures  # noqa: E402
from vsearch_core.training.shared.state import resume, save  # noqa: E402
from vsearch_core.training.shared.weights import load_weights  # noqa: E402
from vsearch_core.vision.detector import Detector, Thresholds, found  # noqa: E402

SIZE, LARGER = (64, 96), (96, 128)
BAG, SHIRT, HAT = number_of("bag"), number_of("shirt"), number_of("hat")
SEEDS = st.integers(0, 10_000)
RECIPE = DetectorRecipe(
    serving=SIZE,
    batch=2,
    steps=2,
    stages=(
        DetectorStage(epochs=1, peak_rate=1e-3, shares=Shares(street=0.4, people=0.3, products=0.3), size=SIZE),
        DetectorStage(epochs=1, peak_rate=1e-3, shares=Shares(street=0.3, people=0.2, products=0.2), size=LARGER),
    ),
)


def red_square(*, size: tuple[int, int] = (120, 160), counted: bool = True) -> Scene:
    """A red bag on grey."""
    pixels = np.full((size[1], size[0], 3), 120, np.uint8)
    pixels[60:100, 40:80] = (255, 0, 0)
    return Scene.of(pixels, [((40.0, 60.0, 80.0, 100.0), BAG, LAYER_OF[BAG], counted)])


def red_box(pixels: np.ndarray) -> list[int]:
    """Where a picture is red."""
    rows, columns = np.nonzero((pixels[..., 0] > 200) & (pixels[..., 1] < 60))
    return [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]


@pytest.fixture(scope="module")
def sources() -> Sources:
    """A street photo, a product and user photos, drawn."""
    person = red_square()
    shop = np.full((2, 32, 32, 3), 255, np.uint8)
    shop[:, 8:24, 8:24] = 30
    alpha = np.where((shop < 250).all(axis=3), 255, 0).astype(np.uint8)
    return Sources(
        people=[person],
        alphas=[np.where(person.pixels[..., 0] > 200, 255, 0).astype(np.uint8)],
        shop=ShopPictures(("1", "2"), shop, alpha),
        products={HAT: np.array([0, 1]), SHIRT: np.array([1])},
        photos=[red_square().pixels, red_square().pixels],
        labelled=[red_square()],
    )


@pytest.fixture(scope="module")
def network() -> Any:
    """An untrained network."""
    keras.utils.set_random_seed(1)
    base = keras.applications.MobileNetV2(weights=None, include_top=False, input_shape=(32, 32, 3))
    return detector_network(base)


def test_every_garment_of_the_masks_has_a_place_in_the_network() -> None:
    assert set(LABELS) == {label for label, _ in GARMENTS.values()}
    for label, position in GARMENTS.values():
        assert LAYERS[LAYER_OF[number_of(label)]].position == position


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_a_box_stays_on_its_garment_however_the_picture_is_framed(seed: int) -> None:
    random = np.random.default_rng(seed)
    shown = view(red_square(), SIZE, random)
    assert shown.pixels.shape == (SIZE[1], SIZE[0], 3)
    for box, counted in zip(shown.boxes, shown.counted, strict=True):
        if counted:
            assert np.allclose(red_box(shown.pixels), box, atol=1.6)


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_a_box_stays_on_its_garment_where_the_picture_is_framed_around_it(seed: int) -> None:
    shown = near(red_square(), SIZE, np.random.default_rng(seed))
    assert shown.pixels.shape == (SIZE[1], SIZE[0], 3)
    assert len(shown.boxes) == 1
    assert np.allclose(red_box(shown.pixels), shown.boxes[0], atol=2.1)


@settings(max_examples=25, deadline=None)
@given(SEEDS)
def test_small_figures_somewhere_else_keep_their_boxes(seed: int) -> None:
    alpha = np.zeros((160, 120), np.uint8)
    alpha[20:150, 40:80] = 255
    ground = np.full((SIZE[1], SIZE[0], 3), 90, np.uint8)
    shown = far([(red_square(), alpha)], ground, np.random.default_rng(seed))
    assert shown.pixels.shape == (SIZE[1], SIZE[0], 3)
    assert np.allclose(red_box(shown.pixels), shown.boxes[0], atol=2.1)
    assert (shown.pixels == 90).all(axis=2).any()
    two = far([(red_square(), alpha)] * 2, ground, np.random.default_rng(seed))
    assert len(two.boxes) == 2
    assert two.boxes[0, 0] < two.boxes[1, 0]


def test_a_hat_of_the_catalogue_goes_on_the_head_of_who_stands_and_wears_none() -> None:
    person = Scene.of(np.full((160, 80, 3), 120, np.uint8), [((30.0, 60.0, 50.0, 100.0), SHIRT, LAYER_OF[SHIRT], True)])
    alpha = np.zeros((160, 80), np.uint8)
    alpha[10:150, 30:50] = 255
    cutout = np.full((32, 32, 3), (255, 0, 0), np.uint8), np.full((32, 32), 255, np.uint8)
    random = np.random.default_rng(3)
    dressed = with_thing(person, alpha, cutout, HAT, LAYER_OF[HAT], random)
    assert dressed.labels.tolist() == [SHIRT, HAT]
    hat = dressed.boxes[1]
    assert hat[1] < 30
    assert 30 < (hat[0] + hat[2]) / 2 < 50
    assert np.allclose(red_box(dressed.pixels), hat, atol=2.1)
    assert with_thing(dressed, alpha, cutout, HAT, LAYER_OF[HAT], random) is dressed
    lying = np.zeros((160, 80), np.uint8)
    lying[100:120, 5:75] = 255
    assert with_thing(person, lying, cutout, HAT, LAYER_OF[HAT], random) is person


def test_a_mirrored_box_is_where_the_garment_is() -> None:
    scene = mirrored(red_square())
    assert red_box(scene.pixels) == scene.boxes[0].tolist()


def test_two_pictures_beside_each_other_keep_their_boxes() -> None:
    both = side_by_side(red_square(), red_square())
    assert both.pixels.shape == (160, 240, 3)
    assert both.boxes.tolist() == [[40, 60, 80, 100], [160, 60, 200, 100]]


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_other_light_moves_nothing(seed: int) -> None:
    scene = photographed(red_square(), np.random.default_rng(seed))
    assert scene.pixels.dtype == np.uint8
    assert scene.pixels.shape == (160, 120, 3)
    assert scene.boxes.tolist() == [[40, 60, 80, 100]]


@settings(max_examples=25, deadline=None)
@given(SEEDS)
def test_products_that_are_laid_on_a_ground_have_their_boxes(seed: int) -> None:
    pixels = np.full((32, 32, 3), 255, np.uint8)
    pixels[6:26, 10:22] = (255, 0, 0)
    alpha = np.where(pixels[..., 1] < 128, 255, 0).astype(np.uint8)
    ground = np.full((96, 64, 3), 90, np.uint8)
    scene = scattered([(pixels, alpha, BAG, LAYER_OF[BAG])], ground, np.random.default_rng(seed))
    for box in scene.boxes:
        assert np.allclose(red_box(scene.pixels), box, atol=2)


def test_a_shot_of_skin_is_not_flat() -> None:
    alpha = np.full((10, 10), 255, np.uint8)
    assert not is_flat(np.full((10, 10, 3), (220, 170, 140), np.uint8), alpha)
    assert is_flat(np.full((10, 10, 3), (40, 60, 160), np.uint8), alpha)


def test_the_targets_say_what_the_boxes_say() -> None:
    targets = dense(red_square())
    layer = LAYER_OF[BAG]
    assert targets["heat"][..., layer].max() == 1
    assert targets["heat"].sum(axis=(0, 1))[[place for place in range(len(LAYERS)) if place != layer]].sum() == 0
    y, x = np.unravel_index(targets["heat"][..., layer].argmax(), targets["heat"].shape[:2])
    left, top, right, bottom = targets["reach"][y, x, layer] * STRIDE
    middle = (np.array([x, y]) + 0.5) * STRIDE
    assert [middle[0] - left, middle[1] - top, middle[0] + right, middle[1] + bottom] == [40, 60, 80, 100]
    assert targets["name"][y, x, layer] == BAG
    assert (targets["known"] == 1).all()


def test_what_may_be_found_or_not_is_not_judged() -> None:
    targets = dense(red_square(counted=False))
    layer = LAYER_OF[BAG]
    assert targets["heat"].max() == 0
    assert targets["weight"].max() == 0
    assert targets["known"][..., layer].min() == 0
    assert (np.delete(targets["known"], layer, axis=2) == 1).all()


def exact(targets: dict[str, np.ndarray]) -> dict[str, Any]:
    """What a network that knows the targets would say."""
    heat = np.where(targets["heat"] == 1, 12.0, -12.0).astype(np.float32)
    names = np.zeros((*heat.shape[:-1], len(LABELS)), np.float32)
    for place in np.argwhere(targets["name"] >= 0):
        names[(*place[:-1], targets["name"][tuple(place)])] = 12
    reach = np.log(targets["reach"]).reshape(*heat.shape[:-1], -1)
    return {"heat": tf.constant(heat), "name": tf.constant(names), "reach": tf.constant(reach)}


def all_losses(out: dict[str, Any], targets: dict[str, np.ndarray]) -> list[float]:
    return [
        float(losses.heat_loss(out["heat"], targets["heat"], targets["known"])),
        float(losses.box_loss(out["reach"], targets["reach"], targets["weight"])),
        float(losses.name_loss(out["name"], targets["name"], targets["weight"])),
    ]


def test_losses_vanish_where_everything_is_right_and_not_where_it_is_wrong() -> None:
    scene = Scene.of(np.zeros((96, 64, 3), np.uint8), [((8.0, 16.0, 50.0, 80.0), SHIRT, LAYER_OF[SHIRT], True)])
    targets = stacked([dense(scene)])
    right = exact(targets)
    assert all_losses(right, targets) == pytest.approx([0, 0, 0], abs=1e-3)
    wrong = {"heat": -right["heat"], "name": -right["name"], "reach": right["reach"] + 1.0}
    assert min(all_losses(wrong, targets)) > 0.3


def test_exact_answers_are_read_as_the_boxes_they_are_of() -> None:
    boxes = [
        ((8.0, 16.0, 50.0, 80.0), SHIRT, LAYER_OF[SHIRT], True),
        ((20.0, 40.0, 44.0, 72.0), BAG, LAYER_OF[BAG], True),
    ]
    out = exact(stacked([dense(Scene.of(np.zeros((96, 64, 3), np.uint8), boxes))]))
    inputs = {name: keras.Input(value.shape[1:], name=name) for name, value in out.items()}
    read = answering(keras.Model(inputs, {name: keras.layers.Identity()(value) for name, value in inputs.items()}))
    outputs = {name: value.numpy()[0] for name, value in read(out).items()}
    items = found(outputs, LAYERS, Thresholds({}, overlap=0.5, across=0.8))
    assert {item.label for item in items} == {"shirt", "bag"}
    for item in items:
        expected = next(box for box, label, _, _ in boxes if LABELS[label] == item.label)
        assert item.box == pytest.approx(expected, abs=0.01)


def test_a_stage_warms_up_and_ends_at_rest() -> None:
    table = rates(RECIPE)
    assert len(table) == RECIPE.epochs * RECIPE.steps
    assert table[1] == pytest.approx(0, abs=1e-6)
    assert table[-1] == pytest.approx(0, abs=1e-6)


def test_a_stage_may_share_the_fall_of_the_rate_with_the_one_before() -> None:
    first = DetectorStage(epochs=2, peak_rate=1e-3, shares=Shares(street=1, people=0, products=0))
    onward = replace(first, epochs=3, rate_goes_on=True)
    apart, together = (
        replace(RECIPE, steps=10, stages=stages) for stages in ((replace(first, epochs=5),), (first, onward))
    )
    assert rates(together).tolist() == rates(apart).tolist()
    assert together.stage_of(2) == onward


def item(label: str, score: float, box: tuple[float, float, float, float] = (4, 4, 20, 20)) -> Item:
    return Item(label, LAYERS[LAYER_OF[number_of(label)]].position, score, box)


def test_of_a_worn_product_its_own_garment_is_believed_and_others_where_they_are_sure() -> None:
    pixels = np.full((32, 32, 3), 255, np.uint8)
    assert believed(pixels, SHIRT, []) is None
    assert believed(pixels, SHIRT, [item("t-shirt", 0.35), item("jeans", 0.9)]) is None, "the product is missed"
    seen = [item("t-shirt", 0.5), item("sweater", 0.45), item("jeans", 0.9), item("bag", 0.5)]
    scene = believed(pixels, SHIRT, seen)
    assert scene is not None
    assert scene.labels[scene.counted].tolist() == [SHIRT, number_of("jeans")], "the shop knows what it sells"
    assert scene.counted.tolist() == [True, False, True, False], "a second upper garment may be there or not"
    assert scene.named[scene.counted].tolist() == [True, False]
    said = [layer.name for layer, silent in zip(LAYERS, scene.silent, strict=True) if not silent]
    assert said == ["inner", "lower"], "of all else nothing is said"
    assert dense(replace(scene, pixels=np.zeros((96, 64, 3), np.uint8)))["known"][..., LAYER_OF[BAG]].max() == 0


def test_only_products_that_people_wear_are_looked_at_and_then_shown(sources: Sources) -> None:
    skin = sources.shop.pixels.copy()
    skin[1, 8:24, 8:24] = (220, 170, 140)
    shop = replace(sources.shop, pixels=skin)
    looked: list[int] = []

    def look(pictures: Sequence[np.ndarray]) -> list[list[Item]]:
        looked.append(len(pictures))
        return [[item("shirt", 0.9, (8, 8, 24, 24))] for _ in pictures]

    random = np.random.default_rng(1)
    assert replace(sources, products={HAT: np.array([0, 1])}, shop=shop).with_worn(look, random).worn == []
    assert sources.with_worn(look, random).worn == [], "the shirt is shown flat"
    worn = replace(sources, shop=shop).with_worn(look, random)
    assert looked == [0, 0, 1]
    scene = worn.scene(Shares(street=0, people=0, products=0, worn=1), SIZE, random)
    assert scene.pixels.shape == (SIZE[1], SIZE[0], 3)
    assert set(scene.labels.tolist()) <= {SHIRT}
    assert scene.silent.sum() == len(LAYERS) - 1


def test_a_thing_that_stands_out_of_its_ground_has_its_box() -> None:
    pixels = np.random.default_rng(0).integers(150, 170, (160, 120, 3)).astype(np.uint8)
    assert thing_box(pixels) is None
    pixels[40:130, 30:90] = (40, 60, 160)
    assert thing_box(pixels) == pytest.approx((30, 40, 90, 130), abs=4)
    pixels[:, :90] = (40, 60, 160)
    assert thing_box(pixels) is None


def test_a_user_photo_says_what_its_label_says_and_no_more() -> None:
    pixels = np.full((160, 120, 3), 160, np.uint8)
    pixels[40:130, 30:90] = (40, 60, 160)
    shirt, trousers = scene_of_photo(pixels, "Shirt"), scene_of_photo(pixels, "Pants")
    assert shirt is not None
    assert trousers is not None
    silent = [
        [layer.name for layer, still in zip(LAYERS, scene.silent, strict=True) if still] for scene in (shirt, trousers)
    ]
    # trousers lie on their own, but a shirt may be somebody's jacket
    assert silent == [["outer", "full", "other"], ["other"]]
    assert shirt.named.tolist() == [True]
    assert trousers.named.tolist() == [False]
    assert (dense(trousers)["name"] == -1).all()
    assert dense(shirt)["known"][..., LAYER_OF[number_of("dress")]].max() == 0
    assert scene_of_photo(np.full((160, 120, 3), 160, np.uint8), "Shirt") is None


def test_the_same_seed_gives_the_same_batches(sources: Sources) -> None:
    def made() -> list[tuple[np.ndarray, dict[str, np.ndarray]]]:
        return list(batches(sources, RECIPE.stages[1].shares, size=SIZE, count=3, batch=2, seed=(5, 1)))

    for (pixels, targets), (other_pixels, other_targets) in zip(made(), made(), strict=True):
        assert np.array_equal(pixels, other_pixels)
        assert all(np.array_equal(targets[name], other_targets[name]) for name in targets)


def test_a_training_goes_on_and_its_bundle_finds_what_the_network_finds(
    tmp_path: Path, network: Any, sources: Sources
) -> None:
    loop = DetectorLoop(network, RECIPE)
    history = [loop.run_epoch(epoch, sources, lambda line: None) for epoch in range(2)]
    assert all(np.isfinite(value) for record in history for value in record.values())
    save(loop.checkpoint, tmp_path / "state", history)
    assert resume(loop.checkpoint, tmp_path / "state", fresh=False) == history
    loop.settle(sources)
    outcome = DetectorOutcome(network, RECIPE, [{"seconds": 1.0}], {"began_from": "nothing"})
    bundle = write_detector(outcome, tmp_path / "detector")
    detector = Detector.open(bundle, threads=1)
    pixels = np.random.default_rng(0).integers(0, 256, (96, 64, 3), dtype=np.uint8)
    expected = Eyes(network, SIZE).look([pixels])[0]
    got = detector.candidates(Photo(pixels, (64, 96), "array"))
    assert {item.position for item in got} == {item.position for item in expected}
    assert json.loads((bundle / "training.json").read_text(encoding="utf-8"))["recipe"]["serving"] == list(SIZE)
    before = network(pixels[None].astype(np.float32), training=False)["heat"].numpy()
    network.set_weights([np.zeros_like(weight) for weight in network.get_weights()])
    load_weights(network, bundle)
    again = network(pixels[None].astype(np.float32), training=False)["heat"].numpy()
    assert np.abs(again - before).max() < 0.02 * np.abs(before).max(), "the bundle keeps the network's weights"
