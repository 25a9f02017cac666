"""A LiteRT model's file, looked through before native code reads it.

The interpreter trusts what it reads. Here every table, index and size of the file is followed with Python's checks, so
that junk is refused in a sentence; what a sound structure computes is checked by running it once.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from vsearch_core.errors import BundleError
from vsearch_core.vision.bundle_files import read_bytes
from vsearch_core.vision.interpreters import Outputs

_MOST_PARTS = 20_000
_MOST_BYTES = 1_000_000_000
_MOST_DIMENSIONS = 8
_VERSION = 3
_ITEM_BYTES = {0: 4, 1: 2, 2: 4, 3: 1, 4: 8, 6: 1, 7: 2, 9: 1, 10: 8}
_CUSTOM = 32


@dataclass(frozen=True)
class ModelFile:
    """A model whose structure is sound; it is held in memory, so that what becomes of the file does not matter.

    `takes` is the shape of its first input, with -1 for a side that may be any.
    """

    path: Path
    content: bytes
    takes: tuple[int, ...]

    def load(self, threads: int) -> Callable[[np.ndarray], Outputs]:
        """See `Loadable`; the function may be called by one thread at a time."""
        from ai_edge_litert.interpreter import Interpreter

        try:
            interpreter = Interpreter(model_content=self.content, num_threads=threads)
            run = interpreter.get_signature_runner()
        except (ValueError, RuntimeError) as error:
            raise self.broken(error) from error
        return lambda pixels: run(image=pixels)

    def broken(self, error: Exception) -> BundleError:
        """The error of a file that cannot be run."""
        return not_a_model(self.path, error)


def read_model(path: Path) -> ModelFile:
    """Read and check a LiteRT file.

    Raises:
        BundleError: it cannot be read, or is not such a file.
    """
    content = read_bytes(path)
    try:
        takes = _checked(content)
    except (ValueError, TypeError, IndexError, KeyError, AttributeError, OverflowError, struct.error) as error:
        raise not_a_model(path, error) from error
    return ModelFile(path, content, takes)


def not_a_model(path: Path, error: Exception) -> BundleError:
    """The error of a file that cannot be run."""
    return BundleError(
        f"{path} is not a LiteRT model that this machine can run ({' '.join(str(error).split())[:200]}); "
        "restore it from the repository or train it again.",
        code="bundle_broken",
    )


def _checked(content: bytes) -> tuple[int, ...]:
    """The shape of the first input of a model whose tables, indexes and sizes all stand inside of it."""
    from ai_edge_litert import schema_py_generated as schema

    if content[4:8] != b"TFL3":
        raise ValueError("it does not begin as one")
    model = schema.Model.GetRootAs(content, 0)
    if model.Version() != _VERSION:
        raise ValueError(f"its version is {model.Version()}")
    _few("parts", model.BuffersLength(), model.OperatorCodesLength(), model.SignatureDefsLength())
    if model.SubgraphsLength() != 1:
        raise ValueError(f"it has {model.SubgraphsLength()} graphs")
    codes = [model.OperatorCodes(place) for place in range(model.OperatorCodesLength())]
    if any(max(code.BuiltinCode(), code.DeprecatedBuiltinCode()) == _CUSTOM for code in codes):
        raise ValueError("it has operators of its own")
    sizes = [_buffer_bytes(model.Buffers(place), len(content)) for place in range(model.BuffersLength())]
    graph = model.Subgraphs(0)
    tensors, operators = graph.TensorsLength(), graph.OperatorsLength()
    _few("tensors", tensors, operators)
    total = sum(_tensor_bytes(graph.Tensors(place), sizes) for place in range(tensors))
    if total > _MOST_BYTES:
        raise ValueError(f"its tensors take {total / 1e6:,.0f} MB")
    for place in range(operators):
        operator = graph.Operators(place)
        _inside("operator", [operator.OpcodeIndex()], 0, len(codes))
        _inside("input", operator.InputsAsNumpy(), -1, tensors)  # -1 is one that is left out
        _inside("output", operator.OutputsAsNumpy(), 0, tensors)
    _inside("input", graph.InputsAsNumpy(), 0, tensors)
    _inside("output", graph.OutputsAsNumpy(), 0, tensors)
    for place in range(model.SignatureDefsLength()):
        signature = model.SignatureDefs(place)
        _few("names", signature.InputsLength(), signature.OutputsLength())
        _inside("graph", [signature.SubgraphIndex()], 0, 1)
        named = [signature.Inputs(one) for one in range(signature.InputsLength())]
        named += [signature.Outputs(one) for one in range(signature.OutputsLength())]
        _inside("named tensor", [one.TensorIndex() for one in named], 0, tensors)
    taken = graph.Tensors(graph.Inputs(0))
    shape = taken.ShapeSignatureAsNumpy() if taken.ShapeSignatureLength() else taken.ShapeAsNumpy()
    return tuple(int(side) for side in shape)


def _few(what: str, *counts: int) -> None:
    if max(counts) > _MOST_PARTS:
        raise ValueError(f"it has {max(counts):,} {what}")


def _buffer_bytes(buffer: Any, size: int) -> int:
    """Bytes of a constant, which stands inside the file."""
    if buffer.Offset() > 1:
        if buffer.Offset() + buffer.Size() > size:
            raise ValueError("a constant ends behind the file")
        return int(buffer.Size())
    data = buffer.DataAsNumpy()
    return int(data.nbytes) if isinstance(data, np.ndarray) else 0


def _tensor_bytes(tensor: Any, buffers: list[int]) -> int:
    """Bytes that a tensor takes; those of a constant must be what its shape asks for."""
    _inside("buffer", [tensor.Buffer()], 0, len(buffers))
    shape = tensor.ShapeAsNumpy() if tensor.ShapeLength() else ()
    if len(shape) > _MOST_DIMENSIONS or any(side < 0 for side in shape):
        raise ValueError("a tensor has an impossible shape")
    item = _ITEM_BYTES.get(tensor.Type(), 8)
    needed = math.prod(int(side) for side in shape) * item
    held = buffers[tensor.Buffer()]
    if held and tensor.Type() in _ITEM_BYTES and held != needed:
        raise ValueError("a constant is not of its tensor's size")
    return needed


def _inside(what: str, indexes: Iterable[int], low: int, high: int) -> None:
    for index in indexes if isinstance(indexes, list | np.ndarray) else ():
        if not low <= index < high:
            raise ValueError(f"the number of an {what} is out of range")
