"""What is taken for the same: products that share a picture, and a shop that is the evaluated catalogue."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from app.common import evaluated
from app.data import read
from app.master_data import sources
from app.quality import data
from vsearch_core.catalogue.cleaning import IDENTICAL
from vsearch_core.catalogue.identity import Identity, content_of, public_data
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
    found = Identity(frozenset(ids[:5]), evaluated=True)
    monkeypatch.setattr("vsearch_core.catalogue.identity.identify", lambda products, *_: found)
    evaluated._identity.clear()
    try:
        found = data.answers(models_in(Settings().models)[0], "catalogue")
        assert data.this_shop() is None
        assert data.picture_bytes(found, ids[0]) is not None
        assert data.picture_bytes(found, ids[7]) is None, "a product of the same number is not the same product"
    finally:
        evaluated._identity.clear()


@pytest.mark.parametrize(
    ("known", "evaluated_one"),
    [
        pytest.param({}, True, id="the whole catalogue"),
        pytest.param({"more": 12}, True, id="a part of it"),
        pytest.param({"name": "Other {}"}, False, id="another shop with the same numbers"),
    ],
)
def test_pages_samples_and_measurements_agree_on_whose_catalogue_a_store_is(
    known: dict[str, Any],
    evaluated_one: bool,
    make_shop: MakeShop,
    model: FashionModel,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = [f"Watch {number}" for number in range(8)]
    store = make_shop([{"id": str(row), "name": name, "product_type": "Watches"} for row, name in enumerate(names)])
    ids = [str(number) for number in range(8 + known.get("more", 0))]
    content = content_of(ids, [known.get("name", "Watch {}").format(one) for one in ids], [""] * len(ids))
    monkeypatch.setattr("vsearch_core.catalogue.identity._read", lambda path: content)
    monkeypatch.setattr("app.common.readers.engine", lambda: SimpleNamespace(store=store, model=model))
    evaluated._identity.clear()
    with_data = cast(Settings, SimpleNamespace(has_data=True, data=tmp_path))
    try:
        assert evaluated.is_evaluated(store) is evaluated_one
        assert evaluated.same_products(store) == (set(store.products["id"]) if evaluated_one else set())
        assert (data.this_shop() is None) is evaluated_one
        assert (sources.own_shop() is None) is evaluated_one
        assert (public_data(with_data, store.products) is not None) is evaluated_one
        assert (read.photo_set(store) is not None) <= evaluated_one
    finally:
        evaluated._identity.clear()
