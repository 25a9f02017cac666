"""What is deleted: by readers nothing, by writers what they know to be left by writers, and that not at once."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from vsearch_core.contracts import Embedder
from vsearch_core.errors import StoreError
from vsearch_core.store import Store, build_store, fold, info, remove_products
from vsearch_core.store.leavings import LEAVINGS

HOUR = 3600


def tree(path: Path) -> dict[str, bytes]:
    return {str(one.relative_to(path)): one.read_bytes() for one in path.rglob("*") if one.is_file()}


def age(path: Path, seconds: float) -> None:
    when = time.time() - seconds
    for one in (*path.rglob("*"), path):
        os.utime(one, (when, when))


def segments(path: Path) -> set[str]:
    return {one.name for one in (path / "segments").iterdir()}


@pytest.fixture
def stranger(copied: Path) -> Path:
    """A segment that nobody has written down, an hour old."""
    (only,) = (copied / "segments").iterdir()
    made = shutil.copytree(only, copied / "segments" / "0123456789abcdef")
    age(made, HOUR)
    return Path(made)


@pytest.mark.parametrize("ask", [Store.open, info])
def test_a_reader_deletes_nothing(ask: Callable[[Path], object], copied: Path, stranger: Path) -> None:
    (copied / "segments" / ".fedcba9876543210").mkdir()
    (copied / ".manifest.json.01234567.new").write_text("half")
    (copied / LEAVINGS).write_text(json.dumps({stranger.name: 0.0}))
    before = tree(copied)
    ask(copied)
    assert tree(copied) == before


def test_a_store_with_one_flipped_bit_loses_nothing_to_readers_and_writers(copied: Path) -> None:
    whole = (copied / "manifest.json").read_text()
    (only,) = segments(copied)
    (copied / "manifest.json").write_text(whole.replace(only, only[:-1] + ("e" if only[-1] != "e" else "d")))
    for ask in (Store.open, info, fold, lambda path: remove_products(path, ["p1"])):
        with pytest.raises(StoreError, match="damaged"):
            ask(copied)
    (copied / "manifest.json").write_text(whole)
    assert len(Store.open(copied)) == 120


def test_a_store_that_is_being_copied_into_place_is_left_alone(
    copied: Path, tmp_path: Path, embedder: Embedder, make_catalogue: Any
) -> None:
    where = tmp_path / "arriving"
    shutil.copytree(copied / "segments", where / "segments")
    age(where, HOUR)
    with pytest.raises(StoreError, match="is not a store"):
        Store.open(where)
    with pytest.raises(StoreError, match="wait until it is copied here"):
        build_store(make_catalogue([{"id": "1"}]), embedder, where)
    shutil.copy(copied / "manifest.json", where)
    assert len(Store.open(where)) == 120


def test_a_newer_store_that_is_being_copied_over_an_older_one_is_left_alone(
    copied: Path, tmp_path: Path, embedder: Embedder, make_catalogue: Any
) -> None:
    newer = tmp_path / "newer"
    build_store(make_catalogue([{"id": "new"}]), embedder, newer)
    shutil.copytree(newer / "segments", copied / "segments", dirs_exist_ok=True)
    age(copied / "segments", HOUR)
    remove_products(copied, ["p1"])
    fold(copied)
    shutil.copy(newer / "manifest.json", copied)
    assert Store.open(copied).products["id"].tolist() == ["new"]


def test_a_writer_deletes_what_it_replaced_and_nothing_else(copied: Path, stranger: Path) -> None:
    (copied / "segments" / "notes.txt").write_text("mine")
    before = segments(copied)
    remove_products(copied, ["p1"])
    fold(copied)
    kept = before - segments(copied)
    assert len(kept) == 1
    assert {stranger.name, "notes.txt"} < segments(copied)
    assert not (copied / LEAVINGS).exists()


def test_what_a_killed_writer_left_is_deleted_by_a_later_one_after_a_grace_time(copied: Path, stranger: Path) -> None:
    draft = copied / "segments" / ".fedcba9876543210"
    draft.mkdir()
    beside = copied / ".manifest.json.01234567.new"
    beside.write_text("half")
    (copied / LEAVINGS).write_text(json.dumps({stranger.name: time.time()}))
    remove_products(copied, ["p1"])
    assert stranger.exists()
    assert draft.exists()
    assert beside.exists()
    assert json.loads((copied / LEAVINGS).read_text()).keys() == {stranger.name}
    (copied / LEAVINGS).write_text(json.dumps({stranger.name: time.time() - HOUR}))
    for one in (draft, beside):
        age(one, HOUR)
    remove_products(copied, ["p2"])
    assert len(segments(copied)) == 1
    assert {one.name for one in copied.iterdir()} == {"manifest.json", "segments", ".lock"}


def test_a_clock_that_was_set_back_deletes_nothing_early(copied: Path, stranger: Path) -> None:
    (copied / LEAVINGS).write_text(json.dumps({stranger.name: time.time() + HOUR}))
    remove_products(copied, ["p1"])
    assert stranger.exists()


@pytest.mark.parametrize(
    "content", ["", "[]", "{", "null", '{"../..": 0}', '{"manifest.json": 0}', "[" * 100_000, "\xff"]
)
def test_a_list_of_leavings_that_was_made_up_deletes_nothing(copied: Path, stranger: Path, content: str) -> None:
    (copied / LEAVINGS).write_bytes(content.encode("latin-1"))
    remove_products(copied, ["p1"])
    assert stranger.exists()
    assert len(Store.open(copied)) == 119


def test_a_list_of_leavings_never_names_what_the_store_needs(copied: Path) -> None:
    (only,) = segments(copied)
    (copied / LEAVINGS).write_text(json.dumps({only: 0.0}))
    remove_products(copied, ["p1"])
    assert len(Store.open(copied)) == 119
