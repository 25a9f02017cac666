"""Files that staff save: made on the click, given once, to the browser that clicked, and gone soon after.

Streamlit keeps a file at an address that whoever knows it can open, signed in or not. Here that address opens nothing;
the file is handed to the browser whose visit asked for it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import streamlit as st
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.server import inside

WAITS_S = 60.0
"""So long a file waits for the browser that asked for it."""

_ADDRESS = re.compile(r"/media/(?P<id>[^/.]+)[^/]*$")


@dataclass(frozen=True)
class _Made:
    """A file that was made on a click, and the browser that may have it."""

    data: bytes
    mime: str
    name: str
    browser: str
    since: float = field(default_factory=time.monotonic)


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
            _MADE[inside.media_id(data, mime, file_name), browser] = _Made(data, mime, file_name, browser)
        return data

    st.download_button(label, made, file_name=file_name, mime=mime, icon=icon, on_click="ignore", **look)


def tidy() -> None:
    """Let go of files that nobody has fetched in time."""
    for key, made in list(_MADE.items()):
        if time.monotonic() - made.since > WAITS_S:
            _MADE.pop(key, None)


class OnceToWhoAsked:
    """ASGI middleware: hands a made file to its browser once, and refuses every other request for a file to save."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = _ADDRESS.search(scope["path"]) if scope["type"] == "http" else None
        if found is None:
            await self._app(scope, receive, send)
            return
        wanted = (found["id"], inside.browser(Request(scope).cookies))
        made = _MADE.pop(wanted, None) if scope["method"] == "GET" else None
        if made is not None:
            await _response(made)(scope, receive, send)
        elif wanted in _MADE or inside.is_download(found["id"]):
            await PlainTextResponse("Not found.", status_code=404)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _response(made: _Made) -> Response:
    headers = {
        "Content-Disposition": f"attachment; filename*=utf-8''{quote(made.name, safe='')}",
        "Cache-Control": "no-store",
    }
    return Response(made.data, media_type=made.mime, headers=headers)
