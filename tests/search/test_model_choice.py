"""The model that serves a shop best is chosen on its own products, and the store says so."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest

from vsearch_core.catalogue import read_catalogue
from vsearch_core.catalogue.table import Catalogue
from vsearch_core.cli.main import main
from vsearch_core.errors import BundleError
from vsearch_core.search import Engine
from vsearch_core.search.engine import BUNDLE, GENERAL, bundle_folder, open_finder, open_model
from vsearch_core.search.model_choice import choose_model
from vsearch_core.settings import Settings
from vsearch_core.vision import FashionModel

COUNT = 30


@pytest.fixture(scope="module")
def models() -> dict[str, FashionModel]:
    folder = Settings().models
    return {name: open_model(folder / name, threads=2) for name in (BUNDLE, GENERAL)}


def shop_of(folder: Path, shop: Settings, *, types: bool) -> Path:
    """A CSV of some drawn products, with their types or with types that nobody knows."""
    folder.mkdir()
    with (shop.sample_path / "catalogue.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))[::5][:COUNT]
    with (folder / "goods.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "image", "name", "category", "product_type"])
        for row in rows:
            shutil.copy(shop.sample_path / row["image"], folder / Path(row["image"]).name)
            kind = row["product_type"] if types else f"Thing {row['product_type']}"
            writer.writerow([row["id"], Path(row["image"]).name, row["name"], "Things", kind])
    return folder / "goods.csv"


@pytest.fixture(scope="module")
def clothes(shop: Settings, tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return read_catalogue(shop_of(tmp_path_factory.mktemp("clothes") / "x", shop, types=True))


def test_a_shop_of_clothes_gets_the_network_that_knows_clothes(
    clothes: Catalogue, models: dict[str, FashionModel]
) -> None:
    choice = choose_model(clothes, models, open_finder(Settings().models, threads=2))
    assert choice.name == BUNDLE
    assert choice.good_match is None, "its bundle has a rule"
    assert set(choice.figures) == {BUNDLE, GENERAL}
    assert "simulated snaps" in choice.sentence


def test_a_shop_of_other_things_is_served_from_the_command_line_to_the_answer(
    shop: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    listing = shop_of(tmp_path / "shop", shop, types=False)
    assert main(["store", "build", "--catalogue", str(listing), "--out", str(tmp_path / "store")]) == 0
    capsys.readouterr()
    assert main(["store", "info", "--store", str(tmp_path / "store"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["model"] == GENERAL
    assert told["model_choice"].startswith("general: ")

    engine = Engine.open(tmp_path / "store")
    assert engine.model.name == GENERAL
    with listing.open(newline="", encoding="utf-8") as file:
        first = next(csv.DictReader(file))
    picture = tmp_path / "shop" / first["image"]
    answer = engine.search(picture.read_bytes(), k=5)
    assert answer.hits[0].id == first["id"]
    assert answer.analysis.product_type.name == first["product_type"], "told by the products that are found"
    assert answer.good_match
    assert engine.analyse(picture.read_bytes()).product_type.name == first["product_type"]

    assert main(["search", str(picture), "--store", str(tmp_path / "store"), "--json"]) == 0
    line = json.loads(capsys.readouterr().out)
    assert line["hits"][0]["id"] == first["id"]
    assert set(line) >= {"main", "in_shop", "product_type"}


@pytest.mark.parametrize("name", ["../fashion", "", "a/b", "."])
def test_a_store_that_names_something_else_than_a_model_is_refused(name: str) -> None:
    with pytest.raises(BundleError, match="not the name of a model"):
        bundle_folder(Settings().models, name)
