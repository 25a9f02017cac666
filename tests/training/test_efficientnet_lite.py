"""Weights of a stranger's file are read as numbers alone, and give the network that they are of."""

from __future__ import annotations

import io
import os
import pickle
import struct
import sys
import types
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("tensorflow")

from vsearch_core import images
from vsearch_core.catalogue.sources import TarImages
from vsearch_core.errors import BundleError
from vsearch_core.training.shared import efficientnet_lite as lite
from vsearch_core.training.shared.legacy_tensors import read_tensors

MAGIC = 0x1950A86A20F9469CFC6C
JERSEY = 610
"""ImageNet's class of T-shirts."""


class FloatStorage:
    """Stands for PyTorch's class of that name in the files that the tests write."""


def _rebuild_tensor_v2(*_: Any) -> None:
    """Stands for PyTorch's function of that name."""


class _Tensor:
    def __init__(self, values: np.ndarray, key: str) -> None:
        self.values, self.key = values, key

    def __reduce__(self) -> tuple:
        steps = tuple(step // 4 for step in self.values.strides)
        return _rebuild_tensor_v2, (("storage", self), 0, self.values.shape, steps, False, OrderedDict())


class _Pickler(pickle.Pickler):
    def persistent_id(self, thing: Any) -> Any:
        if isinstance(thing, tuple) and len(thing) == 2 and thing[0] == "storage":
            one = thing[1]
            return ("storage", FloatStorage, one.key, "cpu", one.values.size, None)
        return None


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Writes tensors as PyTorch did before 1.6."""
    torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")
    torch.FloatStorage, utils._rebuild_tensor_v2 = FloatStorage, _rebuild_tensor_v2  # type: ignore[attr-defined]
    monkeypatch.setattr(FloatStorage, "__module__", "torch")
    monkeypatch.setattr(_rebuild_tensor_v2, "__module__", "torch._utils")
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setitem(sys.modules, "torch._utils", utils)

    def to(content: dict[str, Any], *, cut: int = 0) -> Path:
        buffer = io.BytesIO()
        for head in (MAGIC, 1001, {"little_endian": True}):
            pickle.dump(head, buffer, 2)
        tensors = {
            name: _Tensor(value, str(number)) if isinstance(value, np.ndarray) else value
            for number, (name, value) in enumerate(content.items())
        }
        _Pickler(buffer, 2).dump(OrderedDict(tensors))
        stored = [one for one in tensors.values() if isinstance(one, _Tensor)]
        pickle.dump([one.key for one in stored], buffer, 2)
        for one in stored:
            memory = np.lib.stride_tricks.as_strided(one.values, (one.values.size,), (4,))
            buffer.write(struct.pack("<q", one.values.size) + memory.tobytes())
        path = tmp_path / "weights.pth"
        data = buffer.getvalue()
        path.write_bytes(data[: len(data) - cut])
        return path

    return to


def test_tensors_are_read_as_they_lie(write: Any) -> None:
    plain, turned = np.arange(6, dtype=np.float32).reshape(2, 3), np.arange(6, dtype=np.float32).reshape(3, 2).T
    read = read_tensors(write({"plain": plain, "turned": turned}))
    assert np.array_equal(read["plain"], plain)
    assert np.array_equal(read["turned"], turned)


def test_a_file_that_names_code_is_refused_and_runs_nothing(write: Any, tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple:
            return os.system, (f"touch {tmp_path / 'ran'}",)

    with pytest.raises(BundleError, match="system is not a tensor"):
        read_tensors(write({"weight": Evil()}))
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("content", [b"", b"no pickle", pickle.dumps(7)])
def test_what_is_not_such_a_file_is_refused_in_words(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "other.pth"
    path.write_bytes(content)
    with pytest.raises(BundleError, match="does not hold tensors"):
        read_tensors(path)


def test_a_file_that_ends_too_soon_is_refused(write: Any) -> None:
    with pytest.raises(BundleError):
        read_tensors(write({"plain": np.ones((4, 4), np.float32)}, cut=8))


def test_a_network_refuses_the_weights_of_another(write: Any) -> None:
    with pytest.raises(BundleError, match="does not hold the weights"):
        lite.load_imagenet(lite.efficientnet_lite(lite.LITE0, 64), write({"plain": np.ones(3, np.float32)}))


def test_the_variants_have_their_published_sizes() -> None:
    assert lite.efficientnet_lite(lite.LITE0, 64, classes=1000).count_params() == 4_694_024
    assert lite.efficientnet_lite(lite.LITE2, 64, classes=1000).count_params() == 6_150_168


@pytest.mark.real_data
def test_the_converted_network_knows_what_imagenet_taught_it(real_data: Path) -> None:
    network = lite.efficientnet_lite(lite.LITE0, 224, classes=1000)
    lite.load_imagenet(network, lite.weights_file(lite.LITE0))
    listing = (real_data / "clothing-photos" / "images.csv").read_text(encoding="utf-8").splitlines()[1:]
    shirts = [line.split(",")[0] for line in listing if ",T-Shirt," in line][:24]
    source = TarImages(real_data / "clothing-photos" / "images.tar", prefix="images/")
    pixels = [images.letterbox(images.decode(source.read(f"{name}.jpg")).pixels, 224) for name in shirts]
    logits = np.asarray(network((np.stack(pixels).astype(np.float32) - lite.MEAN) / lite.SPREAD, training=False))
    among_five = (np.argsort(-logits, axis=1)[:, :5] == JERSEY).any(axis=1)
    assert among_five.mean() > 0.7
