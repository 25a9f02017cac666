"""Losses, batches and the conversion to LiteRT do what the training relies on."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
keras = pytest.importorskip("keras")
tf = pytest.importorskip("tensorflow")

from vsearch_core.contracts import ATTRIBUTES, Photo  # noqa: E402
from vsearch_core.errors import BundleError, CatalogueError, VsearchError  # noqa: E402
from vsearch_core.evaluation.cards.fashion import taken_over  # noqa: E402
from vsearch_core.settings import SAMPLE_SHOP, Settings  # noqa: E402
from vsearch_core.training.fashion.bundle import write_fashion  # noqa: E402
from vsearch_core.training.fashion.garments import read_garments  # noqa: E402
from vsearch_core.training.fashion.joint import joint_network, with_types  # noqa: E402
from vsearch_core.training.fashion.loop import Loop, rates  # noqa: E402
from vsearch_core.training.fashion.recipe import Recipe, Stage  # noqa: E402
from vsearch_core.training.fashion.train import Outcome, begin_with, train_fashion  # noqa: E402
from vsearch_core.training.shared import datasets  # noqa: E402
from vsearch_core.training.shared.labels import UNKNOWN, Labels, codes  # noqa: E402
from vsearch_core.training.shared.losses import InstanceBank, Proxies, any_right_type, known_class  # noqa: E402
from vsearch_core.training.shared.state import resume, save, take_over  # noqa: E402
from vsearch_core.training.shared.weights import load_weights, packed  # noqa: E402
from vsearch_core.vision import Bundle, FashionModel  # noqa: E402

LABELS = Labels(
    ("Jeans", "Shirts", "Watches"),
    {name: ("a", "b") for name in ATTRIBUTES},
    {"Jeans": ("Apparel", "Bottomwear"), "Shirts": ("Apparel", "Topwear"), "Watches": ("Accessories", "Watches")},
)


def test_any_of_the_right_types_satisfies_the_loss() -> None:
    logits = tf.constant([[9.0, 0.0, 0.0], [0.0, 9.0, 0.0]])
    one = any_right_type(logits, tf.constant([[1.0, 0, 0], [1.0, 0, 0]]))
    either = any_right_type(logits, tf.constant([[1.0, 1, 0], [1.0, 1, 0]]))
    assert float(either) < 0.01 < 4 < float(one)


def test_rows_without_a_known_label_cost_nothing() -> None:
    logits = tf.constant([[9.0, 0.0], [0.0, 9.0]])
    assert float(any_right_type(logits, tf.zeros((2, 2)))) == 0
    assert float(known_class(logits, tf.constant([UNKNOWN, UNKNOWN]))) == 0
    assert float(known_class(logits, tf.constant([0, UNKNOWN]))) < 0.01


def test_the_bank_tells_products_apart_but_never_those_of_one_group() -> None:
    bank = InstanceBank(np.array([0, 0, 1]), np.array([0, 0, 1]), dimension=2)
    directions = tf.constant([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    rows, right = tf.constant([0, 1, 2]), tf.one_hot([0, 0, 1], 2)

    def instance(embeddings: object, rows: object) -> float:
        return float(bank.losses(embeddings, rows, right)["instance"])

    assert instance(directions, rows) == 0, "nothing was seen yet"
    bank.remember(directions, rows)
    assert instance(directions, rows) < 0.01, "equal pictures of one group are not pushed apart"
    assert instance(directions[::-1], rows) > 1, "another product's picture is"
    assert instance(directions, tf.constant([-1, -1, -1])) == 0


def test_a_photo_of_no_product_is_drawn_to_products_of_its_kinds() -> None:
    bank = InstanceBank(np.array([0, 1, 2]), np.array([0, 0, 1]), dimension=2)
    photo, no_product = tf.constant([[1.0, 0.0]]), tf.constant([-1])

    def neighbour(right: list[float]) -> float:
        return float(bank.losses(photo, no_product, tf.constant([right]))["neighbour"])

    assert neighbour([1.0, 0.0]) == 0, "nothing was seen yet"
    bank.remember(tf.constant([[1.0, 0.0], [0.6, 0.8], [0.0, 1.0]]), tf.constant([0, 1, 2]))
    assert neighbour([1.0, 0.0]) < 0.01
    assert neighbour([0.0, 1.0]) > 5
    assert neighbour([1.0, 1.0]) < 1e-5, "all kinds count as right"
    assert neighbour([0.0, 0.0]) == 0, "an unknown kind costs nothing"


def test_a_product_is_not_its_own_neighbour() -> None:
    bank = InstanceBank(np.array([0, 1]), np.array([0, 1]), dimension=2)
    directions = tf.constant([[1.0, 0.0], [0.0, 1.0]])
    bank.remember(directions, tf.constant([0, 1]))
    alone = bank.losses(directions[:1], tf.constant([0]), tf.constant([[1.0, 0.0]]))["neighbour"]
    assert float(alone) == 0, "no other product of its kind was seen"


def test_a_product_is_drawn_to_the_others_of_its_title_unless_they_are_many() -> None:
    directions = tf.constant([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]])
    rows, right = tf.constant([0]), tf.constant([[1.0]])

    def twin(groups: list[int]) -> float:
        bank = InstanceBank(np.array(groups), np.zeros(len(groups), int), dimension=2)
        assert float(bank.losses(directions[:1], rows, right)["twin"]) == 0, "nothing was seen yet"
        bank.remember(directions, tf.constant([0, 1, 2]))
        return float(bank.losses(directions[:1], rows, right)["twin"])

    assert twin([0, 1, 2] + [3] * 9) == 0, "it has no twin"
    near, far = twin([0, 1, 0] + [3] * 9), twin([0, 0, 1] + [3] * 9)
    assert 0 < near < 0.01 < 5 < far, "the twin is to be found before other products"
    assert twin([0, 0, 1] + [0] * 9) == 0, "a title of eleven products names many designs"


def test_each_stage_warms_up_and_decays_once() -> None:
    first, second = Stage(2, 1e-3, 0.3, 0.3, 0.0), Stage(3, 5e-4, 0.5, 0.5, 0.3, garment_repeats=2)
    recipe = Recipe(stages=(first, second))
    table = rates(recipe, {first: 100, second: 120})
    assert len(table) == 2 * 100 + 3 * 120
    assert table[:200].max() == pytest.approx(1e-3, rel=0.05)
    assert table[200:].max() == pytest.approx(5e-4, rel=0.05)
    assert table[199] < 1e-6
    assert table[-1] < 1e-6
    assert [recipe.stage_of(epoch).snap_share for epoch in range(6)] == [0.3, 0.3, 0.5, 0.5, 0.5, 0.5]
    assert recipe.shortened(1).name != recipe.name


def test_what_is_chosen_of_a_finished_training_does_not_make_it_another() -> None:
    recipe = Recipe(stages=(Stage(2, 1e-3, 0.3, 0.3, 0.0),))
    assert replace(recipe, type_share=0.5).name == recipe.name
    assert replace(recipe, seed=1).name != recipe.name


def test_proxies_answer_with_cosines_over_the_temperature() -> None:
    proxies = Proxies(3, 2, 0.1, "p")
    logits = proxies(tf.constant([[1.0, 0.0]])).numpy()
    assert np.abs(logits).max() <= 10.001


def test_unknown_values_have_no_code() -> None:
    assert codes(["Shirts", "", "Hats"], LABELS.product_types).tolist() == [1, UNKNOWN, UNKNOWN]
    assert LABELS.type_targets(["Hats", "Jeans"]).tolist() == [[0, 0, 0], [1, 0, 0]]


@pytest.fixture
def training_set(tmp_path: Path) -> datasets.TrainingSet:
    drawn, products = datasets.drawn_pictures(SAMPLE_SHOP, 12, side=48, cache=tmp_path)
    right = [frozenset({"Jeans", "Shirts"})] * 3
    targets = datasets.joined(
        [
            datasets.shop_targets(LABELS, products, list(drawn.ids)),
            datasets.photo_targets(LABELS, right),
            datasets.photo_targets(LABELS, [frozenset({"Hats"})] * 2),
        ]
    )
    photos = [np.full((40, 60, 3), 40 * number, np.uint8) for number in range(3)]
    garments = [np.full((20, 20, 3), 200, np.uint8) for _ in range(2)]
    return datasets.TrainingSet([drawn], photos, targets, garments)


def test_an_epoch_is_the_same_again_and_the_next_one_is_another(training_set: datasets.TrainingSet) -> None:
    def epoch(number: int) -> list[datasets.Batch]:
        return list(datasets.batches(training_set, side=32, size=4, seed=1, epoch=number))

    first, again, second = epoch(0), epoch(0), epoch(1)
    assert len(first) == (12 + 2 * 3) // 4
    for one, other in zip(first, again, strict=True):
        assert (one.pixels == other.pixels).all()
        assert (one.rows == other.rows).all()
    assert any((one.rows != other.rows).any() for one, other in zip(first, second, strict=True))


def test_user_photos_have_all_their_right_types_and_no_group(training_set: datasets.TrainingSet) -> None:
    assert training_set.targets.types[-3].tolist() == [1, 1, 0]
    assert training_set.targets.group[-5:].tolist() == [-1, -1, -1, -1, -1]
    assert len(set(training_set.targets.group[:12])) == 12


def test_garments_are_shown_in_the_epochs_of_stages_that_want_them(training_set: datasets.TrainingSet) -> None:
    def rows(repeats: int) -> list[int]:
        shown = replace(training_set, garment_repeats=repeats)
        return sorted(shown.epoch_rows(np.random.default_rng(1)).tolist())

    assert rows(0) == sorted([*range(12), *[12, 13, 14] * 2])
    assert rows(3) == sorted([*range(12), *[12, 13, 14] * 2, *[15, 16] * 3])
    garment = training_set.picture(16, 32, np.random.default_rng(1), snap=False)
    assert garment.shape == (32, 32, 3)


def test_a_batch_says_which_shop_pictures_it_shows_as_snaps(training_set: datasets.TrainingSet) -> None:
    def shown(share: float) -> tuple[np.ndarray, np.ndarray]:
        data = replace(training_set, snap_share=share, garment_repeats=1)
        made = list(datasets.batches(data, side=32, size=5, seed=1, epoch=0))
        return np.concatenate([batch.rows for batch in made]), np.concatenate([batch.snaps for batch in made])

    rows, as_snaps = shown(1.0)
    assert (as_snaps == (rows < 12)).all(), "photos and garments are what they are"
    assert not shown(0.0)[1].any()


def test_a_batch_that_cannot_be_made_stops_the_training_with_its_own_error(
    training_set: datasets.TrainingSet,
) -> None:
    broken = replace(training_set, photos=[np.zeros((0, 0, 3), np.uint8)] * 3)
    with pytest.raises(ZeroDivisionError):
        list(datasets.batches(broken, side=32, size=4, seed=1, epoch=0))


def _small_network(side: int) -> object:
    picture = keras.Input((side, side, 3), name="image")
    pooled = keras.layers.GlobalAveragePooling2D()(keras.layers.Conv2D(8, 3, name="conv")(picture / 255.0))
    outputs = {"product_type": keras.layers.Dense(3, name="product_type")(pooled)}
    outputs |= {name: keras.layers.Dense(2, name=name)(pooled) for name in ATTRIBUTES}
    outputs["embedding"] = keras.layers.UnitNormalization(name="embedding")(keras.layers.Dense(256)(pooled))
    return keras.Model(picture, outputs)


def test_only_catalogue_shots_are_remembered_where_a_stage_says_so(training_set: datasets.TrainingSet) -> None:
    def remembered(snap_share: float, *, shots_alone: bool) -> int:
        stage = Stage(1, 1e-4, snap_share, 0.5, 0.3, twin_weight=0.1, garment_repeats=1, shots_alone=shots_alone)
        loop = Loop(_small_network(32), LABELS, training_set, Recipe(side=32, batch=5, stages=(stage,)))
        record = loop.run_epoch(0, lambda line: None)
        assert {"instance", "neighbour", "twin"} <= set(record)
        assert all(np.isfinite(value) for value in record.values())
        return int(loop.bank.seen.numpy().sum())

    assert remembered(1.0, shots_alone=False) == 12, "every product, and no photo"
    assert remembered(1.0, shots_alone=True) == 0
    assert remembered(0.0, shots_alone=True) == 12


@pytest.mark.real_data
def test_garments_are_cut_out_of_street_photos_with_the_types_they_can_be(real_data: Path) -> None:
    found = read_garments(real_data, part="validation")
    assert len(found.pictures) == len(found.right) == len(set(found.names)) > 300
    assert max(max(picture.shape) for picture in found.pictures) <= datasets.PHOTO_SIDE
    assert all(found.right)
    without = read_garments(real_data, part="validation", left_out=["Skirts"])
    assert 0 < len(without.names) < len(found.names)
    assert not any("Skirts" in right for right in without.right)


def test_an_earlier_training_is_taken_over_and_says_so(tmp_path: Path) -> None:
    number = tf.Variable(3.0)
    state = tf.train.Checkpoint(number=number)
    earlier, folder = tmp_path / "earlier", tmp_path / "new"
    with pytest.raises(VsearchError, match="holds no training"):
        take_over(earlier, folder)
    save(state, earlier, [{"epoch": 1}, {"epoch": 2}])
    number.assign(9.0)
    take_over(earlier, folder)
    assert resume(state, folder, fresh=False) == [
        {"taken_over_from": "earlier", "epoch": 1},
        {"taken_over_from": "earlier", "epoch": 2},
    ]
    assert float(number) == 3
    with pytest.raises(VsearchError, match="has begun"):
        take_over(earlier, folder)
    assert taken_over(resume(state, folder, fresh=False)).strip().startswith("Epochs 1 to 2")
    assert taken_over(resume(state, earlier, fresh=False)) == ""


def test_the_joint_embedding_is_of_look_and_type_in_their_shares() -> None:
    random = np.random.default_rng(3)
    pictures = random.integers(0, 256, (300, 32, 32, 3), dtype=np.uint8)
    network = _small_network(32)
    joint = with_types(network, list(pictures), share=0.2, temperature=2.0)
    asked = pictures[:20].astype(np.float32)
    before, after = network(asked), joint(asked)
    types = np.sqrt(keras.ops.softmax(before["product_type"] / 2.0))
    look = np.asarray(before["embedding"])
    assert np.asarray(after["embedding"]).shape == look.shape
    expected = 0.8 * look @ look.T + 0.2 * types @ types.T
    got = np.asarray(after["embedding"]) @ np.asarray(after["embedding"]).T
    assert np.allclose(got, expected, atol=0.02)
    assert np.allclose(after["product_type"], before["product_type"])


def test_a_trained_network_becomes_a_bundle_that_answers_the_same(tmp_path: Path) -> None:
    network = _small_network(32)
    outcome = Outcome(network, LABELS, Recipe(side=32), [{"seconds": 60.0}], {"catalogue_train": 1})
    path = write_fashion(outcome, tmp_path / "small")
    model = FashionModel(Bundle.open(path))
    pixels = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    outputs = model.run(Photo(pixels, (32, 32), "array"))
    expected = network(pixels[None].astype(np.float32))
    assert np.allclose(outputs["product_type"], tf.nn.softmax(expected["product_type"][0]), atol=2e-3)
    assert np.allclose(outputs["embedding"], expected["embedding"][0], atol=2e-3)
    assert json.loads((path / "training.json").read_text())["minutes"] == 1.0


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> tuple[keras.Model, Path]:
    """A small network with its joint embedding, and its bundle."""
    pictures = np.random.default_rng(3).integers(0, 256, (300, 32, 32, 3), dtype=np.uint8)
    network = with_types(_small_network(32), list(pictures), share=0.2, temperature=2.0)
    outcome = Outcome(network, LABELS, Recipe(side=32), [{"seconds": 60.0}], {})
    return network, write_fashion(outcome, tmp_path_factory.mktemp("bundles") / "small")


def test_a_bundle_keeps_weights_that_make_the_same_network_again(taught: tuple[keras.Model, Path]) -> None:
    network, path = taught
    again = joint_network(_small_network(32), share=0.2, temperature=2.0)
    asked = np.random.default_rng(4).integers(0, 256, (8, 32, 32, 3)).astype(np.float32)
    expected = network(asked)["embedding"]
    assert not np.allclose(again(asked)["embedding"], expected, atol=2e-3)
    load_weights(again, path)
    assert np.allclose(again(asked)["embedding"], expected, atol=2e-3)


def test_a_training_begins_with_the_weights_that_a_bundle_keeps(taught: tuple[keras.Model, Path]) -> None:
    network, path = taught
    again = _small_network(32)
    asked = np.random.default_rng(4).integers(0, 256, (8, 32, 32, 3)).astype(np.float32)
    expected = network(asked)["product_type"]
    assert not np.allclose(again(asked)["product_type"], expected, atol=2e-3)
    name = begin_with(again, path)
    assert np.allclose(again(asked)["product_type"], expected, atol=2e-3)
    assert begin_with(_small_network(32), path) == name


def test_a_bundle_serves_without_its_weights_and_says_so_to_who_wants_them(
    taught: tuple[keras.Model, Path], tmp_path: Path
) -> None:
    path = shutil.copytree(taught[1], tmp_path / "small")
    (path / "weights.npz").unlink()
    assert FashionModel(Bundle.open(path)).dimension == taught[0].output["embedding"].shape[-1]
    with pytest.raises(BundleError, match=r"keeps no weights\.npz"):
        load_weights(taught[0], path)


def test_weights_that_are_damaged_or_of_another_network_are_refused(
    taught: tuple[keras.Model, Path], tmp_path: Path
) -> None:
    network, bundle = taught
    with pytest.raises(BundleError, match="another network"):
        load_weights(_small_network(32), bundle)
    path = shutil.copytree(bundle, tmp_path / "small")
    (path / "weights.npz").write_bytes((path / "weights.npz").read_bytes()[:-9])
    with pytest.raises(BundleError, match="damaged"):
        load_weights(network, path)
    (path / "checksums.json").unlink()
    with pytest.raises(BundleError, match="does not hold weights"):
        load_weights(network, path)


def test_weights_that_float16_cannot_hold_are_not_shipped() -> None:
    network = _small_network(32)
    conv = network.get_layer("conv")
    conv.set_weights([np.full_like(weight, 1e6) for weight in conv.get_weights()])
    with pytest.raises(BundleError, match="float16"):
        packed(network)


def test_a_network_that_gives_no_numbers_is_not_shipped(tmp_path: Path) -> None:
    network = _small_network(32)
    conv = network.get_layer("conv")
    conv.set_weights([np.full_like(weight, np.nan) for weight in conv.get_weights()])
    with pytest.raises(BundleError):
        write_fashion(Outcome(network, LABELS, Recipe(side=32), [{"seconds": 1.0}], {}), tmp_path / "broken")


def test_training_without_the_data_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="data fetch"):
        train_fashion(Settings(data=tmp_path, cache=tmp_path), Recipe())
