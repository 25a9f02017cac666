"""The whole way on the real catalogue: 40,070 products made searchable, and real photos answered."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from vsearch_core.catalogue.photos.user import read_user_photos
from vsearch_core.catalogue.sources import TarImages
from vsearch_core.contracts import SearchResult
from vsearch_core.search import Engine
from vsearch_core.settings import Settings
from vsearch_core.setup import prepare, sample_photos
from vsearch_core.store import Filters, info

pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def engine(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    chosen = Settings(cache=tmp_path_factory.mktemp("real"), data=real_data, store=None)
    return Engine.open(prepare(chosen))


def test_every_product_can_be_searched_and_what_was_found_is_told(engine: Engine) -> None:
    found = info(engine.store.path)
    assert found.products == 40_070
    assert len(found.product_types) == 141
    assert not found.sample
    assert any("same image file: 1,128, in 518 groups" in line for line in found.cleaning)


def test_the_store_finds_at_least_98_of_100_true_neighbours(engine: Engine, real_data: Path) -> None:
    photos = read_user_photos(real_data).query("part == 'validation'").head(200)
    source = TarImages(real_data / "clothing-photos" / "images.tar", prefix="images/")
    queries = engine.model.embed([engine.decode(source.read(name)) for name in photos["image"]])
    embeddings, ids = engine.store.embeddings, engine.store.products["id"].to_numpy()
    true = [set(ids[np.argsort(-row)[:10]]) for row in queries @ embeddings.T]
    found = [{hit.id for hit in hits} for hits in engine.store.search_many(queries, 10)]
    assert np.mean([len(a & b) / 10 for a, b in zip(found, true, strict=True)]) >= 0.98


def test_validation_photos_mostly_find_their_kind(engine: Engine, real_data: Path) -> None:
    photos = read_user_photos(real_data)
    photos = photos[photos["part"] == "validation"].sample(150, random_state=1)
    source = TarImages(real_data / "clothing-photos" / "images.tar", prefix="images/")
    answers = engine.search_many([source.read(name) for name in photos["image"]], k=5)
    assert all(isinstance(answer, SearchResult) for answer in answers)
    right = [
        answer.hits[0].product_type in kinds
        for answer, kinds in zip(answers, photos["right"], strict=True)
        if isinstance(answer, SearchResult)
    ]
    assert np.mean(right) > 0.6


def test_a_narrow_filter_still_finds_all_there_is(engine: Engine) -> None:
    products = engine.store.products
    chosen = products[(products["product_type"] == "Cufflinks") & (products["colour"] == "Silver")]
    filters = Filters(equals={"product_type": frozenset({"Cufflinks"}), "colour": frozenset({"Silver"})})
    hits = engine.similar(chosen["id"].iat[0], k=1000, filters=filters)
    assert {hit.id for hit in hits} == set(chosen["id"].iloc[1:])


def test_photos_to_try_are_of_the_validation_part_and_of_different_kinds(engine: Engine, real_data: Path) -> None:
    photos = sample_photos(Settings(data=real_data, store=None), engine.store)
    validation = read_user_photos(real_data).query("part == 'validation'")
    assert len(photos) == 8
    assert {photo.name.removesuffix(".jpg") for photo in photos} <= set(validation["id"])
    assert len({photo.caption for photo in photos}) == 8
