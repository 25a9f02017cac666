"""What the server's process keeps, and when it lets go of it.

Python looks for memory in cycles by walking over every object there is, and an open shop is millions of them. They stay
as long as the shop is open, so that they are taken out of that walk once; what visits leave behind is looked for often,
because it is little.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from app.server import downloads, inside, uploads

EVERY_S = 5.0
COLLECT_S = 30.0

TURN_S = 0.001
"""So long a thread computes before another gets its turn: an upload asks for several turns of the event loop, and each
of them waits for the runs of other visitors."""

_log = logging.getLogger("vsearch.app")
_opened = False


def shop_opened() -> None:
    """A shop was opened, and stays for long: its objects need not be looked through any more."""
    global _opened
    _opened = True


@asynccontextmanager
async def looked_after(_server: Any) -> AsyncIterator[None]:
    """While the server runs: end lost sessions, let go of what nobody asks for any more, and collect garbage."""
    sys.setswitchinterval(TURN_S)
    work = asyncio.create_task(_look_after())
    try:
        yield
    finally:
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work


async def _look_after() -> None:
    collected = time.monotonic()
    while True:
        await asyncio.sleep(EVERY_S)
        for tidy in (inside.end_lost_sessions, uploads.tidy, downloads.tidy, inside.prune_media):
            try:
                tidy()
            except Exception:  # the others are done all the same, and this one again in a moment
                _log.exception("The server could not tidy up: %s.", tidy.__name__)
        if _opened or time.monotonic() - collected > COLLECT_S:
            _collect()
            collected = time.monotonic()


def _collect() -> None:
    """Collect garbage; after a shop was opened over everything, and what is left then is not looked through again."""
    global _opened
    if not _opened:
        gc.collect()
        return
    _opened = False
    # The shop that was open before is among what was put aside.
    gc.unfreeze()
    gc.collect()
    gc.freeze()
