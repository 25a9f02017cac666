"""Whose error it looks like: the label's or the model's."""

from __future__ import annotations

import numpy as np
import pytest

from vsearch_core.insight.quality.suspicion import (
    LABEL_WRONG,
    MODEL_WRONG,
    OPEN,
    around_photo,
    around_product,
    named_type,
    product_votes,
    suspicion,
    votes_for,
)
from vsearch_core.settings import Settings
from vsearch_core.store import Store


@pytest.mark.parametrize(
    ("title", "label", "predicted", "named"),
    [
        ("Nike Men's Polo T-Shirt", "Tops", "Tshirts", "Tshirts"),
        ("Wrangler Women Pink T shirt", "Tshirts", "Shirts", "Tshirts"),
        ("ADIDAS Men Training Shoes", "Casual Shoes", "Sports Shoes", "Sports Shoes"),
        ("Fila Men Sports Sandals", "Sandals", "Sports Sandals", "Sports Sandals"),
        ("Red Tape Men's Formal Brown Shoe", "Casual Shoes", "Formal Shoes", "Formal Shoes"),
        ("Formal wear for men who like any shoe", "Casual Shoes", "Formal Shoes", ""),
        ("Allen Solly Woman Blue Scarf", "Scarves", "Mufflers", "Scarves"),
        ("Titan Women Gold Watch", "Watches", "Bracelet", "Watches"),
        ("Disney Girl's Summer Fun Fair Kidswear", "Tshirts", "Tops", ""),
        ("", "Tshirts", "Tops", ""),
        ("Dressing table", "Tops", "Dresses", ""),
    ],
)
def test_a_title_names_a_type_by_whole_words(title: str, label: str, predicted: str, named: str) -> None:
    assert named_type(title, label, predicted) == named


def test_confidence_alone_never_blames_the_label() -> None:
    found = suspicion("Tops", "Tshirts", probability=0.99, label_probability=0.0)
    assert found.score > 0.9
    assert found.verdict == OPEN


def test_all_evidence_against_the_label_blames_it_and_a_title_for_it_clears_it() -> None:
    votes = {"Tshirts": 18, "Tops": 2}
    against = suspicion(
        "Tops", "Tshirts", probability=0.95, label_probability=0.02, votes=votes, title="Puma Men T-shirt"
    )
    assert against.verdict == LABEL_WRONG
    assert [one.name for one in against.evidence] == ["Confidence", "Neighbours", "Title"]
    cleared = suspicion("Tops", "Tshirts", probability=0.95, label_probability=0.02, votes=votes, title="Striped Top")
    assert cleared.verdict == MODEL_WRONG
    assert cleared.score < against.score


def test_the_score_is_the_weighted_mean_of_its_evidence() -> None:
    found = suspicion("Tops", "Tshirts", probability=0.6, label_probability=0.4, votes={"Tops": 1}, title="a tee")
    assert found.score == pytest.approx(np.average([0.6, 0.0, 1.0], weights=[1, 1, 2]))


def test_neighbours_vote_without_the_product_and_its_variants(shop: Settings) -> None:
    store = Store.open(shop.store_path)
    product = store.products.iloc[0]
    votes = product_votes(store, product["id"])
    assert 0 < sum(votes.values()) <= 20
    hits = store.similar(product["id"], 60)
    assert sum(votes_for(hits, product["group"]).values()) == sum(votes.values())
    assert list(votes.values()) == sorted(votes.values(), reverse=True)


def test_the_nearest_of_two_types_are_of_those_types_and_never_the_product(shop: Settings) -> None:
    store = Store.open(shop.store_path)
    product = store.products.iloc[0]
    other = store.products.loc[store.products["product_type"] != product["product_type"], "product_type"].iloc[0]
    types = [product["product_type"], other]
    around = around_product(store, product["id"], types)
    for name in types:
        assert {hit.product_type for hit in around.of_types[name]} <= {name}
        assert product["id"] not in {hit.id for hit in around.of_types[name]}
    assert around.of_types[other]
    assert around.votes == product_votes(store, product["id"])
    # the same picture as a photo of somebody: nothing is its own there
    assert around_photo(store, store.embeddings[0], types).of_types[types[0]][0].id == product["id"]
