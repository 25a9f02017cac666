"""Several looks at one photo: each product counts by its best one."""

from __future__ import annotations

import numpy as np

from vsearch_core.store import Filters, Store
from vsearch_core.vision.ranking import Ranker


def test_each_product_counts_by_its_better_look(little_store: Store) -> None:
    looks = little_store.embeddings[[3, 11]]
    scores = (little_store.embeddings @ looks.T).max(axis=1)
    order = np.argsort(-scores, kind="stable")[:7]
    hits = little_store.search_looks(looks, 7)
    assert [hit.id for hit in hits] == little_store.products["id"].iloc[order].tolist()
    assert np.allclose([hit.score for hit in hits], scores[order], atol=1e-5)
    assert len({hit.id for hit in hits}) == 7


def test_one_look_finds_what_a_search_finds(little_store: Store) -> None:
    assert little_store.search_looks(little_store.embeddings[:1], 5) == little_store.search(
        little_store.embeddings[0], 5
    )


def test_filters_hold_for_every_look(little_store: Store) -> None:
    category = str(little_store.products["category"].iloc[0])
    hits = little_store.search_looks(
        little_store.embeddings[[3, 11]], 50, filters=Filters({"category": frozenset({category})})
    )
    assert hits
    assert {hit.category for hit in hits} == {category}


def test_a_ranker_puts_what_looks_alike_in_another_order_and_scores_stay_cosines(little_store: Store) -> None:
    looks = little_store.embeddings[[3]]
    plain = little_store.search_looks(looks, len(little_store))
    wanted = plain[5].product_type
    ranker = Ranker(0.05, {"product_type": 50.0}, {"product_type": {wanted: 1.0, plain[0].product_type: 0.0}})
    hits = little_store.search_looks(looks, 3, ranker=ranker)
    assert hits == [hit for hit in plain if hit.product_type == wanted][:3]


def test_with_a_ranker_as_many_products_are_found_as_are_asked_for(little_store: Store) -> None:
    ranker = Ranker(0.05, {"colour": 1.0}, {"colour": {"red": 1.0}})
    looks = little_store.embeddings[[3, 11]]
    for k in (1, 7, len(little_store), 10 * len(little_store)):
        assert len(little_store.search_looks(looks, k, ranker=ranker)) == min(k, len(little_store))
