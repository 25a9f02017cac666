"""Writing the sample shop: valid files, the same bytes again, all or nothing; and the shop that is committed."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sample_shop import draw_product, plan_shop, write_sample_shop
from sample_shop.__main__ import main
from sample_shop.photos import GROUNDS
from sample_shop.shop import PRODUCTS as COMMITTED
from sample_shop.shop import SEED, choose_photos
from vsearch_core.errors import CatalogueError
from vsearch_core.settings import SAMPLE_SHOP

PRODUCTS = 4


class StopHereError(Exception):
    pass


def digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return write_sample_shop(tmp_path_factory.mktemp("sample") / "shop", products=PRODUCTS, seed=3)


def test_the_catalogue_names_images_that_are_there_and_can_be_read(written):
    products = rows(written / "catalogue.csv")
    assert len(products) == PRODUCTS
    for product in products:
        with Image.open(written / product["image"]) as image:
            image.load()
            assert (image.format, image.size) == ("WEBP", (360, 480))
    assert len(list((written / "images").iterdir())) == PRODUCTS


def test_photos_name_products_of_the_catalogue(written):
    products = {product["id"]: product for product in rows(written / "catalogue.csv")}
    photos = rows(written / "photos.csv")
    assert len(photos) == PRODUCTS
    for photo in photos:
        assert products[photo["product_id"]]["product_type"] == photo["product_type"]
        assert photo["caption"]
        with Image.open(written / photo["photo"]) as image:
            image.load()
            assert image.size == (480, 640)


def test_the_shop_says_that_it_is_a_sample(written):
    about = json.loads((written / "sample.json").read_text(encoding="utf-8"))
    assert about == {"sample": True, "name": "Sample shop (drawn)", "currency": "€", "seed": 3, "products": PRODUCTS}


def test_the_same_seed_writes_the_same_bytes_and_replaces_an_older_shop(written, tmp_path):
    again = tmp_path / "shop"
    write_sample_shop(again, products=2, seed=9)
    write_sample_shop(again, products=PRODUCTS, seed=3)
    assert digests(again) == digests(written)
    assert [path.name for path in tmp_path.iterdir()] == ["shop"]


def test_progress_counts_every_picture(tmp_path):
    seen: list[tuple[int, int]] = []
    write_sample_shop(tmp_path / "shop", products=2, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_stopping_leaves_nothing_behind(tmp_path):
    def stop(done: int, total: int) -> None:
        raise StopHereError

    with pytest.raises(StopHereError):
        write_sample_shop(tmp_path / "shop", products=4, progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_stopping_leaves_the_older_shop_whole(written, tmp_path):
    folder = write_sample_shop(tmp_path / "shop", products=2, seed=1)
    before = digests(folder)

    def stop(done: int, total: int) -> None:
        if done == 2:
            raise StopHereError

    with pytest.raises(StopHereError):
        write_sample_shop(folder, products=4, seed=2, progress=stop)
    assert digests(folder) == before
    assert [path.name for path in tmp_path.iterdir()] == ["shop"]


def test_a_large_shop_is_drawn_by_two_processes_into_the_same_bytes(tmp_path, monkeypatch):
    alone, shared = tmp_path / "alone", tmp_path / "shared"
    write_sample_shop(alone, products=3, seed=8)
    monkeypatch.setattr("sample_shop.shop.SMALL", 0)
    seen: list[int] = []
    write_sample_shop(shared, products=3, seed=8, progress=lambda done, total: seen.append(done))
    assert digests(shared) == digests(alone)
    assert seen == [1, 2, 3, 4, 5, 6]


def test_stopping_two_processes_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setattr("sample_shop.shop.SMALL", 0)

    def stop(done: int, total: int) -> None:
        raise StopHereError

    with pytest.raises(StopHereError):
        write_sample_shop(tmp_path / "shop", products=8, progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_a_shop_of_no_products_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(CatalogueError):
        write_sample_shop(tmp_path / "shop", products=0)
    assert list(tmp_path.iterdir()) == []


def test_the_committed_shop_is_the_one_that_is_planned_in_at_most_5_mb():
    plan = plan_shop(COMMITTED, SEED)
    photos = choose_photos(plan, SEED)
    assert rows(SAMPLE_SHOP / "catalogue.csv") == [item.record for item in plan]
    assert rows(SAMPLE_SHOP / "photos.csv") == [row for _, _, row in photos]
    files = {str(path.relative_to(SAMPLE_SHOP)): path.stat().st_size for path in SAMPLE_SHOP.rglob("*.*")}
    named = {item.record["image"] for item in plan} | {row["photo"] for _, _, row in photos}
    grounds = {f"grounds/{number}.webp" for number in range(1, len(GROUNDS) + 1)}
    assert set(files) == named | grounds | {"catalogue.csv", "photos.csv", "sample.json"}
    assert sum(files.values()) <= 5_000_000


@pytest.mark.parametrize("number", [0, 200, 400])
def test_a_committed_picture_shows_what_the_code_draws(number):
    item = plan_shop(COMMITTED, SEED)[number]
    drawn, _ = draw_product(item.product_type, seed=item.design, variant=item.variant)
    with Image.open(SAMPLE_SHOP / item.record["image"]) as committed:
        apart = np.abs(np.asarray(committed.convert("RGB"), float) - drawn)
    assert apart.mean() < 2


def test_the_command_draws_a_shop_and_never_replaces_a_folder_of_something_else(tmp_path, capsys):
    (tmp_path / "thesis.txt").write_text("ten years of work")
    assert main(["--out", str(tmp_path), "--products", "2"]) == 1
    refused = capsys.readouterr().err
    assert refused.count("\n") == 1
    assert "sample shop" in refused
    assert (tmp_path / "thesis.txt").read_text() == "ten years of work"
    assert main(["--out", str(tmp_path / "shop"), "--products", "2", "--seed", "1"]) == 0
    assert len(rows(tmp_path / "shop" / "catalogue.csv")) == 2
