"""What is taken for the same: products that share a picture, and a shop that is the evaluated catalogue."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from app.common import evaluated
from app.master_data import sources
from app.quality import data
from vsearch_core.catalogue.cleaning import IDENTICAL
from vsearch_core.catalogue.split import read_split
from vsearch_core.insight.data import catalogue
from vsearch_core.insight.quality.models import models_in
from vsearch_core.settings import Settings
from vsearch_core.store import Store
from vsearch_core.vision import FashionModel

MakeShop = Callable[..., Store]


def test_products_that_share_a_picture_are_one_group_whatever_stands_in_their_ids(make_shop: MakeShop) -> None:
    ids = ["Top and Skirt 01", "Top and Skirt 02", "Socks, 3 pairs", "as Socks, 5 pairs and 4 more"]
    rows = [{"id": id, "name": id, "product_type": "Sets", "shows": number // 2} for number, id in enumerate(ids)]
    store = make_shop([*rows, {"id": "alone", "name": "alone", "product_type": "Sets"}])
    found = catalogue.duplicates(store.products, store.cleaning)
    assert set(found["kind"]) == {IDENTICAL}
    assert [set(group) for group in found["ids"]] == [set(ids[:2]), set(ids[2:])]


def test_a_shop_whose_numbers_are_those_of_the_evaluated_catalogue_is_another_shop(
    make_shop: MakeShop, model: FashionModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    split = read_split("catalogue")
    ids = list(split.loc[split["part"] == "validation", "id"].head(8))
    store = make_shop([{"id": id, "name": f"Watch no {id}", "product_type": "Watches"} for id in ids])
    engine = SimpleNamespace(store=store, model=model)
    monkeypatch.setattr("app.common.readers.engine", lambda: engine)

    assert not evaluated.is_evaluated(store)
    assert data.this_shop() is not None, "its own measurement is offered"
    assert sources.own_shop() is not None
    first = models_in(Settings().models)[0]
    found = data.answers(first, "catalogue")
    assert set(ids) <= set(found.table["id"])
    assert not data.in_shop(found) & set(ids)
    assert data.picture_bytes(found, ids[0]) is None
    assert data.product(found, ids[0]) == {}


def test_of_a_shop_of_evaluated_products_the_errors_have_pictures(
    make_shop: MakeShop, model: FashionModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    split = read_split("catalogue")
    ids = list(split.loc[split["part"] == "validation", "id"].head(8))
    store = make_shop([{"id": id, "name": f"Watch no {id}", "product_type": "Watches"} for id in ids])
    engine = SimpleNamespace(store=store, model=model)
    monkeypatch.setattr("app.common.readers.engine", lambda: engine)
    monkeypatch.setattr("vsearch_core.catalogue.identity.same_products", lambda products, *_: frozenset(ids[:5]))
    monkeypatch.setattr("vsearch_core.catalogue.identity.is_evaluated", lambda products, *_: True)
    evaluated.same_products.clear()
    evaluated.is_evaluated.clear()
    try:
        found = data.answers(models_in(Settings().models)[0], "catalogue")
        assert data.this_shop() is None
        assert data.picture_bytes(found, ids[0]) is not None
        assert data.picture_bytes(found, ids[7]) is None, "a product of the same number is not the same product"
    finally:
        evaluated.same_products.clear()
        evaluated.is_evaluated.clear()
