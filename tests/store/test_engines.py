"""Every index engine keeps one contract."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vsearch_core.errors import StoreError
from vsearch_core.store import ExactEngine, engine_named, recall_at_k
from vsearch_core.store.engines import ENGINES, Engine

every_engine = pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES)


def embeddings(count: int, dimension: int = 16, seed: int = 0) -> np.ndarray:
    """Clustered like the embeddings of a catalogue, normalised."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(12, dimension))
    vectors = centres[rng.integers(0, 12, count)] + 0.3 * rng.normal(size=(count, dimension))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def brute_force(vectors: np.ndarray, rows: np.ndarray, query: np.ndarray, k: int) -> np.ndarray:
    scores = vectors[rows].astype(np.float64) @ query.astype(np.float64)
    return rows[np.lexsort((rows, -scores))][:k]


@every_engine
def test_returns_the_rows_it_was_given_even_where_their_numbers_have_gaps(engine: Engine) -> None:
    vectors = embeddings(300)
    rows = np.array([3, 17, 99, 250, 299])
    near = engine.build(vectors, rows, seed=1).search(vectors[[99]], 3)
    assert near.rows[0, 0] == 99
    assert set(near.rows[0]) <= set(rows)


@every_engine
@pytest.mark.parametrize("rows", [[0, 300], [-1, 5], [5, 5], [7, 3]])
def test_refuses_rows_that_the_embeddings_do_not_have_in_that_order(engine: Engine, rows: list[int]) -> None:
    with pytest.raises(StoreError, match="within the 300 embeddings") as caught:
        engine.build(embeddings(300), np.array(rows), seed=1)
    assert caught.value.code == "unknown_row"


@every_engine
def test_finds_the_same_after_being_saved_and_opened_again(engine: Engine, tmp_path: Path) -> None:
    vectors, rows = embeddings(400), np.arange(0, 400, 2)
    index = engine.build(vectors, rows, seed=1)
    index.save(tmp_path / "index.ann")
    again = engine.open(tmp_path / "index.ann", vectors, rows)
    queries = embeddings(20, seed=5)
    before, after = index.search(queries, 7), again.search(queries, 7)
    np.testing.assert_array_equal(before.rows, after.rows)
    np.testing.assert_array_equal(before.scores, after.scores)


@every_engine
def test_the_same_seed_gives_the_same_index(engine: Engine) -> None:
    vectors, rows = embeddings(500), np.arange(500)
    queries = embeddings(20, seed=5)
    first, second = (engine.build(vectors, rows, seed=3).search(queries, 10) for _ in range(2))
    np.testing.assert_array_equal(first.rows, second.rows)


@every_engine
@pytest.mark.parametrize("k", [50, 51, 1000])
def test_a_k_larger_than_the_index_returns_every_row_once(engine: Engine, k: int) -> None:
    vectors = embeddings(50)
    near = engine.build(vectors, np.arange(50), seed=1).search(vectors[:2], k)
    assert near.rows.shape == near.scores.shape == (2, 50)
    assert sorted(near.rows[1]) == list(range(50))


@every_engine
def test_a_batch_equals_its_singles(engine: Engine) -> None:
    vectors = embeddings(700)
    index = engine.build(vectors, np.arange(700), seed=1)
    queries = np.concatenate([vectors[:15], embeddings(15, seed=9)])
    batch = index.search(queries, 12)
    for number, query in enumerate(queries):
        single = index.search(query[None], 12)
        np.testing.assert_array_equal(batch.rows[number], single.rows[0])
        np.testing.assert_array_equal(batch.scores[number], single.scores[0])


@every_engine
def test_scores_are_cosines_best_first(engine: Engine) -> None:
    vectors = embeddings(300)
    query = 7 * embeddings(1, seed=4)
    near = engine.build(vectors, np.arange(300), seed=1).search(query, 20)
    np.testing.assert_allclose(near.scores[0], vectors[near.rows[0]] @ query[0] / 7, atol=1e-6)
    assert (np.diff(near.scores[0]) <= 0).all()


@every_engine
def test_equal_scores_are_in_row_order(engine: Engine) -> None:
    vectors = np.repeat(embeddings(10), 30, axis=0)
    near = engine.build(vectors, np.arange(300), seed=1).search(vectors[[100]], 30)
    assert near.rows[0].tolist() == list(range(90, 120))


@every_engine
@pytest.mark.parametrize("k", [0, -1, 2.5, True])
def test_refuses_a_k_that_is_no_count(engine: Engine, k: int) -> None:
    vectors = embeddings(20)
    with pytest.raises(StoreError, match="at least 1 result") as caught:
        engine.build(vectors, np.arange(20), seed=1).search(vectors[:1], k)
    assert caught.value.code == "bad_k"


@every_engine
@pytest.mark.parametrize("shape", [(1, 15), (1, 17), (16,)])
def test_refuses_another_dimension_in_words(engine: Engine, shape: tuple[int, ...]) -> None:
    with pytest.raises(StoreError, match=r"\(n, 16\) is needed") as caught:
        engine.build(embeddings(20), np.arange(20), seed=1).search(np.ones(shape), 3)
    assert caught.value.code == "wrong_dimension"


@every_engine
@pytest.mark.parametrize("value", [0.0, np.nan, np.inf])
def test_refuses_queries_without_a_direction(engine: Engine, value: float) -> None:
    with pytest.raises(StoreError) as caught:
        engine.build(embeddings(20), np.arange(20), seed=1).search(np.full((1, 16), value), 3)
    assert caught.value.code == "bad_embedding"


@every_engine
def test_an_index_without_rows_finds_nothing(engine: Engine) -> None:
    near = engine.build(embeddings(20), np.arange(0), seed=1).search(embeddings(2), 3)
    assert near.rows.shape == (2, 0)


@every_engine
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_never_finds_what_is_not_allowed_nor_fewer_than_k(engine: Engine, data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 200))
    vectors = embeddings(count, seed=data.draw(st.integers(0, 5)))
    rows = np.flatnonzero(data.draw(st.lists(st.booleans(), min_size=count, max_size=count)))
    allowed = np.array(data.draw(st.lists(st.booleans(), min_size=count, max_size=count)))
    k = data.draw(st.integers(1, 30))
    near = engine.build(vectors, rows, seed=1).search(embeddings(2, seed=8), k, allowed=allowed)
    possible = rows[allowed[rows]]
    assert near.rows.shape == (2, min(k, len(possible)))
    for found in near.rows:
        assert set(found) <= set(possible)
        assert len(set(found)) == len(found)


@settings(max_examples=60, deadline=None)
@given(count=st.integers(1, 300), copies=st.integers(1, 4), k=st.integers(1, 40), seed=st.integers(0, 50))
def test_exact_search_is_brute_force(count: int, copies: int, k: int, seed: int) -> None:
    vectors = np.tile(embeddings(count, seed=seed), (copies, 1))
    rows = np.flatnonzero(np.random.default_rng(seed).random(len(vectors)) < 0.7)
    query = embeddings(1, seed=seed + 1)
    near = ExactEngine().build(vectors, rows, seed=0).search(query, k)
    expected = brute_force(vectors, rows, query[0], k)
    np.testing.assert_allclose(near.scores[0], vectors[expected] @ query[0], atol=1e-6)
    if copies > 1:
        # Copies have the same score to the last bit, and come in row order.
        scores, found = near.scores[0], near.rows[0]
        assert all(found[i] < found[i + 1] for i in range(len(found) - 1) if scores[i] == scores[i + 1])


@every_engine
def test_agrees_with_the_exact_engine(engine: Engine) -> None:
    vectors, rows = embeddings(6000, dimension=32), np.arange(6000)
    index = engine.build(vectors, rows, seed=1)
    exact = ExactEngine().build(vectors, rows, seed=1)
    assert recall_at_k(index, exact, embeddings(100, dimension=32, seed=3), 10) >= 0.98


@every_engine
def test_agrees_with_the_exact_engine_where_a_few_rows_were_removed(engine: Engine) -> None:
    vectors, rows = embeddings(6000, dimension=32), np.arange(6000)
    queries = vectors[:50]
    allowed = np.ones(6000, dtype=bool)
    exact = ExactEngine().build(vectors, rows, seed=1)
    allowed[exact.search(queries, 5).rows.ravel()] = False
    found = engine.build(vectors, rows, seed=1).search(queries, 10, allowed=allowed)
    true = exact.search(queries, 10, allowed=allowed)
    same = [len(set(a) & set(b)) for a, b in zip(found.rows, true.rows, strict=True)]
    assert np.mean(same) >= 9.8


def test_an_unknown_engine_is_answered_with_those_there_are() -> None:
    with pytest.raises(StoreError, match="choose auto or annoy or faiss or exact") as caught:
        engine_named("scann")
    assert caught.value.code == "unknown_engine"


def test_a_file_that_is_no_annoy_index_is_refused(tmp_path: Path) -> None:
    (tmp_path / "index.ann").write_bytes(b"not an index")
    with pytest.raises(StoreError) as caught:
        engine_named("annoy").open(tmp_path / "index.ann", embeddings(20), np.arange(20))
    assert caught.value.code == "damaged"


def test_an_annoy_index_of_other_rows_is_refused(tmp_path: Path) -> None:
    vectors = embeddings(50)
    engine_named("annoy").build(vectors, np.arange(50), seed=1).save(tmp_path / "index.ann")
    with pytest.raises(StoreError, match="50 products, but the store has 49"):
        engine_named("annoy").open(tmp_path / "index.ann", vectors, np.arange(49))
