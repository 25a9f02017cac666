"""The ladder trains, chooses and reports from the catalogue's layout; here on a few made pictures."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
keras = pytest.importorskip("keras")
pytest.importorskip("tensorflow")

from studies.cli.main import main  # noqa: E402
from studies.ladder import networks  # noqa: E402
from studies.ladder.descent import Clock, accuracy  # noqa: E402
from studies.ladder.networks import IMAGENET, NOT_TRANSFER, RANDOM, ladder_network  # noqa: E402
from studies.ladder.pictures import read_ten_types, varied  # noqa: E402
from studies.ladder.recipe import LADDER, PLAIN, TRIED, LadderRecipe  # noqa: E402
from studies.ladder.report import latencies, parameters  # noqa: E402
from studies.ladder.train import train_types  # noqa: E402
from vsearch_core.catalogue.split import PARTS, part_ids  # noqa: E402
from vsearch_core.errors import CatalogueError  # noqa: E402
from vsearch_core.insight.quality.models import models_in  # noqa: E402
from vsearch_core.insight.quality.report import accuracy as accuracy_of  # noqa: E402
from vsearch_core.settings import Settings  # noqa: E402

KINDS = {"Casual Shoes": (200, 40, 40), "Sports Shoes": (40, 40, 200), "Watches": (30, 30, 30)}
EACH = 16


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings with a small catalogue of three kinds that colours tell apart, in every part of the split."""
    root = tmp_path_factory.mktemp("ladder")
    folder, random = root / "data" / "fashion-products", np.random.default_rng(1)
    (folder / "images").mkdir(parents=True)
    header = "id gender masterCategory subCategory articleType baseColour season year usage productDisplayName"
    with (folder / "styles.csv").open("w", newline="", encoding="utf-8") as listing:
        out = csv.writer(listing)
        out.writerow(header.split())
        for part in PARTS:
            ids = iter(sorted(part_ids("catalogue", part)))
            for kind, colour in KINDS.items():
                for number in range(EACH):
                    name = next(ids)
                    title = f"{kind} {part} {number}"
                    out.writerow([name, "Men", "Made", "Made", kind, "Red", "Fall", "2011", "Casual", title])
                    pixels = np.full((80, 60, 3), 255, np.uint8)
                    noise = random.integers(-20, 20, (50, 36, 3))
                    pixels[15:65, 12:48] = np.clip(np.array(colour) + noise, 0, 255)
                    Image.fromarray(pixels).save(folder / "images" / f"{name}.jpg")
    return Settings(
        data=root / "data",
        cache=root / "cache",
        models=root / "models",
        results=root / "results",
        keras_home=root / "keras",
    )


@pytest.fixture
def no_download(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine without a network."""

    def fail(*_: object, **__: object) -> str:
        raise OSError("no network")

    monkeypatch.setattr(keras.utils, "get_file", fail)


TRAINED = replace(LADDER["cnn-4-augmented"], batch=8, side=32, tried=TRIED[:2])


@pytest.fixture(scope="module")
def figures(prepared: Settings) -> dict[str, Any]:
    """What is reported of a classifier that was trained for as short as it goes."""
    return train_types(prepared, LadderRecipe(TRAINED, minutes=0.002), say=lambda line: None)


def test_a_classifier_is_trained_chosen_on_validation_and_reported_on_test(
    prepared: Settings, figures: dict[str, Any]
) -> None:
    folder = prepared.results / "ladder" / TRAINED.name
    written = json.loads((folder / "evaluation" / "figures.json").read_text())
    training = json.loads((folder / "training.json").read_text())
    assert written == figures
    assert figures["types"]["accuracy"]["count"] == 3 * EACH
    assert [row["name"] for row in figures["types"]["report"]] == figures["types"]["ten_types_names"]
    assert figures["types"]["f1_Casual Shoes"]["count"] == EACH
    assert figures["note"] == ""
    assert [one["augmentation"] for one in training["search"]] == [one.name for one in TRAINED.tried]
    best = max(training["search"], key=lambda one: one["validation"])
    assert training["augmentation"] == best["augmentation"]
    assert training["steps"] > 0
    assert [share for share, _ in training["checks"]][-1] == 1.0
    assert not list(folder.rglob("*.tflite"))
    assert (prepared.cache / "ladder" / f"{TRAINED.name}.keras").is_file()
    card = (folder / "card.md").read_text()
    assert f"--architecture {TRAINED.name} --minutes 0.002" in card
    assert best["augmentation"] in card


def test_its_predictions_are_read_by_the_page_and_say_what_the_kept_network_says(
    prepared: Settings, figures: dict[str, Any]
) -> None:
    model = next(one for one in models_in(prepared.results) if one.name == f"ladder/{TRAINED.name}")
    assert (model.title, model.sets, model.runs) == (TRAINED.title, ("catalogue",), False)
    answers = model.answers("catalogue")
    assert set(answers.table["part"]) == {"validation", "test"}
    assert accuracy_of(answers.of("test")).value == pytest.approx(figures["types"]["accuracy"]["value"], abs=1e-4)
    kept = keras.models.load_model(prepared.cache / "ladder" / f"{TRAINED.name}.keras")
    shots = read_ten_types(prepared, TRAINED.side)
    right = accuracy(kept, shots.parts["validation"])
    assert right == pytest.approx(figures["validation"]["value"], abs=0.03)


def test_the_ten_types_are_the_most_frequent_and_labels_name_the_training(prepared: Settings) -> None:
    shots = read_ten_types(prepared, 24)
    assert set(shots.types) == set(KINDS)
    part = shots.parts["train"]
    assert part.pixels.shape == (3 * EACH, 24, 24, 3)
    assert [shots.types[number] for number in part.numbers] == list(part.table["label"])
    before = shots.data["fingerprint"]
    part.table.loc[0, "label"] = shots.types[2]
    assert shots.data["fingerprint"] != before


def test_without_data_it_says_how_to_get_them(tmp_path: Path) -> None:
    nothing = Settings(data=tmp_path, cache=tmp_path, models=tmp_path)
    with pytest.raises(CatalogueError, match="data fetch"):
        train_types(nothing, LadderRecipe(LADDER["cnn-2"]), say=lambda line: None)


@pytest.mark.parametrize("name", ["resnet50", "mobilenetv2", "vgg16"])
def test_without_imagenet_weights_a_trunk_begins_from_random_ones_and_says_so(
    name: str, tmp_path: Path, no_download: None
) -> None:
    start = ladder_network(replace(LADDER[name], side=32), 10, tmp_path, seed=1)
    assert (start.weights, start.note) == (RANDOM, NOT_TRANSFER)
    assert all(layer.trainable for layer in start.network._flatten_layers() if layer.weights)
    assert start.network.output["product_type"].shape == (None, 10)


def test_plain_cnns_begin_from_random_weights_as_theirs_did_and_need_no_note(tmp_path: Path) -> None:
    for name, count in (("cnn-2", 2), ("cnn-4", 4), ("cnn-4-augmented", 4)):
        start = ladder_network(replace(LADDER[name], side=32), 10, tmp_path, seed=1)
        assert (start.weights, start.note) == (RANDOM, "")
        layers = [layer for layer in start.network.layers if isinstance(layer, keras.layers.Conv2D)]
        assert len(layers) == count


def test_imagenet_weights_that_are_at_hand_are_loaded_and_early_layers_keep_them(tmp_path: Path) -> None:
    rung = replace(LADDER["vgg16"], side=32)
    theirs = keras.applications.VGG16(weights=None, include_top=False, input_shape=(32, 32, 3), pooling="avg")
    (tmp_path / "models").mkdir()
    file = networks._WEIGHTS["vgg16"][0].rpartition("/")[2]
    _save_as_published(theirs, tmp_path / "models" / file)
    start = ladder_network(rung, 10, tmp_path, seed=1)
    assert (start.weights, start.note) == (IMAGENET, "")
    base = start.network.get_layer("vgg16")
    for layer in ("block1_conv1", "block5_conv3"):
        assert (base.get_layer(layer).kernel.numpy() == theirs.get_layer(layer).kernel.numpy()).all()
    assert not base.get_layer("block2_conv2").trainable
    assert base.get_layer("block3_conv1").trainable


def _save_as_published(network: keras.Model, path: Path) -> None:
    """In the form in which Keras publishes weights of its applications."""
    import h5py

    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [layer.name.encode() for layer in network.layers]
        for layer in network.layers:
            group = file.create_group(layer.name)
            names = [f"{layer.name}/{weight.name}:0" for weight in layer.weights]
            group.attrs["weight_names"] = [name.encode() for name in names]
            for name, weight in zip(names, layer.weights, strict=True):
                group[name] = weight.numpy()


def test_variation_leaves_size_and_plain_shots_as_they_are() -> None:
    random = np.random.default_rng(3)
    shot = random.integers(0, 255, (24, 24, 3), dtype=np.uint8)
    assert varied(shot, random, PLAIN) is shot
    for augmentation in TRIED:
        made = varied(shot, random, augmentation)
        assert made.shape == shot.shape
        assert made.dtype == np.uint8
        assert (made != shot).any()


@pytest.fixture
def pass_time(monkeypatch: pytest.MonkeyPatch) -> Callable[[float, float], None]:
    """Lets seconds of the processor and on the wall pass."""
    now = [0.0, 0.0]
    monkeypatch.setattr(Clock, "_now", staticmethod(lambda: (now[0], now[1])))

    def passing(worked: float, passed: float) -> None:
        now[0] += worked
        now[1] += passed

    return passing


def test_the_clock_counts_the_processor_until_the_wall_is_nearer(pass_time: Callable[[float, float], None]) -> None:
    idle, hurried = Clock(seconds=10, longest=1000), Clock(seconds=10, longest=10)
    pass_time(1, 30)
    assert (idle(), hurried()) == (1, 30)


def test_the_clock_stands_still_while_the_network_is_judged(pass_time: Callable[[float, float], None]) -> None:
    clock = Clock(seconds=10, longest=10)
    pass_time(1, 2)
    with clock.stopped():
        pass_time(5, 6)
    assert clock() == 2


def test_the_clock_s_seconds_are_those_of_this_machine() -> None:
    before = Clock._now()
    sum(range(10**6))
    assert all(late > early for early, late in zip(before, Clock._now(), strict=True))


def test_parameters_and_latency_are_those_of_the_served_file(tmp_path: Path) -> None:
    path = Settings().models / "fashion" / "model.tflite"
    # float16 weights and little else
    assert parameters(path) == pytest.approx(path.stat().st_size / 2, rel=0.05)
    took = latencies({"one": (path, 128), "two": (path, 128)}, threads=1)
    assert set(took) == {"one", "two"}
    assert min(took.values()) > 0


def test_an_unknown_architecture_is_one_sentence_that_names_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "types", "--architecture", "alexnet"]) == 2
    error = capsys.readouterr().err
    assert "vgg16" in error
    assert len(error.strip().splitlines()) == 1
