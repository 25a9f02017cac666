"""Building a store, searching it and leafing through it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from vsearch_core.catalogue.reading.kaggle import read_kaggle
from vsearch_core.catalogue.table import COLUMNS, Catalogue
from vsearch_core.contracts import Embedder
from vsearch_core.errors import FilterError, StoreError
from vsearch_core.images import decode, encode_jpeg
from vsearch_core.store import Filters, Store, build_store, engine_named, info, recall_at_k
from vsearch_core.store.exact import check_embeddings

MakeCatalogue = Callable[..., Catalogue]
MakeRows = Callable[..., list[dict[str, Any]]]


def brute_force(store: Store, query: np.ndarray, passing: np.ndarray) -> list[str]:
    """All ids that pass, the most alike first."""
    query = query / np.linalg.norm(query)
    rows = np.flatnonzero(passing)
    scores = (store.embeddings[rows] * query.astype(np.float32)).sum(axis=1)
    return store.products["id"].iloc[rows[np.argsort(-scores, kind="stable")]].tolist()


def queries(count: int, dimension: int = 24) -> np.ndarray:
    return np.random.default_rng(11).normal(size=(count, dimension)).astype(np.float32)


def test_a_photo_of_a_product_finds_that_product_first(
    little_store: Store, embedder: Embedder, make_picture: Callable[..., bytes]
) -> None:
    photo = decode(make_picture("p17", size=(80, 64)))
    hits = little_store.search(embedder.embed([photo])[0], 5)
    assert len(hits) == 5
    assert (hits[0].id, hits[0].name, hits[0].image) == ("p17", "Product number 17", "p17.jpg")
    assert hits[0].score > 0.98
    assert hits[0].price == 17.0
    assert hits[0].url is None
    assert hits[0].extra == {"department": "Apparel", "colour": "Blue", "gender": "Men", "season_year": 2012}


def test_a_missing_price_is_none(little_store: Store) -> None:
    assert little_store.product("p20")["price"] is None
    assert next(hit for hit in little_store.search(queries(1)[0], 120) if hit.id == "p20").price is None


def test_searching_everything_agrees_with_brute_force(little_store: Store) -> None:
    for query in queries(10):
        assert [hit.id for hit in little_store.search(query, 15)] == brute_force(
            little_store, query, np.ones(len(little_store), bool)
        )[:15]


def test_many_searches_equal_single_ones(little_store: Store) -> None:
    some = queries(12)
    for options in ({}, {"filters": Filters({"colour": "Red"})}, {"partitions": ["Shoes", "Bags"]}):
        together = little_store.search_many(some, 6, **options)
        assert together == [little_store.search(query, 6, **options) for query in some]


def test_threads_that_search_at_once_find_what_single_searches_find(little_store: Store) -> None:
    some = queries(200)
    alone = [little_store.search(query, 5) for query in some]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda query: little_store.search(query, 5), some)) == alone


def test_partitions_narrow_the_search_to_their_categories(little_store: Store) -> None:
    hits = little_store.search(queries(1)[0], 200, partitions=["Shoes", "Bags", "Hats"])
    assert {hit.category for hit in hits} == {"Shoes", "Bags"}
    assert len(hits) == little_store.partitions["Shoes"] + little_store.partitions["Bags"]
    assert little_store.search(queries(1)[0], 5, partitions=[]) == []


def test_a_category_filter_equals_its_partition(little_store: Store) -> None:
    query = queries(1)[0]
    assert little_store.search(query, 9, filters=Filters({"category": "Topwear"})) == little_store.search(
        query, 9, partitions=["Topwear"]
    )


values = {
    "colour": ["Red", "Blue", "Green", "Black", "Mauve"],
    "category": ["Topwear", "Shoes", "Bags", ""],
    "department": ["Apparel", "Accessories"],
    "product_type": ["type 0", "type 3"],
    "season_year": ["2010", "2012"],
}
any_filters = st.builds(
    Filters,
    st.fixed_dictionaries(
        {}, optional={column: st.frozensets(st.sampled_from(some), max_size=3) for column, some in values.items()}
    ),
    st.fixed_dictionaries(
        {},
        optional={
            "price": st.tuples(st.none() | st.integers(0, 40), st.none() | st.integers(41, 120)),
            "season_year": st.tuples(st.none() | st.just(2011), st.none()),
        },
    ),
)


def passing(table: pd.DataFrame, filters: Filters) -> np.ndarray:
    mask = np.ones(len(table), dtype=bool)
    for column, wanted in filters.equals.items():
        mask &= table[column].astype(str).isin(wanted).to_numpy()
    for column, (least, most) in filters.ranges.items():
        mask &= (table[column] >= (-np.inf if least is None else least)).to_numpy()
        mask &= (table[column] <= (np.inf if most is None else most)).to_numpy()
    return mask


@settings(max_examples=120, deadline=None)
@given(filters=any_filters, k=st.integers(1, 130), number=st.integers(0, 9))
def test_filters_never_return_fewer_than_k_when_k_exist(
    little_store: Store, filters: Filters, k: int, number: int
) -> None:
    query = queries(10)[number]
    expected = brute_force(little_store, query, passing(little_store.products, filters))
    assert [hit.id for hit in little_store.search(query, k, filters=filters)] == expected[:k]


@settings(max_examples=30, deadline=None)
@given(filters=any_filters, offset=st.integers(0, 130), limit=st.integers(0, 50))
def test_pages_cut_the_products_that_pass(little_store: Store, filters: Filters, offset: int, limit: int) -> None:
    mask = passing(little_store.products, filters)
    page = little_store.page(filters, offset=offset, limit=limit)
    assert page.total == mask.sum()
    assert [product["id"] for product in page.products] == little_store.products["id"][mask].tolist()[
        offset : offset + limit
    ]


def test_pages_can_be_sorted_with_missing_values_last(little_store: Store) -> None:
    cheap = [product["price"] for product in little_store.page(sort="price", limit=200).products]
    dear = [product["price"] for product in little_store.page(sort="-price", limit=200).products]
    known = sorted(price for price in little_store.products["price"] if price == price)
    assert cheap == [*known, *[None] * 12]
    assert dear == [*known[::-1], *[None] * 12]
    with pytest.raises(FilterError, match="no column 'size' to sort by"):
        little_store.page(sort="size")


def test_facets_count_and_do_not_narrow_themselves(little_store: Store) -> None:
    plain = little_store.facets(["colour", "season_year"])
    assert plain["colour"] == {"Black": 30, "Blue": 30, "Green": 30, "Red": 30}
    assert sum(plain["season_year"].values()) == 120
    red = little_store.facets(["colour", "category"], Filters({"colour": "Red"}))
    assert red["colour"] == plain["colour"]
    assert sum(red["category"].values()) == 30


def test_similar_products_are_those_around_a_product_without_itself(little_store: Store) -> None:
    query = little_store.embeddings[little_store.products["id"].tolist().index("p40")]
    expected = brute_force(little_store, query, (little_store.products["id"] != "p40").to_numpy())
    assert [hit.id for hit in little_store.similar("p40", 6)] == expected[:6]
    narrow = little_store.similar("p40", 3, Filters({"colour": "Green"}))
    assert {hit.extra["colour"] for hit in narrow} == {"Green"}


def test_an_unknown_product_is_named(little_store: Store) -> None:
    for ask in (little_store.product, little_store.thumbnail, lambda product: little_store.similar(product, 3)):
        with pytest.raises(StoreError, match="no product 'nobody'") as caught:
            ask("nobody")
        assert caught.value.code == "unknown_product"


def test_thumbnails_are_small_plain_jpegs(
    tmp_path: Path, embedder: Embedder, make_catalogue: MakeCatalogue, make_picture: Callable[..., bytes]
) -> None:
    original = Image.open(io.BytesIO(make_picture("big", size=(900, 600))))
    exif = Image.Exif()
    exif[0x010E] = "a secret"
    out = io.BytesIO()
    original.save(out, "JPEG", exif=exif)
    build_store(make_catalogue([{"id": "big", "picture": out.getvalue()}, {"id": "small"}]), embedder, tmp_path)
    store = Store.open(tmp_path, embedder=embedder)
    thumbnail = Image.open(io.BytesIO(store.thumbnail("big")))
    assert (thumbnail.format, thumbnail.size) == ("JPEG", (320, 213))
    assert not thumbnail.getexif()
    assert Image.open(io.BytesIO(store.thumbnail("small"))).size == (40, 32)
    known = store.product("big")
    assert (known["image_width"], known["image_height"]) == (900, 600)


@pytest.mark.parametrize(
    ("k", "query", "code"),
    [(0, np.ones(24), "bad_k"), (5, np.ones(23), "wrong_dimension"), (5, np.zeros(24), "bad_embedding")],
)
def test_a_search_that_does_not_fit_is_refused_in_words(
    little_store: Store, k: int, query: np.ndarray, code: str
) -> None:
    with pytest.raises(StoreError) as caught:
        little_store.search(query, k)
    assert caught.value.code == code


def test_filters_of_columns_that_are_not_there_are_refused(little_store: Store) -> None:
    with pytest.raises(FilterError, match=r"no column 'shape'.*colour.*season_year"):
        little_store.search(queries(1)[0], 5, filters=Filters({"shape": "Round"}))


def test_keeps_what_the_catalogue_says(tmp_path: Path, embedder: Embedder, make_catalogue: MakeCatalogue) -> None:
    catalogue = make_catalogue(
        [{"id": "1", "product_type": "Shirts", "shelf": "A7", "weight": 2.5}, {"id": "2", "shelf": None}],
        name="Märkt & Söhne",
        sample=True,
        currency="EUR",
        hierarchy={"Shirts": ("Apparel", "Topwear")},
    )
    build_store(catalogue, embedder, tmp_path / "s")
    store = Store.open(tmp_path / "s", embedder=embedder)
    assert (store.name, store.sample, store.currency) == ("Märkt & Söhne", True, "EUR")
    assert store.manifest.hierarchy == {"Shirts": ("Apparel", "Topwear")}
    assert list(store.products.columns[: len(COLUMNS) + 2]) == [*COLUMNS, "shelf", "weight"]
    assert store.product("1")["weight"] == 2.5
    assert store.product("2")["shelf"] in (None, "")


def test_a_shop_without_categories_is_searched_whole(
    tmp_path: Path, embedder: Embedder, make_catalogue: MakeCatalogue
) -> None:
    build_store(make_catalogue([{"id": f"screw {n}"} for n in range(30)]), embedder, tmp_path / "s")
    store = Store.open(tmp_path / "s", embedder=embedder)
    assert store.partitions == {"": 30}
    assert len(store.search(queries(1)[0], 10)) == 10
    assert len(store.search(queries(1)[0], 10, partitions=[""])) == 10


@pytest.mark.parametrize("category", ["../../evil", "a/b", "CON", "\x00", "..", "x" * 400, "Röcke 👗"])
def test_names_out_of_a_file_never_name_files(
    tmp_path: Path, embedder: Embedder, make_catalogue: MakeCatalogue, monkeypatch: pytest.MonkeyPatch, category: str
) -> None:
    monkeypatch.setattr("vsearch_core.store.segment.SMALLEST", 2)
    rows = [{"id": f"../{n}", "category": category, "product_type": category} for n in range(5)]
    build_store(make_catalogue(rows, name=category), embedder, tmp_path / "s")
    store = Store.open(tmp_path / "s", embedder=embedder)
    assert [path.name for path in tmp_path.iterdir()] == ["s"]
    files = {path.relative_to(tmp_path / "s").parts[2:] for path in (tmp_path / "s").rglob("*.ann")}
    assert files == {("index", "whole.ann"), ("index", "0.ann")}
    assert len(store.search(queries(1)[0], 3, partitions=[category])) == 3


def test_a_shops_column_that_is_called_like_ours_is_kept_beside_it(
    tmp_path: Path, embedder: Embedder, make_catalogue: MakeCatalogue
) -> None:
    rows = [{"id": "1", "group": "spring sale", "shop_group": "x"}]
    build_store(make_catalogue(rows), embedder, tmp_path / "s")
    store = Store.open(tmp_path / "s", embedder=embedder)
    assert store.product("1")["shop_shop_group"] == "spring sale"
    assert store.product("1")["shop_group"] == "x"
    assert store.product("1")["group"] == "1"


def test_products_without_a_readable_image_are_reported_and_not_found(
    tmp_path: Path, embedder: Embedder, make_catalogue: MakeCatalogue
) -> None:
    rows = [{"id": "good"}, {"id": "gone", "picture": None}, {"id": "broken", "picture": b"\xff\xd8\xff nonsense"}]
    build_store(make_catalogue([*rows, {"id": "fine"}]), embedder, tmp_path / "s")
    store = Store.open(tmp_path / "s", embedder=embedder)
    assert store.products["id"].tolist() == ["good", "fine"]
    assert [hit.id for hit in store.search(queries(1)[0], 9)] in (["good", "fine"], ["fine", "good"])
    (report,) = store.cleaning
    assert {"gone", "broken"} <= set(report.findings["id"])
    assert info(tmp_path / "s").cleaning[0] == "2 of 4 products can be searched."


@pytest.mark.parametrize(
    ("rows", "words"),
    [([], "has no products"), ([{"id": "1", "picture": None}, {"id": "2", "picture": b"no"}], "None of the 2 images")],
)
def test_a_catalogue_with_nothing_to_show_makes_no_store(
    tmp_path: Path, embedder: Embedder, make_catalogue: MakeCatalogue, rows: list[dict[str, Any]], words: str
) -> None:
    with pytest.raises(StoreError, match=words) as caught:
        build_store(make_catalogue(rows), embedder, tmp_path / "a" / "s")
    assert caught.value.code == "nothing_to_store"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (lambda photos: np.full((len(photos), 24), np.nan), "bad_embedding"),
        (lambda photos: np.ones((1, 24)), "bad_embedding"),
        (lambda photos: np.ones((len(photos), 23)), "wrong_dimension"),
    ],
)
def test_a_model_that_answers_nonsense_makes_no_store(
    tmp_path: Path, make_embedder: Callable[..., Any], make_catalogue: MakeCatalogue, make_rows: MakeRows,
    answer: Callable[..., np.ndarray], code: str,
) -> None:  # fmt: skip
    broken = make_embedder()
    broken.embed = answer
    with pytest.raises(StoreError) as caught:
        build_store(make_catalogue(make_rows(40)), broken, tmp_path / "s")
    assert caught.value.code == code
    assert list(tmp_path.iterdir()) == []


def test_progress_counts_every_product(
    tmp_path: Path, embedder: Embedder, make_catalogue: MakeCatalogue, make_rows: MakeRows
) -> None:
    seen: list[tuple[int, int]] = []
    build_store(
        make_catalogue(make_rows(100)), embedder, tmp_path, progress=lambda done, total: seen.append((done, total))
    )
    assert seen == sorted(seen)
    assert seen[-1] == (100, 100)
    assert len(seen) > 1


def test_the_exact_engine_keeps_no_index_files(
    tmp_path: Path, embedder: Embedder, make_catalogue: MakeCatalogue, make_rows: MakeRows, little_store: Store,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("vsearch_core.store.segment.SMALLEST", 5)
    build_store(make_catalogue(make_rows(120)), embedder, tmp_path, engine="exact")
    store = Store.open(tmp_path, embedder=embedder)
    assert not list(tmp_path.rglob("*.ann"))
    assert store.search(queries(1)[0], 20) == little_store.search(queries(1)[0], 20)


def test_an_unknown_engine_is_refused_before_any_work(
    tmp_path: Path, embedder: Embedder, make_catalogue: MakeCatalogue
) -> None:
    with pytest.raises(StoreError, match="annoy or faiss or exact"):
        build_store(make_catalogue([{"id": "1"}]), embedder, tmp_path / "s", engine="scann")
    assert list(tmp_path.iterdir()) == []


def test_the_same_catalogue_and_seed_give_the_same_files(
    tmp_path: Path, embedder: Embedder, make_catalogue: MakeCatalogue, make_rows: MakeRows,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("vsearch_core.store.segment.SMALLEST", 20)
    for name in ("a", "b"):
        build_store(make_catalogue(make_rows(80)), embedder, tmp_path / name)
    first, second = (Store.open(tmp_path / name).manifest.segments[0].files for name in ("a", "b"))
    assert first == second
    assert "index/whole.ann" in first


def test_info_says_what_is_in_a_store(little_store: Store) -> None:
    found = info(little_store.path)
    assert (found.products, found.segments, found.removed, found.engine) == (120, 1, 0, "annoy")
    assert found.categories == {"Topwear": 72, "Bags": 24, "Shoes": 24}
    assert sum(found.departments.values()) == sum(found.product_types.values()) == 120
    assert found.bytes == sum(path.stat().st_size for path in little_store.path.glob("segments/**/*") if path.is_file())
    assert json.loads(json.dumps(found.to_json()))["model"] == "pixels"


@pytest.mark.real_data
def test_annoy_finds_98_of_100_exact_neighbours_in_the_real_catalogue(real_data: Path) -> None:
    """On a part of it, and with the pictures themselves at 10x8 pixels for embeddings: quick, and hard enough."""
    catalogue = read_kaggle(real_data / "fashion-products")
    photos = [decode(catalogue.images.read(image), max_side=80) for image in catalogue.products["image"].iloc[::4]]
    small = np.stack(
        [np.asarray(Image.fromarray(photo.pixels).resize((8, 10)), np.float32).ravel() for photo in photos]
    )
    vectors = check_embeddings(small - small.mean(axis=0), 240)
    rows = np.arange(len(vectors))
    annoy, exact = (engine_named(name).build(vectors, rows, seed=7) for name in ("annoy", "exact"))
    assert recall_at_k(annoy, exact, vectors[::10], 10) >= 0.98


def test_a_blank_picture_is_kept_but_like_no_photo(
    tmp_path: Path, embedder: Embedder, make_catalogue: MakeCatalogue, make_rows: MakeRows
) -> None:
    white = encode_jpeg(np.full((40, 32, 3), 255, np.uint8))
    rows = [*make_rows(10), {"id": "blank", "name": "No picture yet", "picture": white}]
    build_store(make_catalogue(rows), embedder, tmp_path / "shop")
    store = Store.open(tmp_path / "shop", embedder=embedder)
    assert store.product("blank")["name"] == "No picture yet"
    asked = embedder.embed([decode(white)])[0]
    assert "blank" not in {hit.id for hit in store.search(asked, 10) if hit.score > 0}
    assert store.similar("blank", 5) == []
    assert any("like no photo" in line for line in info(tmp_path / "shop").cleaning)
