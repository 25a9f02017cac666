"""LiteRT interpreters of one model, lent to one thread at a time."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from vsearch_core.errors import BundleError

Outputs = dict[str, np.ndarray]
"""The outputs of one call by their names in the model."""


class Interpreters:
    """A few interpreters of one model; each is made when first needed."""

    def __init__(self, model: Path, *, threads: int, count: int) -> None:
        self._model, self._threads = model, threads
        self._places: queue.LifoQueue[Callable[..., Outputs] | None] = queue.LifoQueue()
        for _ in range(count):
            self._places.put(None)

    @contextmanager
    def borrowed(self) -> Iterator[Callable[[np.ndarray], Outputs]]:
        """One interpreter for this thread alone: a function of (1, height, width, 3) float32 pixels in 0..255.

        Raises:
            BundleError: the file is no model that runs here.
        """
        run = self._places.get()
        try:
            run = run or self._load()
            yield lambda pixels: run(image=pixels)
        finally:
            self._places.put(run)

    def _load(self) -> Callable[..., Outputs]:
        try:
            interpreter = Interpreter(model_path=str(self._model), num_threads=self._threads)
            return interpreter.get_signature_runner()
        except (ValueError, RuntimeError) as error:
            raise BundleError(
                f"{self._model} is no LiteRT model that this machine can run ({error}); "
                "restore it from the repository or train it again.",
                code="bundle_broken",
            ) from error
