"""An Annoy file is checked before it is mapped: whatever is in it, the process goes on."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from vsearch_core.errors import StoreError
from vsearch_core.store.engines import engine_named
from vsearch_core.store.exact import check_embeddings

DIMENSION = 8
ITEMS = 300
ROOM = DIMENSION + 2
"""So many children fit into a node that lists them."""


def vectors_of(count: int = ITEMS, dimension: int = DIMENSION) -> np.ndarray:
    return check_embeddings(np.random.default_rng(3).normal(size=(count, dimension)), dimension)


def built(path: Path, vectors: np.ndarray, rows: np.ndarray | None = None) -> np.ndarray:
    """An index in a file, and its nodes: (n, 3 + d) int32."""
    rows = np.arange(len(vectors)) if rows is None else rows
    engine_named("annoy").build(vectors, rows, seed=1).save(path)
    return np.fromfile(path, "<i4").reshape(-1, 3 + vectors.shape[1])


def blank_and_alike() -> np.ndarray:
    """Pictures of which a third is blank, and a third the same."""
    vectors = vectors_of()
    vectors[::3] = 0
    vectors[1::3] = vectors[1]
    return vectors


@pytest.mark.parametrize(
    "vectors",
    [
        vectors_of(),
        vectors_of(1),
        vectors_of(2),
        vectors_of(ROOM),
        vectors_of(ROOM + 1),
        vectors_of(40, 64),
        blank_and_alike(),
        np.repeat(vectors_of(1), 300, axis=0),
    ],
    ids=["many", "one", "two", "as many as fit", "one more", "wide", "blank and alike", "all alike"],
)
def test_every_index_that_was_built_here_opens_and_finds_the_same(vectors: np.ndarray, tmp_path: Path) -> None:
    rows = np.arange(len(vectors))
    index = engine_named("annoy").build(vectors, rows, seed=1)
    asked = vectors_of(5, vectors.shape[1])
    before = index.search(asked, 7)
    index.save(tmp_path / "index.ann")
    opened = engine_named("annoy").open(tmp_path / "index.ann", vectors, rows)
    assert np.array_equal(opened.search(asked, 7).rows, before.rows)


def split(nodes: np.ndarray) -> int:
    return int(np.flatnonzero(nodes[:, 0] > ROOM)[0])


def leaf(nodes: np.ndarray) -> int:
    return int(np.flatnonzero((nodes[:, 0] <= ROOM) & (nodes[:, 0] > 1))[0])


def _at(row: Callable[[np.ndarray], int] | int, column: int, value: int | float) -> Callable[[np.ndarray], None]:
    def spoil(nodes: np.ndarray) -> None:
        place = row if isinstance(row, int) else row(nodes)
        nodes[place, column] = np.float32(value).view("<i4") if isinstance(value, float) else value

    return spoil


def a_circle(nodes: np.ndarray) -> None:
    nodes[split(nodes), 1:3] = split(nodes)


def a_ladder(nodes: np.ndarray) -> None:
    """Each split has the one before as both its children: more ways than anybody can walk."""
    splits = np.flatnonzero(nodes[:, 0] > ROOM)
    for before, after in itertools.pairwise(splits):
        nodes[after, 1:3] = before


@pytest.mark.parametrize(
    "spoil",
    [
        _at(0, 0, -1),
        _at(0, 0, 0),
        _at(5, 0, 2_000_000_000),
        _at(-1, 0, ITEMS + 1),
        _at(-1, 0, -5),
        _at(leaf, 0, -(2**31)),
        _at(leaf, 0, 0),
        _at(leaf, 0, ITEMS + 1),
        _at(leaf, 1, -1),
        _at(leaf, 2, ITEMS),
        _at(leaf, 1, 2**31 - 1),
        _at(split, 1, -7),
        _at(split, 2, 2**31 - 1),
        _at(split, 0, ROOM),
        _at(split, 4, float("nan")),
        _at(split, 5, float("inf")),
        _at(split, 5, 1e30),
        _at(3, 1, float("nan")),
        _at(3, 7, 0.25),
        a_circle,
        a_ladder,
    ],
)
def test_an_index_of_wild_contents_is_refused(spoil: Callable[[np.ndarray], None], tmp_path: Path) -> None:
    vectors, path = vectors_of(), tmp_path / "index.ann"
    nodes = built(path, vectors)
    spoil(nodes)
    nodes.tofile(path)
    with pytest.raises(StoreError) as caught:
        engine_named("annoy").open(path, vectors, np.arange(ITEMS))
    assert caught.value.code == "damaged"


@pytest.mark.parametrize("length", [0, 1, 44, 44 * ITEMS, 44 * ITEMS + 43])
def test_an_index_of_another_length_is_refused(length: int, tmp_path: Path) -> None:
    vectors, path = vectors_of(), tmp_path / "index.ann"
    built(path, vectors)
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(StoreError):
        engine_named("annoy").open(path, vectors, np.arange(ITEMS))


def test_an_index_of_other_products_is_refused(tmp_path: Path) -> None:
    vectors, path = vectors_of(), tmp_path / "index.ann"
    built(path, vectors[::-1].copy())
    with pytest.raises(StoreError, match="other products"):
        engine_named("annoy").open(path, vectors, np.arange(ITEMS))


def test_no_random_damage_ends_the_process(tmp_path: Path) -> None:
    """What is refused is refused in words, and what is not is searched."""
    vectors, path = vectors_of(), tmp_path / "index.ann"
    whole, rng = built(path, vectors), np.random.default_rng(0)
    rows, asked = np.arange(ITEMS), vectors_of(3)
    opened = 0
    for _ in range(400):
        nodes = whole.copy()
        # Not among the items, whose every bit is known.
        place = int(rng.integers(ITEMS, len(nodes))), int(rng.integers(0, 3 + DIMENSION))
        wild = [
            int(rng.integers(-(2**31), 2**31)),
            int(rng.integers(0, len(nodes))),
            nodes[place] ^ (1 << int(rng.integers(31))),
        ]
        nodes[place] = wild[int(rng.integers(3))]
        nodes.tofile(path)
        try:
            index = engine_named("annoy").open(path, vectors, rows)
        except StoreError:
            continue
        assert index.search(asked, 20).rows.shape == (3, 20)
        opened += 1
    assert 0 < opened < 300
