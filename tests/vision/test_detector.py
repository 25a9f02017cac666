"""The detector that ships gives boxes in the photo's own pixels, the same alone, in a batch and from many threads."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.drawn_products import product_picture
from vsearch_core.contracts import Photo
from vsearch_core.errors import BundleError
from vsearch_core.settings import ROOT
from vsearch_core.vision import Detector
from vsearch_core.vision.bundle_files import seal
from vsearch_core.vision.detector import FLOOR, Layer, Thresholds, found

BUNDLE = ROOT / "models" / "detector"
LAYERS = (Layer("inner", "upper", ("shirt", "top")), Layer("outer", "upper", ("coat",)), Layer("bag", "bag", ("bag",)))
LIMITS = Thresholds({"upper": 0.3, "bag": 0.3}, overlap=0.5, across=0.8)


@pytest.fixture(scope="module")
def detector() -> Detector:
    """The bundle that ships."""
    return Detector.open(BUNDLE, threads=2)


@pytest.fixture(scope="module")
def photos() -> list[Photo]:
    """Drawn products, of different shapes, one of them reduced to a half."""
    pictures = [product_picture(kind) for kind in ("Tshirts", "Handbags", "Jeans", "Sunglasses")]
    shown = [np.asarray(Image.fromarray(pixels).resize((180, 240 + 60 * n))) for n, pixels in enumerate(pictures)]
    return [Photo(pixels, (2 * pixels.shape[1], 2 * pixels.shape[0]), "array") for pixels in shown]


def answers(*middles: tuple[int, float, tuple[float, ...]]) -> dict[str, np.ndarray]:
    """What a network would say: number of the layer, score and box of each place; it names the first label."""
    count = len(middles)
    scores, boxes = np.zeros((count, len(LAYERS)), np.float32), np.zeros((count, len(LAYERS), 4), np.float32)
    names = np.tile(np.array([0.8, 0.2, 1.0, 1.0], np.float32), (count, 1))
    for place, (layer, score, box) in enumerate(middles):
        scores[place, layer], boxes[place, layer] = score, box
    return {"scores": scores, "names": names, "boxes": boxes}


def test_the_best_of_the_boxes_that_mean_one_garment_stays() -> None:
    one = found(answers((0, 0.6, (0, 0, 10, 10)), (0, 0.9, (0, 0, 10, 9)), (0, 0.5, (50, 0, 60, 10))), LAYERS, LIMITS)
    assert [round(each.score, 1) for each in one] == [0.9, 0.5]
    assert {each.label for each in one} == {"shirt"}


def test_a_coat_over_a_shirt_is_two_items_and_a_doubtful_twin_is_none() -> None:
    over = found(answers((0, 0.9, (0, 0, 10, 7)), (1, 0.8, (0, 0, 10, 10))), LAYERS, LIMITS)
    twin = found(answers((0, 0.9, (0, 0, 10, 10)), (1, 0.4, (0, 0, 10, 10))), LAYERS, LIMITS)
    assert [each.label for each in over] == ["shirt", "coat"]
    assert [each.label for each in twin] == ["shirt"]


def test_positions_do_not_suppress_each_other() -> None:
    both = found(answers((0, 0.9, (0, 0, 10, 10)), (2, 0.8, (0, 0, 10, 10))), LAYERS, LIMITS)
    assert [each.position for each in both] == ["upper", "bag"]


def test_what_is_hardly_there_is_no_candidate() -> None:
    assert found(answers((0, FLOOR / 2, (0, 0, 10, 10))), LAYERS, LIMITS) == []


def test_items_are_sorted_sure_and_inside_the_original_photo(detector: Detector, photos: list[Photo]) -> None:
    for photo in photos:
        items = detector.detect(photo)
        width, height = photo.original_size
        assert [item.score for item in items] == sorted((item.score for item in items), reverse=True)
        for item in items:
            x0, y0, x1, y1 = item.box
            assert 0 <= x0 < x1 <= width
            assert 0 <= y0 < y1 <= height
            assert item.label in detector.labels
            assert detector.thresholds.score[item.position] <= item.score <= 1
        assert set(items) <= set(detector.candidates(photo))


def test_a_reduced_photo_gives_boxes_of_the_original(detector: Detector, photos: list[Photo]) -> None:
    for photo in photos:
        height, width = photo.pixels.shape[:2]
        plain = detector.candidates(Photo(photo.pixels, (width, height), "array"))
        assert [tuple(2 * edge for edge in item.box) for item in plain] == [
            pytest.approx(item.box, rel=1e-5, abs=1e-3) for item in detector.candidates(photo)
        ]


def test_a_batch_and_many_threads_give_the_answers_of_one(detector: Detector, photos: list[Photo]) -> None:
    expected = [[(item.label, item.position) for item in detector.detect(photo)] for photo in photos]
    many = [[(item.label, item.position) for item in items] for items in detector.detect_many(photos)]
    with ThreadPoolExecutor(6) as pool:
        threads = [[(item.label, item.position) for item in items] for items in pool.map(detector.detect, photos * 4)]
    assert many == expected
    assert threads == expected * 4
    assert detector.detect_many([]) == []


def test_every_label_has_one_position_and_every_position_a_threshold(detector: Detector) -> None:
    assert len(set(detector.labels)) == len(detector.labels)
    assert {layer.position for layer in detector.layers} == set(detector.thresholds.score)
    assert detector.side == max(detector.size)


@pytest.mark.parametrize("name", ["model.tflite", "labels.json"])
def test_a_bundle_without_a_file_is_refused_in_words(tmp_path: Path, name: str) -> None:
    path = shutil.copytree(BUNDLE, tmp_path / "detector")
    (path / name).unlink()
    with pytest.raises(BundleError, match="train detector") as refused:
        Detector.open(path, threads=1)
    assert refused.value.code == "bundle_missing"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"schema": 99}, "bundle_schema"),
        ({"layers": []}, "bundle_broken"),
        ({"layers": [{"name": "a", "position": "nowhere", "labels": ["b"]}]}, "bundle_broken"),
        ({"thresholds": {}}, "bundle_broken"),
        ({"size": [1]}, "bundle_broken"),
    ],
)
def test_labels_that_do_not_fit_the_model_are_refused(tmp_path: Path, change: dict, code: str) -> None:
    path = shutil.copytree(BUNDLE, tmp_path / "detector")
    labels = json.loads((path / "labels.json").read_text(encoding="utf-8"))
    (path / "labels.json").write_text(json.dumps({**labels, **change}), encoding="utf-8")
    with pytest.raises(BundleError) as refused:
        Detector.open(path, threads=1)
    assert refused.value.code == code


def test_a_broken_model_is_refused(tmp_path: Path) -> None:
    path = shutil.copytree(BUNDLE, tmp_path / "detector")
    (path / "model.tflite").write_bytes(b"no model")
    seal(path)
    with pytest.raises(BundleError, match="not a LiteRT model"):
        Detector.open(path, threads=1)


def test_the_figures_and_the_card_are_of_the_model_that_ships(detector: Detector) -> None:
    figures = json.loads((BUNDLE / "evaluation" / "figures.json").read_text(encoding="utf-8"))
    assert figures["model"] == detector.fingerprint
    assert f"{figures['mean']['value']:.3f}" in (BUNDLE / "card.md").read_text(encoding="utf-8")
    assert (BUNDLE / "model.tflite").stat().st_size <= 8_000_000
