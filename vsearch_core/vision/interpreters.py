"""LiteRT interpreters of one model, lent to one thread at a time."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from vsearch_core.vision.model_file import ModelFile, not_a_model

Outputs = dict[str, np.ndarray]
"""The outputs of one call by their names in the model."""


class Interpreters:
    """A few interpreters of one model; each is made when first needed."""

    def __init__(self, model: ModelFile, *, threads: int, count: int) -> None:
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

    def tried(self, size: tuple[int, int]) -> Outputs:
        """The outputs of a first run, for a black picture of (width, height).

        Raises:
            BundleError: the model does not take such a picture, or gives what are not numbers.
        """
        shape, takes = (1, size[1], size[0], 3), self._model.takes
        if len(takes) != 4 or any(side not in (-1, given) for side, given in zip(takes, shape, strict=True)):
            # the interpreter would take a picture of another size without a word
            raise not_a_model(self._model.path, ValueError(f"it takes {takes} and labels.json says {shape}"))
        with self.borrowed() as run:
            try:
                outputs = run(np.zeros(shape, np.float32))
            except (ValueError, RuntimeError, TypeError, KeyError) as error:
                raise not_a_model(self._model.path, error) from error
        for name, values in outputs.items():
            if not np.isfinite(values).all():
                raise not_a_model(self._model.path, ValueError(f"its {name} are not numbers"))
        return outputs

    def _load(self) -> Callable[..., Outputs]:
        try:
            interpreter = Interpreter(model_content=self._model.content, num_threads=self._threads)
            return interpreter.get_signature_runner()
        except (ValueError, RuntimeError) as error:
            raise not_a_model(self._model.path, error) from error
