"""A store from a stranger, whose checksums fit: it shows no other file, and what makes no sense is one sentence."""

from __future__ import annotations

import json
import os
import shutil
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from vsearch_core.contracts import Embedder
from vsearch_core.errors import StoreError
from vsearch_core.store import Store, build_store, fold, info, remove_products

Seal = Callable[..., None]

FILES = ("products.parquet", "embeddings.npy", "thumbnails.bin", "thumbnail_offsets.npy", "cleaning.json")


def segment_of(path: Path) -> Path:
    return next(iter((path / "segments").iterdir()))


def refused(path: Path) -> str:
    """What is said when the store is opened; it must be one sentence about damage."""
    with pytest.raises(StoreError) as caught:
        Store.open(path)
    assert caught.value.code == "damaged"
    assert "\n" not in caught.value.message
    return caught.value.message


def link(place: Path, aside: Path) -> None:
    shutil.move(place, aside)
    place.symlink_to(aside)


def fifo(place: Path, aside: Path) -> None:
    shutil.move(place, aside)
    os.mkfifo(place)


def folder(place: Path, aside: Path) -> None:
    shutil.move(place, aside)
    place.mkdir()


def device(place: Path, aside: Path) -> None:
    shutil.move(place, aside)
    place.symlink_to("/dev/zero")


@pytest.mark.parametrize("put", [link, fifo, folder, device])
@pytest.mark.parametrize("name", [*FILES, "index/whole.ann", "../../manifest.json"])
def test_what_is_not_a_plain_file_is_neither_followed_nor_waited_for(
    copied: Path, tmp_path: Path, name: str, put: Callable[[Path, Path], None]
) -> None:
    put(segment_of(copied) / name, tmp_path / "aside")
    assert Path(name).name in refused(copied)


@pytest.mark.parametrize("name", ["segments", "segment", "index"])
def test_a_folder_that_is_a_link_is_not_followed_and_not_written_to(copied: Path, tmp_path: Path, name: str) -> None:
    segment = segment_of(copied)
    place = {"segments": copied / "segments", "segment": segment, "index": segment / "index"}[name]
    link(place, tmp_path / "aside")
    before = sorted((tmp_path / "aside").rglob("*"))
    assert "is a link" in refused(copied)
    for change in (fold, lambda path: remove_products(path, ["p1"])):
        with pytest.raises(StoreError, match="is a link"):
            change(copied)
    assert sorted((tmp_path / "aside").rglob("*")) == before


def test_a_store_that_is_itself_reached_by_a_link_opens_and_changes(copied: Path, tmp_path: Path) -> None:
    (tmp_path / "current").symlink_to(copied)
    remove_products(tmp_path / "current", ["p1"])
    assert len(Store.open(tmp_path / "current")) == 119


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_the_manifest_does_not_name_is_never_opened(
    copied: Path, tmp_path: Path, seal: Seal, name: str
) -> None:
    secret = tmp_path / "secrets.toml"
    secret.write_text("cookie_secret = 'nobody may read this'")
    seal(copied, lambda content: content["segments"][0]["files"].pop(name))
    (segment_of(copied) / name).unlink()
    (segment_of(copied) / name).symlink_to(secret)
    assert f"does not name {name}" in refused(copied)


def test_a_lock_that_is_a_link_makes_no_file_elsewhere(copied: Path, tmp_path: Path) -> None:
    (copied / ".lock").unlink(missing_ok=True)
    (copied / ".lock").symlink_to(tmp_path / "made")
    with pytest.raises(StoreError, match=r"\.lock cannot be written") as caught:
        remove_products(copied, ["p1"])
    assert caught.value.code == "cannot_write"
    assert not (tmp_path / "made").exists()


@pytest.mark.skipif(os.getuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read_is_said_in_words(copied: Path) -> None:
    (segment_of(copied) / "embeddings.npy").chmod(0)
    with pytest.raises(StoreError, match="cannot be read"):
        Store.open(copied)


def _npy(make: Callable[[np.ndarray], Any]) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        # what a stranger would send: the store has to refuse it unread
        np.save(path, make(np.load(path)), allow_pickle=True)

    return write


def _with(place: Any, value: float) -> Callable[[np.ndarray], np.ndarray]:
    def change(array: np.ndarray) -> np.ndarray:
        array[place] = value
        return array

    return change


def _header(shape: str, descr: str = "<f4") -> Callable[[Path], None]:
    def write(path: Path) -> None:
        header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
        path.write_bytes(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode() + bytes(64))

    return write


def _text(text: str) -> Callable[[Path], None]:
    return lambda path: path.write_text(text) and None


def _zipped(path: Path) -> None:
    array = np.load(path)
    with path.open("wb") as file:
        np.savez(file, array)


ARRAYS = [
    _npy(lambda array: array.astype(object)),
    _npy(lambda array: array.astype(np.float64)),
    _npy(lambda array: array.astype(">f4")),
    _npy(lambda array: np.asfortranarray(array) if array.ndim > 1 else array[::-1]),
    _npy(lambda array: array[:-1]),
    _npy(lambda array: array.reshape(-1, 1, 1)),
    _npy(lambda array: np.zeros(len(array), dtype=[("a", "f4"), ("b", "O")])),
    _zipped,
    _header("(120, 24)"),
    _header("(1000000000000, 24)"),
    _header("(-120, 24)"),
    _header("(120, 24)", "|O"),
    _header("(" * 3000 + ")" * 3000),
    _text(""),
    _text("junk"),
    _text("\x93NUMPY"),
]


@pytest.mark.parametrize("spoil", ARRAYS)
@pytest.mark.parametrize("name", ["embeddings.npy", "thumbnail_offsets.npy"])
def test_arrays_of_another_kind_are_refused(copied: Path, seal: Seal, name: str, spoil: Callable[[Path], None]) -> None:
    spoil(segment_of(copied) / name)
    seal(copied)
    assert name in refused(copied)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 3e38, 0.0, 5.0])
def test_embeddings_that_are_not_normalised_are_refused(copied: Path, seal: Seal, value: float) -> None:
    _npy(_with((7, slice(0, 20)), value))(segment_of(copied) / "embeddings.npy")
    seal(copied)
    assert "embeddings.npy" in refused(copied)


@pytest.mark.parametrize(
    "change",
    [_with(-1, 10**12), _with(0, 1), _with(0, -5), _with(60, 0), _with(60, 2**62), _with(60, -(2**62))],
)
def test_pictures_that_lie_outside_their_file_are_refused(
    copied: Path, seal: Seal, change: Callable[[np.ndarray], np.ndarray]
) -> None:
    _npy(change)(segment_of(copied) / "thumbnail_offsets.npy")
    seal(copied)
    assert "thumbnail_offsets.npy" in refused(copied)


def _table(change: Callable[[pd.DataFrame], pd.DataFrame]) -> Callable[[Path], None]:
    return lambda path: change(pd.read_parquet(path)).to_parquet(path, index=None)


def _column(name: str, values: Any) -> Callable[[Path], None]:
    return _table(lambda frame: frame.assign(**{name: values}))


def _nested(path: Path) -> None:
    table = pq.read_table(path)
    pq.write_table(table.append_column("deep", pa.array([[{"a": [1]}]] * len(table))), path)


def _twice(path: Path) -> None:
    table = pq.read_table(path)
    pq.write_table(table.append_column("id", table["id"]), path)


def _repeated_text(path: Path) -> None:
    """Four megabytes in every row, and a few kilobytes on disk."""
    table = pq.read_table(path)
    long = pa.DictionaryArray.from_arrays(pa.array([0] * len(table)), ["x" * 4_000_000])
    pq.write_table(table.append_column("long", long), path, store_schema=False)


def _packed(path: Path) -> None:
    table = pq.read_table(path)
    long = pa.array([f"{row}" * 500_000 for row in range(len(table))])
    pq.write_table(table.append_column("long", long), path, compression="zstd", use_dictionary=False)


@pytest.mark.parametrize(
    "spoil",
    [
        *[
            _table(lambda frame, name=name: frame.drop(columns=name))
            for name in ("id", "price", "group", "image_dhash")
        ],
        _table(lambda frame: frame.iloc[:-1]),
        _table(lambda frame: frame.set_index("id")),
        _column("id", "the same"),
        _column("id", [None, *[f"p{row}" for row in range(1, 120)]]),
        _column("id", range(120)),
        _column("price", "dear"),
        _column("image_width", np.nan),
        _column("image_dhash", 1.5),
        _column("category", [b"\xff"] * 120),
        _nested,
        _twice,
        _repeated_text,
        _packed,
        _text("PAR1junkPAR1"),
        _text("PAR1"),
        _text(""),
        lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]) and None,
        lambda path: path.write_bytes(b"PAR1" + bytes(200) + b"\xff\xff\xff\x7fPAR1") and None,
    ],
)
def test_products_that_make_no_sense_are_refused(copied: Path, seal: Seal, spoil: Callable[[Path], None]) -> None:
    spoil(segment_of(copied) / "products.parquet")
    seal(copied)
    assert "products.parquet" in refused(copied)


def test_no_random_damage_of_the_products_ends_in_anything_but_a_sentence(copied: Path, seal: Seal) -> None:
    path = segment_of(copied) / "products.parquet"
    whole, rng = path.read_bytes(), np.random.default_rng(0)
    outcomes = set()
    for _ in range(150):
        spoiled = bytearray(whole)
        for place in rng.integers(0, len(whole), 3):
            spoiled[place] = int(rng.integers(256))
        path.write_bytes(spoiled)
        seal(copied)
        try:
            store = Store.open(copied)
            store.facets(["colour"])
            outcomes.add("opened")
        except StoreError as error:
            outcomes.add(error.code)
    assert "damaged" in outcomes
    assert outcomes <= {"opened", "damaged"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "junk",
        "7",
        "{}",
        '{"a": 1}',
        "[7]",
        "[[]]",
        "[{}]",
        '[{"counts": {}, "findings": []}]',
        '[{"counts": {"products": "many", "searchable": []}, "findings": []}]',
        '[{"counts": 7, "findings": [[[]]]}]',
        "[" * 500_000,
        '{"a":' * 500_000,
        "NaN",
        "\x00",
    ],
)
def test_a_report_that_makes_no_sense_is_refused(copied: Path, seal: Seal, text: str) -> None:
    (segment_of(copied) / "cleaning.json").write_text(text)
    seal(copied)
    assert "cleaning.json" in refused(copied)


def test_a_store_that_declares_huge_sizes_is_refused_without_making_room_for_them(copied: Path, seal: Seal) -> None:
    _header("(100000000000, 24)")(segment_of(copied) / "embeddings.npy")
    seal(copied, lambda content: content["segments"][0].update(count=100_000_000_000))
    tracemalloc.start()
    try:
        refused(copied)
        assert tracemalloc.get_traced_memory()[1] < 50_000_000
    finally:
        tracemalloc.stop()


def test_a_product_that_two_segments_have_is_refused(
    copied: Path, tmp_path: Path, embedder: Embedder, make_catalogue: Any, seal: Seal
) -> None:
    other = tmp_path / "other"
    build_store(make_catalogue([{"id": "p1"}]), embedder, other)
    shutil.copytree(other / "segments", copied / "segments", dirs_exist_ok=True)
    more = json.loads((other / "manifest.json").read_text())["segments"]
    seal(copied, lambda content: content["segments"].extend(more))
    assert "same product" in refused(copied)


def test_a_store_that_a_stranger_laid_out_and_that_makes_sense_opens(copied: Path, seal: Seal) -> None:
    seal(copied)
    assert info(copied).products == 120


def test_reading_a_store_writes_nothing(copied: Path) -> None:
    before = {one: one.stat().st_mtime_ns for one in (copied, *copied.rglob("*"))}
    info(copied)
    assert {one: one.stat().st_mtime_ns for one in (copied, *copied.rglob("*"))} == before
