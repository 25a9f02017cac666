"""A bundle opens when it is whole, and says in words what is wrong when it is not."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.drawn_products import product_picture
from vsearch_core.contracts import Photo
from vsearch_core.errors import BundleError
from vsearch_core.settings import Settings
from vsearch_core.vision import Bundle, FashionModel
from vsearch_core.vision.good_match import GoodMatch
from vsearch_core.vision.ranking import Ranking


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the bundle that ships, to break."""
    folder = tmp_path / "fashion"
    folder.mkdir()
    for name in ("model.tflite", "labels.json", "calibration.json"):
        shutil.copy(Settings().models / "fashion" / name, folder / name)
    return folder


def _relabel(folder: Path, **changes: object) -> None:
    path = folder / "labels.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_the_shipped_bundle_knows_every_product_type_of_the_data_and_its_place() -> None:
    bundle = Bundle.open(Settings().models / "fashion")
    assert len(bundle.product_types) == 141
    assert set(bundle.hierarchy) == set(bundle.product_types)
    assert bundle.hierarchy["Casual Shoes"] == ("Footwear", "Shoes")
    assert set(bundle.attributes) == {"colour", "gender", "season", "usage"}
    assert bundle.dimension == 256
    assert bundle.good_match is not None


def test_the_shipped_bundle_is_under_16_mb_and_has_its_card_and_evaluation() -> None:
    folder = Settings().models / "fashion"
    assert sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) < 16_000_000
    for name in ("card.md", "training.json", "evaluation/figures.json", "evaluation/catalogue.parquet"):
        assert (folder / name).is_file()
    figures = json.loads((folder / "evaluation" / "figures.json").read_text())
    fingerprint = Bundle.open(folder).fingerprint
    assert figures["model"] == fingerprint, "the figures are of other weights; run `make figures`"
    assert json.loads((folder / "calibration.json").read_text())["model"] == fingerprint


@pytest.mark.parametrize("name", ["model.tflite", "labels.json"])
def test_a_missing_file_is_named_with_the_way_out(copy: Path, name: str) -> None:
    (copy / name).unlink()
    with pytest.raises(BundleError, match=name) as caught:
        Bundle.open(copy)
    assert caught.value.code == "bundle_missing"
    assert "train fashion" in caught.value.message


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"schema": 1}'])
def test_broken_labels_are_refused_in_words(copy: Path, text: str) -> None:
    (copy / "labels.json").write_text(text)
    with pytest.raises(BundleError):
        Bundle.open(copy)


def test_a_newer_schema_is_refused_when_opened(copy: Path) -> None:
    _relabel(copy, schema=99)
    with pytest.raises(BundleError, match="99") as caught:
        Bundle.open(copy)
    assert caught.value.code == "bundle_schema"


def test_labels_that_do_not_fit_the_model_are_refused_when_loaded(copy: Path) -> None:
    names = json.loads((copy / "labels.json").read_text())["product_types"]
    _relabel(copy, product_types=names[:-1])
    with pytest.raises(BundleError, match="product_type"):
        FashionModel(Bundle.open(copy))


@pytest.mark.parametrize("content", [b"", b"not a model", b"\0" * 4096])
def test_a_file_that_is_no_model_is_refused_in_words(copy: Path, content: bytes) -> None:
    (copy / "model.tflite").write_bytes(content)
    with pytest.raises(BundleError) as caught:
        FashionModel(Bundle.open(copy))
    assert caught.value.code == "bundle_broken"


def test_a_calibration_of_other_weights_is_not_used(copy: Path) -> None:
    assert Bundle.open(copy).good_match is not None
    (copy / "calibration.json").write_text(json.dumps({"good_match": 0.5, "model": "another"}))
    assert Bundle.open(copy).good_match is None


def _calibrate(folder: Path, **content: object) -> None:
    known = {"good_match": 0.7, "model": Bundle.open(folder).fingerprint} | content
    (folder / "calibration.json").write_text(json.dumps(known))


def test_a_calibration_gives_the_temperature_and_the_whole_rule(copy: Path) -> None:
    _calibrate(copy, temperature=1.25, agreement={"weight": 0.5, "together": 0.9})
    bundle = Bundle.open(copy)
    assert bundle.temperature == 1.25
    assert bundle.category_temperature == 1.25, "of a bundle from before categories had one of their own"
    assert bundle.match == GoodMatch(0.7, weight=0.5, together=0.9)
    _calibrate(copy)
    bundle = Bundle.open(copy)
    assert bundle.temperature == 1
    assert bundle.match == GoodMatch(0.7)
    assert bundle.good_match == 0.7


def test_a_calibration_may_have_a_rule_for_garments(copy: Path) -> None:
    _calibrate(copy)
    assert Bundle.open(copy).item_match is None
    _calibrate(copy, items={"good_match": 0.4, "agreement": {"weight": 0.3, "together": 0.6}})
    assert Bundle.open(copy).item_match == GoodMatch(0.4, weight=0.3, together=0.6)
    assert Bundle.open(copy).match == GoodMatch(0.7)


def test_a_calibration_may_say_in_which_order_hits_stand(copy: Path) -> None:
    _calibrate(copy)
    assert Bundle.open(copy).ranking is None
    _calibrate(copy, ranking={"near": 0.04, "weights": {"product_type": 0.4, "colour": 0.2}})
    assert Bundle.open(copy).ranking == Ranking(0.04, {"product_type": 0.4, "colour": 0.2})


@pytest.mark.parametrize(
    "content",
    [
        {"temperature": 0},
        {"temperature": "warm"},
        {"category_temperature": -1},
        {"good_match": None},
        {"agreement": {"weight": "a lot"}},
        {"items": {"agreement": {}}},
        {"ranking": {"near": 0.0, "weights": {}}},
        {"ranking": {"near": 0.1, "weights": {"price": 1.0}}},
        {"ranking": {"near": 0.1, "weights": {"colour": -1.0}}},
        {"ranking": {"near": 0.1, "weights": ["colour"]}},
    ],
)
def test_a_calibration_that_makes_no_sense_is_refused_in_words(copy: Path, content: dict) -> None:
    (copy / "calibration.json").unlink()
    _calibrate(copy, **content)
    with pytest.raises(BundleError, match="evaluate fashion"):
        Bundle.open(copy)


def test_the_temperature_is_in_the_analysis_and_not_in_the_raw_outputs(copy: Path) -> None:
    photo = Photo(product_picture("Tshirts"), (100, 100), "array")
    _calibrate(copy, temperature=1.0)
    plain = FashionModel(Bundle.open(copy))
    _calibrate(copy, temperature=2.0)
    unsure = FashionModel(Bundle.open(copy))
    before, after = plain.analyse(photo), unsure.analyse(photo)
    assert np.allclose(plain.run(photo)["product_type"], unsure.run(photo)["product_type"], atol=1e-5)
    assert after.product_type.name == before.product_type.name
    assert after.product_type.probability < before.product_type.probability
    assert sum(one.probability for one in after.product_types) == pytest.approx(1, abs=1e-4)


def test_categories_have_a_temperature_of_their_own(copy: Path) -> None:
    photo = Photo(product_picture("Tshirts"), (100, 100), "array")
    _calibrate(copy, temperature=1.5, category_temperature=1.5)
    same = FashionModel(Bundle.open(copy)).analyse(photo)
    _calibrate(copy, temperature=1.5, category_temperature=3.0)
    own = FashionModel(Bundle.open(copy)).analyse(photo)
    assert own.product_type.probability == pytest.approx(same.product_type.probability, abs=1e-4)
    assert own.categories[0].probability < same.categories[0].probability
    assert sum(one.probability for one in own.categories) == pytest.approx(1, abs=1e-4)


def test_the_fingerprint_changes_with_the_weights(copy: Path) -> None:
    before = Bundle.open(copy).fingerprint
    content = bytearray((copy / "model.tflite").read_bytes())
    content[len(content) // 2] ^= 1
    (copy / "model.tflite").write_bytes(content)
    assert Bundle.open(copy).fingerprint != before
