"""An ONNX encoder: its file, looked through before native code reads it, and how it is run on the processor.

Only structure is followed here: that a graph carries all of its weights itself (another file's bytes are never read for
it). What it computes is checked by running it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np

from vsearch_core.errors import BundleError
from vsearch_core.optional import optional
from vsearch_core.vision.interpreters import Outputs

INSTALL = "pip install onnxruntime==1.32.0"

Layout = Literal["NCHW", "NHWC"]
Pooling = Literal["as it is", "over space", "first token"]
Scores = Literal["logits", "probabilities"]

_MOST_FIELDS = 3_000_000
_FIELDS: Mapping[str, Mapping[int, str]] = {
    "model": {7: "graph", 20: "training", 25: "function"},
    "training": {1: "graph", 2: "graph"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "function": {7: "node", 11: "attribute"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
    "tensor": {},
}
"""Messages of onnx.proto in which tensors can stand: field number to the message that it holds."""

_EXTERNAL_DATA, _DATA_LOCATION = 13, 14
_NUMBERS = {"tensor(float)": np.float32, "tensor(float16)": np.float16}


@dataclass(frozen=True)
class Reading:
    """How an ONNX encoder is asked, and what of its answer is the embedding; under `onnx` in `labels.json`.

    `mean` and `std` are of each channel, for values from 0 to 1. `pooled` says how `output` becomes one vector: 2-d
    ones are taken as they are, 4-d ones are averaged over space, of 3-d ones the first token is taken. `scores` is the
    output with a number for each class, which are `scores_are`; None where the graph gives none that are wanted.
    """

    input: str
    layout: Layout
    mean: tuple[float, ...]
    std: tuple[float, ...]
    output: str
    pooled: Pooling
    scores: str | None = None
    scores_are: Scores = "logits"

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Reading:
        """From `labels.json`.

        Raises:
            ValueError, KeyError, TypeError: it does not say what it should.
        """
        for name, known in (("layout", Layout), ("pooled", Pooling), ("scores_are", Scores)):
            if content[name] not in get_args(known):
                raise ValueError(f"{name}, which should be one of {', '.join(get_args(known))}")
        scores = content["scores"]
        for one in (content["input"], content["output"], *(() if scores is None else (scores,))):
            if not isinstance(one, str) or not one:
                raise ValueError("an input or output, which should be a text")
        return cls(
            content["input"],
            content["layout"],
            channels(content["mean"], "mean", 0, 1),
            channels(content["std"], "std", 0.001, 10),
            content["output"],
            content["pooled"],
            scores,
            content["scores_are"],
        )


def channels(values: Any, name: str, low: float, high: float) -> tuple[float, ...]:
    """A number of each of the three channels.

    Raises:
        ValueError: there are not three, or one is out of range.
    """
    if not isinstance(values, list | tuple) or len(values) != 3:
        raise ValueError(f"{name}, which should be three numbers")
    for value in values:
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise ValueError(
                f"{name} {value!r:.40}, which should be from {low:g} to {high:g}: pictures' values are 0 to 1"
            )
    return tuple(float(value) for value in values)


class OnnxFile:
    """An ONNX graph whose structure is sound, held in memory; one session serves all that run it on as many threads."""

    takes = (-1, -1, -1, 3)
    """As `ModelFile.takes`: what a side must be is told by the graph when it runs."""

    def __init__(self, path: Path, content: bytes, reading: Reading | None = None) -> None:
        """
        Raises:
            BundleError: the file is not an ONNX graph, or it keeps weights in other files.
            MissingDependency: onnxruntime is not installed.
        """
        self.path, self.reading = path, reading
        self._content, self._sessions, self._lock = content, dict[int, Any](), threading.Lock()
        self._runtime = optional(
            "onnxruntime", f"it runs models that were exported to ONNX: install it with `{INSTALL}`"
        )
        self._runtime.set_default_logger_severity(4)
        try:
            external = _keeps_data_elsewhere(content)
        except ValueError as error:
            raise self.broken(error) from error
        if external:
            raise BundleError(
                f"{path} keeps weights in other files; export it again as one file (under 2 GB, no external data).",
                code="bundle_external",
            )

    def load(self, threads: int) -> Callable[[np.ndarray], Outputs]:
        """A function of (1, height, width, 3) float32 pixels in 0..255 to `embedding` (1, d), L2-normalised, and
        `product_type` (1, classes) where the graph gives scores.

        Raises:
            BundleError: the graph cannot be run here.
        """
        if self.reading is None:
            raise self.broken(ValueError("how it is asked is not known"))
        return partial(self._answer, self.session(threads), self.reading)

    def session(self, threads: int) -> Any:
        """onnxruntime's session on a number of threads.

        Raises:
            BundleError: the graph cannot be run here.
        """
        with self._lock:
            if threads not in self._sessions:
                options = self._runtime.SessionOptions()
                options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
                options.log_severity_level = 4  # what goes wrong is told in the error
                # threads that wait for the next picture should not keep the processor busy
                options.add_session_config_entry("session.intra_op.allow_spinning", "0")
                try:
                    self._sessions[threads] = self._runtime.InferenceSession(
                        self._content, options, providers=["CPUExecutionProvider"]
                    )
                except Exception as error:  # onnxruntime's errors share no base of their own
                    raise self.broken(error) from error
            return self._sessions[threads]

    def raw(self, session: Any, reading: Reading, pixels: np.ndarray) -> Outputs:
        """What the graph gives for (n, height, width, 3) pixels in 0..255: its float outputs that are wanted, by name.

        Raises:
            BundleError: it cannot be run on such pictures.
        """
        names = [reading.output, *([reading.scores] if reading.scores else [])]
        try:
            kinds = {one.name: one.type for one in session.get_inputs()}
            values = ((pixels / 255 - reading.mean) / reading.std).astype(_NUMBERS[kinds[reading.input]])
            if reading.layout == "NCHW":
                values = np.ascontiguousarray(values.transpose(0, 3, 1, 2))
            outputs = session.run(names, {reading.input: values})
        except Exception as error:  # onnxruntime's errors share no base of their own
            raise self.broken(error) from error
        return {name: np.asarray(value, np.float32) for name, value in zip(names, outputs, strict=True)}

    def vectors(self, raw: Outputs, reading: Reading) -> np.ndarray:
        """The embeddings in what `raw` gave, (n, d), L2-normalised."""
        return normalised(pooled(raw[reading.output], reading.pooled, reading.layout))

    def broken(self, error: Exception) -> BundleError:
        """The error of a file that cannot be run."""
        why = " ".join(str(error).replace("[ONNXRuntimeError] : ", "").split())[:200]
        return BundleError(
            f"{self.path} is not an ONNX model of one picture that this machine can run ({why}); export it again, and "
            "import that.",
            code="bundle_broken",
        )

    def _answer(self, session: Any, reading: Reading, pixels: np.ndarray) -> Outputs:
        raw = self.raw(session, reading, pixels)
        outputs = {"embedding": self.vectors(raw, reading)}
        if reading.scores:
            scores = raw[reading.scores]
            outputs["product_type"] = scores if reading.scores_are == "probabilities" else _softmax(scores)
        return outputs


def pooled(values: np.ndarray, how: Pooling, layout: Layout) -> np.ndarray:
    """An output of a graph as (n, d): maps (n, d, h, w) or (n, h, w, d), tokens (n, t, d), or vectors (n, d)."""
    if how == "over space":
        return np.asarray(values.mean(axis=(2, 3) if layout == "NCHW" else (1, 2)))
    return values[:, 0] if how == "first token" else values


def normalised(vectors: np.ndarray) -> np.ndarray:
    """Vectors (n, d) of length 1; one of zeros stays as it is."""
    unit: np.ndarray = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return unit


def _softmax(logits: np.ndarray) -> np.ndarray:
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities: np.ndarray = raised / raised.sum(axis=1, keepdims=True)
    return probabilities


def _keeps_data_elsewhere(content: bytes) -> bool:
    """Whether a tensor of an ONNX file, wherever it stands, has its numbers in another file (or in any memory).

    Raises:
        ValueError: the file is not what onnx.proto describes.
    """
    waiting, fields, graphs = [("model", memoryview(content))], 0, 0
    while waiting:
        kind, view = waiting.pop()
        place = 0
        while place < len(view):
            fields += 1
            if fields > _MOST_FIELDS:
                raise ValueError(f"it has more than {_MOST_FIELDS:,} parts")
            key, place = _varint(view, place)
            number, wire = key >> 3, key & 7
            if kind == "tensor" and number == _EXTERNAL_DATA:
                return True
            if wire == 0:
                value, place = _varint(view, place)
                if kind == "tensor" and number == _DATA_LOCATION and value:
                    return True
                continue
            size, place = _varint(view, place) if wire == 2 else ({1: 8, 5: 4}.get(wire, -1), place)
            if not 0 < number < 1 << 29 or not 0 <= size <= len(view) - place:
                raise ValueError("it does not read as one")
            if wire == 2 and (inside := _FIELDS[kind].get(number)):
                graphs += kind == "model" and inside == "graph"
                waiting.append((inside, view[place : place + size]))
            place += size
    if not graphs:
        raise ValueError("it holds no graph")
    return False


def _varint(view: memoryview, place: int) -> tuple[int, int]:
    """A number of a protocol buffer, and where it ends."""
    value = 0
    for shift in range(0, 70, 7):
        if place >= len(view):
            break
        byte = view[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, place
    raise ValueError("it does not read as one")
