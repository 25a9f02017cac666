"""Many visitors at once: how long each waits for an answer, and whether the app's memory stays level.

Every visitor uploads a photo, asks for more like a hit, goes back to the photo, and begins again, and looks at each
answer for a while. They share the machine's processors with the app.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from benchmarks.app import resident_mb, serving
from benchmarks.pictures import desktop_photo
from benchmarks.visitor import HITS, Visitor, visit

VISITORS, SECONDS = 50, 120.0
MOST_VISITORS, MOST_SECONDS = 200, 900.0
LOOKS_S = 2.0
"""So long a visitor looks at an answer before the next action."""

_EVERY_S = 5.0


@dataclass
class _Seen:
    """What the visitors saw: seconds until each kind of answer, and what went wrong."""

    waited: dict[str, list[float]] = field(default_factory=dict)
    errors: Counter[str] = field(default_factory=Counter)

    def note(self, what: str, since: float) -> None:
        self.waited.setdefault(what, []).append(time.perf_counter() - since)


def under_load(store: Path, visitors: int = VISITORS, seconds: float = SECONDS) -> dict[str, object]:
    """Milliseconds until the five products are there, at the median and at 95 %, and memory in megabytes.

    `page_at_rest_ms` is until the garments of an uploaded photo are there as well.

    Args:
        visitors: at once, at most `MOST_VISITORS`.
        seconds: of actions, at most `MOST_SECONDS`; opening and the end come on top.
    """
    visitors, seconds = min(visitors, MOST_VISITORS), min(seconds, MOST_SECONDS)
    with tempfile.TemporaryDirectory() as folder:
        journal = f"sqlite:///{Path(folder) / 'journal.db'}"
        with serving(store, VSEARCH_JOURNAL_URL=journal) as (address, pid):
            return asyncio.run(_measure(address, pid, visitors, seconds))


async def _measure(address: str, pid: int, visitors: int, seconds: float) -> dict[str, object]:
    async with visit(address) as first:  # opens the shop, as somebody does after every start
        await first.upload(_photo())
        await first.answer()
    seen, memory = _Seen(), []
    end = time.perf_counter() + seconds

    async def watch() -> None:
        while True:
            memory.append(resident_mb(pid))
            await asyncio.sleep(_EVERY_S)

    watching = asyncio.create_task(watch())
    # Not all in the same moment: they come within the time that each looks at an answer.
    await asyncio.gather(*(_visitor(address, LOOKS_S * number / visitors, end, seen) for number in range(visitors)))
    watching.cancel()
    others = [waited for what in ("more like this", "back to the photo") for waited in seen.waited.get(what, [])]
    uploads = seen.waited.get("upload", [])
    begun = memory[min(len(memory) - 1, max(1, len(memory) // 4))]
    return {
        "visitors": visitors,
        "seconds": seconds,
        "actions_per_second": round((len(uploads) + len(others)) / seconds, 1),
        "upload_ms": _spread(uploads),
        "page_at_rest_ms": _spread(seen.waited.get("page at rest", [])),
        "other_clicks_ms": _spread(others),
        "errors": dict(seen.errors),
        "memory_mb": {"after a quarter": begun, "most": max(memory), "at the end": resident_mb(pid)},
    }


async def _visitor(address: str, comes_in: float, end: float, seen: _Seen) -> None:
    await asyncio.sleep(comes_in)
    try:
        async with visit(address) as visitor:
            while time.perf_counter() < end:
                await _round(visitor, seen)
    except Exception as error:  # the others go on, and it is counted
        seen.errors[f"{type(error).__name__}: {error}"[:200]] += 1


async def _round(visitor: Visitor, seen: _Seen) -> None:
    began = time.perf_counter()
    sent = await visitor.upload(_photo())
    if sent >= 300:
        raise RuntimeError(f"An upload was answered with {sent}.")
    await _answered(visitor, "upload", began, seen, rest="page at rest")
    began = time.perf_counter()
    await visitor.send(HITS, "more", visitor.cards()[1]["id"])
    await _answered(visitor, "more like this", began, seen)
    began = time.perf_counter()
    await visitor.click("Back to your photo")
    await _answered(visitor, "back to the photo", began, seen)


async def _answered(visitor: Visitor, what: str, began: float, seen: _Seen, rest: str = "") -> None:
    await visitor.answer(lambda page: len(page.cards()) > 0)
    seen.note(what, began)
    looked = time.perf_counter()
    await visitor.answer()
    if rest:
        seen.note(rest, began)
    await asyncio.sleep(max(0.0, LOOKS_S - (time.perf_counter() - looked)))


def _spread(seconds: list[float]) -> dict[str, float]:
    if len(seconds) < 2:
        return {"count": len(seconds)}
    cut = statistics.quantiles(seconds, n=20, method="inclusive")
    return {"count": len(seconds), "median": round(cut[9] * 1000), "95 %": round(cut[18] * 1000)}


@cache
def _photo() -> bytes:
    return desktop_photo()
