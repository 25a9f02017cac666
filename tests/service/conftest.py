"""A real server over a small drawn shop, started once, and one that a test may change."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from vsearch_core.service.app import Server, make_server
from vsearch_core.settings import Settings


@contextmanager
def served(settings: Settings) -> Iterator[tuple[str, Server]]:
    """A server on a free port of this machine: its address, and itself."""
    listening = threading.Event()
    ports: list[int] = []

    def started(port: int) -> None:
        ports.append(port)
        listening.set()

    server = make_server(settings, "127.0.0.1", 0, started)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert listening.wait(60)
    try:
        yield f"http://127.0.0.1:{ports[0]}", server
    finally:
        server.should_exit = True
        thread.join(60)
        assert not thread.is_alive()


def wait_until(true: Callable[[], bool]) -> None:
    """Wait until something has come about in the background."""
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def copied(shop: Settings, cache: Path) -> Settings:
    """The same shop in a cache of its own."""
    shutil.copytree(shop.cache / "stores", cache / "stores")
    return shop.model_copy(update={"cache": cache})


@pytest.fixture(scope="session")
def address(shop: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Of a server that is only asked."""
    with served(copied(shop, tmp_path_factory.mktemp("served"))) as (address, _):
        yield address


@pytest.fixture(scope="session")
def api(address: str) -> Iterator[httpx.Client]:
    """Asks that server."""
    with httpx.Client(base_url=address, timeout=60) as client:
        yield client


@pytest.fixture
def own(shop: Settings, tmp_path: Path) -> Settings:
    """A shop that a test may change."""
    return copied(shop, tmp_path / "own")


@pytest.fixture(scope="session")
def photo(shop: Settings) -> bytes:
    """A photo of one of the shop's products."""
    return next(iter(sorted((shop.sample_path / "photos").iterdir()))).read_bytes()
