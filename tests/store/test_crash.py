"""Crashes, damage, and readers and writers at once: the store on disk is whole at every moment."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vsearch_core.catalogue.table import Catalogue
from vsearch_core.contracts import Embedder
from vsearch_core.errors import StoreError
from vsearch_core.store import Store, add_products, build_store, fold, remove_products
from vsearch_core.store.disk import LOCK, writer_lock

MakeCatalogue = Callable[..., Catalogue]
MakeRows = Callable[..., list[dict[str, Any]]]

DISK_STEPS = [(os, "mkdir"), (os, "replace"), (os, "unlink"), (os, "rmdir")]
"""What changes the names on the disk: between two of them, a kill finds the same store."""


@pytest.fixture(autouse=True)
def _no_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next writer may delete what a killed one has left at once."""
    monkeypatch.setattr("vsearch_core.store.writing.GRACE_S", -1.0)


class Killed(BaseException):
    """The process ends here."""


class Power:
    """Fails the disk's n-th step and all after it, as if the process had been killed: nothing tidies up."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, steps: int) -> None:
        self.left = steps
        for module, name in DISK_STEPS:
            monkeypatch.setattr(module, name, self._guarded(getattr(module, name)))

    def _guarded(self, step: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(*args: Any, **kwargs: Any) -> Any:
            self.left -= 1
            if self.left < 0:
                raise Killed
            return step(*args, **kwargs)

        return guarded


def snapshot(path: Path) -> dict[str, Any]:
    store = Store.open(path)
    products = store.page(limit=1000).products
    return {"products": products, "found": store.search(np.ones(24), 50), "version": store.version}


def tree(path: Path) -> list[str]:
    return sorted(str(entry.relative_to(path)) for entry in path.rglob("*"))


def no_litter(path: Path) -> bool:
    named = {segment["id"] for segment in json.loads((path / "manifest.json").read_text())["segments"]}
    on_disk = {folder.name for folder in (path / "segments").iterdir()}
    return on_disk == named and {entry.name for entry in path.iterdir()} == {"manifest.json", "segments", LOCK}


@pytest.fixture
def path(tmp_path: Path, embedder: Embedder, make_catalogue: MakeCatalogue, make_rows: MakeRows) -> Path:
    build_store(make_catalogue(make_rows(9)), embedder, tmp_path / "s")
    add_products(tmp_path / "s", make_catalogue(make_rows(5, start=7)), embedder)
    return tmp_path / "s"


@pytest.mark.parametrize("change", ["build", "add", "remove", "fold"])
def test_a_crash_at_any_step_leaves_the_old_store_or_the_new_one(
    change: str, path: Path, embedder: Embedder, make_catalogue: MakeCatalogue
) -> None:
    catalogue = make_catalogue([{"id": "p3", "name": "Changed"}, {"id": "new"}])
    changes = {
        "build": lambda where: build_store(catalogue, embedder, where),
        "add": lambda where: add_products(where, catalogue, embedder),
        "remove": lambda where: remove_products(where, ["p3"]),
        "fold": fold,
    }
    before = snapshot(path)
    ends = set()
    for steps in range(200):
        where = path.with_name(f"crash {steps}")
        shutil.copytree(path, where)
        with pytest.MonkeyPatch.context() as patch:
            Power(patch, steps)
            try:
                changes[change](where)
                ended = "done"
            except Killed:
                ended = "killed"
        left = tree(where)
        after = snapshot(where)
        # A reader deletes nothing, whatever was left behind.
        assert tree(where) == left
        if after["version"] == before["version"]:
            assert after == before
            ends.add("old")
        else:
            ends.add("new")
            changed = any(product["name"] == "Changed" for product in after["products"])
            assert changed == (change in ("add", "build"))
        # Whatever happened, the store can be changed again, and the next writer leaves no litter.
        remove_products(where, [after["products"][-1]["id"]])
        assert len(Store.open(where)) == len(after["products"]) - 1
        assert no_litter(where)
        shutil.rmtree(where)
        if ended == "done":
            break
    assert ended == "done"
    assert ends == {"old", "new"}


def test_a_crash_while_the_first_store_is_built_does_not_stand_in_the_way(
    tmp_path: Path, embedder: Embedder, make_catalogue: MakeCatalogue
) -> None:
    for steps in range(100):
        where = tmp_path / f"s {steps}"
        with pytest.MonkeyPatch.context() as patch:
            Power(patch, steps)
            try:
                build_store(make_catalogue([{"id": "1"}]), embedder, where)
                break
            except Killed:
                pass
        if not (where / "manifest.json").exists():
            with pytest.raises(StoreError, match="is not a store"):
                Store.open(where)
        build_store(make_catalogue([{"id": "2"}]), embedder, where)
        assert Store.open(where).products["id"].tolist() == ["2"]
        assert no_litter(where)
    assert steps > 5


def test_a_killed_process_leaves_the_old_store(path: Path) -> None:
    """The same with a real process that ends as it is about to commit, its lock and its memory with it."""
    before = snapshot(path)
    code = f"""
import importlib.util, os, sys
from pathlib import Path
from vsearch_core.store import add_products
spec = importlib.util.spec_from_file_location("shop", {str(Path(__file__).with_name("conftest.py"))!r})
shop = importlib.util.module_from_spec(spec)
spec.loader.exec_module(shop)
replace = os.replace
os.replace = lambda old, new: os._exit(9) if str(new).endswith("manifest.json") else replace(old, new)
add_products(Path(sys.argv[1]), shop.catalogue_of([{{"id": "new"}}]), shop.PixelEmbedder())
"""
    root = Path(__file__).resolve().parents[2]
    ended = subprocess.run([sys.executable, "-c", code, str(path)], cwd=root, timeout=60, check=False)
    assert ended.returncode == 9
    assert len(list((path / "segments").iterdir())) == 3
    assert snapshot(path) == before
    assert len(list((path / "segments").iterdir())) == 3
    fold(path)
    assert no_litter(path)


def test_stopping_a_build_leaves_the_old_store_and_no_litter(
    path: Path, tmp_path: Path, embedder: Embedder, make_catalogue: MakeCatalogue, make_rows: MakeRows
) -> None:
    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    before = snapshot(path)
    with pytest.raises(KeyboardInterrupt):
        build_store(make_catalogue(make_rows(100)), embedder, path, progress=stop)
    assert snapshot(path) == before
    assert no_litter(path)
    with pytest.raises(KeyboardInterrupt):
        build_store(make_catalogue(make_rows(100)), embedder, tmp_path / "new" / "s", progress=stop)
    assert not (tmp_path / "new").exists()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[int], Path]]:
    """Disks of so many kilobytes, where this system lets us have them."""
    mounted: list[Path] = []

    def disk(kilobytes: int) -> Path:
        place = tmp_path / f"disk {kilobytes}"
        place.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(place)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        except FileNotFoundError:
            pytest.skip("there is no mount")
        if done.returncode:
            pytest.skip(f"no disk can be mounted here: {done.stderr.strip()}")
        mounted.append(place)
        return place

    yield disk
    for place in mounted:
        subprocess.run(["umount", str(place)], check=True)


def test_a_disk_that_becomes_full_at_any_moment_of_a_change_is_said_in_words_and_loses_nothing(
    path: Path, embedder: Embedder, make_catalogue: MakeCatalogue, make_rows: MakeRows,
    small_disk: Callable[[int], Path], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("vsearch_core.store.segment.SMALLEST", 2)
    before = snapshot(path)
    used = sum(file.stat().st_size // 4096 * 4 + 4 for file in path.rglob("*") if file.is_file())
    outcomes = []
    for room in (4, 12, 20, 28, 40, 52, 64, 300):
        where = shutil.copytree(path, small_disk(used + room) / "s")
        told = None
        try:
            build_store(make_catalogue(make_rows(9, start=2)), embedder, where)
        except StoreError as error:
            told = error
        outcomes.append("built" if told is None else told.code)
        if told is not None:
            assert "The disk is full (No space left on device)" in told.message
            assert snapshot(where) == before
        assert no_litter(where)
    assert {*outcomes} == {"cannot_write", "built"}


def test_a_full_disk_is_said_in_words(
    path: Path, embedder: Embedder, make_catalogue: MakeCatalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = snapshot(path)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(np, "save", full)
        with pytest.raises(StoreError, match=r"disk is full \(No space left on device\)") as caught:
            add_products(path, make_catalogue([{"id": "new"}]), embedder)
    assert caught.value.code == "cannot_write"
    assert snapshot(path) == before
    assert no_litter(path)


def files_of(path: Path) -> list[Path]:
    return sorted(file for file in (path / "segments").rglob("*") if file.is_file())


def test_every_damaged_file_is_found_and_named(path: Path) -> None:
    for file in files_of(path):
        whole = file.read_bytes()
        flipped = bytes([whole[len(whole) // 2] ^ 1])
        for damaged in (
            whole[:-1],
            whole + b"\0",
            whole[: len(whole) // 2] + flipped + whole[len(whole) // 2 + 1 :],
            b"",
        ):
            file.write_bytes(damaged)
            with pytest.raises(StoreError, match=file.name) as caught:
                Store.open(path)
            assert caught.value.code == "damaged"
        file.unlink()
        with pytest.raises(StoreError, match=file.name) as caught:
            Store.open(path)
        assert caught.value.code == "damaged"
        file.write_bytes(whole)
    Store.open(path)


def test_another_models_store_is_refused_when_it_is_opened(
    path: Path, embedder: Embedder, make_embedder: Callable[..., Embedder]
) -> None:
    Store.open(path, embedder=embedder)
    with pytest.raises(StoreError, match="build it anew with this model") as caught:
        Store.open(path, embedder=make_embedder(seed=2))
    assert caught.value.code == "other_model"


@pytest.mark.parametrize("ask", [Store.open, fold, lambda path: remove_products(path, ["1"])])
def test_what_is_no_store_is_said_to_be_none(tmp_path: Path, ask: Callable[[Path], object]) -> None:
    (tmp_path / "file").write_text("hello")
    (tmp_path / "folder").mkdir()
    for name in ("file", "folder", "nowhere"):
        with pytest.raises(StoreError, match="is not a store") as caught:
            ask(tmp_path / name)
        assert caught.value.code == "not_a_store"
    assert list((tmp_path / "folder").iterdir()) == []


def test_only_one_writer_at_a_time(path: Path, embedder: Embedder, make_catalogue: MakeCatalogue) -> None:
    started, finish = threading.Event(), threading.Event()

    def wait(done: int, total: int) -> None:
        started.set()
        finish.wait(30)

    writer = threading.Thread(target=add_products, args=(path, make_catalogue([{"id": "new"}]), embedder, wait))
    writer.start()
    try:
        assert started.wait(30)
        with pytest.raises(StoreError, match="Another program is changing") as caught:
            remove_products(path, ["p1"])
        assert caught.value.code == "locked"
        # A reader neither waits for the writer nor tidies its unfinished files away.
        assert len(Store.open(path)) == 12
    finally:
        finish.set()
        writer.join()
    assert len(Store.open(path)) == 13


def test_a_lock_on_a_deleted_file_guards_nothing(tmp_path: Path) -> None:
    with writer_lock(tmp_path):
        (tmp_path / LOCK).unlink()
        with writer_lock(tmp_path, tries=1):
            pass


def test_readers_always_see_a_whole_store_while_a_writer_works(
    path: Path, embedder: Embedder, make_catalogue: MakeCatalogue
) -> None:
    """The writer adds pairs; a reader that saw half of a change would see one of the two."""
    done = threading.Event()
    problems: list[str] = []
    seen: set[str] = set()

    def read() -> None:
        while not done.is_set():
            try:
                store = Store.open(path, embedder=embedder)
                ids = set(store.products["id"])
                hits = store.search(np.ones(24), 60)
                seen.add(store.version)
                if len(hits) != len(store) or sum(name.startswith("pair") for name in ids) not in (0, 2):
                    problems.append(f"{len(hits)} of {sorted(ids)}")
            except Exception as error:
                problems.append(repr(error))

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    try:
        for number in range(3):
            add_products(path, make_catalogue([{"id": f"pair {number} {side}"} for side in "ab"]), embedder)
            remove_products(path, [f"pair {number} {side}" for side in "ab"])
            fold(path)
    finally:
        done.set()
        for reader in readers:
            reader.join()
    assert problems == []
    assert len(seen) > 1
    assert no_litter(path)


def test_a_change_is_on_the_disk_with_every_name_of_it_before_it_counts_as_done(
    tmp_path: Path, embedder: Embedder, make_catalogue: MakeCatalogue, make_rows: MakeRows,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("vsearch_core.store.segment.SMALLEST", 2)
    steps: list[tuple[str, int]] = []
    real_sync, real_replace = os.fsync, os.replace

    def sync(handle: int) -> None:
        steps.append(("sync", os.fstat(handle).st_ino))
        real_sync(handle)

    def replace(old: Path, new: Path) -> None:
        steps.append((Path(new).name, 0))
        real_replace(old, new)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(os, "replace", replace)
    store = tmp_path / "stores" / "s"
    for change in (
        lambda: build_store(make_catalogue(make_rows(9)), embedder, store),
        lambda: add_products(store, make_catalogue([{"id": "new"}]), embedder),
    ):
        steps.clear()
        change()
        commit = [name for name, _ in steps].index("manifest.json")
        segment = max((store / "segments").iterdir(), key=lambda folder: folder.stat().st_mtime_ns)
        before = {inode for _, inode in steps[:commit]}
        assert {path.stat().st_ino for path in (store / "segments", segment, *segment.rglob("*"))} <= before
        assert ("sync", store.stat().st_ino) in steps[commit:]
        if len(list((store / "segments").iterdir())) == 1:
            assert (segment / "index").is_dir()
            assert {path.stat().st_ino for path in (tmp_path, tmp_path / "stores", store)} <= before
