"""A running program answers with the newest store that opens, whatever happens to the folder."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from vsearch_core.errors import StoreError
from vsearch_core.search import Engine, live
from vsearch_core.search.live import Live
from vsearch_core.settings import Settings
from vsearch_core.store import Store, remove_products
from vsearch_core.vision import FashionModel


@pytest.fixture
def path(shop: Settings, tmp_path: Path) -> Path:
    """The drawn shop's store, to be spoilt."""
    return Path(shutil.copytree(shop.store_path, tmp_path / "store"))


class Opening:
    """Opens the store, and counts how often."""

    def __init__(self, path: Path, model: FashionModel) -> None:
        self.path, self.model, self.times = path, model, 0

    def __call__(self) -> Engine:
        self.times += 1
        return Engine(Store.open(self.path, embedder=self.model), self.model)


@pytest.fixture
def opening(path: Path, model: FashionModel) -> Opening:
    return Opening(path, model)


def test_a_store_is_opened_once_and_again_when_it_has_changed(path: Path, opening: Opening) -> None:
    served = Live(path, opening)
    assert not served.is_open
    first = served.engine()
    assert served.engine() is first
    remove_products(path, [first.store.products["id"][0]])
    assert len(served.engine().store) == len(first.store) - 1
    assert (opening.times, served.problem) == (2, "")


def cut(path: Path) -> None:
    (path / "manifest.json").write_bytes((path / "manifest.json").read_bytes()[:-9])


def lose(path: Path) -> None:
    shutil.rmtree(path)


def turn_off(path: Path) -> None:
    remove_products(path, Store.open(path).products["id"][:1].tolist())
    for file in path.glob("segments/*/embeddings.npy"):
        file.unlink()


@pytest.mark.parametrize("spoil", [cut, lose, turn_off])
def test_a_store_that_does_not_open_takes_nothing_away_and_staff_are_told(
    spoil: Callable[[Path], None], path: Path, tmp_path: Path, opening: Opening, caplog: pytest.LogCaptureFixture
) -> None:
    whole = shutil.copytree(path, tmp_path / "whole")
    served = Live(path, opening)
    first = served.engine()
    spoil(path)
    for _ in range(3):
        assert served.engine() is first
        assert str(path) in served.problem
    assert opening.times == 2
    assert len([line for line in caplog.messages if "goes on being served" in line]) == 1
    assert first.store.thumbnail(first.store.products["id"][0]).startswith(b"\xff\xd8")
    # A store that is whole again is served again.
    shutil.rmtree(path, ignore_errors=True)
    shutil.copytree(whole, path)
    assert served.engine() is not first
    assert served.problem == ""


def test_a_file_that_came_late_is_noticed(path: Path, opening: Opening, monkeypatch: pytest.MonkeyPatch) -> None:
    served = Live(path, opening)
    first = served.engine()
    (late,) = path.glob("segments/*/thumbnails.bin")
    content = late.read_bytes()
    remove_products(path, [first.store.products["id"][0]])
    late.unlink()
    assert served.engine() is first
    late.write_bytes(content)
    assert served.engine() is first
    monkeypatch.setattr(live, "RETRY_S", 0.0)
    assert len(served.engine().store) == len(first.store) - 1


def test_where_none_opens_the_reason_is_raised_until_one_does(path: Path, opening: Opening) -> None:
    whole = (path / "manifest.json").read_bytes()
    cut(path)
    served = Live(path, opening)
    for _ in range(3):
        with pytest.raises(StoreError, match="is damaged"):
            served.engine()
    assert (opening.times, served.is_open, served.problem) == (1, False, "")
    (path / "manifest.json").write_bytes(whole)
    assert len(served.engine().store) > 0


def test_what_nobody_foresaw_takes_nothing_away_either(path: Path, opening: Opening) -> None:
    served = Live(path, opening)
    first = served.engine()
    remove_products(path, [first.store.products["id"][0]])
    served._open = lambda: 1 / 0  # type: ignore[assignment, return-value]
    assert served.engine() is first
    assert "the server's log has the details" in served.problem


def test_visitors_are_answered_while_a_newer_store_is_opened(path: Path, model: FashionModel) -> None:
    begun, go_on = threading.Event(), threading.Event()
    opening = Opening(path, model)

    def slowly() -> Any:
        if opening.times:
            begun.set()
            assert go_on.wait(30)
        return opening()

    served = Live(path, slowly)
    first = served.engine()
    remove_products(path, [first.store.products["id"][0]])
    opener = threading.Thread(target=served.engine)
    opener.start()
    assert begun.wait(30)
    assert served.engine() is first
    go_on.set()
    opener.join()
    assert served.engine() is not first
    assert opening.times == 2
