"""What the server holds, hands out and lets go of, asked over HTTP in this process: Streamlit's own app and runtime."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
import streamlit as st
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import Runtime
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.starlette import App
from streamlit.web.server.app_discovery import discover_asgi_app

from app.server import SURROUNDED_BY, downloads, inside, uploads
from vsearch_core.settings import ROOT

PAGE = """
import streamlit as st
from app.server.downloads import save_button

made = st.session_state.setdefault("made", [])
save_button("Save", lambda: made.append(1) or b"a board with people's photos", "board.html", "text/html")
st.text(f"made {len(made)}")
"""


class Browser:
    """A browser with a page open: its cookies, and what the page was sent."""

    def __init__(self, http: httpx.AsyncClient, runtime: Runtime) -> None:
        self.http, self.runtime = http, runtime
        self.sent: list[ForwardMsg] = []
        self.session = runtime.connect_session(self, {})  # type: ignore[arg-type]

    @property
    def client_context(self) -> Any:
        return SimpleNamespace(cookies=dict(self.http.cookies), headers=[], remote_ip="127.0.0.1")

    def write_forward_msg(self, message: ForwardMsg) -> None:
        self.sent.append(message)

    async def run(self) -> None:
        """Let the page run to its end."""
        self.sent.clear()
        message = BackMsg()
        message.rerun_script.query_string = ""
        self.runtime.handle_backmsg(self.session, message)
        await until(lambda: any(one.HasField("script_finished") for one in self.sent))

    async def click_save(self) -> str:
        """Click on the page's button; the address that its file is to be fetched from."""
        buttons = [one.delta.new_element for one in self.sent if one.HasField("delta")]
        button = next(one.download_button for one in buttons if one.HasField("download_button"))
        message = BackMsg()
        asked = message.backend_operation_request
        asked.request_id, asked.session_id, asked.deferred_file.file_id = "1", self.session, button.deferred_file_id
        self.sent.clear()
        self.runtime.handle_backmsg(self.session, message)
        await until(lambda: any(one.HasField("backend_operation_response") for one in self.sent))
        answer = next(one.backend_operation_response for one in self.sent if one.HasField("backend_operation_response"))
        return str(answer.deferred_file.url)

    async def put(self, name: str, data: bytes) -> httpx.Response:
        """Send a file that no field of the page has asked for."""
        return await self.http.put(
            f"/_stcore/upload_file/{self.session}/{name}",
            files={"file": (name, data, "image/jpeg")},
            headers={"X-Xsrftoken": self.http.cookies["_streamlit_xsrf"]},
        )

    def held(self) -> int:
        """Bytes of this session's uploads that the server has."""
        names = [f"file {number}" for number in range(20)]
        return sum(len(file.data) for file in self.runtime.uploaded_file_mgr.get_files(self.session, names))


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not holds():
            await asyncio.sleep(0.01)


Scene = Callable[[Callable[[], Awaitable[Browser]]], Awaitable[None]]


@pytest.fixture
def play(tmp_path: Path) -> Iterator[Callable[[Scene], None]]:
    """Plays a scene: an app of one page, and browsers that come to it."""
    script = tmp_path / "page.py"
    script.write_text(PAGE)

    @asynccontextmanager
    async def open_app() -> AsyncIterator[Callable[[], Awaitable[Browser]]]:
        app, browsers = App(script, middleware=SURROUNDED_BY), []

        async def comes() -> Browser:
            http = httpx.AsyncClient(
                transport=httpx.ASGITransport(app, client=("127.0.0.1", 1)), base_url="http://localhost"
            )
            (await http.get("/_stcore/health")).raise_for_status()
            browsers.append(Browser(http, Runtime.instance()))
            return browsers[-1]

        try:
            yield comes
        finally:
            for browser in browsers:
                Runtime.instance().close_session(browser.session)
                await browser.http.aclose()
            uploads.tidy()
            Runtime.instance().stop()
            await Runtime.instance().stopped
            Runtime._instance = None

    def scene(plays: Scene) -> None:
        async def whole() -> None:
            async with open_app() as comes:
                await plays(comes)

        asyncio.run(whole())

    yield scene
    Runtime._instance = None


@pytest.fixture
def small_uploads() -> Iterator[int]:
    """One megabyte is the largest upload; the room that is reckoned for one, in bytes."""
    before = st.get_option("server.maxUploadSize")
    st.config.set_option("server.maxUploadSize", 1)
    yield 2 * 1024 * 1024
    st.config.set_option("server.maxUploadSize", before)


def test_a_visit_parks_only_so_many_files_that_nobody_takes_up(play: Any) -> None:
    async def scene(comes: Any) -> None:
        browser, other = await comes(), await comes()
        for number in range(uploads.PER_VISIT_FILES):
            assert (await browser.put(f"file {number}", b"x" * 1000)).status_code == 204
        refused = await browser.put("file 9", b"x" * 1000)
        assert (refused.status_code, refused.text) == (429, uploads.VISIT_FULL)
        assert browser.held() == 1000 * uploads.PER_VISIT_FILES
        assert (await other.put("file 1", b"x" * 1000)).status_code == 204

    play(scene)


def test_a_visit_parks_only_so_many_bytes_also_when_it_sends_all_at_once(play: Any, small_uploads: int) -> None:
    async def scene(comes: Any) -> None:
        browser = await comes()
        sent = await asyncio.gather(*(browser.put(f"file {number}", b"x" * 1_000_000) for number in range(20)))
        assert {answer.status_code for answer in sent} == {204, 429}
        assert 0 < browser.held() <= uploads.PER_VISIT_UPLOADS * small_uploads

    play(scene)


def test_all_visits_together_park_only_so_much_and_who_comes_later_is_told(
    play: Any, small_uploads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "TURN_S", 0.0)
    room = uploads.ALL_UPLOADS * small_uploads

    async def scene(comes: Any) -> None:
        browsers = [await comes() for _ in range(30)]
        sent = await asyncio.gather(*(browser.put("file 1", b"x" * 1_000_000) for browser in browsers))
        refused = [answer for answer in sent if answer.status_code != 204]
        assert {(answer.status_code, answer.text) for answer in refused} == {(503, uploads.ALL_FULL)}
        assert room - 2_000_000 < sum(browser.held() for browser in browsers) <= room

    play(scene)


def test_an_upload_waits_its_turn_and_gets_in_when_another_has_been_taken_up(
    play: Any, small_uploads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "ALL_UPLOADS", 1)

    async def scene(comes: Any) -> None:
        first, second = await comes(), await comes()
        assert (await first.put("file 1", b"x" * 1_000_000)).status_code == 204
        waiting = asyncio.create_task(second.put("file 1", b"x" * 1_200_000))
        await asyncio.sleep(0.3)
        assert not waiting.done()
        inside.drop_upload(first.session, "file 1")
        assert (await waiting).status_code == 413  # there is room, and Streamlit's own limit has the word

    play(scene)


def test_what_nobody_takes_up_in_time_is_let_go(play: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene(comes: Any) -> None:
        browser = await comes()
        await browser.put("file 1", b"x" * 1000)
        uploads.tidy()
        assert browser.held() == 1000
        monkeypatch.setattr(uploads, "KEPT_S", 0.0)
        uploads.tidy()
        assert browser.held() == 0

    play(scene)


def test_a_file_that_does_not_arrive_in_time_is_given_up(play: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "SENDING_S", 0.2)

    async def scene(comes: Any) -> None:
        browser = await comes()

        async def slowly() -> AsyncIterator[bytes]:
            yield b"--b\r\n"
            await asyncio.sleep(60)

        answer = await browser.http.put(
            f"/_stcore/upload_file/{browser.session}/file 1",
            content=slowly(),
            headers={
                "Content-Type": "multipart/form-data; boundary=b",
                "X-Xsrftoken": browser.http.cookies["_streamlit_xsrf"],
            },
        )
        assert (answer.status_code, answer.text) == (408, uploads.TOO_SLOW)
        assert (await browser.put("file 1", b"x")).status_code == 204

    play(scene)


def test_a_visit_that_was_left_for_long_is_ended_with_its_uploads_and_all_that_it_knew(play: Any) -> None:
    async def scene(comes: Any) -> None:
        browser = await comes()
        browser.runtime._session_mgr._session_storage = MemorySessionStorage(ttl_seconds=0)
        await browser.put("file 1", b"x" * 1000)
        session: Any = browser.runtime.get_app_session(browser.session)
        session.session_state["photo"] = "of a visitor"
        browser.runtime.disconnect_session(browser.session)
        assert browser.held() == 1000
        inside.end_lost_sessions()
        assert browser.held() == 0
        assert "photo" not in session.session_state

    play(scene)


def test_a_file_to_save_is_made_on_the_click_and_given_to_the_browser_that_clicked_alone(
    play: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(comes: Any) -> None:
        browser, stranger = await comes(), await comes()
        await browser.run()
        texts = [one.delta.new_element.text.body for one in browser.sent if one.HasField("delta")]
        assert "made 0" in texts
        address = await browser.click_save()
        assert (await stranger.http.get(address)).status_code == 404
        assert (
            await httpx.AsyncClient(transport=stranger.http._transport, base_url="http://localhost").get(address)
        ).status_code == 404
        # Other visitors' runs, at whose end Streamlit throws away what no page shows.
        for _ in range(3):
            await stranger.run()
        # Streamlit's page looks whether the file is there, and then fetches it.
        assert (await browser.http.get(address)).status_code == 200
        monkeypatch.setattr(downloads, "FETCHED_S", 0.0)
        saved = await browser.http.get(address)
        assert saved.content == b"a board with people's photos"
        assert saved.headers["content-disposition"] == "attachment; filename*=utf-8''board.html"
        assert (await browser.http.get(address)).status_code == 404
        await stranger.run()
        await stranger.click_save()
        assert (await browser.http.get(address)).status_code == 404

    play(scene)


def test_a_file_that_is_not_fetched_is_let_go(play: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "WAITS_S", 0.0)

    async def scene(comes: Any) -> None:
        browser = await comes()
        await browser.run()
        address = await browser.click_save()
        name = address.rpartition("/")[2]
        assert inside.is_download(name)
        downloads.tidy()
        inside.prune_media()
        inside.prune_media()
        assert not inside.is_download(name)
        assert (await browser.http.get(address)).status_code == 404

    play(scene)


def test_streamlit_finds_the_bounded_server_where_it_is_told_to_run_the_app() -> None:
    assert discover_asgi_app(ROOT / "streamlit_app.py").import_string == "streamlit_app:server"


def test_only_the_app_s_own_helper_makes_buttons_to_save_files() -> None:
    files = [*(ROOT / "app").rglob("*.py"), *(ROOT / "pages").glob("*.py")]
    using = {path.name for path in files if ".download_button(" in path.read_text(encoding="utf-8")}
    assert using == {"downloads.py"}


@pytest.mark.parametrize("address", ["/", "/demand", "/_stcore/health", "/media/none.png", "/static/none.js"])
def test_every_answer_says_what_a_browser_may_do_with_it(play: Any, address: str) -> None:
    async def scene(comes: Any) -> None:
        headers = (await (await comes()).http.get(address)).headers
        assert "frame-ancestors 'self'" in headers["content-security-policy"]
        assert "unsafe-inline" not in headers["content-security-policy"].partition("script-src")[2].partition(";")[0]
        assert headers["x-frame-options"] == "SAMEORIGIN"
        assert headers["x-content-type-options"] == "nosniff"
        assert "referrer-policy" in headers

    play(scene)


@pytest.mark.parametrize("address", ["/_stcore/metrics", "/_stcore/metrics/", "/_stcore/agent/openapi.json"])
def test_the_server_s_own_figures_are_for_this_machine_alone(play: Any, address: str) -> None:
    async def scene(comes: Any) -> None:
        http = (await comes()).http
        assert (await http.get("/_stcore/metrics")).status_code == 200
        for elsewhere in (
            {"X-Forwarded-For": "203.0.113.7"},
            {"Host": "shop.example"},
            {"Forwarded": "for=203.0.113.7"},
        ):
            assert (await http.get(address, headers=elsewhere)).status_code == 404
        away = httpx.ASGITransport(http._transport.app, client=("203.0.113.7", 1))  # type: ignore[attr-defined]
        async with httpx.AsyncClient(transport=away, base_url="http://localhost") as other:
            assert (await other.get(address)).status_code == 404

    play(scene)
