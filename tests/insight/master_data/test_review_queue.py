"""The queue of suspect labels: what is in it, in which order, and what speaks for either type."""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vsearch_core.errors import StoreError
from vsearch_core.insight.master_data.label_issues import COLUMNS, COPIES_DISAGREE, FITS_NONE, LABEL_ERROR
from vsearch_core.insight.master_data.review_queue import (
    EVERY,
    OPEN,
    REVIEWED,
    Wanted,
    around,
    beside,
    by_kind,
    by_type,
    chosen,
    in_order,
    same_files,
    with_verdicts,
)
from vsearch_core.reviews import KEEP, nothing_decided
from vsearch_core.settings import Settings
from vsearch_core.store import Store


@pytest.fixture
def issues() -> pd.DataFrame:
    """Four issues of three kinds."""
    rows = [
        ("1", "Tops", "Tshirts", LABEL_ERROR, 0.9),
        ("2", "Tops", "Dresses", COPIES_DISAGREE, 0.7),
        ("3", "Heels", "Flats", LABEL_ERROR, 0.504),
        ("4", "Heels", "Heels", FITS_NONE, 0.99),
    ]
    return pd.DataFrame(
        [(id, label, new, 0.1, 0.8, kind, score, "It looks so.", (), False) for id, label, new, kind, score in rows],
        columns=list(COLUMNS),
    )


@pytest.fixture
def standing() -> pd.DataFrame:
    """Ana kept the label of product 3."""
    row = {"product": "3", "verdict": KEEP, "new_label": "", "reviewer": "Ana", "time": datetime.now(UTC)}
    return pd.concat([nothing_decided().astype({"time": "datetime64[us, UTC]"}), pd.DataFrame([row])])


def test_labels_that_look_wrong_come_before_pictures_that_fit_no_type(issues: pd.DataFrame) -> None:
    by_score = issues.sort_values("score", ascending=False, ignore_index=True)
    assert list(in_order(by_score)["id"]) == ["1", "2", "3", "4"]


def test_verdicts_stand_beside_their_issues(issues: pd.DataFrame, standing: pd.DataFrame) -> None:
    table = with_verdicts(issues, standing)
    assert list(table["id"]) == ["1", "2", "3", "4"]
    assert list(table["verdict"]) == ["", "", KEEP, ""]
    assert list(table["reviewer"]) == ["", "", "Ana", ""]
    assert list(table["time"].notna()) == [False, False, True, False]
    assert list(with_verdicts(issues, nothing_decided())["verdict"]) == [""] * 4


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        (Wanted(), ["1", "2", "4"]),
        (Wanted(state=REVIEWED), ["3"]),
        (Wanted(state=EVERY), ["1", "2", "3", "4"]),
        (Wanted(kind=LABEL_ERROR, state=EVERY), ["1", "3"]),
        (Wanted(label="Heels", state=EVERY), ["3", "4"]),
        (Wanted(least=0.5, state=EVERY), ["1", "2", "3", "4"]),
        (Wanted(least=0.7), ["1", "2", "4"]),
        (Wanted(kind=FITS_NONE, label="Tops"), []),
        (Wanted(label="<b>"), []),
    ],
)
def test_the_queue_holds_what_is_wanted(
    issues: pd.DataFrame, standing: pd.DataFrame, wanted: Wanted, ids: list[str]
) -> None:
    assert list(chosen(with_verdicts(issues, standing), wanted)["id"]) == ids


def test_issues_are_counted_by_kind_and_by_type(issues: pd.DataFrame, standing: pd.DataFrame) -> None:
    table = with_verdicts(issues, standing)
    kinds = by_kind(table, 50).set_index("kind")
    assert tuple(kinds.loc[LABEL_ERROR]) == (2, 0.04, 1)
    assert tuple(kinds.loc[COPIES_DISAGREE]) == (1, 0.02, 0)
    labels = {"1": "Tops", "2": "Tops", "3": "Heels", "4": "Heels", "5": "Heels", "6": "Caps"}
    types = by_type(table, labels).set_index("type")
    assert list(types.index) == ["Heels", "Tops"]
    assert tuple(types.loc["Heels", [LABEL_ERROR, FITS_NONE, "issues", "products"]]) == (1, 1, 2, 3)
    assert types.loc["Tops", "share"] == 1.0


def test_no_issues_are_counted_too() -> None:
    table = with_verdicts(pd.DataFrame(columns=list(COLUMNS)), nothing_decided())
    assert by_kind(table, 0)["issues"].sum() == 0
    assert by_type(table, {}).empty
    assert chosen(table, Wanted()).empty


def test_a_queue_goes_round_and_is_entered_at_its_ends() -> None:
    assert around(["1", "2", "3"], "2") == ("1", "3")
    assert around(["1", "2", "3"], "3") == ("2", "1")
    assert around(["1", "2", "3"], "elsewhere") == ("3", "1")
    assert around(["1"], "1") == around([], "1") == ("", "")


@settings(max_examples=50, deadline=None)
@given(rows=st.lists(st.text(min_size=1, max_size=3), unique=True, max_size=6), here=st.text(max_size=3))
def test_one_never_goes_on_to_where_one_is(rows: list[str], here: str) -> None:
    assert here not in around(rows, here) or here == ""


def test_products_with_one_picture_file_are_pairs() -> None:
    products = pd.DataFrame({"id": ["1", "2", "3", "4"], "image_sha256": ["a", "b", "a", ""]})
    assert same_files(products).values.tolist() == [["1", "3", 0.0]]
    assert list(same_files(products.iloc[:2])) == ["first", "second", "difference"]


def test_neighbours_leave_out_the_hidden_and_the_product_s_own_variants(shop: Settings) -> None:
    store = Store.open(shop.store_path)
    products = store.products
    frequent = products["product_type"].value_counts().index[:2]
    product = products[products["product_type"] == frequent[0]].iloc[0]
    found = beside(store, product["id"], list(frequent))
    assert sum(found.votes.values()) > 0
    for name, hits in found.of_types.items():
        assert 0 < len(hits) <= 4
        assert all(hit.product_type == name and hit.group != product["group"] for hit in hits)
    hidden = frozenset(hit.id for hits in found.of_types.values() for hit in hits)
    again = beside(store, product["id"], list(frequent), hidden=hidden)
    assert not hidden & {hit.id for hits in again.of_types.values() for hit in hits}
    assert beside(store, product["id"], ["no such type"]).of_types == {"no such type": ()}
    with pytest.raises(StoreError):
        beside(store, "no such product", [])


def test_the_first_state_is_what_is_to_be_done() -> None:
    assert Wanted().state == OPEN
