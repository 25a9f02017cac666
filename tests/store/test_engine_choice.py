"""Which engine indexes a store: asked for by name, or chosen by size, told, and kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vsearch_core.catalogue.table import Catalogue
from vsearch_core.contracts import Embedder
from vsearch_core.store import Filters, Store, add_products, build_store, fold, info, remove_products

MakeCatalogue = Callable[..., Catalogue]
MakeRows = Callable[..., list[dict[str, Any]]]


@pytest.fixture(autouse=True)
def _small_indexes_and_a_small_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vsearch_core.store.segment.SMALLEST", 20)
    monkeypatch.setattr("vsearch_core.store.engines.ANNOY_UP_TO", 100)


@pytest.fixture
def build(
    tmp_path: Path, embedder: Embedder, make_catalogue: MakeCatalogue, make_rows: MakeRows
) -> Callable[..., Store]:
    def built(count: int, **options: Any) -> Store:
        path = tmp_path / f"{count}{options}"
        build_store(make_catalogue(make_rows(count)), embedder, path, **options)
        return Store.open(path, embedder=embedder)

    return built


@pytest.mark.parametrize(
    ("count", "engine", "why"),
    [
        (100, "annoy", "annoy: 100 pictures, and it serves up to 100"),
        (101, "faiss", "faiss: 101 pictures, and it answers sooner above 100"),
    ],
)
def test_the_engine_goes_by_the_number_of_pictures_and_says_so(
    build: Callable[..., Store], count: int, engine: str, why: str
) -> None:
    found = info(build(count))
    assert (found.engine, found.engine_choice) == (engine, why)


@pytest.mark.parametrize("engine", ["annoy", "faiss", "exact"])
@pytest.mark.parametrize("count", [30, 120])
def test_each_engine_serves_a_store_of_any_size(build: Callable[..., Store], count: int, engine: str) -> None:
    store, exact = build(count, engine=engine), build(count, engine="exact")
    assert (info(store).engine, info(store).engine_choice) == (engine, f"{engine}: asked for by its name")
    query = np.random.default_rng(4).normal(size=24)
    assert store.search(query, 12) == exact.search(query, 12)
    for filters in (
        Filters({"category": "Topwear"}),
        Filters({"colour": ["Red", "Blue"]}),
        Filters({}, {"price": (9, 40)}),
    ):
        assert store.search(query, 12, filters=filters) == exact.search(query, 12, filters=filters)


def test_a_store_keeps_its_engine_whatever_it_grows_to(
    build: Callable[..., Store], embedder: Embedder, make_catalogue: MakeCatalogue, make_rows: MakeRows
) -> None:
    before = build(90)
    add_products(before.path, make_catalogue(make_rows(60, start=90)), embedder)
    fold(before.path)
    after = info(before.path)
    assert (after.products, after.segments, after.engine) == (150, 1, "annoy")
    assert after.engine_choice == info(before).engine_choice


def test_a_few_more_or_less_build_no_index_anew(
    build: Callable[..., Store], embedder: Embedder, make_catalogue: MakeCatalogue, make_picture: Callable[..., bytes]
) -> None:
    before = build(200)
    assert before.manifest.engine == "faiss"
    gone = [hit.id for hit in before.search(np.ones(24), 3)]
    add_products(before.path, make_catalogue([{"id": "new 1"}, {"id": "new 2"}]), embedder)
    remove_products(before.path, gone)
    after = Store.open(before.path)
    assert after.manifest.segments[0].files == before.manifest.segments[0].files
    assert after.search(after.embeddings[-1], 1)[0].id == "new 2"
    found = [hit.id for hit in after.search(np.ones(24), 50)]
    assert len(found) == 50
    assert not set(gone) & set(found)
