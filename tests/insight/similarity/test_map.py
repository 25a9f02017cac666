"""The map of a catalogue."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from vsearch_core.errors import StoreError, VsearchError
from vsearch_core.insight.similarity.map import (
    CatalogueMap,
    chosen_rows,
    lay_out,
    map_files,
    place_of_photo,
    read_map,
    rows_on_map,
    scaled,
    write_map,
)
from vsearch_core.insight.similarity.map_sheet import COLUMNS, TILE, make_sheet
from vsearch_core.insight.similarity.map_worker import make_map, progress_of
from vsearch_core.settings import Settings
from vsearch_core.store import Store


def unit(vectors: np.ndarray) -> np.ndarray:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def two_clusters(count: int = 30) -> np.ndarray:
    random = np.random.default_rng(1)
    first, second = np.eye(16)[:2]
    return unit(np.concatenate([middle + 0.1 * random.normal(size=(count, 16)) for middle in (first, second)]))


def test_every_type_has_its_share_of_the_map_and_rare_ones_a_few() -> None:
    types = pd.Series(["Tshirts"] * 900 + ["Shirts"] * 95 + ["Capes"] * 4 + ["Cufflinks"])
    drawable = np.ones(len(types), bool)
    drawable[:10] = False
    rows = chosen_rows(types, drawable, most=100)
    counts = types.iloc[rows].value_counts()
    assert counts["Tshirts"] == pytest.approx(90, abs=1)
    assert (counts["Shirts"], counts["Capes"], counts["Cufflinks"]) == (9, 3, 1)
    assert rows.min() >= 10
    assert (np.diff(rows) > 0).all()
    assert (chosen_rows(types, drawable, most=100) == rows).all()


def test_a_small_catalogue_is_drawn_whole_but_for_blank_pictures() -> None:
    drawable = np.array([True, False, True])
    assert chosen_rows(pd.Series(["a", "b", "c"]), drawable).tolist() == [0, 2]


def test_what_looks_alike_lies_together_and_the_same_input_gives_the_same_map() -> None:
    embeddings = two_clusters()
    places = lay_out(embeddings)
    first, second = places[:30], places[30:]
    apart = np.linalg.norm(first.mean(axis=0) - second.mean(axis=0))
    spread = max(np.linalg.norm(part - part.mean(axis=0), axis=1).mean() for part in (first, second))
    assert apart > 2 * spread
    assert np.abs(places).max() == pytest.approx(1)
    assert (lay_out(embeddings) == places).all()


@pytest.mark.parametrize("count", [1, 2, 4, 5, 7])
def test_even_a_few_products_have_places_of_their_own(count: int) -> None:
    places = lay_out(two_clusters()[:count])
    assert places.shape == (count, 2)
    assert np.isfinite(places).all()
    assert len(np.unique(places, axis=0)) == count


def test_scaling_keeps_proportions() -> None:
    assert scaled(np.array([[0.0, 0.0], [10.0, 5.0]])).tolist() == [[-1.0, -0.5], [1.0, 0.5]]


def test_a_photo_lies_among_the_products_that_most_of_its_neighbours_are_of() -> None:
    embeddings = two_clusters()
    places = np.concatenate([np.full((30, 2), -0.8), np.full((30, 2), 0.8)]).astype(np.float32)
    found = CatalogueMap(tuple(map(str, range(60))), places)
    assert place_of_photo(found, embeddings, embeddings[40]) == pytest.approx((0.8, 0.8))


def test_a_map_is_kept_and_read_again_and_refused_where_it_does_not_fit(shop: Settings, tmp_path: Path) -> None:
    store = Store.open(shop.store_path)
    ids = tuple(store.products["id"].iloc[[5, 2]])
    file = tmp_path / "maps" / "one.parquet"
    write_map(file, CatalogueMap(ids, np.array([[0.1, 0.2], [0.3, 0.4]], np.float32)))
    found = read_map(file)
    assert found.ids == ids
    assert rows_on_map(found, store).tolist() == [5, 2]
    with pytest.raises(StoreError, match="other products"):
        rows_on_map(CatalogueMap(("nobody",), np.zeros((1, 2), np.float32)), store)
    file.write_bytes(b"nothing")
    with pytest.raises(StoreError, match="cannot be read"):
        read_map(file)


def test_the_sheet_has_each_picture_in_its_tile() -> None:
    def plain(colour: str) -> bytes:
        file = io.BytesIO()
        Image.new("RGB", (100, 100), colour).save(file, "JPEG")
        return file.getvalue()

    ids = ["red"] * COLUMNS + ["blue"]
    sheet = Image.open(io.BytesIO(make_sheet(ids, plain)))
    width, height = TILE
    assert sheet.size == (COLUMNS * width, 2 * height)
    red, blue = sheet.getpixel((width // 2, height // 2)), sheet.getpixel((width // 2, height + height // 2))
    assert red[0] > 200 > 60 > red[2]
    assert blue[2] > 200 > 60 > blue[0]
    assert sheet.getpixel((width + width // 2, height + height // 2)) == (255, 255, 255)


def test_the_map_of_a_store_is_made_in_another_process_that_says_how_far_it_is(shop: Settings, tmp_path: Path) -> None:
    store = Store.open(shop.store_path)
    files = map_files(tmp_path, "products", "model")
    told: list[tuple[str, int, int]] = []
    make_map(store.path, files, lambda *step: told.append(step))
    assert files.ready
    assert len(read_map(files.table).ids) == len(store)
    assert {doing for doing, _, _ in told} == {"collecting the pictures", "laying the products out"}


def test_a_stopped_map_leaves_no_table_and_a_failed_one_says_why(shop: Settings, tmp_path: Path) -> None:
    files = map_files(tmp_path, "products", "model")

    def stop(doing: str, done: int, total: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        make_map(shop.store_path, files, stop)
    assert not files.ready
    with pytest.raises(VsearchError, match="is not a store"):
        make_map(tmp_path / "nowhere", files)


@pytest.mark.parametrize(
    ("line", "step"),
    [
        ("collecting the pictures\t5\t10\n", ("collecting the pictures", 5, 10)),
        ("[t-SNE] Iteration 150: error = 66.1 (50 iterations in 0.2s)\n", ("laying the products out", 150, 1000)),
        ("[t-SNE] Computing 91 nearest neighbors...\n", None),
        ("a\tb\tc\n", None),
    ],
)
def test_progress_is_read_from_what_the_other_process_prints(line: str, step: tuple[str, int, int] | None) -> None:
    assert progress_of(line) == step
