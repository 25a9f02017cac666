"""What the running server keeps of its visitors, and what it lets browsers do."""

from __future__ import annotations

import asyncio
import re
import time
import urllib.request
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from playwright.sync_api import expect
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.exceptions import ConnectionClosedError

from app.access import STAFF_PAGES
from benchmarks.visitor import HITS, Visitor, visit
from tests.browser.steps import Visit


def parked(server: Any) -> int:
    """Bytes of uploads that the server holds, as it tells this machine."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"{server.url}/_stcore/metrics?families=cache_memory_bytes") as answer:
        found = re.search(rb'cache_type="UploadedFileManager".*?} (\d+)', answer.read())
    return int(found[1]) if found else 0


def comes_to_park(server: Any, size: int) -> bool:
    """Whether the server comes to hold so many bytes; it counts them anew every few seconds."""
    for _ in range(60):
        if parked(server) == size:
            return True
        time.sleep(0.5)
    return False


def test_a_photo_is_let_go_when_it_has_been_searched_with(served: Any, known: Any) -> None:
    async def search(visitor: Visitor) -> None:
        assert await visitor.upload(known.data) == 204
        await visitor.answer()
        assert len(visitor.cards(HITS)) == 5
        # Asking on and going back need the photo's bytes no more.
        await visitor.send(HITS, "more", visitor.cards()[1]["id"])
        await visitor.answer()
        await visitor.click("Back to your photo")
        await visitor.answer()
        assert len(visitor.cards(HITS)) == 5

    async def scene() -> None:
        async with visit(served.url) as visitor:
            # What no search has taken up is the sign that the count is not an old one.
            address = await visitor.upload_address()
            assert await visitor.put(address.upload_url, b"x" * 1234) == 204
            await search(visitor)
            assert await asyncio.to_thread(comes_to_park, served, 1234)

    in_its_own_loop(scene())


def in_its_own_loop(scene: Coroutine[Any, Any, None]) -> None:
    """Run it in a thread: the browser that other tests have open runs a loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, scene).result()


def test_a_visitor_cannot_make_the_server_keep_what_no_control_of_the_app_sends(served: Any) -> None:
    async def scene() -> None:
        async with visit(served.url) as visitor:
            await visitor.run(WidgetState(id="nothing of the page", string_value="x" * 3_000_000))
            with pytest.raises(ConnectionClosedError, match="1009"):
                await visitor.answer()

    in_its_own_loop(scene())


@pytest.mark.parametrize("address", ["", "shop", *(page.name for page in STAFF_PAGES if page.file.is_file())])
def test_no_page_needs_what_the_server_does_not_let_browsers_do(visit: Visit, served: Any, address: str) -> None:
    page = visit("about:blank")
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None)
    page.goto(f"{served.url}/{address}")
    expect(page.locator("[data-testid=stMain]")).to_contain_text(re.compile(r"\w"))
    expect(page.locator("[data-test-script-state=notRunning]")).to_be_visible()
    assert refused == []
