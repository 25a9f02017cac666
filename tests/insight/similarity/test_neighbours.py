"""The neighbours of any product."""

from __future__ import annotations

import pytest

from vsearch_core.errors import StoreError
from vsearch_core.insight.similarity.neighbours import find_products, neighbours
from vsearch_core.search import Engine
from vsearch_core.settings import Settings
from vsearch_core.store import Store
from vsearch_core.vision import FashionModel


@pytest.fixture
def engine(shop: Settings, model: FashionModel) -> Engine:
    return Engine(Store.open(shop.store_path, embedder=model), model)


def test_pages_of_neighbours_follow_each_other_without_the_product_itself(engine: Engine) -> None:
    product = str(engine.store.products["id"].iloc[3])
    first = neighbours(engine, product, limit=5)
    second = neighbours(engine, product, offset=5, limit=5)
    both = [one.hit.id for one in first + second]
    assert len(set(both)) == 10
    assert product not in both
    assert both == [hit.id for hit in engine.similar(product, k=10)]


def test_a_neighbour_of_the_same_title_is_marked(engine: Engine) -> None:
    names = engine.store.products["name"]
    product = str(engine.store.products["id"].iloc[3])
    title = names.iloc[3].casefold()
    found = neighbours(engine, product, limit=len(names) - 1)
    assert sum(one.same_title for one in found) == (names.str.casefold() == title).sum() - 1
    assert all((one.hit.name.casefold() == title) == one.same_title for one in found)


def test_a_page_past_the_end_is_empty_and_a_stranger_is_refused(engine: Engine) -> None:
    product = str(engine.store.products["id"].iloc[0])
    assert neighbours(engine, product, offset=len(engine.store), limit=5) == []
    with pytest.raises(StoreError, match="no product"):
        neighbours(engine, "nobody")


def test_products_are_found_by_id_first_and_by_all_words_of_their_name(engine: Engine) -> None:
    store = engine.store
    product = store.products.iloc[8]
    assert find_products(store, f" {product['id']} ")[0] == product["id"]
    words = str(product["name"]).upper().split()[::-1]
    assert product["id"] in find_products(store, " ".join(words), limit=len(store))
    assert find_products(store, "no such thing (.*") == []
    assert find_products(store, "  ") == []
    assert len(find_products(store, "e", limit=3)) == 3
