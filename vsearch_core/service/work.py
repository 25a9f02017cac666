"""Work in threads, no more of it than can be done: what does not fit is refused at once and never piles up."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from vsearch_core.contracts import Analysis, Photo
from vsearch_core.service.problems import Refused
from vsearch_core.vision.crop import Corners
from vsearch_core.vision.looks import Looks

T = TypeVar("T")

MOST_TOGETHER = 16
"""Photos that are looked at in one go."""


class Work:
    """A few threads, and a short queue before them.

    Args:
        threads: that work.
        waiting: what may wait for them.
        time_s: after which an answer is given up, in seconds; what has not begun by then is never begun.
    """

    def __init__(self, *, threads: int, waiting: int, time_s: float) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="work")
        self._room, self._time_s = threads + waiting, time_s
        self._lock = threading.Lock()
        self._held = 0

    @property
    def held(self) -> int:
        """How much is being done or waits."""
        return self._held

    async def do(self, work: Callable[..., T], *arguments: Any) -> T:
        """What a function gives, run in one of the threads.

        Raises:
            Refused: too much waits (code `busy`), or it took too long (`too_slow`).
        """
        with self._lock:
            if self._held >= self._room:
                raise Refused(
                    "More is asked than can be answered now; try again in a second.",
                    code="busy",
                    status=503,
                    retry_s=1,
                )
            self._held += 1
        future = self._pool.submit(work, *arguments)
        future.add_done_callback(self._done)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), self._time_s)
        except TimeoutError:
            raise Refused(
                f"This took longer than {self._time_s:g} seconds; try again later.",
                code="too_slow",
                status=503,
                retry_s=5,
            ) from None

    def close(self) -> None:
        """Finish what began."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _done(self, _: Future[Any]) -> None:
        with self._lock:
            self._held -= 1


class Together(Looks):
    """Looks at photos that are asked for at the same moment together, one a thread; at a single one with all threads.

    Nobody waits for others to come: while some photos are looked at, those that come meanwhile gather.
    """

    def __init__(self, looks: Looks) -> None:
        super().__init__(looks.model, looks.finder, looks.rule)
        self._waiting: list[tuple[Photo, Future[Analysis]]] = []
        self._gathering, self._looking = threading.Lock(), threading.Lock()

    def analyse(self, photo: Photo, box: Corners | None = None) -> Analysis:
        """As `Looks.analyse`; equal to it."""
        if box is not None:
            return super().analyse(photo, box)
        mine: Future[Analysis] = Future()
        with self._gathering:
            self._waiting.append((photo, mine))
        with self._looking:
            while not mine.done():
                self._look()
        return mine.result()

    def _look(self) -> None:
        with self._gathering:
            batch, self._waiting = self._waiting[:MOST_TOGETHER], self._waiting[MOST_TOGETHER:]
        photos = [photo for photo, _ in batch]
        try:
            single = len(photos) == 1
            answers = [super().analyse(photos[0])] if single else [one for one, _ in self.analyse_many(photos)]
        except BaseException as error:
            for _, asked in batch:
                asked.set_exception(error)
            return
        for (_, asked), answer in zip(batch, answers, strict=True):
            asked.set_result(answer)
