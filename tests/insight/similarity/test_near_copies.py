"""Near-copies across the catalogue."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from vsearch_core.errors import StoreError
from vsearch_core.insight.similarity.near_copies import (
    FLOOR,
    find_pairs,
    group_numbers,
    pairs_path,
    read_pairs,
    with_suspicion,
    write_pairs,
)
from vsearch_core.settings import Settings
from vsearch_core.store import Store

PRODUCTS = pd.DataFrame(
    {
        "id": ["a", "b", "c", "d"],
        "name": ["Blue Shirt", "blue shirt", "Clock", ""],
        "product_type": ["Shirts", "Shirts", "Watches", ""],
        "colour": ["Blue", "Navy", "Blue", ""],
        "price": [10.0, 10.0, 25.0, np.nan],
    }
)


def pairs(*rows: tuple[str, str, float, bool]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["first", "second", "cosine", "same_file"])
    return table.assign(same_outline=table["same_file"])


def test_every_pair_above_the_floor_is_found_once_with_its_exact_cosine(shop: Settings) -> None:
    store = Store.open(shop.store_path)
    found = find_pairs(store)
    cosines = store.embeddings @ store.embeddings.T
    ids = store.products["id"].to_numpy()
    expected = {(ids[i], ids[j]) for i, j in np.argwhere(np.triu(cosines, 1) >= FLOOR + 1e-5)}
    got = set(zip(found["first"], found["second"], strict=True))
    assert len(got) == len(found)
    if len(found) < len(store):  # no product has more than the kept number of near ones
        assert expected <= got
    places = pd.Index(ids)
    pair_cosines = cosines[places.get_indexer(found["first"]), places.get_indexer(found["second"])]
    np.testing.assert_allclose(found["cosine"], pair_cosines, atol=1e-5)
    assert (np.diff(found["cosine"]) <= 0).all()


def test_a_picture_that_two_products_of_other_types_share_is_more_suspicious_than_a_colour_variant() -> None:
    found = with_suspicion(pairs(("a", "b", 0.999, False), ("a", "c", 0.97, True)), PRODUCTS)
    assert found["second"].tolist() == ["c", "b"]
    assert found["differs"].tolist() == ["product type, price", "colour"]
    assert found["same_title"].tolist() == [False, True]
    assert found["suspicion"].tolist() == [6.0, pytest.approx(1.96)]


def test_a_label_that_one_of_the_two_lacks_does_not_differ() -> None:
    found = with_suspicion(pairs(("a", "d", 0.99, False)), PRODUCTS)
    assert found["differs"].tolist() == [""]
    assert found["same_title"].tolist() == [False]


def test_pairs_that_share_products_are_one_group() -> None:
    linked = pairs(("a", "b", 0.99, False), ("c", "d", 0.98, False), ("b", "e", 0.97, False))
    assert group_numbers(linked).tolist() == [1, 2, 1]
    assert group_numbers(linked.iloc[:0]).tolist() == []


def test_no_pairs_are_a_table_too() -> None:
    found = with_suspicion(pairs(), PRODUCTS)
    assert found.empty
    assert {"differs", "suspicion", "first_name"} <= set(found.columns)


def test_pairs_are_kept_and_a_damaged_file_is_refused_in_words(tmp_path: Path) -> None:
    path = pairs_path(tmp_path, "products", "model")
    kept = pairs(("a", "b", 0.99, False))
    write_pairs(path, kept)
    pd.testing.assert_frame_equal(read_pairs(path), kept, check_dtype=False)
    path.write_bytes(b"")
    with pytest.raises(StoreError, match="cannot be read"):
        read_pairs(path)


def test_looking_can_be_stopped(shop: Settings) -> None:
    def stop(done: int, total: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        find_pairs(Store.open(shop.store_path), stop)
