"""The studies run from the public sets' layout to their JSON; here on a few made pictures under ids of the split."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import tarfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
keras = pytest.importorskip("keras")
pytest.importorskip("tensorflow")

from studies import imbalance  # noqa: E402
from studies.dimensions import DIMENSIONS, study_dimensions  # noqa: E402
from studies.imbalance import WAYS, adjustment, balanced, study_imbalance  # noqa: E402
from studies.kept import kept  # noqa: E402
from studies.methods.compare import METHODS, bundle_name, compare_methods  # noqa: E402
from studies.pairs import DEPTHS, study_distances  # noqa: E402
from studies.unseen import BUNDLE, study_unseen  # noqa: E402
from vsearch_core.catalogue import read_catalogue  # noqa: E402
from vsearch_core.catalogue.split import PARTS, part_ids, read_split  # noqa: E402
from vsearch_core.contracts import ATTRIBUTES  # noqa: E402
from vsearch_core.errors import BundleError  # noqa: E402
from vsearch_core.settings import Settings  # noqa: E402
from vsearch_core.training.fashion.bundle import write_network  # noqa: E402
from vsearch_core.training.shared.labels import Labels  # noqa: E402

SIDE = 32
KINDS = {"Tshirts": ("Topwear", 54), "Shirts": ("Topwear", 18), "Jeans": ("Bottomwear", 18)}
SENT = {"T-Shirt": "Tshirts", "Longsleeve": "Shirts", "Pants": "Jeans"}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings with small public sets and one network as every bundle."""
    root = tmp_path_factory.mktemp("studies")
    data = root / "data"
    _write_catalogue(data / "fashion-products")
    _write_photos(data / "clothing-photos")
    settings = Settings(data=data, cache=root / "cache", models=root / "models", results=root / "results")
    labels = Labels.of(read_catalogue(data / "fashion-products"))
    first = settings.models / "fashion"
    recipe = {"stages": [{"epochs": 3}], "left_out": ["Tshirts"]}
    training = {"command": "a test", "recipe": recipe, "minutes": 0.1, "steps": 3}
    write_network(_network(labels), first, labels=labels, side=SIDE, training=training)
    for name in ("raw", BUNDLE, *(bundle_name(method) for method in METHODS)):
        shutil.copytree(first, settings.cache / "bundles" / name)
    return settings


def test_what_a_bundle_says_is_run_once_and_stays_the_same(prepared: Settings) -> None:
    said: list[str] = []
    first = kept(prepared, prepared.models / "fashion", say=said.append)
    embeddings, photos, snaps = first.shots.embeddings, first.photos, first.snaps
    ran = len(said)
    assert ran >= 3
    again = kept(prepared, prepared.models / "fashion", say=said.append)
    assert (again.shots.embeddings == embeddings).all()
    assert (again.snaps.embeddings == snaps.embeddings).all()
    assert again.photos.table["right"].tolist() == photos.table["right"].tolist()
    assert again.shots.table.equals(first.shots.table)
    assert again.features("shots").shape == (len(embeddings), 16)
    assert len(said) == ran


def test_a_bundle_without_features_is_refused_with_the_way_to_get_them(prepared: Settings) -> None:
    labels = Labels.of(read_catalogue(prepared.data / "fashion-products"))
    whole = _network(labels)
    old = keras.Model(whole.input, {name: value for name, value in whole.output.items() if name != "features"})
    path = write_network(old, prepared.cache / "old", labels=labels, side=SIDE, training={})
    with pytest.raises(BundleError, match="train fashion"):
        kept(prepared, path, say=lambda line: None).features("photos")


def test_every_method_is_compared_on_one_protocol(prepared: Settings) -> None:
    compare_methods(prepared, say=lambda line: None)
    content = _study(prepared, "methods")
    assert [row["method"] for row in content["rows"]] == [*METHODS, "raw features, 1280-d", "shipped network"]
    assert all(set(row) > {"snaps", "twins", "user_photos", "verification"} for row in content["rows"])
    assert all(one["whose"].startswith("theirs") for one in content["first_projects"])


def test_a_method_that_was_not_trained_is_named(prepared: Settings, tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="train methods"):
        compare_methods(prepared.model_copy(update={"cache": tmp_path}), say=lambda line: None)


def test_the_study_has_a_row_for_every_bundle_and_distance(prepared: Settings) -> None:
    study_distances(prepared, say=lambda line: None)
    rows = _study(prepared, "distances")["rows"]
    assert len(rows) == 6 * 5
    by_name = {(row["backbone"], row["distance"]): row for row in rows}
    for k in DEPTHS:
        cosine, euclidean = (by_name["raw", distance]["shots"][f"at_{k}"] for distance in ("cosine", "euclidean"))
        assert cosine["value"] == pytest.approx(euclidean["value"], abs=0.02)


def test_unseen_kinds_are_asked_for_alone(prepared: Settings) -> None:
    study_unseen(prepared, say=lambda line: None)
    content = _study(prepared, "unseen")
    assert content["kinds"] == ["Tshirts"]
    assert content["training"]["epochs"] == 3
    counts = {row["snaps"]["r_at_1"]["count"] for row in content["rows"]}
    assert counts == {_counts(prepared)["test", "Tshirts"]}


def test_a_bundle_with_other_kinds_left_out_is_refused(prepared: Settings) -> None:
    path = prepared.cache / "bundles" / BUNDLE / "training.json"
    before = path.read_text(encoding="utf-8")
    path.write_text(before.replace("Tshirts", "Jeans"), encoding="utf-8")
    with pytest.raises(BundleError, match="other kinds"):
        study_unseen(prepared, say=lambda line: None)
    path.write_text(before, encoding="utf-8")


def test_heads_of_every_dimension_are_compared(prepared: Settings) -> None:
    study_dimensions(prepared, say=lambda line: None)
    rows = _study(prepared, "dimensions")["rows"]
    assert [row["dimension"] for row in rows] == [f"{dimension}-d" for dimension in DIMENSIONS]


def test_ways_with_rare_types_are_chosen_on_validation(prepared: Settings) -> None:
    study_imbalance(prepared, say=lambda line: None)
    content = _study(prepared, "imbalance")
    rows = {row["way"]: row for row in content["rows"]}
    assert len(rows) == len(WAYS)
    worth = {
        way: row["validation"]["accuracy"]["value"] + row["validation"]["macro_f1"]["value"]
        for way, row in rows.items()
    }
    assert worth[content["chosen"]] == max(worth.values())


def test_balanced_sampling_draws_every_class_as_often() -> None:
    numbers = np.repeat([0, 1, 2], [1000, 100, 3])
    drawn = numbers[next(balanced(numbers, 6000, seed=1))]
    assert np.allclose(np.bincount(drawn) / 6000, 1 / 3, atol=0.03)


def test_logit_adjustment_asks_more_of_frequent_classes_in_training() -> None:
    offset = adjustment(np.array([90, 10]), 1.0)
    assert offset.tolist() == pytest.approx(np.log([0.9, 0.1]).tolist())
    assert (adjustment(np.array([90, 10]), 0.0) == 0).all()


def test_adjusted_and_balanced_classifiers_find_a_rare_class_that_a_plain_one_gives_up() -> None:
    random = np.random.default_rng(0)
    labels = np.repeat(["often", "rare"], [38000, 2000])
    features = random.normal(size=(40000, 2)).astype(np.float32)
    features[labels == "rare", 0] += 1.5
    part = imbalance.Features(features, labels, labels)
    found = {}
    for way in WAYS:
        classify = imbalance.train_classifier(part, np.array(["often", "rare"]), way, 1.0, seed=1)
        found[way] = (classify(features[labels == "rare"]) == 1).mean()
    assert found["plain"] < 0.4 < 0.6 < min(found["balanced sampling"], found["logit adjustment"])


def _network(labels: Labels) -> object:
    keras.utils.set_random_seed(2)
    picture = keras.Input((SIDE, SIDE, 3), name="image")
    conv = keras.layers.Conv2D(16, 5, strides=4, activation="relu")(keras.layers.Rescaling(1 / 127.5, -1)(picture))
    pooled = keras.layers.GlobalAveragePooling2D()(conv)
    outputs = {"product_type": keras.layers.Dense(len(labels.product_types))(pooled)}
    outputs |= {name: keras.layers.Dense(len(labels.attributes[name]))(pooled) for name in ATTRIBUTES}
    outputs["embedding"] = keras.layers.UnitNormalization()(keras.layers.Dense(256)(pooled))
    return keras.Model(picture, {**outputs, "features": pooled})


def _write_catalogue(folder: Path) -> None:
    (folder / "images").mkdir(parents=True)
    random = np.random.default_rng(1)
    split = read_split("catalogue")
    # of groups of two, as products of one title are joined in the split
    pairs = split[split.groupby("group")["id"].transform("size") == 2].sort_values(["group", "id"])
    ids = {part: iter(pairs.loc[pairs["part"] == part, "id"]) for part in PARTS}
    with (folder / "styles.csv").open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        file.write("id,gender,masterCategory,subCategory,articleType,baseColour,season,year,usage,productDisplayName\n")
        for kind, (category, count) in KINDS.items():
            for place in range(count):
                part = PARTS[place % 3]
                name = next(ids[part])
                colour = ("Red", "Blue")[place % 2]
                title = f"{kind} {part} {place // 6}"
                out.writerow([name, "Men", "Apparel", category, kind, colour, "Fall", "2011", "Casual", title])
                pixels = np.full((80, 60, 3), 255, np.uint8)
                pixels[15:65, 12:48] = random.integers(0, 230, (10, 12, 3)).repeat(5, 0).repeat(3, 1)
                Image.fromarray(pixels).save(folder / "images" / f"{name}.jpg")


def _write_photos(folder: Path) -> None:
    folder.mkdir(parents=True)
    random = np.random.default_rng(2)
    with (
        (folder / "images.csv").open("w", newline="", encoding="utf-8") as listing,
        tarfile.open(folder / "images.tar", "w") as tar,
    ):
        out = csv.writer(listing)
        out.writerow(["image", "sender_id", "label", "kids"])
        for part in PARTS:
            for number, name in enumerate(sorted(part_ids("photos", part))[:9]):
                out.writerow([name, f"{part} {number // 2}", list(SENT)[number % 3], "False"])
                buffer = io.BytesIO()
                Image.fromarray(random.integers(0, 255, (90, 70, 3), np.uint8)).save(buffer, "JPEG")
                entry = tarfile.TarInfo(f"images/{name}.jpg")
                entry.size = len(buffer.getvalue())
                buffer.seek(0)
                tar.addfile(entry, buffer)


def _counts(settings: Settings) -> dict[tuple[str, str], int]:
    products = read_catalogue(settings.data / "fashion-products").products
    inside = products["id"].isin(part_ids("catalogue", "test"))
    return {("test", kind): int(count) for kind, count in products[inside]["product_type"].value_counts().items()}


def _study(settings: Settings, name: str) -> dict:
    content = json.loads((settings.results / "studies" / f"{name}.json").read_text(encoding="utf-8"))
    assert content["command"] == f"python -m studies {name}"
    assert content["machine"]
    assert content["split"]
    return content
