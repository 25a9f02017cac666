"""Several looks at one photo: each product counts by its best one."""

from __future__ import annotations

import numpy as np

from vsearch_core.store import Filters, Store


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
