"""The app in a real server, and a real headless Chromium to visit it with."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from vsearch_core.images import decode, encode_jpeg
from vsearch_core.search import Engine
from vsearch_core.settings import ROOT, Settings
from vsearch_core.store import Store
from vsearch_core.vision import Bundle, FashionModel
from vsearch_core.vision.bundle_files import seal

WAIT_MS = 30_000
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
CHROMIUM += ["--disable-sync", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]


@dataclass(frozen=True)
class KnownPhoto:
    """A photo of which it is certain what the model sees, and which product is its nearest."""

    data: bytes
    product_type: str
    product_id: str


@dataclass(frozen=True)
class Server:
    """A running app: its address and what it has written so far."""

    url: str
    log: Path


@contextmanager
def _serving(folder: Path, *options: str, script: str = "streamlit_app.py", **environment: str) -> Iterator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = folder / f"app-{port}.log"
    command = [sys.executable, "-m", "streamlit", "run", script]
    command += ["--server.port", str(port), "--server.address", "127.0.0.1", "--server.headless", "true"]
    command += options
    with log.open("wb") as out:
        app = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment}, stdout=out, stderr=out)
        try:
            _wait_until_healthy(f"http://127.0.0.1:{port}/_stcore/health", app, log)
            yield Server(f"http://127.0.0.1:{port}", log)
        finally:
            app.terminate()
            app.wait(timeout=20)


def _wait_until_healthy(address: str, app: subprocess.Popen[bytes], log: Path) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if app.poll() is not None:
            break
        try:
            with opener.open(address, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"the app did not start:\n{log.read_text(errors='replace')[-4000:]}")


@pytest.fixture(scope="session")
def serving() -> Callable[..., AbstractContextManager[Server]]:
    """Serves the app or another script, with what it writes in a folder, under options of Streamlit and settings."""
    return _serving


@pytest.fixture(scope="session")
def served(shop: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app over the small drawn shop. Its bundle is the one that ships, with a threshold that is known here."""
    folder = tmp_path_factory.mktemp("served")
    shutil.copytree(shop.models, folder / "models")
    bundle = folder / "models" / "fashion"
    known = {"good_match": 0.9, "model": Bundle.open(bundle).fingerprint}
    (bundle / "calibration.json").write_text(json.dumps(known))
    seal(bundle)
    with _serving(
        folder, VSEARCH_CACHE=str(shop.cache), VSEARCH_DATA=str(shop.data), VSEARCH_MODELS=str(folder / "models")
    ) as server:
        yield server
        assert "Traceback" not in server.log.read_text(errors="replace")


@pytest.fixture
def unprepared(tmp_path: Path) -> Iterator[Server]:
    """The app where nothing has been set up."""
    with _serving(tmp_path, VSEARCH_CACHE=str(tmp_path / "cache"), VSEARCH_DATA=str(tmp_path / "no-data")) as server:
        yield server
        assert "Traceback" not in server.log.read_text(errors="replace")


@pytest.fixture(scope="session")
def known(shop: Settings, model: FashionModel) -> KnownPhoto:
    """A product's own picture, as a JPEG, that the model names rightly."""
    engine = Engine(Store.open(shop.store_path, embedder=model), model)
    products = pd.read_csv(shop.sample_path / "catalogue.csv", dtype=str)
    best: tuple[float, KnownPhoto] | None = None
    for row in products.itertuples():
        data = encode_jpeg(decode((shop.sample_path / str(row.image)).read_bytes()).pixels)
        result = engine.search(data, k=1)
        seen = result.analysis.product_type
        if (
            seen.name == row.product_type
            and result.hits[0].id == row.id
            and (best is None or seen.probability > best[0])
        ):
            best = (seen.probability, KnownPhoto(data, seen.name, str(row.id)))
    assert best is not None, "the model names no product of the drawn shop rightly"
    return best[1]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Chromium of the system; where there is none the test is skipped, but never in CI."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("CI needs Chromium for the browser tests; install the package chromium")
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Opens an address as a new visitor, at a desktop's size if no other is given."""
    expect.set_options(timeout=WAIT_MS)
    problems: list[str] = []
    contexts = []

    def open_page(address: str, width: int = 1280, height: int = 800, phone: bool = False) -> Page:
        context = chromium.new_context(
            reduced_motion="reduce",  # a click must not chase what is being scrolled into view
            viewport={"width": width, "height": height},
            is_mobile=phone,
            has_touch=phone,
            permissions=["camera"],
        )
        context.set_default_timeout(WAIT_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not problems
