"""Twins are products of one title with another picture, and nothing else."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from vsearch_core.evaluation.protocols.twins import halves, published_figures, same_picture, title_twins, twin_figures


def test_a_twin_has_the_title_and_another_picture() -> None:
    titles = np.array(["red shoe", "red shoe", "red shoe", "belt"])
    pictures = np.array([0, 1, 0, 3])
    twins = title_twins(titles, pictures, np.arange(4))
    assert [found.tolist() for found in twins] == [[1], [0, 2], [1], []]
    assert [found.tolist() for found in same_picture(pictures, np.arange(4))] == [[0, 2], [1], [0, 2], [3]]


def test_a_title_of_more_than_five_products_has_no_twins() -> None:
    titles = np.array(["silver earrings"] * 6 + ["watch"] * 5)
    twins = title_twins(titles, np.arange(11), np.arange(11))
    assert [len(found) for found in twins] == [0] * 6 + [4] * 5


def test_the_query_and_its_copies_are_not_in_the_gallery() -> None:
    # rows 0 and 1 are one picture; row 2 is the twin, and row 3 another product that is a little further away
    embeddings = np.array([[1, 0], [1, 0], [0.8, 0.6], [0.6, 0.8]], np.float32)
    titles, pictures = np.array(["a", "a", "a", "b"]), np.array([0, 0, 2, 3])
    figures = twin_figures(embeddings, titles, pictures, titles, np.array([0, 1]))
    assert figures["r_at_1"]["value"] == 1
    assert figures["r_at_1"]["count"] == 2
    closer = embeddings.copy()
    closer[3] = [0.9, np.sqrt(0.19)]
    figures = twin_figures(closer, titles, pictures, titles, np.array([0, 1]))
    assert figures["r_at_1"]["value"] == 0
    assert figures["r_at_5"]["value"] == 1


@given(st.lists(st.integers(0, 6), min_size=2, max_size=60), st.integers(0, 9))
@settings(max_examples=40, deadline=None)
def test_every_class_is_halved_and_one_of_one_product_left_out(classes: list[int], seed: int) -> None:
    titles = np.array([f"title {number}" for number in classes])
    rows = np.arange(len(titles))
    counts = {title: int((titles == title).sum()) for title in titles}
    if not any(2 <= count <= 30 for count in counts.values()):
        return
    asking, gallery = halves(titles, rows, seed=seed)
    assert not set(asking) & set(gallery)
    for title, count in counts.items():
        asked, searched = (int((titles[half] == title).sum()) for half in (asking, gallery))
        assert (asked, searched) == ((count // 2, count - count // 2) if 2 <= count <= 30 else (0, 0))


def test_the_published_form_searches_only_the_part_s_own_classes() -> None:
    embeddings = np.eye(6, dtype=np.float32)[[0, 0, 1, 1, 1, 0]]
    titles = np.array(["a", "a", "b", "b", "c", "a"])
    # row 5 is of the class but of another part, row 4 alone in its class
    figures = published_figures(embeddings, titles, np.arange(6), titles, np.arange(5))
    assert figures["classes"] == 2
    assert figures["gallery"] == 2
    assert figures["r_at_1"] == {"value": 1.0, "low": 1.0, "high": 1.0, "count": 2}


def test_the_same_picture_in_both_halves_counts_only_in_the_published_reading() -> None:
    embeddings = np.eye(4, dtype=np.float32)[[0, 0, 1, 2]]
    titles, pictures = np.array(["a", "a", "b", "b"]), np.array([0, 0, 2, 3])
    figures = published_figures(embeddings, titles, pictures, titles, np.arange(4))
    assert figures["r_at_1"]["count"] == 2
    assert figures["other_picture"]["r_at_1"]["count"] == 1
