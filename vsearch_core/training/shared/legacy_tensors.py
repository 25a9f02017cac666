"""Reads the tensors of a PyTorch file of the format before 1.6 without PyTorch, and nothing but tensors.

Such a file is four pickles (a magic number, a version, the writer's system, the objects) and a fifth that lists the
storages, whose numbers follow. The objects' pickle may name code to run; the reader here allows the few names that
tensors need and refuses every other one, so that a file is data and never code.
"""

from __future__ import annotations

import pickle
from collections import OrderedDict
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np

from vsearch_core.errors import BundleError

_MAGIC = 0x1950A86A20F9469CFC6C
_DTYPES = {"FloatStorage": np.float32, "LongStorage": np.int64}


class _Placed(NamedTuple):
    """Where a tensor's numbers are: in which storage, from which number on, in which shape."""

    storage: str
    offset: int
    shape: tuple[int, ...]
    stride: tuple[int, ...]


def read_tensors(path: Path) -> dict[str, np.ndarray]:
    """The tensors of a state dictionary by name.

    Raises:
        BundleError: the file is missing, of another format, or names anything but tensors.
    """
    try:
        with path.open("rb") as file:
            return _read(file)
    except (OSError, pickle.UnpicklingError, EOFError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BundleError(
            f"{path} does not hold tensors in PyTorch's format before 1.6 ({error}); install the package again that "
            "it came with.",
            code="bundle_broken",
        ) from error


class _TensorsOnly(pickle.Unpickler):
    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file)
        self.storages: dict[str, type[np.generic]] = {}

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return lambda storage, offset, shape, stride, *_: _Placed(storage, offset, shape, stride)
        if module == "torch" and name in _DTYPES:
            return _DTYPES[name]
        raise pickle.UnpicklingError(f"{module}.{name} is not a tensor")

    def persistent_load(self, reference: Any) -> str:
        _, dtype, key, *_ = reference
        self.storages[key] = dtype
        return str(key)


def _read(file: IO[bytes]) -> dict[str, np.ndarray]:
    if _TensorsOnly(file).load() != _MAGIC:
        raise ValueError("the file does not begin as such a file does")
    for _ in ("version", "system"):
        _TensorsOnly(file).load()
    reader = _TensorsOnly(file)
    placed: dict[str, _Placed] = reader.load()
    numbers = {}
    for key in _TensorsOnly(file).load():
        count = int.from_bytes(file.read(8), "little")
        dtype = np.dtype(reader.storages[key])
        content = file.read(count * dtype.itemsize)
        numbers[key] = np.frombuffer(content, dtype)
        if len(numbers[key]) != count:
            raise ValueError("the file ends in the middle of a tensor")
    return {name: _tensor(numbers[one.storage], one) for name, one in placed.items()}


def _tensor(numbers: np.ndarray, placed: _Placed) -> np.ndarray:
    last = placed.offset + sum((size - 1) * step for size, step in zip(placed.shape, placed.stride, strict=True))
    if min((placed.offset, *placed.stride)) < 0 or min(placed.shape, default=1) < 1 or last >= len(numbers):
        raise ValueError("a tensor lies outside of its storage")
    steps = tuple(step * numbers.itemsize for step in placed.stride)
    return np.lib.stride_tricks.as_strided(numbers[placed.offset :], placed.shape, steps, writeable=False).copy()
