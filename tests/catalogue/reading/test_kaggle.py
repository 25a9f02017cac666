"""The Kaggle layout becomes a catalogue, from a folder of images as from the packed tar."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from vsearch_core.catalogue import read_catalogue
from vsearch_core.catalogue.reading.kaggle import read_kaggle
from vsearch_core.catalogue.table import COLUMNS
from vsearch_core.errors import CatalogueError

HEADER = "id,gender,masterCategory,subCategory,articleType,baseColour,season,year,usage,productDisplayName\n"
SHIRT = "10,Men,Apparel,Topwear,Shirts,Navy Blue,Fall,2011,Casual,Turtle Check Shirt\n"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "fashion"
    (folder / "images").mkdir(parents=True)
    (folder / "images" / "10.jpg").write_bytes(b"ten")
    (folder / "styles.csv").write_text(HEADER + SHIRT, encoding="utf-8")
    return folder


def test_columns_get_our_words_and_own_ones_stay(shop: Path) -> None:
    catalogue = read_catalogue(shop)
    assert list(catalogue.products.columns) == [*COLUMNS, "year"]
    row = catalogue.products.iloc[0]
    assert (row["id"], row["image"], row["name"]) == ("10", "10.jpg", "Turtle Check Shirt")
    assert (row["department"], row["category"], row["product_type"]) == ("Apparel", "Topwear", "Shirts")
    assert (row["colour"], row["gender"], row["season"], row["usage"]) == ("Navy Blue", "Men", "Fall", "Casual")
    assert row["year"] == "2011"
    assert catalogue.products["price"].isna().all()
    assert catalogue.name == "fashion"
    assert catalogue.hierarchy == {"Shirts": ("Apparel", "Topwear")}
    assert catalogue.images.read("10.jpg") == b"ten"


def test_the_packed_tar_serves_as_well(shop: Path, make_tar: Callable[[Path, Mapping[str, bytes]], Path]) -> None:
    (shop / "images" / "10.jpg").unlink()
    (shop / "images").rmdir()
    make_tar(shop / "images.tar", {"images/10.jpg": b"packed"})
    assert read_catalogue(shop).images.read("10.jpg") == b"packed"


def test_names_with_unescaped_commas_are_put_together_again(shop: Path) -> None:
    row = "11,Men,Apparel,Topwear,Shirts,Red,Fall,2011,Casual,Shirt, red, long\n"
    (shop / "styles.csv").write_text(HEADER + SHIRT + row, encoding="utf-8")
    catalogue = read_kaggle(shop)
    assert catalogue.products["name"].tolist() == ["Turtle Check Shirt", "Shirt, red, long"]
    assert [(problem.line, problem.id) for problem in catalogue.problems] == [(3, "11")]


def test_the_overflow_goes_to_the_name_wherever_it_stands(shop: Path) -> None:
    (shop / "styles.csv").write_text("id,productDisplayName,articleType\n1,A, b,Shirts\n", encoding="utf-8")
    assert read_kaggle(shop).products.loc[0, ["name", "product_type"]].tolist() == ["A, b", "Shirts"]


def test_short_rows_and_bad_ids_are_said(shop: Path) -> None:
    rows = "12,Men,Apparel\n,Men,Apparel,Topwear,Shirts,Red,Fall,2011,Casual,No id\n" + SHIRT
    (shop / "styles.csv").write_text(HEADER + SHIRT + rows, encoding="utf-8")
    catalogue = read_kaggle(shop)
    assert catalogue.products["id"].tolist() == ["10", "12"]
    assert [(problem.line, problem.done) for problem in catalogue.problems] == [
        (3, "taken as empty"),
        (4, "left out"),
        (5, "left out"),
    ]


def test_na_is_a_value(shop: Path) -> None:
    row = "11,Men,Apparel,Topwear,Shirts,NA,NA,2011,NA,Plain\n"
    (shop / "styles.csv").write_text(HEADER + row, encoding="utf-8")
    assert read_kaggle(shop).products.loc[0, ["colour", "season", "usage"]].tolist() == ["NA", "NA", "NA"]


def test_a_type_of_several_categories_keeps_them_and_has_one_usual_place(shop: Path) -> None:
    rows = "".join(
        f"{i},Men,{place},Belts,Red,Fall,2011,Casual,x\n" for i, place in enumerate(["A,Belts"] * 2 + ["B,Gear"])
    )
    (shop / "styles.csv").write_text(HEADER + rows, encoding="utf-8")
    catalogue = read_kaggle(shop)
    assert catalogue.products["category"].tolist() == ["Belts", "Belts", "Gear"]
    assert catalogue.hierarchy == {"Belts": ("A", "Belts")}


def test_an_id_that_is_a_path_leads_nowhere(shop: Path) -> None:
    (shop / "secret.jpg").write_bytes(b"secret")
    (shop / "styles.csv").write_text(HEADER + SHIRT.replace("10,", "../secret,", 1), encoding="utf-8")
    catalogue = read_kaggle(shop)
    with pytest.raises(CatalogueError) as caught:
        catalogue.images.read(catalogue.products["image"].iat[0])
    assert caught.value.code == "image_outside"


def test_missing_parts_are_said(shop: Path) -> None:
    (shop / "styles.csv").write_text("id,name\n1,x\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match="no column articleType"):
        read_kaggle(shop)
    (shop / "styles.csv").write_text(HEADER, encoding="utf-8")
    with pytest.raises(CatalogueError, match="no products"):
        read_kaggle(shop)
    (shop / "styles.csv").write_text(HEADER + SHIRT, encoding="utf-8")
    (shop / "images" / "10.jpg").unlink()
    (shop / "images").rmdir()
    with pytest.raises(CatalogueError) as caught:
        read_kaggle(shop)
    assert caught.value.code == "no_images"


@pytest.mark.real_data
def test_the_real_catalogue_is_read_whole(real_data: Path) -> None:
    catalogue = read_catalogue(real_data / "fashion-products")
    assert len(catalogue) == 40_070
    assert catalogue.problems == ()
    assert catalogue.products["id"].is_unique
    assert set(catalogue.hierarchy) == set(catalogue.products["product_type"])
    assert catalogue.images.read(catalogue.products["image"].iat[0]).startswith(b"\xff\xd8")
