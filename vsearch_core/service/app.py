"""The HTTP API as an ASGI application, and the server that runs it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from vsearch_core import __version__
from vsearch_core.service import asking, catalogue, watching
from vsearch_core.service.guard import Guard
from vsearch_core.service.problems import tell_problems
from vsearch_core.service.state import Service
from vsearch_core.settings import Settings

STOP_S = 30
"""So long a stopping server finishes what it began."""


def create_app(settings: Settings) -> FastAPI:
    """The application over the store of the settings."""
    service = Service(settings)

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        service.begin()
        yield
        await run_in_threadpool(service.close)

    app = FastAPI(
        title="Shop by image",
        version=__version__,
        lifespan=life,
        # their scripts would come from another site
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.service = service
    for router in (asking.router, catalogue.router, watching.router):
        app.include_router(router)
    tell_problems(app)
    app.add_middleware(
        Guard,
        ring=service.ring,
        metrics=service.metrics,
        max_picture_bytes=int(settings.max_upload_mb * 1_000_000),
    )
    return app


class Server(uvicorn.Server):
    """A server that says when it answers."""

    def __init__(self, config: uvicorn.Config, started: Callable[[int], None]) -> None:
        super().__init__(config)
        self._say_started = started

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        """Begin to listen."""
        await super().startup(sockets)  # type: ignore[arg-type]
        if self.started:
            self._say_started(self.servers[0].sockets[0].getsockname()[1])


def make_server(settings: Settings, host: str, port: int, started: Callable[[int], None] = lambda port: None) -> Server:
    """A server that is ready to run.

    Args:
        port: 0 for any that is free.
        started: called with the port once it listens.
    """
    config = uvicorn.Config(
        create_app(settings),
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.proxies),
        forwarded_allow_ips=settings.proxies or None,
        timeout_graceful_shutdown=STOP_S,
        lifespan="on",
    )
    return Server(config, started)
