"""Small catalogues on disk, made anew for each test."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

MakeTar = Callable[[Path, Mapping[str, bytes]], Path]
Draw = Callable[..., bytes]


@pytest.fixture(scope="session")
def draw() -> Draw:
    """Draws a JPEG of a dark shape on white; `seed` changes the shape."""

    def jpeg(seed: int = 0, size: tuple[int, int] = (60, 80), quality: int = 90) -> bytes:
        random = np.random.default_rng(seed)
        pixels = np.full((80, 60, 3), 255, dtype=np.uint8)
        top, left = random.integers(5, 30, size=2)
        pixels[top : top + 45, left : left + 25] = random.integers(0, 200, size=(1, 1, 3))
        pixels[top : top + 12, left : left + 12] = random.integers(0, 200, size=(1, 1, 3))
        out = io.BytesIO()
        Image.fromarray(pixels).resize(size).save(out, "JPEG", quality=quality)
        return out.getvalue()

    return jpeg


@pytest.fixture(scope="session")
def make_tar() -> MakeTar:
    """Packs named contents into an uncompressed tar."""

    def pack(path: Path, files: Mapping[str, bytes]) -> Path:
        with tarfile.open(path, "w") as tar:
            for name, content in files.items():
                member = tarfile.TarInfo(name)
                member.size = len(content)
                tar.addfile(member, io.BytesIO(content))
        return path

    return pack
