"""The sample shop's plan: enough products of enough types, in the real data's words."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest

from sample_shop import PRODUCT_TYPES, family_name, plan_product, plan_shop
from sample_shop.colours import COLOURS
from sample_shop.shop import PHOTOS, choose_photos
from vsearch_core.errors import CatalogueError


@pytest.fixture(scope="module")
def plan():
    return plan_shop(640, 2026)


def test_the_shop_has_at_least_600_products_of_25_types_with_12_of_each(plan):
    by_type = Counter(item.record["product_type"] for item in plan)
    assert len(plan) == 640
    assert len(by_type) >= 25
    assert set(by_type) == set(PRODUCT_TYPES)
    assert min(by_type.values()) >= 12


def test_ids_are_unique_and_images_follow_them(plan):
    ids = [item.record["id"] for item in plan]
    assert len(set(ids)) == len(ids)
    assert all(item.record["image"] == f"images/{item.record['id']}.webp" for item in plan)


def test_every_product_type_has_one_place_in_the_hierarchy(plan):
    places = defaultdict(set)
    for item in plan:
        places[item.product_type].add((item.record["department"], item.record["category"]))
    assert all(len(where) == 1 for where in places.values())
    assert places["Dresses"] == {("Apparel", "Dress")}
    assert places["Sandals"] == {("Footwear", "Sandal")}
    assert places["Lipstick"] == {("Personal Care", "Lips")}


def test_colour_variants_share_design_and_name_but_for_the_colour(plan):
    families = defaultdict(list)
    for item in plan:
        families[item.family].append(item)
    variants = [members for members in families.values() if len(members) > 1]
    assert len(variants) > 100
    for members in variants:
        assert len({family_name(item.record) for item in members}) == 1
        assert len({item.record["colour"] for item in members}) == len(members)
        assert len({item.record["price"] for item in members}) == 1
        assert all(f" {item.record['colour']} " in item.record["name"] for item in members)


def test_no_two_designs_of_a_type_share_a_name(plan):
    named = {(item.product_type, family_name(item.record), item.family) for item in plan}
    assert len(named) == len({(product_type, name) for product_type, name, _ in named})


def test_records_are_plausible(plan):
    for item in plan:
        record = item.record
        assert record["colour"] in COLOURS
        assert record["gender"] in {"Men", "Women", "Boys", "Girls", "Unisex"}
        assert record["season"] in {"Spring", "Summer", "Fall", "Winter"}
        assert 3 < float(record["price"]) < 300
        assert record["name"].startswith(record["brand"])


def test_forty_products_of_forty_types_are_photographed(plan):
    chosen = choose_photos(plan, 2026)
    assert len(chosen) == PHOTOS == 40
    assert len({item.product_type for item, _, _ in chosen}) == min(40, len(PRODUCT_TYPES))
    assert len({row["photo"] for _, _, row in chosen}) == 40


def test_the_same_seed_plans_the_same_shop_and_another_seed_another():
    assert plan_shop(80, 5) == plan_shop(80, 5)
    assert plan_shop(80, 5) != plan_shop(80, 6)


def test_a_design_looks_the_same_in_every_colour():
    first, second = (plan_product("Shirts", seed=3, variant=variant)[0] for variant in (0, 1))
    assert first.colour != second.colour
    assert (first.style, first.pattern, first.design) == (second.style, second.pattern, second.design)
    assert first.rng.random() == second.rng.random()


def test_an_unknown_product_type_is_refused_with_the_right_ones():
    with pytest.raises(CatalogueError, match="Tshirts") as error:
        plan_product("Spaceships", seed=1)
    assert error.value.code == "unknown_product_type"


def test_an_empty_shop_is_refused():
    with pytest.raises(CatalogueError):
        plan_shop(0, 1)


@pytest.mark.real_data
def test_the_words_are_those_of_the_real_data(plan, real_data):
    import pandas as pd

    styles = pd.read_csv(real_data / "fashion-products" / "styles.csv", keep_default_na=False, on_bad_lines="skip")
    places = set(zip(styles.masterCategory, styles.subCategory, styles.articleType, strict=True))
    for item in plan:
        record = item.record
        assert (record["department"], record["category"], record["product_type"]) in places
    for ours, theirs in (("colour", "baseColour"), ("gender", "gender"), ("season", "season"), ("usage", "usage")):
        assert {item.record[ours] for item in plan} <= set(styles[theirs])
