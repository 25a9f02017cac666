"""What a delivery says nothing of stays; its currency is the shop's; and every row's fate is counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from vsearch_core.catalogue.reading.plain_csv import read_csv
from vsearch_core.catalogue.table import Catalogue
from vsearch_core.contracts import Embedder
from vsearch_core.errors import StoreError
from vsearch_core.store import Store, add_products, build_store

MakeCatalogue = Callable[..., Catalogue]


@pytest.fixture
def deliver(tmp_path: Path, make_picture: Callable[..., bytes]) -> Callable[[str], Catalogue]:
    """A CSV with pictures 1.jpg to 5.jpg beside it."""
    for number in range(1, 6):
        (tmp_path / f"{number}.jpg").write_bytes(make_picture(number))

    def read(content: str) -> Catalogue:
        (tmp_path / "delivery.csv").write_text(content, encoding="utf-8")
        return read_csv(tmp_path / "delivery.csv")

    return read


@pytest.fixture
def shop(tmp_path: Path, embedder: Embedder, deliver: Callable[[str], Catalogue]) -> Path:
    build_store(
        deliver("id,image,name,category,price,Heel height\n1,1.jpg,Bag,Bags,€ 10,5\n2,2.jpg,Hat,Hats,€ 20,\n"),
        embedder,
        tmp_path / "s",
    )
    return tmp_path / "s"


def test_prices_in_another_currency_are_refused_in_a_sentence_and_nothing_changes(
    shop: Path, embedder: Embedder, deliver: Callable[[str], Catalogue]
) -> None:
    before = Store.open(shop).version
    with pytest.raises(StoreError, match=r"prices are in \$ and the shop's in €; convert them") as caught:
        add_products(shop, deliver("id,image,name,price\n3,3.jpg,Bag,$ 30\n"), embedder)
    assert caught.value.code == "other_currency"
    assert Store.open(shop).version == before


@pytest.mark.parametrize("price", ["EUR 30", "30 euro", "€30"])
def test_another_spelling_of_the_currency_is_the_same(
    price: str, shop: Path, embedder: Embedder, deliver: Callable[[str], Catalogue]
) -> None:
    add_products(shop, deliver(f"id,image,price\n3,3.jpg,{price}\n"), embedder)
    store = Store.open(shop)
    assert (store.currency, store.product("3")["price"]) == ("€", 30.0)
    assert store.cleaning[-1].record()["guesses"] == []


def test_prices_without_a_currency_are_the_shops_and_that_is_said(
    shop: Path, embedder: Embedder, deliver: Callable[[str], Catalogue]
) -> None:
    add_products(shop, deliver("id,image,price\n3,3.jpg,30\n"), embedder)
    assert Store.open(shop).currency == "€"
    assert "name no currency; they are taken to be in €" in Store.open(shop).cleaning[-1].record()["guesses"][0]


def test_a_shop_without_prices_takes_the_currency_of_the_first(
    tmp_path: Path, embedder: Embedder, make_catalogue: MakeCatalogue
) -> None:
    build_store(make_catalogue([{"id": "a"}]), embedder, tmp_path / "s")
    add_products(tmp_path / "s", make_catalogue([{"id": "b", "price": 3.0}], currency="$"), embedder)
    assert Store.open(tmp_path / "s").currency == "$"


def test_prices_of_a_shop_that_names_no_currency_get_none(
    tmp_path: Path, embedder: Embedder, make_catalogue: MakeCatalogue
) -> None:
    build_store(make_catalogue([{"id": "a", "price": 2.0}]), embedder, tmp_path / "s")
    add_products(tmp_path / "s", make_catalogue([{"id": "b", "price": 3.0}], currency="$"), embedder)
    store = Store.open(tmp_path / "s")
    assert store.currency == ""
    assert "all are shown without one" in store.cleaning[-1].record()["guesses"][0]


def test_facts_without_a_column_in_the_delivery_stay(
    shop: Path, embedder: Embedder, deliver: Callable[[str], Catalogue]
) -> None:
    add_products(shop, deliver("id,image,price\n1,1.jpg,€ 7\n2,gone.jpg,€ 8\n3,3.jpg,€ 9\n"), embedder)
    store = Store.open(shop)
    products = store.products.set_index("id")
    assert products["price"].to_dict() == {"1": 7.0, "2": 8.0, "3": 9.0}
    assert products["name"].to_dict() == {"1": "Bag", "2": "Hat", "3": ""}
    assert products["Heel height"].to_dict() == {"1": "5", "2": "", "3": ""}
    assert dict(store.partitions) == {"": 1, "Bags": 1, "Hats": 1}


def test_an_emptied_cell_empties_the_fact(shop: Path, embedder: Embedder, deliver: Callable[[str], Catalogue]) -> None:
    add_products(shop, deliver("id,image,name,price\n1,1.jpg,,\n"), embedder)
    product = Store.open(shop).products.set_index("id").loc["1"]
    assert product["name"] == ""
    assert product["price"] != product["price"]


def test_columns_that_differ_by_case_and_blanks_are_one(
    shop: Path, embedder: Embedder, deliver: Callable[[str], Catalogue]
) -> None:
    add_products(shop, deliver("id,image,heel_height\n1,1.jpg,7\n3,3.jpg,9\n"), embedder)
    products = Store.open(shop).products.set_index("id")
    assert "heel_height" not in products
    assert products["Heel height"].to_dict() == {"1": "7", "2": "", "3": "9"}


def test_the_report_counts_what_became_of_every_row(
    shop: Path, embedder: Embedder, deliver: Callable[[str], Catalogue]
) -> None:
    rows = (
        "1,1.jpg,Bag,Bags,€ 10,5\n"  # as it was
        "2,2.jpg,Hat,Hats,€ 15,\n"  # cheaper
        "3,3.jpg,New,Hats,€ 20,\n"  # new
        "3,4.jpg,Again,Hats,€ 20,\n"
        ",4.jpg,No id,Hats,€ 20,\n"
        "5,,No image,Hats,€ 20,\n"
        "6,gone.jpg,Gone,Hats,€ 20,\n"
    )
    report = add_products(shop, deliver(f"id,image,name,category,price,Heel height\n{rows}"), embedder)
    assert report.counts["searchable"] == 3
    assert report.to_json() == Store.open(shop).cleaning[-1].to_json()
    assert report.row_counts() == {
        "rows": 7,
        "taken": 3,
        "added": 1,
        "changed": 1,
        "unchanged": 1,
        "left_out": 4,
        "reasons": {
            "with an id that came before": 1,
            "without an id": 1,
            "without the name of an image": 1,
            "whose image is missing": 1,
        },
    }
    words = "\n".join(report.summary())
    assert "7 rows read: 3 taken (1 added, 1 changed, 1 unchanged), 4 left out." in words
    for told in ("line 5 (id 3)", "line 6.", "line 7 (id 5)", "id 6."):
        assert told in words


def test_a_store_from_before_the_counts_still_opens(shop: Path) -> None:
    report = replace(Store.open(shop).cleaning[0], counts={"products": 2, "searchable": 2}, rows=())
    old: dict[str, Any] = {key: value for key, value in report.to_json().items() if key != "rows"}
    again = type(report).from_json(old)
    assert again.left_out == 0
    assert again.summary()[0] == "2 of 2 products can be searched."
