"""Runs one model, of LiteRT or another runtime, on pictures: its interpreters are lent to one thread at a time."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TypeVar

import numpy as np

from vsearch_core.errors import BundleError
from vsearch_core.images.frames import Size, letterbox

T = TypeVar("T")
R = TypeVar("R")

Outputs = dict[str, np.ndarray]
"""The outputs of one call by their names in the model."""


class Loadable(Protocol):
    """A model's file that was checked: `ModelFile` (LiteRT) and `OnnxFile` are some.

    `takes` is the shape of the picture that it takes, with -1 for a side that may be any.
    """

    @property
    def path(self) -> Path: ...

    @property
    def takes(self) -> tuple[int, ...]: ...

    def load(self, threads: int) -> Callable[[np.ndarray], Outputs]:
        """A function of (1, height, width, 3) float32 pixels in 0..255.

        Raises:
            BundleError: the file is not a model that runs here.
        """
        ...

    def broken(self, error: Exception) -> BundleError:
        """The error of a file that cannot be run."""
        ...


class Interpreters:
    """A few interpreters of one model; each is made when first needed."""

    def __init__(self, model: Loadable, *, threads: int, count: int) -> None:
        self._model, self._threads = model, threads
        self._places: queue.LifoQueue[Callable[[np.ndarray], Outputs] | None] = queue.LifoQueue()
        for _ in range(count):
            self._places.put(None)

    @contextmanager
    def borrowed(self) -> Iterator[Callable[[np.ndarray], Outputs]]:
        """One interpreter for this thread alone: a function of (1, height, width, 3) float32 pixels in 0..255.

        Raises:
            BundleError: the file is not a model that runs here.
        """
        run = self._places.get()
        try:
            run = run or self._model.load(self._threads)
            yield run
        finally:
            self._places.put(run)

    def tried(self, size: Size) -> Outputs:
        """The outputs of a first run, for a picture of (width, height) that goes from black to white.

        Raises:
            BundleError: the model does not take such a picture, or gives what are not numbers.
        """
        shape, takes = (1, size[1], size[0], 3), self._model.takes
        if len(takes) != 4 or any(side not in (-1, given) for side, given in zip(takes, shape, strict=True)):
            # the interpreter would take a picture of another size without a word
            raise self._model.broken(ValueError(f"it takes {takes} and labels.json says {shape}"))
        with self.borrowed() as run:
            try:
                # not all black: of that a sound network without biases sees nothing, and nothing has no direction
                outputs = run(np.broadcast_to(np.linspace(0, 255, size[0], dtype=np.float32)[:, None], shape).copy())
            except (ValueError, RuntimeError, TypeError, KeyError) as error:
                raise self._model.broken(error) from error
        for name, values in outputs.items():
            if not np.isfinite(values).all():
                raise self._model.broken(ValueError(f"its {name} are not numbers"))
        return outputs


class Network:
    """A loaded model that is asked about pictures of any size; safe to call from several threads.

    A single picture runs on all threads at once, for latency; several run one picture a thread, for throughput.

    Args:
        size: width and height of the model's input, to which pictures are letterboxed.

    Raises:
        BundleError: the model does not run here, or does not take pictures of this size.
    """

    def __init__(self, model: Loadable, size: Size, *, threads: int) -> None:
        self.size, self.threads = size, threads
        self._wide = Interpreters(model, threads=threads, count=1)
        self._narrow = Interpreters(model, threads=1, count=threads)
        self.first = self._wide.tried(size)
        """The outputs of a first run, each with the batch's axis: their names and shapes are what is checked."""

    def run(self, pixels: np.ndarray) -> Outputs:
        """The outputs for one picture, (height, width, 3) uint8, on all threads."""
        return self._answer(self._wide, pixels)

    def run_alone(self, pixels: np.ndarray) -> Outputs:
        """The same on one thread, for work that runs one picture a thread."""
        return self._answer(self._narrow, pixels)

    def each(self, work: Callable[[T], R], things: Sequence[T]) -> list[R]:
        """What some work that uses `run_alone` gives of each thing, one a thread."""
        if len(things) < 2:
            return [work(thing) for thing in things]
        with ThreadPoolExecutor(self.threads) as pool:
            return list(pool.map(work, things))

    def _answer(self, interpreters: Interpreters, pixels: np.ndarray) -> Outputs:
        picture = letterbox(pixels, self.size)[None].astype(np.float32)
        with interpreters.borrowed() as run:
            return {name: value[0] for name, value in run(picture).items()}
