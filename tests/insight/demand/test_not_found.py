"""What is not found, by look; the board of it; and what would change with another range."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from vsearch_core.catalogue.positions import positions_of
from vsearch_core.database import Database
from vsearch_core.errors import StoreError
from vsearch_core.insight.demand import answers, exports, not_found
from vsearch_core.insight.demand import range as shop_range
from vsearch_core.insight.demand.periods import Period
from vsearch_core.insight.demand.selection import Selection, price_bands
from vsearch_core.insight.demand.what_if import Asking, what_if
from vsearch_core.insight.similarity.near_copies import find_pairs
from vsearch_core.journal.bulk import insert_many
from vsearch_core.search import Engine
from vsearch_core.settings import Settings
from vsearch_core.store import Store
from vsearch_core.vision import FashionModel
from vsearch_core.vision.good_match import GoodMatch

Make = Callable[..., dict[str, Any]]

COUNTS = ["searches", "no_match", "refused", "not_found", "with_photo"]

MARCH = Selection(Period(date(2026, 3, 1), date(2026, 3, 31)))


def direction(*places: float) -> np.ndarray:
    vector = np.zeros(8, np.float32)
    vector[: len(places)] = places
    return vector / np.linalg.norm(vector)


@pytest.fixture
def missed(journal_database: Database, query: Make, event: Make, kept: Make) -> Database:
    """A journal with two looks that are not found, one found, and one search without a kept photo."""
    photos = {"a1": direction(1, 0.1), "a2": direction(1, 0.2), "b1": direction(0, 0, 1), "ok": direction(0, 0, 0, 1)}
    rows = [query(photo="a1", good_match=False, session=f"s{i}", product_type="Bags") for i in range(5)]
    rows += [query(photo="a2", good_match=False, session="s0", product_type="Bags") for _ in range(2)]
    refused = query(photo="b1", product_type="Caps")
    rows += [refused, query(photo="ok"), query(photo="ok"), query(good_match=False)]
    events = [event(refused, "none_of_these"), event(refused, "none_of_these"), event(rows[-2])]
    insert_many(journal_database, queries=rows, events=events, photos=[kept(*one) for one in photos.items()])
    return journal_database


def test_pictures_that_look_alike_are_one_look_sized_by_its_searches(missed: Database) -> None:
    photos = not_found.photos(missed, MARCH, not_found=True)
    found = not_found.looks(photos, not_found.embeddings_of(missed, list(photos["photo"])))
    assert [(look.number, look.searches, look.visits, look.photos) for look in found] == [
        (1, 7, 6, ("a1", "a2")),
        (2, 1, 1, ("b1",)),
    ]
    assert found[0].product_type == "Bags"
    assert not_found.looks_table(found)["searches"].tolist() == [7, 1]


def test_what_is_not_found_counts_poor_matches_and_none_of_these_once_each(missed: Database) -> None:
    table = not_found.not_found_by_type(missed, MARCH).set_index("product_type")
    assert table.loc["Bags", COUNTS].tolist() == [7, 7, 0, 7, 7]
    assert table.loc["Caps", COUNTS].tolist() == [1, 0, 1, 1, 1]
    assert table.loc["Shirts", COUNTS].tolist() == [3, 1, 0, 1, 0]


def test_the_wall_has_every_kept_photo_once_and_says_what_was_answered(missed: Database) -> None:
    assert not_found.photos(missed, MARCH)["photo"].tolist()[0] == "a1"
    assert not_found.photo_count(missed, MARCH) == 4
    answer = answers.last_answer(missed, MARCH, "ok")
    assert answer is not None
    assert answer.hits == [{"id": "1", "score": 0.9}]
    assert answer.events == {"viewed": 1}
    assert answers.last_answer(missed, MARCH, "nothing") is None


def board(missed: Database) -> tuple[list[not_found.Look], dict[str, bytes]]:
    photos = not_found.photos(missed, MARCH, not_found=True)
    found = not_found.looks(photos, not_found.embeddings_of(missed, list(photos["photo"])))
    return found, {"a1": b"jpeg of a1", "b1": b"jpeg of b1"}


def test_the_board_is_whole_in_one_file_and_in_a_zip(missed: Database) -> None:
    found, pictures = board(missed)
    page = exports.board_html(found, pictures, title="Not <found>", under="March", sample=True).decode()
    assert "Not &lt;found&gt;" in page
    assert page.count("data:image/jpeg;base64,") == 2
    assert "Sample traffic" in page
    content = exports.board_zip(found, pictures, title="Not found", under="March", sample=False)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.read("pictures/001/001.jpg") == b"jpeg of a1"
        assert {"board.html", "board.csv"} < set(archive.namelist())
        assert "Sample traffic" not in archive.read("board.html").decode()


@pytest.fixture(scope="module")
def store(shop: Settings, model: FashionModel) -> Store:
    """The small drawn shop, opened."""
    return Store.open(shop.store_path, embedder=model)


def asked(store: Store, rows: list[int], threshold: float) -> Asking:
    photos = pd.DataFrame({"photo": [f"p{row}" for row in rows], "searches": 3, "product_type": "Shirts"})
    return Asking(photos, {f"p{row}": store.embeddings[row] for row in rows}, {}, GoodMatch(threshold))


def test_taking_products_out_loses_the_searches_that_only_they_answered(store: Store) -> None:
    asking = asked(store, [0, 1], 0.9999)
    out = np.zeros(len(store), dtype=bool)
    out[0] = True
    found = what_if(asking, store, without=out)
    assert found.photos["verdict"].tolist() == ["loses", ""]
    assert (found.lost, found.gained, found.searches) == (3, 0, 6)
    assert found.photos["product_before"].tolist() == store.products["id"].tolist()[:2]
    assert found.by_type().to_dict("records") == [{"product_type": "Shirts", "searches": 6, "gains": 0, "loses": 3}]
    nothing_left = what_if(asked(store, [0, 1], 0.5), store, without=np.ones(len(store), bool))
    assert nothing_left.lost == 6
    assert nothing_left.photos["product_after"].tolist() == ["", ""]


def test_a_candidate_that_fits_gains_a_search_that_was_not_found(store: Store) -> None:
    strange = np.zeros(store.embeddings.shape[1], np.float32)
    strange[0] = 1
    photos = pd.DataFrame({"photo": ["x"], "searches": [4], "product_type": ["Bags"]})
    asking = Asking(photos, {"x": strange}, {}, GoodMatch(0.95))
    new = pd.DataFrame({"id": ["n1"], "product_type": [""]})
    found = what_if(asking, store, candidates=(new, strange[None]))
    assert found.gained == 4
    assert found.photos["product_after"].tolist() == ["new:n1"]
    with pytest.raises(StoreError, match="another model"):
        what_if(replace(asking, vectors={"x": strange[:5]}), store)


def test_a_garment_is_asked_again_in_its_place_and_by_its_own_rule(store: Store) -> None:
    worn = positions_of(store.products["product_type"], store.products["category"])
    upper, shoe = (int(np.flatnonzero(worn == place)[0]) for place in ("upper", "footwear"))
    photos = pd.DataFrame({"photo": ["cut", "whole"], "searches": 1, "product_type": "", "garment": ["upper", ""]})
    vectors = dict.fromkeys(photos["photo"], store.embeddings[shoe])
    asking = Asking(photos, vectors, {}, GoodMatch(0.99), item_rule=GoodMatch(-1.0))
    none_worn_there = worn == "upper"
    found = what_if(asking, store, without=none_worn_there).photos
    assert worn[store.products["id"].tolist().index(found["product_before"][0])] == "upper"
    assert found["product_before"][1] == store.products["id"][shoe]
    assert found["verdict"].tolist() == ["loses", ""]
    assert what_if(replace(asking, item_rule=None), store, without=none_worn_there).lost == 0
    top = pd.DataFrame({"id": ["n1"], "product_type": [str(store.products["product_type"][upper])]})
    gained = what_if(asking, store, without=none_worn_there, candidates=(top, store.embeddings[[shoe]])).photos
    assert gained["product_after"].tolist() == ["new:n1", store.products["id"][shoe]]


def test_photos_asked_again_are_judged_as_the_engine_judges_them(shop: Settings, model: FashionModel) -> None:
    engine = Engine(Store.open(shop.store_path, embedder=model), model)
    rule, types = model.bundle.match, model.bundle.product_types
    assert rule is not None
    results = [engine.search(path.read_bytes()) for path in sorted((shop.sample_path / "photos").glob("*.webp"))[:12]]
    names = [str(number) for number in range(len(results))]
    photos = pd.DataFrame({"photo": names, "searches": 1, "product_type": ""})
    vectors = {name: result.analysis.embedding for name, result in zip(names, results, strict=True)}
    predicted = {
        name: {one.name: one.probability for one in result.analysis.product_types[:5]}
        for name, result in zip(names, results, strict=True)
    }
    everything_out = what_if(
        Asking(photos, vectors, predicted, rule, types, in_shop=model.bundle.in_shop),
        engine.store,
        without=np.ones(len(engine.store), dtype=bool),
    )
    lost = (everything_out.photos["verdict"] == "loses").tolist()
    assert sum(one == result.good_match for one, result in zip(lost, results, strict=True)) >= len(results) - 1
    np.testing.assert_allclose(everything_out.photos["before"], [result.hits[0].score for result in results], atol=1e-4)


def test_near_copies_are_told_by_brand_season_and_price(store: Store) -> None:
    bands = price_bands(store.products["price"])
    pairs = shop_range.described(find_pairs(store), store.products, bands, least=0.95)
    for level in ("brand", "season", "price band"):
        table = shop_range.near_copies_by(pairs, store.products, level, bands)
        assert table["products"].sum() == len(store)
        assert table["copied"].sum() == len(set(pairs["first"]) | set(pairs["second"]))
        assert table["within"].sum() + table["across"].sum() // 2 == len(pairs)
        assert shop_range.crossings(pairs, level, most=100).to_numpy().sum() >= len(pairs)


def test_the_price_ladder_of_a_look_goes_from_cheap_to_dear(store: Store) -> None:
    ladder = shop_range.price_ladder(store, store.embeddings[0], k=10)
    assert len(ladder) == 10
    assert ladder["price"].is_monotonic_increasing
    assert ladder["similarity"].max() > 0.99
    assert ladder["brand"].ne("").all()
