"""The cascade's figures: equal to plain searches, chosen on validation, and kept in the bundle."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from studies.cascade import category_error, write_cascade, write_rule
from vsearch_core.contracts import Photo, Prediction
from vsearch_core.errors import BundleError
from vsearch_core.evaluation.measure import Measured
from vsearch_core.evaluation.protocols.cascade import (
    Chosen,
    World,
    asked_of,
    choose_cascade,
    chosen_rule,
    gallery_of,
    known,
    members,
    set_figures,
)
from vsearch_core.evaluation.protocols.partitions import Asked, ByPartition, Gallery, searched
from vsearch_core.evaluation.protocols.street_items import StreetItems, position_rows
from vsearch_core.insight.similarity.protocols import read_protocols
from vsearch_core.vision import Bundle, FashionModel
from vsearch_core.vision.cascade import Cascade

KINDS = np.array(["a1", "a2", "b1", "c1", "c2", "c3"])


def _unit(vectors: np.ndarray) -> np.ndarray:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def gallery() -> Gallery:
    """Sixty products of three partitions, one of them with fewer than ten."""
    random = np.random.default_rng(1)
    kinds = np.concatenate([KINDS, np.repeat(["b1"], 4), random.choice(["a1", "a2", "c1", "c2", "c3"], 50)])
    return Gallery(_unit(random.normal(size=(60, 8))), np.array([kind[0] for kind in kinds]), kinds)


@pytest.fixture
def asked() -> Asked:
    random = np.random.default_rng(2)
    probabilities = random.dirichlet([0.5, 0.5, 0.5], 40)
    right = [frozenset(random.choice(KINDS, 2)) for _ in range(40)]
    return Asked(_unit(random.normal(size=(40, 8))), probabilities, right, np.arange(40), np.arange(40))


@pytest.mark.parametrize("rule", [None, Cascade(0.6, 2), Cascade(0.9, 2), Cascade(0.5, 1)])
def test_the_figures_are_those_of_a_plain_search_in_the_chosen_partitions(
    gallery: Gallery, asked: Asked, rule: Cascade | None
) -> None:
    answers = ByPartition.of(asked, gallery)
    chosen = searched(asked.probabilities, answers.sizes, rule)
    first, ten = answers.first_ten(chosen)
    ranks = answers.ranks(chosen)
    assert asked.own is not None
    for row, names in enumerate(np.array(gallery.names)[None].repeat(40, axis=0)):
        inside = np.flatnonzero(np.isin(gallery.categories, names[chosen[row]]))
        order = inside[np.argsort(-(gallery.vectors[inside] @ asked.embeddings[row]), kind="stable")]
        right = np.isin(gallery.kinds[order[:10]], list(asked.right[row]))
        assert (first[row], ten[row]) == (right[0], pytest.approx(right.sum() / 10))
        place = np.flatnonzero(order == asked.own[row])
        assert ranks[row] == (place[0] + 1 if len(place) else np.inf)


@pytest.mark.parametrize("rule", [Cascade(0.6, 2), Cascade(0.9, 2), Cascade(0.5, 1), Cascade(0.99, 3)])
def test_what_is_searched_is_what_serving_searches(asked: Asked, rule: Cascade) -> None:
    names, sizes = ["a", "b", "c"], np.array([25, 25, 25])
    chosen = searched(asked.probabilities, sizes, rule)
    for row, probabilities in zip(chosen, asked.probabilities, strict=True):
        ranked = sorted(zip(names, probabilities, strict=True), key=lambda pair: -pair[1])
        serving = rule.chosen([Prediction(name, float(one)) for name, one in ranked], names)
        assert {name for name, inside in zip(names, row, strict=True) if inside} == set(serving or names)


def test_a_partition_that_the_network_does_not_know_is_always_searched_too() -> None:
    probabilities = np.array([[0.9, 0.1, 0.0], [0.5, 0.5, 0.0]])
    chosen = searched(probabilities, np.array([20, 20, 20]), Cascade(0.8, 1))
    assert chosen.tolist() == [[True, False, True], [True, True, True]]
    assert searched(probabilities, np.array([20, 20, 20]), None, top1=True).tolist()[0] == [True, False, False]


def test_too_few_products_in_what_is_chosen_mean_that_everything_is_searched() -> None:
    assert searched(np.array([[0.9, 0.1]]), np.array([9, 30]), Cascade(0.8, 1)).all()


def test_a_sure_head_makes_the_cascade_better_and_a_wrong_one_is_not_trusted(gallery: Gallery) -> None:
    random = np.random.default_rng(3)
    rows = np.arange(60)
    vectors = _unit(gallery.vectors + 0.8 * random.normal(size=gallery.vectors.shape))
    right = [frozenset({kind}) for kind in gallery.kinds]
    true = (np.array(gallery.names)[None] == gallery.categories[:, None]).astype(float)
    sure = Asked(vectors, 0.96 * true + 0.02 * (1 - true), right, rows, rows)
    wrong = replace(sure, probabilities=np.roll(sure.probabilities, 1, axis=1))
    chosen = chosen_rule(World.of({"snaps": sure}, gallery))
    assert chosen.gain > 0
    found = set_figures(World.of({"snaps": sure}, gallery), "snaps", chosen)
    assert found.figures["cascade"]["r_at_1"]["value"] > found.figures["all"]["r_at_1"]["value"]
    changes = {one["measure"]: one for one in found.changes}
    assert changes["r_at_1"]["relative_change"]["value"] > 0
    assert changes["r_at_1"]["no_worse"]
    # None of its rules is better than searching everything, so the least harmful one is near it.
    assert chosen_rule(World.of({"snaps": wrong}, gallery)).gain <= 0
    worse = set_figures(World.of({"snaps": wrong}, gallery), "snaps", Chosen(Cascade(0.5, 1), ("snaps",), 0.0, 1.0))
    assert not next(one for one in worse.changes if one["measure"] == "r_at_10")["no_worse"]
    assert worse.figures["top1"]["r_at_10"]["value"] == 0
    # Whoever is taken for the smallest partition, of fewer than ten products, is searched for everywhere.
    assert worse.whole == pytest.approx(np.mean(wrong.probabilities.argmax(axis=1) == 1), abs=1e-9)
    assert worse.partitions == pytest.approx(1 + 2 * worse.whole)


def test_the_rule_is_chosen_on_validation_and_kept_without_another_fingerprint(
    measured: Measured, tmp_path: Path
) -> None:
    chosen = choose_cascade(measured, 1.2)
    assert chosen.on == ("user_photos", "snaps")
    folder = tmp_path / "fashion"
    shutil.copytree(measured.model.bundle.path, folder)
    copy = replace(measured, model=FashionModel(Bundle.open(folder)))
    write_rule(copy, chosen)
    bundle = Bundle.open(folder)
    assert (bundle.cascade, bundle.fingerprint) == (chosen.rule, measured.model.fingerprint)
    assert bundle.match == measured.model.bundle.match
    content = json.loads((folder / "calibration.json").read_text())
    assert content["cascade"]["chosen_on"] == "validation user photos and snaps"
    (folder / "calibration.json").write_text(json.dumps(content | {"model": "of other weights"}))
    with pytest.raises(BundleError, match="evaluate fashion"):
        write_rule(copy, chosen)


def test_the_drawn_world_is_measured_on_every_set(measured: Measured) -> None:
    world = World.of(asked_of(measured, "test", 1.2), gallery_of(measured))
    found = {name: set_figures(world, name, choose_cascade(measured, 1.2)) for name in world.asked}
    kinds = ["first_hit_right_kind", "first_ten_right_kind"]
    assert [one["measure"] for one in found["user_photos"].changes] == kinds
    assert [one["measure"] for one in found["snaps"].changes] == [*kinds, *(f"r_at_{k}" for k in (1, 5, 10, 100))]
    assert all(set(one.figures) == {"all", "top1", "cascade"} for one in found.values())
    assert 0 <= category_error(measured, "test")["error"]["value"] <= 1
    assert np.allclose(members(measured, known(measured)).sum(axis=1), 1)


def test_the_study_is_written_with_the_rule_and_what_others_reported(measured: Measured, tmp_path: Path) -> None:
    shutil.copytree(measured.settings.models, tmp_path, dirs_exist_ok=True)
    model = FashionModel(Bundle.open(tmp_path / "fashion"))
    chosen = measured.settings.model_copy(update={"models": tmp_path, "results": tmp_path})
    copy = replace(measured, settings=chosen, model=model)
    copy.__dict__.update(shots=measured.shots, photos=measured.photos, snaps=measured.snaps)
    seen = [[{"product_type": copy.photos.types[row], "embedding": copy.photos.embeddings[row]} for row in (0, 1)]] * 2
    street = StreetItems(np.array(["jeans", "dress"]), np.array(["lower", "full"]), np.array(["1", "2"]), seen)
    photo = Photo(np.full((90, 120, 3), 200, np.uint8), (120, 90), "array")
    lines = write_cascade(copy, copy, street, [photo] * 3, say=lambda line: None)
    assert len(lines) == 2 * (2 + 6 + 2)
    study = json.loads((tmp_path / "studies" / "cascade.json").read_text())
    assert study["command"] == "python -m studies cascade"
    assert [(row["vectors"], row["search"]) for row in study["rows"]][:3] == [
        ("our embedding", "all"),
        ("our embedding", "top1"),
        ("our embedding", "cascade"),
    ]
    assert study["theirs"]["retrieval"] == 0.697
    assert study["latency"]["products"] == len(copy.shots.table)
    assert set(study["latency"]["search_ms"]["raw features"]) == {"all", "top1", "cascade"}
    assert set(study["latency"]["change"]) == {"our embedding", "raw features"}
    assert Bundle.open(tmp_path / "fashion").cascade is not None
    protocols, problems = read_protocols(tmp_path, tmp_path)
    shown = next(one for one in protocols if one.key == "cascade")
    assert not problems
    assert {figure.group for figure in shown.figures} == {"User photos", "Snaps", "Street items"}


def test_an_item_is_compared_everywhere_and_with_what_is_worn_there() -> None:
    random = np.random.default_rng(4)
    kinds = np.repeat(["Tshirts", "Jeans", "Heels"], 20)
    vectors = _unit(random.normal(size=(60, 8)))
    gallery = Gallery(vectors, np.repeat(["Topwear", "Bottomwear", "Shoes"], 20), kinds)
    labels, positions = np.array(["jeans", "t-shirt"]), np.array(["lower", "upper"])
    items = StreetItems(labels, positions, np.array(["1", "2"]), [])
    right = [frozenset({"Jeans", "Jeggings"}), frozenset({"Tshirts"})]
    asked = Asked(_unit(random.normal(size=(2, 8))), np.zeros((2, 3)), right, np.arange(2))
    rows = {row["position"]: row for row in position_rows(items, asked, gallery)}
    assert {name: row["items"] for name, row in rows.items()} == {"": 2, "lower": 1, "upper": 1}
    assert rows[""]["at_position"]["first_ten_right_kind"]["value"] == 1
    assert rows[""]["everywhere"]["first_ten_right_kind"]["value"] < 1
