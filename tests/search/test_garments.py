"""The garments of a photo become products: boxes around drawn products of a drawn shop, and the model that ships."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from vsearch_core import images
from vsearch_core.catalogue.positions import position_of
from vsearch_core.contracts import Item, Photo
from vsearch_core.errors import BundleError, ImageRejected, VsearchError
from vsearch_core.search import Engine, complete_the_look
from vsearch_core.search.items import by_person
from vsearch_core.settings import Settings
from vsearch_core.store import Filters
from vsearch_core.vision import Bundle, FashionModel
from vsearch_core.vision.cascade import Cascade


@pytest.fixture(scope="module")
def engine(shop: Settings) -> Engine:
    """Without a detector, whether one ships or not: the garments are given by hand."""
    opened = Engine.open(shop.store_path)
    return Engine(opened.store, opened.model)


@pytest.fixture(scope="module")
def outfit(shop: Settings) -> tuple[Photo, tuple[Item, ...], list[str]]:
    """A photo in which a top, trousers and shoes lie below each other, with their boxes, and the products' ids."""
    with (shop.sample_path / "catalogue.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    chosen = [next(row for row in rows if row["product_type"] == kind) for kind in ("Tops", "Trousers", "Heels")]
    side, margin = 240, 20
    canvas = np.full((3 * (side + margin), side + 2 * margin, 3), 255, np.uint8)
    items = []
    for number, row in enumerate(chosen):
        picture = images.letterbox(images.decode((shop.sample_path / row["image"]).read_bytes()).pixels, side)
        top = number * (side + margin)
        canvas[top : top + side, margin : margin + side] = picture
        position = position_of(row["product_type"])
        assert position is not None
        box = (float(margin), float(top), float(margin + side), float(top + side))
        items.append(Item(row["product_type"], position, 0.9, box))
    size = canvas.shape[1], canvas.shape[0]
    return Photo(canvas, size, "array"), by_person(items), [row["id"] for row in chosen]


def _same(engine: Engine, found: str, product: str) -> bool:
    return found == product or engine.store.product(found)["group"] == engine.store.product(product)["group"]


def test_each_garment_finds_its_own_product_and_only_products_of_its_position(
    engine: Engine, outfit: tuple[Photo, tuple[Item, ...], list[str]]
) -> None:
    photo, items, products = outfit
    for item, product in zip(engine.search_items(photo, items, k=3), products, strict=True):
        assert _same(engine, item.hits[0].id, product)
        assert len(item.hits) == 3
        assert {position_of(hit.product_type, hit.category) for hit in item.hits} == {item.position}
        assert all(hit.reasons for hit in item.hits)
        assert item.analysis is not None


def test_boxes_are_in_the_original_s_pixels_whatever_size_the_photo_was_decoded_to(
    engine: Engine, outfit: tuple[Photo, tuple[Item, ...], list[str]]
) -> None:
    photo, items, products = outfit
    whole = images.decode(images.encode_jpeg(photo.pixels, quality=95))
    half = images.decode(images.encode_jpeg(photo.pixels, quality=95), max_side=photo.pixels.shape[0] // 2)
    assert half.original_size == whole.original_size
    for one in (whole, half):
        assert all(
            _same(engine, item.hits[0].id, product)
            for item, product in zip(engine.search_items(one, items, k=1), products, strict=True)
        )


def test_a_garment_that_is_not_the_surest_of_its_position_has_no_hits_until_it_is_tapped(
    engine: Engine, outfit: tuple[Photo, tuple[Item, ...], list[str]]
) -> None:
    photo, items, products = outfit
    doubled = by_person([*items, replace(items[0], score=0.4, label="vest")])
    found = engine.search_items(photo, doubled, k=2)
    assert [len(item.hits) for item in found] == [2, 2, 2, 0]
    (tapped,) = engine.search_items(photo, [found[3]], k=2)
    assert _same(engine, tapped.hits[0].id, products[0])


def test_searching_again_with_filters_takes_what_was_seen(
    engine: Engine, outfit: tuple[Photo, tuple[Item, ...], list[str]]
) -> None:
    photo, items, _ = outfit
    seen = engine.search_items(photo, items, k=1)
    white = Photo(np.full_like(photo.pixels, 255), photo.original_size, photo.format)
    again = engine.search_items(white, seen, k=50, filters=Filters(equals={"gender": frozenset({"Women"})}))
    for before, after in zip(seen, again, strict=True):
        assert after.analysis is before.analysis
        assert {hit.extra["gender"] for hit in after.hits} <= {"Women"}


def test_a_free_box_is_searched_whole_or_at_its_position(
    engine: Engine, outfit: tuple[Photo, tuple[Item, ...], list[str]]
) -> None:
    photo, items, products = outfit
    free = engine.search(photo, box=items[1].box, k=200)
    assert _same(engine, free.hits[0].id, products[1])
    assert len(free.hits) == len(engine.store.products)
    assert engine.item(photo, items[1].box).position == "lower"
    (footwear,) = engine.search_items(photo, [engine.item(photo, items[1].box, position="footwear")], k=200)
    assert {position_of(hit.product_type) for hit in footwear.hits} == {"footwear"}
    assert footwear.position == "footwear"


@pytest.mark.parametrize(
    "box", [(0, 0, 2, 2), (5000, 10, 6000, 500), (100, 100, 50, 50), (0, 0, float("nan"), 100), (0, 0, 1e308, -1e308)]
)
def test_a_box_that_holds_nothing_is_refused_in_words(
    engine: Engine, outfit: tuple[Photo, tuple[Item, ...], list[str]], box: tuple[float, float, float, float]
) -> None:
    with pytest.raises(VsearchError) as caught:
        engine.item(outfit[0], box)
    assert caught.value.code == "bad_box"


def test_a_photo_that_cannot_be_read_is_refused_with_its_reason(engine: Engine) -> None:
    with pytest.raises(ImageRejected):
        engine.item(b"no picture", (0, 0, 100, 100))


def test_the_look_has_a_product_for_each_garment(
    engine: Engine, outfit: tuple[Photo, tuple[Item, ...], list[str]]
) -> None:
    look = complete_the_look(engine.search_items(outfit[0], outfit[1]))
    assert [item.position for item in look] == ["upper", "lower", "footwear"]
    assert all(len(item.hits) == 1 for item in look)


def test_without_a_detector_no_garments_are_found_and_the_photo_is_answered(
    engine: Engine, outfit: tuple[Photo, tuple[Item, ...], list[str]], shop: Settings, tmp_path: Path
) -> None:
    (tmp_path / "fashion").symlink_to(shop.models / "fashion")
    opened = Engine.open(shop.store_path, models=tmp_path)
    assert opened.detector is None
    assert opened.items(outfit[0]).items == opened.find_items(outfit[0]).items == ()
    assert opened.search(outfit[0]).hits


def test_a_broken_detector_is_refused_in_words_when_the_store_is_opened(shop: Settings, tmp_path: Path) -> None:
    (tmp_path / "fashion").symlink_to(shop.models / "fashion")
    (tmp_path / "detector").mkdir()
    with pytest.raises(BundleError):
        Engine.open(shop.store_path, models=tmp_path)


def test_the_cascade_searches_what_can_matter_and_everything_when_unsure(engine: Engine, shop: Settings) -> None:
    bundle = Bundle.open(shop.models / "fashion")
    with (shop.sample_path / "catalogue.csv").open(newline="", encoding="utf-8") as file:
        pictures = [(shop.sample_path / row["image"]).read_bytes() for row in list(csv.DictReader(file))[::19]]
    there = tuple(engine.store.partitions)
    narrow = Engine(engine.store, FashionModel(replace(bundle, cascade=Cascade(0.6, 3))))
    widths = []
    for data in pictures:
        result = narrow.search(data, k=3, mode="cascade")
        widths.append(len(result.partitions))
        assert {hit.category for hit in result.hits} <= set(result.partitions)
        assert len(result.partitions) <= 3 or result.partitions == there
        everywhere = narrow.search(data, k=200)
        inside = [hit.id for hit in everywhere.hits if hit.category in result.partitions][:3]
        assert [hit.id for hit in result.hits] == inside
    assert min(widths) < 4
    never = Engine(engine.store, FashionModel(replace(bundle, cascade=Cascade(1.0, 1))))
    assert never.search(pictures[0], mode="cascade").partitions == there
    none = Engine(engine.store, FashionModel(replace(bundle, cascade=None)))
    assert none.search(pictures[0], mode="cascade").partitions == there


def test_the_cascade_gives_as_many_hits_as_were_asked_for(engine: Engine, shop: Settings) -> None:
    bundle = Bundle.open(shop.models / "fashion")
    narrow = Engine(engine.store, FashionModel(replace(bundle, cascade=Cascade(0.5, 1))))
    picture = next((shop.sample_path / "images").glob("*.webp")).read_bytes()
    assert len(narrow.search(picture, k=120, mode="cascade").hits) == 120
