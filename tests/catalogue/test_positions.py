"""Where products are worn."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from vsearch_core.catalogue import positions
from vsearch_core.catalogue.photos.street import GARMENTS
from vsearch_core.catalogue.positions import POSITIONS, position_of, positions_of, types_of_garments
from vsearch_core.settings import Settings
from vsearch_core.vision import Bundle


@pytest.mark.parametrize(
    ("product_type", "category", "position"),
    [
        ("Tshirts", "Topwear", "upper"),
        ("tshirts", "", "upper"),
        ("Dupatta", "Topwear", "other"),
        ("Rompers", "Topwear", "full"),
        ("Dresses", "Dress", "full"),
        ("Jeans", "Bottomwear", "lower"),
        ("Heels", "Shoes", "footwear"),
        ("Briefs", "Innerwear", "lower"),
        ("Bra", "Innerwear", "upper"),
        ("Clutches", "Bags", "bag"),
        ("Sunglasses", "Eyewear", "eyewear"),
        ("Caps", "Headwear", "headwear"),
        ("Watches", "Watches", "other"),
        ("Hoodies", "Topwear", "upper"),
        ("Thermals", "Innerwear", None),
        ("Hammers", "Tools", None),
        ("", "", None),
    ],
)
def test_a_product_s_type_says_where_it_is_worn_and_else_its_category(
    product_type: str, category: str, position: str | None
) -> None:
    assert position_of(product_type, category) == position


def test_every_type_of_the_network_has_a_position(model_bundle: Bundle) -> None:
    assert all(position_of(name) in POSITIONS for name in model_bundle.product_types)
    assert len(model_bundle.product_types) > 100


def test_the_table_says_each_name_once() -> None:
    with Path(positions.__file__).with_name("positions.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = [(row["level"], row["name"].casefold()) for row in rows]
    assert len(names) == len(set(names))
    assert {row["position"] for row in rows} <= {*POSITIONS, ""}
    assert {row["level"] for row in rows} == {"product_type", "category"}


def test_every_label_of_a_garment_has_types_that_the_network_knows(model_bundle: Bundle) -> None:
    types = types_of_garments()
    assert set(types) == {label for label, _ in GARMENTS.values()}
    assert all(kinds <= set(model_bundle.product_types) for kinds in types.values())


def test_many_products_have_the_positions_of_single_ones() -> None:
    assert positions_of(["Jeans", "Hammers", "Jeans"], ["", "Tools", "Bottomwear"]).tolist() == ["lower", "", "lower"]


@pytest.fixture(scope="module")
def model_bundle() -> Bundle:
    return Bundle.open(Settings().models / "fashion")


@pytest.mark.real_data
def test_every_category_of_the_real_catalogue_is_in_the_table(real_data: Path) -> None:
    with (real_data / "fashion-products" / "styles.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    _, categories = positions._table()
    assert {row["subCategory"].casefold() for row in rows} <= set(categories)
    assert all(position_of(row["articleType"], row["subCategory"]) for row in rows)
