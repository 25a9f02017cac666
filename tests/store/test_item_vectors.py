"""Products cut out of their pictures: found by the better of both, kept through every change of a store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vsearch_core.contracts import Embedder, Photo, Position
from vsearch_core.errors import StoreError
from vsearch_core.images import decode, encode_jpeg
from vsearch_core.store import Filters, Store, add_products, build_store, fold, info, remove_products
from vsearch_core.store.item_vectors import ITEM_ROWS, ITEMS, ItemVectors
from vsearch_core.store.manifest import folder_of

SIDE = 60


class Halves:
    """Cuts shirts out of the upper half of every tall picture, and trousers out of the lower one."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def embed_with_items(
        self, photos: Sequence[Photo], positions: Sequence[Position | None]
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        parts = {}
        for place, (photo, position) in enumerate(zip(photos, positions, strict=True)):
            width, height = photo.original_size
            if height > width and position in ("upper", "lower"):
                top = 0 if position == "upper" else height // 2
                parts[place] = Photo(photo.pixels[top : top + height // 2], (width, height // 2), photo.format)
        cut = self._embedder.embed(list(parts.values())) if parts else np.empty((0, self._embedder.dimension))
        return self._embedder.embed(photos), cut, np.array(list(parts), dtype=np.int64)


@pytest.fixture
def worn(make_picture: Callable[..., bytes]) -> list[dict[str, Any]]:
    """Ten shirts worn above ten trousers, and five shirts by themselves."""

    def outfit(top: int, below: int) -> bytes:
        halves = [decode(make_picture(what, (SIDE, SIDE))).pixels for what in (f"top {top}", f"below {below}")]
        return encode_jpeg(np.concatenate(halves), quality=95)

    rows = [
        {
            "id": f"{kind} {number}",
            "product_type": kind,
            "category": "Topwear" if kind == "Tshirts" else "Bottomwear",
            "colour": "Red" if number % 2 else "Blue",
            "picture": outfit(number, number),
        }
        for number in range(10)
        for kind in ("Tshirts", "Jeans")
    ]
    flat = [
        {
            "id": f"flat {number}",
            "product_type": "Tshirts",
            "category": "Topwear",
            "picture": make_picture(f"flat {number}", (SIDE, SIDE)),
        }
        for number in range(5)
    ]
    return [*rows, *flat]


@pytest.fixture
def asked(embedder: Any, make_picture: Callable[..., bytes]) -> Callable[[str], np.ndarray]:
    """The embedding of a garment by itself."""
    return lambda what: embedder.embed([decode(make_picture(what, (SIDE, SIDE)))])[0]


@pytest.fixture
def store(worn: list[dict[str, Any]], embedder: Any, make_catalogue: Any, tmp_path: Path) -> Store:
    build_store(make_catalogue(worn), embedder, tmp_path / "shop", engine="exact", cutter=Halves(embedder))
    return Store.open(tmp_path / "shop", embedder=embedder)


def test_a_garment_finds_the_product_that_was_cut_out_of_a_worn_outfit(
    store: Store, asked: Callable[[str], np.ndarray]
) -> None:
    best = store.search_item(asked("top 3"), 1, position="upper")[0]
    assert (best.id, round(best.score, 1)) == ("Tshirts 3", 1.0)
    assert store.search(asked("top 3"), 1)[0].score < 0.95
    assert store.search_item(asked("below 3"), 1, position="lower")[0].id == "Jeans 3"


def test_a_shirt_never_brings_trousers(store: Store, asked: Callable[[str], np.ndarray]) -> None:
    hits = store.search_item(asked("below 3"), 100, position="upper")
    assert len(hits) == 15
    assert {hit.category for hit in hits} == {"Topwear"}
    assert store.search_item(asked("below 3"), 5, position="bag") == []


def test_each_product_is_found_once_by_the_better_of_picture_and_garment(
    store: Store, asked: Callable[[str], np.ndarray]
) -> None:
    hits = store.search_item(asked("top 3"), 100)
    assert len({hit.id for hit in hits}) == len(hits) == 25
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)
    whole = {hit.id: hit.score for hit in store.search(asked("top 3"), 100)}
    assert all(hit.score >= whole[hit.id] for hit in hits)
    assert [hit.id for hit in store.search_item(asked("top 3"), 4)] == [hit.id for hit in hits[:4]]


def test_filters_hold_for_garments_too(store: Store, asked: Callable[[str], np.ndarray]) -> None:
    filters = Filters(equals={"colour": frozenset({"Blue"})})
    hits = store.search_item(asked("top 3"), 100, position="upper", filters=filters)
    assert {hit.extra["colour"] for hit in hits} == {"Blue"}
    assert len(hits) == 5


def test_a_flat_shot_has_no_second_vector(store: Store) -> None:
    assert info(store.path).cut_out == 20


def test_garments_stay_right_when_products_come_and_go(
    store: Store, worn: list[dict[str, Any]], embedder: Any, make_catalogue: Any, asked: Callable[[str], np.ndarray]
) -> None:
    def best(what: str) -> tuple[str, bool]:
        hit = Store.open(store.path, embedder=embedder).search_item(asked(what), 1, position="upper")[0]
        return hit.id, hit.score > 0.97

    remove_products(store.path, ["Tshirts 0", "Tshirts 4"])
    assert best("top 4")[0] != "Tshirts 4"
    again = [row for row in worn if row["id"] in ("Tshirts 4", "Tshirts 5")]
    add_products(store.path, make_catalogue(again), embedder, cutter=Halves(embedder))
    assert best("top 4") == ("Tshirts 4", True)
    assert best("top 5") == ("Tshirts 5", True)
    fold(store.path)
    assert [best(f"top {number}") for number in (3, 4, 5)] == [(f"Tshirts {number}", True) for number in (3, 4, 5)]
    assert info(store.path).cut_out == 19


def test_a_store_built_without_a_detector_searches_garments_by_the_whole_pictures(
    worn: list[dict[str, Any]],
    embedder: Any,
    make_catalogue: Any,
    asked: Callable[[str], np.ndarray],
    tmp_path: Path,
) -> None:
    build_store(make_catalogue(worn), embedder, tmp_path / "plain")
    plain = Store.open(tmp_path / "plain", embedder=embedder)
    assert not (folder_of(plain.path, plain.manifest.segments[0].id) / ITEMS).exists()
    hits = plain.search_item(asked("top 3"), 3, position="upper")
    assert {hit.category for hit in hits} == {"Topwear"}
    assert info(plain.path).cut_out == 0


def test_a_shop_of_other_things_is_searched_whole(
    embedder: Any, make_catalogue: Any, make_rows: Any, asked: Callable[[str], np.ndarray], tmp_path: Path
) -> None:
    rows = [{**row, "category": "Tools", "product_type": "Hammers"} for row in make_rows(12)]
    build_store(make_catalogue(rows), embedder, tmp_path / "tools")
    tools = Store.open(tmp_path / "tools", embedder=embedder)
    assert len(tools.search_item(asked("top 3"), 50, position="upper")) == 12


@pytest.mark.parametrize("name", [ITEMS, ITEM_ROWS])
def test_damaged_vectors_are_refused_when_the_store_is_opened(store: Store, name: str) -> None:
    path = folder_of(store.path, store.manifest.segments[0].id) / name
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(StoreError) as caught:
        Store.open(store.path)
    assert caught.value.code == "damaged"


def test_vectors_that_do_not_fit_their_rows_are_refused(tmp_path: Path) -> None:
    unit = np.eye(4, dtype=np.float32)
    ItemVectors(unit[:2], np.array([1, 3])).save(tmp_path)
    kept = ItemVectors.open(tmp_path, count=4, dimension=4)
    assert (kept.rows.tolist(), kept.vectors.shape) == ([1, 3], (2, 4))
    for wrong in ({"count": 3, "dimension": 4}, {"count": 4, "dimension": 5}):
        with pytest.raises(StoreError):
            ItemVectors.open(tmp_path, **wrong)
    np.save(tmp_path / ITEM_ROWS, np.array([3, 1]))
    with pytest.raises(StoreError):
        ItemVectors.open(tmp_path, count=4, dimension=4)
    (tmp_path / ITEM_ROWS).unlink()
    with pytest.raises(FileNotFoundError):
        ItemVectors.open(tmp_path, count=4, dimension=4)
