"""The losses of the classic methods, the batches that they see, and each method from pictures to a bundle."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
keras = pytest.importorskip("keras")
tf = pytest.importorskip("tensorflow")

from studies.methods.compare import METHODS  # noqa: E402
from studies.methods.pair_losses import (  # noqa: E402
    TRIPLET_MARGIN,
    contrastive,
    matched_views,
    semi_hard,
    siamese,
    squared_distances,
    triplet,
)
from studies.methods.train import MethodRecipe, ProductViews, learn  # noqa: E402
from vsearch_core.contracts import ATTRIBUTES, Photo  # noqa: E402
from vsearch_core.settings import SAMPLE_SHOP  # noqa: E402
from vsearch_core.training.fashion.bundle import write_network  # noqa: E402
from vsearch_core.training.shared import datasets  # noqa: E402
from vsearch_core.training.shared.descent import WARM_UP, by_minutes, by_steps, descend  # noqa: E402
from vsearch_core.training.shared.heads import linear_probe, main_directions, pooled, projection  # noqa: E402
from vsearch_core.training.shared.labels import Labels  # noqa: E402
from vsearch_core.training.shared.material import Material  # noqa: E402
from vsearch_core.training.shared.stages import rate_at  # noqa: E402
from vsearch_core.vision import Bundle, FashionModel  # noqa: E402

SIDE = 48


def unit(degrees: list[float]) -> object:
    """Directions in the plane, (n, 2)."""
    angles = np.deg2rad(degrees)
    return tf.constant(np.stack([np.cos(angles), np.sin(angles)], axis=1), tf.float32)


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> Material:
    drawn, products = datasets.drawn_pictures(SAMPLE_SHOP, 12, side=SIDE, cache=tmp_path_factory.mktemp("drawn"))
    labels = Labels(
        tuple(sorted(set(products["product_type"]))),
        {name: tuple(sorted(set(products[name]) - {""})) for name in ATTRIBUTES},
        {name: ("Apparel", "Clothes") for name in products["product_type"]},
    )
    groups = [*drawn.ids[:10], drawn.ids[0], drawn.ids[0]]
    photos = [np.full((40, 60, 3), 40 * number, np.uint8) for number in range(3)]
    return Material(labels, drawn, datasets.shop_targets(labels, products, groups), photos)


@pytest.fixture
def base() -> object:
    keras.utils.set_random_seed(1)
    picture = keras.Input((SIDE, SIDE, 3))
    small = keras.layers.AveragePooling2D(4)(picture)
    value = keras.layers.Conv2D(16, 3, activation="relu", name="conv")(small)
    return keras.Model(picture, keras.layers.GlobalAveragePooling2D()(value), name="trunk")


def test_contrastive_pulls_the_same_together_and_others_only_up_to_the_margin() -> None:
    same, different = tf.constant([1.0]), tf.constant([0.0])
    there, near, far = unit([0]), unit([30]), unit([90])
    squared = float(tf.reduce_sum((there - near) ** 2))
    assert float(contrastive(there, near, same)) == pytest.approx(squared, abs=1e-5)
    assert float(contrastive(there, near, different)) == pytest.approx((1 - squared**0.5) ** 2, abs=1e-5)
    assert float(contrastive(there, far, different)) == 0, "beyond the margin nothing is pushed"


def test_equal_pictures_of_different_products_do_not_break_the_slope() -> None:
    point = tf.Variable(unit([0]))
    with tf.GradientTape() as tape:
        loss = contrastive(point, unit([0]), tf.constant([0.0]))
    assert float(loss) == pytest.approx(1, abs=1e-4)
    assert np.isfinite(tape.gradient(loss, point).numpy()).all()


def test_siamese_pairs_are_half_the_same_product_and_half_not() -> None:
    views = unit([0, 0, 90, 90, 180, 180])
    assert float(siamese(views, tf.constant([0, 0, 1, 1, 2, 2]))) == pytest.approx(0, abs=1e-5)
    mixed = unit([0, 90, 90, 180, 180, 0])
    assert float(siamese(mixed, tf.constant([0, 0, 1, 1, 2, 2]))) == pytest.approx((2 + 2 + 4) / 3 / 2, abs=1e-4)
    one_group = float(siamese(views, tf.constant([5, 5, 5, 5, 5, 5])))
    assert one_group == pytest.approx((0 + (2 + 2 + 4) / 3) / 2, abs=1e-4), "products of one group count as the same"


def test_semi_hard_mining_picks_the_nearest_negative_behind_the_positive() -> None:
    # anchor, its positive, a harder negative, the semi-hard one, a far one
    embeddings = unit([0, 30, 15, 45, 170])
    negatives = semi_hard(squared_distances(embeddings), tf.constant([0, 0, 1, 2, 3])).numpy()
    assert negatives[0, 1] == 3
    assert negatives[0, 0] == 2, "behind the anchor itself the nearest is the hardest one"


def test_semi_hard_mining_takes_the_farthest_where_every_negative_is_nearer() -> None:
    negatives = semi_hard(squared_distances(unit([0, 120, 10, 60])), tf.constant([0, 0, 1, 2])).numpy()
    assert negatives[0, 1] == 3


def test_the_triplet_loss_is_zero_once_products_are_apart_by_the_margin() -> None:
    groups = tf.constant([0, 0, 1, 1])
    assert float(triplet(unit([0, 0, 180, 180]), groups)) == 0
    assert float(triplet(unit([0, 0, 0, 0]), groups)) == pytest.approx(TRIPLET_MARGIN, abs=1e-5)


def test_matched_views_never_push_products_of_one_group_apart() -> None:
    views = unit([0, 0, 0, 0, 180, 180])
    apart = float(matched_views(views, tf.constant([0, 0, 1, 1, 2, 2]), 0.1))
    together = float(matched_views(views, tf.constant([0, 0, 0, 0, 2, 2]), 0.1))
    assert together < 1e-4 < 0.4 < apart


def test_batches_hold_every_product_twice_and_no_group_more_often(material: Material) -> None:
    views = ProductViews.of(material)
    count = len(material.shots.ids)
    chosen = set()
    for epoch in range(8):
        for batch in datasets.batches(views, side=SIDE, size=10, seed=1, epoch=epoch):
            one, other = batch.rows[0::2], batch.rows[1::2]
            assert (one < count).all()
            assert (one + count == other).all(), "a studio shot and a snap of the same product"
            groups, times = np.unique(batch.targets.group, return_counts=True)
            assert len(groups) == 5
            assert (times == 2).all()
            chosen |= set(one.tolist())
    assert {0, 10, 11} <= chosen, "every product of a group has its turn"


def test_the_first_view_is_a_studio_shot_and_the_second_a_snap(material: Material) -> None:
    views, count = ProductViews.of(material), len(material.shots.ids)
    shot, snap = (
        views.picture(row, SIDE, np.random.default_rng(4), snap=views.as_snap(row, np.random.default_rng(4)))
        for row in (3, 3 + count)
    )
    expected = datasets.TrainingSet(views.shop, (), views.targets)
    assert (shot == expected.picture(3, SIDE, np.random.default_rng(4), snap=False)).all()
    assert (shot[0, 0] > 200).all()
    assert (snap != shot).any()
    assert shot.shape == (SIDE, SIDE, 3)


def test_the_rate_warms_up_and_ends_at_zero() -> None:
    rates = rate_at(np.array([0.01, 0.05, 1.0]), 1.0, WARM_UP)
    assert rates == pytest.approx([0.2, 1, 0], abs=0.01)


def test_minutes_are_counted_from_the_second_step() -> None:
    clock = iter([100.0, 100.0, 130.0, 160.0])
    place = by_minutes(1.0, lambda: next(clock))
    assert place(0) < 0.01
    assert [place(1), place(2), place(3)] == pytest.approx([1e-3, 0.5, 1.0])


def test_descent_takes_its_steps_and_goes_down() -> None:
    point = keras.Variable([3.0, -2.0])
    target = tf.constant([1.0, 1.0])
    losses = descend(
        [point],
        lambda given: tf.reduce_sum((point - given) ** 2),
        iter(lambda: (target,), None),
        peak_rate=0.3,
        place=by_steps(60),
    )
    assert len(losses) == 60
    assert losses[-1] < 0.1 < losses[0]


def test_principal_components_keep_most_of_the_spread() -> None:
    random = np.random.default_rng(0)
    points = (random.normal(size=(400, 3)) * [5, 1, 0.1] + 7).astype(np.float32)
    directions, bias = main_directions(points, 1)
    assert abs(directions[0, 0]) > 0.99
    assert float((points @ directions + bias).mean()) == pytest.approx(0, abs=1e-3)


def test_a_head_may_have_more_dimensions_than_features() -> None:
    features = np.random.default_rng(0).normal(size=(5, 8)).astype(np.float32)
    embeddings = projection(8, 32, layer_norm=False)(features).numpy()
    unit_features = features / np.linalg.norm(features, axis=1, keepdims=True)
    assert np.allclose(embeddings @ embeddings.T, unit_features @ unit_features.T, atol=1e-4)


def test_a_linear_probe_learns_what_lines_can_tell_apart(material: Material) -> None:
    types = material.targets.types.argmax(axis=1)
    features = np.eye(len(material.labels.product_types), dtype=np.float32)[types] + 0.5
    probe = linear_probe(np.tile(features, (20, 1)), _repeated(material, 20), material.labels, epochs=500, seed=1)
    assert (probe(features)["product_type"].numpy().argmax(axis=1) == types).all()


@pytest.mark.parametrize("method", METHODS)
def test_each_method_trains_and_becomes_a_bundle(method: str, material: Material, base: object, tmp_path: Path) -> None:
    start = pooled(base, material.shots.pixels, np.arange(len(material.shots.ids)))
    before = base.get_layer("conv").get_weights()[0].copy()
    recipe = MethodRecipe(method, minutes=0.01, dimension=8, side=SIDE, products=4)
    network, steps, losses = learn(recipe, material, base, start, say=lambda line: None)
    moved = bool((base.get_layer("conv").get_weights()[0] != before).any())
    assert (steps >= 2, moved, len(losses)) == ((True, True, 2) if method != "pretrained" else (False, False, 0))
    path = write_network(network, tmp_path / recipe.name, labels=material.labels, side=SIDE, training={"steps": steps})
    model = FashionModel(Bundle.open(path))
    outputs = model.run(Photo(material.shots.pixels[0], (SIDE, SIDE), "array"))
    assert model.dimension == 8
    assert np.linalg.norm(outputs["embedding"]) == pytest.approx(1, abs=1e-3)
    assert outputs["features"].shape == (16,)
    assert outputs["product_type"].sum() == pytest.approx(1, abs=1e-3)


def _repeated(material: Material, times: int) -> datasets.Targets:
    return material.targets.rows(np.tile(np.arange(len(material.shots.ids)), times))
