"""The kinds that a network is not shown are fixed by rule, and what is measured on them is theirs alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from studies.unseen import COUNT, FEWEST, unseen_kinds
from vsearch_core.catalogue import read_catalogue


def test_the_choice_depends_on_names_and_sizes_alone() -> None:
    products = {f"Type {number}": FEWEST + number for number in range(60)}
    chosen = unseen_kinds(products)
    assert len(chosen) == COUNT
    assert unseen_kinds(dict(reversed(products.items()))) == chosen
    assert unseen_kinds({**products, "Type 7": 9000}) == chosen


def test_small_kinds_are_never_chosen() -> None:
    assert unseen_kinds({"Hats": FEWEST - 1, "Belts": FEWEST}) == ("Belts",)


@pytest.mark.real_data
def test_the_twenty_kinds_of_the_real_catalogue_stay_the_same(real_data: Path) -> None:
    products = read_catalogue(real_data / "fashion-products").products["product_type"].value_counts()
    assert unseen_kinds(products.to_dict()) == (
        "Cufflinks",
        "Earrings",
        "Flip Flops",
        "Fragrance Gift Set",
        "Free Gifts",
        "Kurtis",
        "Leggings",
        "Lipstick",
        "Necklace and Chains",
        "Night suits",
        "Pendant",
        "Sandals",
        "Scarves",
        "Shorts",
        "Skirts",
        "Sports Sandals",
        "Ties",
        "Track Pants",
        "Trunk",
        "Tunics",
    )
