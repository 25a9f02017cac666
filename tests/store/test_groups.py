from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vsearch_core.catalogue import read_catalogue
from vsearch_core.catalogue.split import part_ids
from vsearch_core.images import decode
from vsearch_core.store.groups import (
    LARGEST_NAME_GROUP,
    SAME_COSINE,
    SAME_DHASH_BITS,
    SAME_NAME_COSINE,
    design_names,
    group_ids,
)
from vsearch_core.vision import FashionModel


def products(*rows: dict[str, Any]) -> pd.DataFrame:
    """Products that have nothing in common, but for what each row says."""
    return pd.DataFrame(
        [
            {
                "id": f"p{number}",
                "name": f"Thing {'x' * number}",
                "product_type": "Tshirts",
                "category": "Topwear",
                "gender": "Men",
                "colour": "",
                "image_sha256": f"sha{number}",
                "image_dhash": np.uint64(0xFF << 8 * (number % 8)),
                **row,
            }
            for number, row in enumerate(rows)
        ]
    )


def far_apart(count: int) -> np.ndarray:
    return np.eye(max(count, 2), dtype=np.float32)[:count]


def at_cosine(cosine: float, count: int) -> np.ndarray:
    """(count, count + 1) embeddings of which any two have this cosine."""
    own = np.eye(count, dtype=np.float32) * np.float32(np.sqrt(1 - cosine))
    return np.hstack([np.full((count, 1), np.sqrt(cosine), dtype=np.float32), own])


def in_colours(count: int) -> np.ndarray:
    """Pictures that agree as those of one design in several colours do, and not more."""
    return at_cosine((SAME_NAME_COSINE + SAME_COSINE) / 2, count)


def groups(table: pd.DataFrame, embeddings: np.ndarray | None = None) -> list[str]:
    return group_ids(table, far_apart(len(table)) if embeddings is None else embeddings).tolist()


def test_products_with_nothing_in_common_are_groups_of_their_own() -> None:
    assert groups(products({}, {}, {})) == ["p0", "p1", "p2"]


def test_the_same_picture_file_groups_even_across_categories() -> None:
    same = {"image_sha256": "one"}
    assert groups(products({**same, "id": "p9"}, {}, {**same, "category": "Bags"})) == ["p2", "p1", "p2"]


def test_colour_variants_group_under_the_smallest_id() -> None:
    table = products(
        {"id": "p9", "name": "Puma Men Navy Blue Polo T-shirt"},
        {"id": "p5", "name": "puma men WHITE polo t-shirt"},
        {"name": "Puma Men Polo T-shirt"},
        {"name": "Puma Men White Polo"},
    )
    assert groups(table, in_colours(4)) == ["p2", "p2", "p2", "p3"]


def test_the_shops_own_names_of_colours_count() -> None:
    table = products({"name": "Polo Mystic", "colour": "Mystic"}, {"name": "Polo Storm", "colour": "Storm"})
    assert groups(table, in_colours(2)) == ["p0", "p0"]


@pytest.mark.parametrize("column", ["product_type", "gender", "Brand"])
def test_the_same_name_of_another_kind_is_another_product(column: str) -> None:
    table = products({"name": "Basic", column: "a"}, {"name": "Basic", column: "b"})
    assert groups(table, in_colours(2)) == ["p0", "p1"]


def test_products_of_one_plain_name_are_one_group_only_where_their_pictures_agree() -> None:
    shirts = products(*[{"name": "T-Shirt"}] * 4)
    assert groups(shirts, at_cosine(SAME_NAME_COSINE - 0.01, 4)) == ["p0", "p1", "p2", "p3"]
    two_designs = np.repeat(at_cosine(0.3, 2), 2, axis=0)
    assert groups(shirts.assign(image_dhash=np.arange(4, dtype=np.uint64) << np.uint64(8)), two_designs) == [
        "p0",
        "p0",
        "p2",
        "p2",
    ]


def test_products_of_one_plain_name_do_not_chain() -> None:
    """Each agrees with the next, but the last does not with the first: it starts a group of its own."""
    angles = np.arccos(SAME_NAME_COSINE + 0.01) * np.arange(3)
    embeddings = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    assert groups(products(*[{"name": "T-Shirt"}] * 3), embeddings) == ["p0", "p0", "p2"]


def test_a_newcomer_of_a_plain_name_joins_only_what_its_picture_agrees_with() -> None:
    table = products(*[{"name": "T-Shirt"}] * 3).assign(group=["p0", "p1", ""])
    embeddings = np.array([[1, 0, 0], [0, 1, 0], [0, 0.9, np.sqrt(0.19)]], dtype=np.float32)
    assert group_ids(table, embeddings, settled=2).tolist() == ["p1"]


@pytest.mark.parametrize("name", ["", "Black", "  "])
def test_names_of_nothing_but_colours_group_nothing(name: str) -> None:
    assert groups(products({"name": name}, {"name": name})) == ["p0", "p1"]


def test_a_name_that_many_share_is_a_range_and_no_product() -> None:
    fits = products(*[{"name": "Striped Shirt"}] * LARGEST_NAME_GROUP)
    assert set(groups(fits, in_colours(LARGEST_NAME_GROUP))) == {"p0"}
    more = LARGEST_NAME_GROUP + 1
    assert len(set(groups(products(*[{"name": "Striped Shirt"}] * more), in_colours(more)))) == more


def test_near_identical_pictures_group_within_a_product_type() -> None:
    alike = {"image_dhash": np.uint64(5)}
    embeddings = np.array([[1, 0], [0.999, 0.0447], [1, 0]], dtype=np.float32)
    assert groups(products(alike, alike, {**alike, "product_type": "Polos"}), embeddings) == ["p0", "p0", "p2"]


def test_alike_embeddings_of_other_outlines_do_not_group() -> None:
    other = np.uint64((1 << (SAME_DHASH_BITS + 1)) - 1)
    table = products({"image_dhash": np.uint64(0)}, {"image_dhash": other})
    assert groups(table, np.ones((2, 1), dtype=np.float32)) == ["p0", "p1"]


def test_alike_pictures_do_not_chain() -> None:
    """Each is like the next, but the last is not like the first: it starts a group of its own."""
    angles = np.array([0, 0.15, 0.3])
    embeddings = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    assert groups(products(*[{"image_dhash": np.uint64(1)}] * 3), embeddings) == ["p0", "p0", "p2"]


def test_newcomers_join_the_groups_there_are_without_renaming_them() -> None:
    table = products(
        {"id": "p5", "name": "Polo Red"},
        {"id": "p6", "name": "Other"},
        {"id": "p1", "name": "Polo Blue"},
        {"id": "p2", "name": "New"},
    ).assign(group=["p5", "p6", "", ""])
    assert group_ids(table, in_colours(4), settled=2).tolist() == ["p5", "p2"]


def test_leaves_colours_out_of_names() -> None:
    table = pd.DataFrame({"name": ["Puma Men Navy Blue Polo", "Red"], "colour": ["Navy Blue", "Red"]})
    assert design_names(table) == ["puma men polo", ""]


@settings(max_examples=40, deadline=None)
@given(
    keys=st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")), min_size=1, max_size=25),
    seed=st.integers(0, 1000),
)
def test_a_group_is_named_by_its_smallest_id_whatever_the_order(keys: list[tuple[str, str]], seed: int) -> None:
    table = products(*({"image_sha256": sha, "name": f"Shirt {name}"} for sha, name in keys))
    order = np.random.default_rng(seed).permutation(len(table))
    embeddings = in_colours(len(table))
    straight = dict(zip(table["id"], groups(table, embeddings), strict=True))
    shuffled = table.iloc[order].reset_index(drop=True)
    assert dict(zip(shuffled["id"], groups(shuffled, embeddings), strict=True)) == straight
    assert all(straight[group] == group and group <= product for product, group in straight.items())


@pytest.mark.real_data
def test_the_threshold_is_the_one_from_which_pairs_of_one_name_are_mostly_one_design(
    real_data: Path, model: FashionModel
) -> None:
    """Pairs of one name, as many of each similarity, looked at: whether they are one design, perhaps in two colours."""
    pairs = pd.read_csv(Path(__file__).with_name("same_name_pairs.csv"), dtype=str)
    ids = sorted({*pairs["first"], *pairs["second"]})
    assert set(ids) <= part_ids("catalogue", "validation")
    catalogue = read_catalogue(real_data / "fashion-products")
    known = catalogue.products.set_index("id").loc[ids]
    names = pd.Series(design_names(known), index=ids)
    assert (names[pairs["first"]].to_numpy() == names[pairs["second"]].to_numpy()).all()
    vectors = model.embed([decode(catalogue.images.read(image), max_side=320) for image in known["image"]])
    place = {id: number for number, id in enumerate(ids)}
    first, second = (vectors[pairs[side].map(place).to_numpy()] for side in ("first", "second"))
    cosines, one = (first * second).sum(axis=1), pairs["one_design"].eq("yes").to_numpy()
    steps = np.arange(0.4, 0.96, 0.05).round(2)
    share = {step: one[(cosines >= step) & (cosines < step + 0.05)].mean() for step in steps}
    chosen = min(step for step in steps if all(share[higher] > 0.5 for higher in steps if higher >= step))
    assert chosen == SAME_NAME_COSINE, f"choose the threshold anew; one design, by cosine: {share}"
    assert one[cosines >= SAME_NAME_COSINE].mean() > 2 / 3
