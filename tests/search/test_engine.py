"""A photo becomes products: on a drawn shop, with the model that ships."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from vsearch_core import images
from vsearch_core.contracts import SearchResult
from vsearch_core.errors import FilterError, ImageRejected, StoreError, VsearchError
from vsearch_core.search import Engine
from vsearch_core.settings import Settings
from vsearch_core.store import Filters
from vsearch_core.vision.good_match import GoodMatch
from vsearch_core.vision.ranking import Ranking


@pytest.fixture(scope="module")
def engine(shop: Settings) -> Engine:
    return Engine.open(shop.store_path)


@pytest.fixture(scope="module")
def pictures(shop: Settings) -> list[tuple[str, bytes]]:
    """Ids and picture files of some products of the shop."""
    with (shop.sample_path / "catalogue.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))[::9]
    return [(row["id"], (shop.sample_path / row["image"]).read_bytes()) for row in rows]


def test_a_product_s_own_picture_finds_the_product_first(engine: Engine, pictures: list[tuple[str, bytes]]) -> None:
    for product_id, data in pictures:
        best = engine.search(data, k=1).hits[0]
        same = engine.store.product(product_id)["group"] == best.group
        assert best.id == product_id or same
        assert best.score > 0.97
        assert "near-identical picture" in best.reasons


def test_as_many_hits_come_as_are_asked_for(engine: Engine, pictures: list[tuple[str, bytes]]) -> None:
    for k in (1, 5, 23, 100_000):
        hits = engine.search(pictures[0][1], k=k).hits
        assert len(hits) == min(k, len(engine.store.products))
        assert all(-1 <= hit.score <= 1.0001 for hit in hits)


@pytest.mark.parametrize("ranking", [None, Ranking(0.04, {"product_type": 0.4, "colour": 0.2, "gender": 0.1})])
def test_hits_stand_by_their_look_and_by_what_they_are_where_the_bundle_says_so(
    shop: Settings, pictures: list[tuple[str, bytes]], ranking: Ranking | None
) -> None:
    engine = Engine.open(shop.store_path)
    engine.model.bundle = replace(engine.model.bundle, ranking=ranking)
    for _, data in pictures[:5]:
        result = engine.search(data, k=30)
        scores = np.array([hit.score for hit in result.hits])
        if ranking is not None:
            values = {name: np.array([hit.extra.get(name) for hit in result.hits], object) for name in ranking.weights}
            values["product_type"] = np.array([hit.product_type for hit in result.hits], object)
            scores = ranking.of(result.analysis).scores(scores, values)
        assert (np.diff(scores) <= 1e-6).all()


def test_every_step_is_timed(engine: Engine, pictures: list[tuple[str, bytes]]) -> None:
    timings = engine.search(pictures[0][1]).timings_ms
    assert set(timings) == {"decode", "analyse", "search", "total"}
    assert timings["total"] >= timings["decode"] + timings["analyse"] + timings["search"] - 0.01


def test_many_photos_at_once_get_the_answers_of_single_ones(engine: Engine, pictures: list[tuple[str, bytes]]) -> None:
    broken = b"\xff\xd8\xff\xe0 no picture"
    answers = engine.search_many([pictures[0][1], broken, pictures[1][1], b""])
    assert isinstance(answers[1], ImageRejected)
    assert isinstance(answers[3], ImageRejected)
    for answer, (_, data) in zip((answers[0], answers[2]), pictures, strict=False):
        assert isinstance(answer, SearchResult)
        single = engine.search(data)
        assert [hit.id for hit in answer.hits] == [hit.id for hit in single.hits]
        assert np.allclose([h.score for h in answer.hits], [h.score for h in single.hits], atol=1e-4)
        assert set(answer.timings_ms) == {"decode", "analyse", "search", "total"}


def test_filters_apply_without_the_photo(engine: Engine, pictures: list[tuple[str, bytes]]) -> None:
    analysis = engine.analyse(pictures[0][1])
    colours = engine.store.products["colour"].value_counts()
    filters = Filters(equals={"colour": frozenset({colours.index[0]})})
    result = engine.search_analysis(analysis, k=5, filters=filters)
    assert len(result.hits) == min(5, colours.iloc[0])
    assert {hit.extra["colour"] for hit in result.hits} == {colours.index[0]}


def test_an_unknown_column_is_refused_by_name(engine: Engine, pictures: list[tuple[str, bytes]]) -> None:
    with pytest.raises(FilterError, match="flavour"):
        engine.search(pictures[0][1], filters=Filters(equals={"flavour": frozenset({"mint"})}))


def test_the_top_category_alone_can_be_searched(engine: Engine, pictures: list[tuple[str, bytes]]) -> None:
    for _, data in pictures:
        result = engine.search(data, mode="top1")
        best = result.analysis.categories[0].name
        if best in engine.store.partitions:
            assert {hit.category for hit in result.hits} == {best}
            assert result.partitions == (best,)


def test_an_unknown_mode_is_refused_with_the_right_ones(engine: Engine, pictures: list[tuple[str, bytes]]) -> None:
    with pytest.raises(VsearchError, match="all"):
        engine.search(pictures[0][1], mode="sideways")  # type: ignore[arg-type]


def test_similar_products_leave_the_product_itself_out(engine: Engine, pictures: list[tuple[str, bytes]]) -> None:
    product_id = pictures[0][0]
    hits = engine.similar(product_id, k=5)
    assert len(hits) == 5
    assert product_id not in {hit.id for hit in hits}
    kind = engine.store.product(product_id)["product_type"]
    assert all(hit.reasons for hit in hits)
    assert all(("same type" in hit.reasons) == (hit.product_type == kind) for hit in hits)


def test_an_unknown_product_is_refused_in_words(engine: Engine) -> None:
    with pytest.raises(StoreError) as caught:
        engine.similar("no such product")
    assert caught.value.code == "unknown_product"


def test_a_part_of_a_photo_can_be_searched(engine: Engine, pictures: list[tuple[str, bytes]]) -> None:
    photo = images.decode(pictures[0][1])
    height, width = photo.pixels.shape[:2]
    part = type(photo)(photo.pixels[: height // 2, : width // 2], photo.original_size, photo.format)
    assert len(engine.search(part).hits) == 5


def test_noise_is_no_good_match(engine: Engine) -> None:
    noise = np.random.default_rng(3).integers(0, 256, (300, 300, 3), dtype=np.uint8)
    assert not engine.search(images.encode_jpeg(noise)).good_match


def test_a_product_s_own_picture_is_a_good_match(engine: Engine, pictures: list[tuple[str, bytes]]) -> None:
    assert all(engine.search(data).good_match for _, data in pictures)


def test_a_garment_s_match_is_judged_by_the_rule_for_garments(
    engine: Engine, pictures: list[tuple[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = engine.search(pictures[0][1])

    def good(photo: float, garment: float | None) -> tuple[bool, bool]:
        rules = {"match": GoodMatch(photo), "item_match": None if garment is None else GoodMatch(garment)}
        monkeypatch.setattr(engine.model, "bundle", replace(engine.model.bundle, **rules))
        judged = (engine.is_good_match(found.hits, found.analysis, item=item) for item in (False, True))
        return next(judged), next(judged)

    assert good(2.0, -2.0) == (False, True)
    assert good(-2.0, 2.0) == (True, False)
    assert good(-2.0, None) == (True, True), "without one, by the rule for photos"


def test_a_missing_store_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        Engine.open(tmp_path / "nothing")
