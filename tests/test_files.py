"""Files that are whole or not there, on the disk under their names; and a disk that is full is said in words."""

from __future__ import annotations

import errno
import os
import resource
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from annoy import AnnoyIndex

from vsearch_core.errors import CannotWrite, StoreError
from vsearch_core.files import make_folder, put_in_place, replace_bytes, replace_json, writing
from vsearch_core.store.reading import write_array


@pytest.fixture
def no_room() -> Iterator[None]:
    """No file can grow beyond 4 kB: to whoever writes it, this is a disk that has become full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4_096, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def by_annoy(path: Path) -> None:
    index = AnnoyIndex(8, "angular")
    for number in range(400):
        index.add_item(number, np.eye(8)[number % 8].tolist())
    index.build(2, 1)
    index.save(str(path))


def by_arrow(path: Path) -> None:
    noise = np.random.default_rng(0).normal(size=9_000)
    pd.DataFrame({"noise": noise}).to_parquet(path)


@pytest.mark.parametrize(
    "write",
    [
        lambda path: path.write_bytes(bytes(9_000)),
        lambda path: np.save(path, np.zeros(90_000)),
        lambda path: write_array(path, np.zeros(600)),
        by_arrow,
        by_annoy,
    ],
    ids=["python", "numpy", "a small array", "arrow", "annoy"],
)
def test_a_full_disk_is_said_in_words_whoever_notices_it(
    write: Callable[[Path], None], tmp_path: Path, no_room: None
) -> None:
    words = r"The disk is full.* so .*shop could not be written; free some space"
    with pytest.raises(StoreError, match=words) as told, writing(tmp_path / "shop", StoreError):
        write(tmp_path / "file")
    assert told.value.code == "cannot_write"


def test_a_file_that_cannot_be_replaced_stays_as_it_was_and_nothing_is_left_beside_it(
    tmp_path: Path, no_room: None
) -> None:
    replace_json(tmp_path / "a.json", {"old": 1})
    with pytest.raises(CannotWrite, match=r"disk is full.*a\.json"):
        replace_bytes(tmp_path / "a.json", bytes(9_000))
    assert os.listdir(tmp_path) == ["a.json"]
    assert (tmp_path / "a.json").read_text() == '{\n "old": 1\n}\n'


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "The disk is full \\(No space left on device\\)"),
        (errno.EDQUOT, "The disk is full for this program"),
        (errno.EACCES, "allow this program to write there"),
        (errno.EROFS, "choose another place"),
        (errno.EIO, "may be failing"),
    ],
)
def test_what_a_disk_refuses_is_told_with_the_way_out(number: int, words: str) -> None:
    with pytest.raises(CannotWrite, match=words), writing(Path("shop")):
        raise OSError(number, os.strerror(number))


def test_what_does_not_come_from_the_disk_passes_as_it_is() -> None:
    with pytest.raises(ConnectionError), writing(Path("shop")):
        raise ConnectionRefusedError(errno.ECONNREFUSED, "refused")


def test_nobody_can_lead_the_writing_elsewhere_by_a_link(tmp_path: Path) -> None:
    (tmp_path / "else").write_text("mine")
    for name in ("a.json", ".a.json.new"):
        (tmp_path / name).symlink_to(tmp_path / "else")
    replace_json(tmp_path / "a.json", 1)
    assert (tmp_path / "else").read_text() == "mine"
    assert not (tmp_path / "a.json").is_symlink()


def test_a_folder_is_on_the_disk_with_all_that_is_in_it_before_it_has_its_name_and_its_name_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[tuple[str, int]] = []
    real_sync, real_replace = os.fsync, os.replace

    def sync(handle: int) -> None:
        steps.append(("sync", os.fstat(handle).st_ino))
        real_sync(handle)

    def replace(old: Path, new: Path) -> None:
        steps.append(("replace", os.stat(old).st_ino))
        real_replace(old, new)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(os, "replace", replace)
    make_folder(tmp_path / "a" / "b")
    assert [inode for _, inode in steps] == [path.stat().st_ino for path in (tmp_path, tmp_path / "a")]
    draft, place = tmp_path / "draft", tmp_path / "a" / "b" / "c"
    (draft / "index").mkdir(parents=True)
    for name in ("one", "index/two"):
        (draft / name).write_text(name)
    (draft / "link").symlink_to(tmp_path)
    steps.clear()
    put_in_place(draft, place)
    moved = [kind for kind, _ in steps].index("replace")
    before = {inode for _, inode in steps[:moved]}
    assert before == {path.stat().st_ino for path in (place, place / "index", place / "one", place / "index" / "two")}
    assert steps[moved + 1 :] == [("sync", place.parent.stat().st_ino)]
    assert stat.S_ISLNK((place / "link").lstat().st_mode)
