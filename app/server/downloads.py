"""Files that staff save: made on the click, given to the browser that clicked and to no other, and gone soon after.

Streamlit keeps a file at an address that whoever knows it can open, signed in or not. Here that address opens nothing;
the file is handed to the browser whose visit asked for it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import streamlit as st
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.server import inside

WAITS_S = 60.0
"""So long a file waits for the browser that asked for it."""

FETCHED_S = 20.0
"""So long it stays when it has been fetched: Streamlit's page fetches it once to see whether it is there, and again."""

_ADDRESS = re.compile(r"/media/(?P<id>[^/.]+)[^/]*$")


@dataclass
class _Made:
    """A file that was made on a click; `until` is of the monotonic clock, in seconds."""

    data: bytes
    mime: str
    name: str
    until: float


_MADE: dict[tuple[str, str], _Made] = {}
"""By media id and browser."""


def save_button(
    label: str,
    make: Callable[[], bytes],
    file_name: str,
    mime: str,
    *,
    icon: str | None = ":material/download:",
    **look: Any,
) -> None:
    """A button that saves what `make` gives, which is called when it is clicked and not before.

    Args:
        look: what else `st.download_button` takes.
    """
    browser = inside.browser()

    def made() -> bytes:
        data = make()
        if browser:
            made_now = _Made(data, mime, file_name, time.monotonic() + WAITS_S)
            _MADE[inside.media_id(data, mime, file_name), browser] = made_now
        return data

    st.download_button(label, made, file_name=file_name, mime=mime, icon=icon, on_click="ignore", **look)


def tidy() -> None:
    """Let go of files that nobody has fetched in time."""
    for key, made in list(_MADE.items()):
        if time.monotonic() >= made.until:
            _MADE.pop(key, None)


class OnlyToWhoAsked:
    """ASGI middleware: hands a made file to its browser, and refuses every other request for a file to save."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = _ADDRESS.search(scope["path"]) if scope["type"] == "http" else None
        if found is None:
            await self._app(scope, receive, send)
            return
        tidy()
        made = _MADE.get((found["id"], inside.browser(Request(scope).cookies)))
        if made is not None:
            made.until = min(made.until, time.monotonic() + FETCHED_S)
            await _response(made)(scope, receive, send)
        elif inside.is_download(found["id"]):
            await PlainTextResponse("Not found.", status_code=404)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _response(made: _Made) -> Response:
    headers = {
        "Content-Disposition": f"attachment; filename*=utf-8''{quote(made.name, safe='')}",
        "Cache-Control": "no-store",
    }
    return Response(made.data, media_type=made.mime, headers=headers)
