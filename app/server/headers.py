"""What every answer says to the browser about what it may do, and what only this machine may ask for."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vsearch_core.access import is_local

_HERE_ONLY = re.compile(r"/_stcore/(metrics|script-health-check|agent)(/|$)")
"""Figures of the process, a run of the whole app at each request, and a way in for programs."""

_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def content_security_policy() -> str:
    """What Streamlit's pages and our parts need, and nothing else; scripts of the page itself by their hash.

    Styles are written inline by Streamlit, and a part's script comes as a blob that Streamlit makes of it. Scripts may
    compile text because the browser that the tests drive waits by such; none of our pages was seen to need it.
    Pictures come from nowhere else, so that no text can make a browser fetch an address.
    """
    page = (Path(st.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in _INLINE.findall(page)]
    scripts = " ".join(["'self'", "'unsafe-eval'", "blob:", *(f"'sha256-{one}'" for one in hashes)])
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src {scripts}",
            "style-src 'self' 'unsafe-inline'",
            # The camera's picture is read as a data URI before it is sent.
            "connect-src 'self' data: blob:",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "media-src 'self' data: blob:",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'self'",
        )
    )


class Guarded:
    """ASGI middleware: security headers on every answer, and the server's own figures for this machine alone."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._headers = {
            "Content-Security-Policy": content_security_policy(),
            "X-Frame-Options": "SAMEORIGIN",
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "strict-origin-when-cross-origin",
            "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self._headers)
            await send(message)

        if _HERE_ONLY.search(scope["path"]) and not _is_local(scope):
            await PlainTextResponse("Not found.", status_code=404)(scope, receive, with_headers)
            return
        await self._app(scope, receive, with_headers)


def _is_local(scope: Scope) -> bool:
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
    client = scope.get("client")
    return is_local(headers, client[0] if client else None, st.get_option("server.address"))
