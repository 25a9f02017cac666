"""Who may ask, how often and how much: the gate before every endpoint."""

from __future__ import annotations

import asyncio
import ipaddress
import time
from collections import OrderedDict
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vsearch_core.errors import VsearchError
from vsearch_core.service.keys import Key, KeyRing
from vsearch_core.service.metrics import Metrics
from vsearch_core.service.problems import Refused, problem

OPEN = frozenset({"/healthz", "/readyz", "/openapi.json"})
"""What anybody may ask; nothing of the shop is in it."""

AT_ONCE = 256
"""Requests that may be open at once, whatever they wait for."""

BODY_S = 30.0
"""So long a request's body may take to come."""

BULK_BYTES = 64_000_000
SMALL_BYTES = 1_000_000

_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
_LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_COUNTED = 10_000


class Rate:
    """How often somebody may ask: a full minute's worth at once, which fills up again evenly."""

    def __init__(self) -> None:
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, who: str, per_minute: int) -> float:
        """Seconds until the next question is allowed; 0 where this one is."""
        now = time.monotonic()
        left, then = self._left.pop(who, (float(per_minute), now))
        left = min(float(per_minute), left + (now - then) * per_minute / 60)
        allowed = left >= 1
        self._left[who] = (left - 1 if allowed else left, now)
        if len(self._left) > _COUNTED:
            self._left.popitem(last=False)
        return 0.0 if allowed else (1 - left) * 60 / per_minute


class Guard:
    """Lets a request in with its key as `scope["state"]["key"]`, or refuses it before anything is read.

    Without any key it answers only programs of this machine: see `_require_this_machine`.
    """

    def __init__(self, app: ASGIApp, ring: KeyRing, metrics: Metrics, max_picture_bytes: int) -> None:
        self._app, self._ring, self._metrics = app, ring, metrics
        self._picture_bytes = max_picture_bytes
        self._rate = Rate()
        self._open = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500
        headers = Headers(scope=scope)
        origin = headers.get("origin", "")
        shared: list[str] = []

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                sent = MutableHeaders(scope=message)
                sent["X-Content-Type-Options"] = "nosniff"
                if shared:
                    sent["Access-Control-Allow-Origin"] = shared[0]
                    sent["Access-Control-Expose-Headers"] = "Retry-After, ETag"
                if origin:
                    sent.add_vary_header("Origin")
            await send(message)

        self._open += 1
        try:
            if self._open > AT_ONCE:
                raise Refused("Too many requests are open; try again soon.", code="busy", status=503, retry_s=2)
            if scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
                shared += await self._allowed_origin(origin)
                await _preflight(bool(shared))(scope, receive, answer)
                return
            key = await self._key(scope, headers, origin, shared)
            scope.setdefault("state", {})["key"] = key
            await self._app(scope, self._limited(scope, headers, receive), answer)
        except VsearchError as error:
            await problem(error)(scope, receive, answer)
        finally:
            self._open -= 1
            route = scope.get("route")
            path = getattr(route, "path", "other")
            self._metrics.answered(path, scope["method"], status, time.perf_counter() - started)

    async def _key(self, scope: Scope, headers: Headers, origin: str, shared: list[str]) -> Key | None:
        """The key that was shown; None where none is needed.

        Raises:
            Refused: there is none, or it does not allow this.
        """
        path = scope["path"]
        if path in OPEN:
            return None
        if path == "/metrics" and _is_this_machine(scope, headers, origin):
            return None
        token = _token(scope, headers)
        if not token:
            if await run_in_threadpool(self._ring.keys):
                raise Refused("A key is needed; send it as `Authorization: Bearer …`.", code="key_needed", status=401)
            _require_this_machine(scope, headers, origin)
            return None
        key = await run_in_threadpool(self._ring.find, token)
        if key is None:
            raise Refused(
                "This key is not known, or was revoked; make one with `vsearch keys make`.", code="bad_key", status=401
            )
        if not key.is_secret and key.origins:
            if origin in key.origins:
                shared.append(origin)
            elif origin or scope["method"] not in ("GET", "HEAD"):
                # a page's pictures are asked for without an origin
                raise Refused(
                    f"This key may not be used from {origin or 'a program'!r:.100}; add the --origin to it.",
                    code="bad_origin",
                    status=403,
                )
        who = key.id if key.is_secret else f"{key.id} {_peer(scope)}"
        wait = self._rate.take(who, key.per_minute)
        if wait:
            raise Refused(
                f"This key may ask {key.per_minute} times a minute; wait a moment.",
                code="too_often",
                status=429,
                retry_s=int(wait) + 1,
            )
        return key

    async def _allowed_origin(self, origin: str) -> list[str]:
        keys = await run_in_threadpool(self._ring.keys)
        return [origin] if any(origin in key.origins for key in keys.values() if not key.is_secret) else []

    def _limited(self, scope: Scope, headers: Headers, receive: Receive) -> Receive:
        """What the body is read by: no longer and no slower than is allowed."""
        most = self._most_bytes(scope)
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length) > most:
            raise _too_large(most)
        read, deadline, done = 0, time.monotonic() + BODY_S, False

        async def limited() -> Message:
            nonlocal read, done
            if done:
                return await receive()
            try:
                message = await asyncio.wait_for(receive(), max(0.0, deadline - time.monotonic()))
            except TimeoutError:
                raise Refused(
                    f"The body did not come within {BODY_S:g} seconds; send it again.", code="too_slow", status=408
                ) from None
            read += len(message.get("body", b""))
            done = not message.get("more_body", False)
            if read > most:
                raise _too_large(most)
            return message

        return limited

    def _most_bytes(self, scope: Scope) -> int:
        path, method = scope["path"], scope["method"]
        if path == "/v1/products" and method == "POST":
            return max(BULK_BYTES, 2 * self._picture_bytes)
        if path in ("/v1/search", "/v1/analyse", "/v1/embed"):
            return self._picture_bytes + SMALL_BYTES
        if path.startswith("/v1/products/"):
            return 4 * self._picture_bytes // 3 + SMALL_BYTES  # as base64
        return SMALL_BYTES


def _too_large(most: int) -> Refused:
    return Refused(f"The body is larger than {most / 1e6:,.0f} MB; send less.", code="too_large", status=413)


def _token(scope: Scope, headers: Headers) -> str:
    kind, _, token = headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return token.strip()
    if scope["method"] in ("GET", "HEAD") and scope["path"].endswith("/thumbnail"):
        # what a page shows by <img> has no headers; addresses are written into logs, so secret keys are not for them
        shown = QueryParams(scope.get("query_string", b"")).get("key", "")
        return shown if shown.startswith("vs_search_") else ""
    return ""


def _preflight(allowed: bool) -> Response:
    if not allowed:
        return Response(status_code=403)
    return Response(
        status_code=204,
        headers={
            "Access-Control-Allow-Methods": "GET, POST, DELETE",
            "Access-Control-Allow-Headers": "authorization, content-type, traceparent, tracestate",
            "Access-Control-Max-Age": "600",
        },
    )


def _peer(scope: Scope) -> str:
    return str((scope.get("client") or ("",))[0])


def _is_this_machine(scope: Scope, headers: Headers, origin: str) -> bool:
    try:
        _require_this_machine(scope, headers, origin)
    except Refused:
        return False
    return True


def _require_this_machine(scope: Scope, headers: Headers, origin: str) -> None:
    """Refuse whoever is not a program or a page of this machine.

    The peer's address does not say it alone: a proxy here passes on strangers, and a stranger's page may have its own
    name lead to this machine, or send a form to it.
    """
    wrong = ""
    if not _is_loopback(_peer(scope)):
        wrong = "it came from another machine"
    elif any(name in headers for name in _FORWARDED):
        wrong = "it came through a proxy"
    elif _host_name(f"//{headers.get('host', '')}") not in _LOCAL_NAMES:
        wrong = "it was sent to another name than localhost"
    elif (origin and _host_name(origin) not in _LOCAL_NAMES) or headers.get("sec-fetch-site") == "cross-site":
        wrong = "it came from another site's page"
    if wrong:
        raise Refused(
            f"Without keys only this machine is answered, and {wrong}; make a key with `vsearch keys make`.",
            code="key_needed",
            status=401,
        )


def _is_loopback(address: str) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return bool((mapped or found).is_loopback)


def _host_name(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
