"""How much uploads may take of the server's memory, and for how long.

A browser sends a file to an address of its own, and a run then takes it up. Anyone who has opened the page may send
files that no run ever asks for: what lies there is bounded for a visit and for all of them together, and let go.
"""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass

import streamlit as st
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.server import inside

PER_VISIT_FILES = 4
ALL_FILES = 200
PER_VISIT_UPLOADS, ALL_UPLOADS = 2, 10
"""Bytes, counted in uploads of the largest size that is taken (`server.maxUploadSize`)."""

KEPT_S = 60.0
"""So long an upload waits for a run to take it up; a run lets it go at once (`inside.drop_taken`)."""

TURN_S = 20.0
"""So long an upload waits until there is room for it."""

SENDING_S = 180.0
"""So long a browser may take to send one file."""

_ADDRESS = re.compile(r"/_stcore/upload_file/(?P<session>[^/]+)/(?P<file>[^/]+)$")

VISIT_FULL = "There are more files of this visit than it may send at once; wait a minute and send it again."
ALL_FULL = "Many people are sending photos just now; wait a moment and send it again."
TOO_SLOW = "The file did not arrive in time; send it again, or a smaller one."


@dataclass(frozen=True)
class _Upload:
    session: str
    file: str
    size: int
    """Bytes."""
    since: float
    """Of the monotonic clock, in seconds."""


class Bounded:
    """ASGI middleware: an upload is let in when there is room for it, waits its turn for a while, or is refused."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = _ADDRESS.search(scope["path"]) if scope["type"] == "http" and scope["method"] == "PUT" else None
        size = _announced(scope) if found else 0
        # What Streamlit refuses by itself, without reading it, takes no room.
        if found is None or size > _largest() or not inside.is_connected(found["session"]):
            await self._app(scope, receive, send)
            return
        upload = _Upload(found["session"], found["file"], size, time.monotonic())
        if refused := await _begin(upload):
            await _pass_over(receive)
            await refused(scope, receive, send)
            return
        try:
            await self._app(scope, _in_time(receive), send)
        finally:
            _LEDGER.sent(upload)


class _Ledger:
    """What is on its way and what lies there. Of the event loop's thread alone."""

    def __init__(self) -> None:
        self._coming: list[_Upload] = []
        self._parked: list[_Upload] = []

    def coming(self, upload: _Upload) -> None:
        """An upload begins."""
        self._coming.append(upload)

    def sent(self, upload: _Upload) -> None:
        """An upload has ended, well or not."""
        self._coming.remove(upload)
        size = inside.parked_bytes(upload.session, upload.file)
        if size is not None:
            self._parked = [one for one in self._parked if (one.session, one.file) != (upload.session, upload.file)]
            self._parked.append(_Upload(upload.session, upload.file, size, time.monotonic()))

    def tidy(self) -> None:
        """Forget what was taken up, and let go of what nobody has taken up in time."""
        still = []
        for one in self._parked:
            if inside.parked_bytes(one.session, one.file) is None:
                continue
            if time.monotonic() - one.since < KEPT_S:
                still.append(one)
            else:
                inside.drop_upload(one.session, one.file)
        self._parked = still

    def held(self, session: str = "") -> tuple[int, int]:
        """Number and bytes of the uploads that are coming or lie there, of one session or of all."""
        sizes = [one.size for one in (*self._coming, *self._parked) if session in ("", one.session)]
        return len(sizes), sum(sizes)


_LEDGER = _Ledger()


def tidy() -> None:
    """Let go of uploads that nobody has taken up in time. Only on the event loop."""
    _LEDGER.tidy()


async def _begin(upload: _Upload) -> PlainTextResponse | None:
    """Take room for an upload; the answer where there is none."""
    while True:
        _LEDGER.tidy()
        files, held = _LEDGER.held(upload.session)
        if files >= PER_VISIT_FILES or held + upload.size > PER_VISIT_UPLOADS * _largest():
            return PlainTextResponse(VISIT_FULL, status_code=429, headers={"Retry-After": str(round(KEPT_S))})
        files, held = _LEDGER.held()
        if files < ALL_FILES and held + upload.size <= ALL_UPLOADS * _largest():
            _LEDGER.coming(upload)
            return None
        if time.monotonic() - upload.since > TURN_S:
            return PlainTextResponse(ALL_FULL, status_code=503, headers={"Retry-After": str(round(TURN_S))})
        await asyncio.sleep(0.1)


def _largest() -> int:
    """Bytes of the largest upload, with what surrounds the file in a request."""
    return (int(st.get_option("server.maxUploadSize")) + 1) * 1024 * 1024


def _announced(scope: Scope) -> int:
    """The length that a request announces, in bytes; the largest where it announces none that makes sense."""
    told = dict(scope["headers"]).get(b"content-length", b"")
    return int(told) if told.isdigit() and len(told) < 16 else _largest()


def _in_time(receive: Receive) -> Receive:
    deadline = asyncio.get_running_loop().time() + SENDING_S

    async def receive_in_time() -> Message:
        try:
            async with asyncio.timeout_at(deadline):
                return await receive()
        except TimeoutError:
            raise HTTPException(408, TOO_SLOW) from None

    return receive_in_time


async def _pass_over(receive: Receive) -> None:
    """Read what a refused request sends and keep none of it: a browser shows no answer before it has sent all."""
    bounded = _in_time(receive)
    try:
        while (await bounded()).get("more_body"):
            pass
    except HTTPException:
        return
