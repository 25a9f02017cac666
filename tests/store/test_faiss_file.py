"""A FAISS file is checked before it is searched: whatever is in it, the process goes on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import faiss
import numpy as np
import pytest

from vsearch_core.errors import StoreError
from vsearch_core.store.engines import engine_named
from vsearch_core.store.exact import check_embeddings
from vsearch_core.store.faiss_file import graph_bytes, new_graph

DIMENSION = 8
ITEMS = 400


def vectors_of(count: int = ITEMS, dimension: int = DIMENSION) -> np.ndarray:
    return check_embeddings(np.random.default_rng(3).normal(size=(count, dimension)), dimension)


def saved(path: Path, vectors: np.ndarray, index: faiss.Index | None = None) -> None:
    if index is None:
        engine_named("faiss").build(vectors, np.arange(len(vectors)), seed=1).save(path)
    else:
        index.add(vectors)
        path.write_bytes(faiss.serialize_index(index))


def refusal(path: Path, vectors: np.ndarray) -> str:
    """What is said of a file that should not open."""
    with pytest.raises(StoreError) as caught:
        engine_named("faiss").open(path, vectors, np.arange(len(vectors)))
    assert caught.value.code == "damaged"
    assert str(path) in caught.value.message
    return caught.value.message


@pytest.mark.parametrize("length", [0, 3, 4, 40, 2_000, -1, -4])
def test_a_part_of_an_index_is_refused(length: int, tmp_path: Path) -> None:
    vectors, path = vectors_of(), tmp_path / "index.ann"
    saved(path, vectors)
    path.write_bytes(path.read_bytes()[:length])
    refusal(path, vectors)


def test_an_index_of_another_number_of_pictures_is_refused(tmp_path: Path) -> None:
    saved(tmp_path / "index.ann", vectors_of())
    assert "400 pictures, but the store has 399" in refusal(tmp_path / "index.ann", vectors_of()[:-1])


@pytest.mark.parametrize(
    "index",
    [
        lambda: faiss.IndexFlatIP(DIMENSION),
        lambda: faiss.IndexHNSWFlat(DIMENSION, 32, faiss.METRIC_INNER_PRODUCT),
        lambda: faiss.IndexHNSWFlat(DIMENSION, 32, faiss.METRIC_L2),
        lambda: faiss.IndexHNSWSQ(DIMENSION, faiss.ScalarQuantizer.QT_fp16, 32),
    ],
    ids=["flat", "with vectors of its own", "by distance", "in half precision"],
)
def test_an_index_of_another_kind_is_refused(index: Callable[[], faiss.Index], tmp_path: Path) -> None:
    vectors, path = vectors_of(), tmp_path / "index.ann"
    other = index()
    if not other.is_trained:
        other.train(vectors)
    saved(path, vectors, other)
    refusal(path, vectors)


def test_an_index_of_another_dimension_or_metric_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "index.ann"
    saved(path, vectors_of(dimension=9))
    assert "other vectors" in refusal(path, vectors_of())
    by_distance = faiss.IndexHNSWFlat(DIMENSION, 32, faiss.METRIC_L2)
    by_distance.add(vectors_of())
    path.write_bytes(graph_bytes(by_distance))
    assert "in another way" in refusal(path, vectors_of())


def test_an_index_that_claims_huge_arrays_is_refused_without_making_room_for_them(tmp_path: Path) -> None:
    vectors, path = vectors_of(), tmp_path / "index.ann"
    saved(path, vectors)
    whole = np.frombuffer(path.read_bytes(), np.uint8)
    # The probabilities of levels and where each begins: the first two arrays of the file.
    first = 37
    second = first + 8 + 8 * int(whole[first : first + 8].view("<u8")[0])
    for place in (first, second):
        content = whole.copy()
        content[place : place + 8] = np.array([2**36], "<u8").view(np.uint8)
        path.write_bytes(content)
        refusal(path, vectors)


def test_a_link_to_a_node_that_is_not_on_this_level_is_refused(tmp_path: Path) -> None:
    vectors, path = vectors_of(), tmp_path / "index.ann"
    index = new_graph(DIMENSION)
    index.add(vectors)
    graph = index.hnsw
    levels, links = (faiss.vector_to_array(part) for part in (graph.levels, graph.neighbors))
    high, low = (int(np.flatnonzero(levels == level)[-1]) for level in (2, 1))
    links[int(graph.offsets.at(high)) + 64] = low
    faiss.copy_array_to_vector(links, graph.neighbors)
    path.write_bytes(graph_bytes(index))
    assert "lead nowhere" in refusal(path, vectors)


def test_no_random_damage_ends_the_process(tmp_path: Path) -> None:
    """What is refused is refused in words, and what is not is searched."""
    vectors, path = vectors_of(), tmp_path / "index.ann"
    saved(path, vectors)
    whole, rng = np.frombuffer(path.read_bytes(), np.uint8), np.random.default_rng(0)
    opened = 0
    for number in range(300):
        content = whole.copy()
        first = (0, 300, len(whole) - 40)[number % 3]
        content[rng.integers(first, min(len(whole), first + 8_000))] = rng.integers(0, 256)
        path.write_bytes(content)
        try:
            index = engine_named("faiss").open(path, vectors, np.arange(ITEMS))
        except StoreError:
            continue
        assert index.search(vectors[:3], 20).rows.shape == (3, 20)
        opened += 1
    assert 0 < opened < 300


@pytest.mark.parametrize("alike", [0.0, 1.0], ids=["blank", "the same placeholder"])
def test_many_equal_pictures_hide_no_other_product(alike: float, tmp_path: Path) -> None:
    vectors = vectors_of(3000, 32)
    vectors[np.random.default_rng(1).random(3000) < 0.7] = alike * vectors[0]
    rows = np.arange(3000)
    engine_named("faiss").build(vectors, rows, seed=1).save(tmp_path / "index.ann")
    index = engine_named("faiss").open(tmp_path / "index.ann", vectors, rows)
    exact = engine_named("exact").build(vectors, rows, seed=1)
    asked = vectors_of(3000, 32)[::100]
    found, true = index.search(asked, 10), exact.search(asked, 10)
    assert np.mean(found.scores >= true.scores - 1e-6) > 0.98


def test_a_filter_that_contradicts_the_picture_still_finds_the_nearest_that_pass(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing near the query passes, though most of the rows do."""
    monkeypatch.setattr("vsearch_core.store.engines._Graph.exact_below", 0)
    rng = np.random.default_rng(2)
    sides = np.repeat([[3.0, 0.0], [0.0, 3.0]], [1_200, 800], axis=0)
    vectors = check_embeddings(np.hstack([sides, rng.normal(size=(2_000, 6))]), DIMENSION)
    rows, allowed = np.arange(2_000), np.arange(2_000) < 1_200
    queries = vectors[1_200::100]
    found = engine_named("faiss").build(vectors, rows, seed=1).search(queries, 10, allowed=allowed)
    true = engine_named("exact").build(vectors, rows, seed=1).search(queries, 10, allowed=allowed)
    assert np.array_equal(found.rows, true.rows)
