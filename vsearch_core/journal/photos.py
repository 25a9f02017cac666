"""The photos that people let us keep: small JPEGs without metadata, named by their content, in a folder of their own.

No program serves this folder; only who may read the journal's database learns the names in it.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from vsearch_core import contracts
from vsearch_core.files import put_in_place
from vsearch_core.images import encode_jpeg

MAX_SIDE = 512
"""Pixels of the longest side of a kept photo."""

_NAME = re.compile(r"[0-9a-f]{64}\.jpg")
_UNFINISHED = re.compile(r"\.[0-9a-f]{64}\.jpg\.new")


@dataclass(frozen=True)
class Consented:
    """A photo whose sender agreed that it is kept; `consent` names the wording that was agreed to."""

    photo: contracts.Photo
    consent: str


@dataclass(frozen=True)
class Encoded:
    """A photo as it is kept: JPEG bytes of `width` x `height` pixels, and their SHA-256 in hexadecimal."""

    data: bytes
    hash: str
    width: int
    height: int

    @classmethod
    def of(cls, pixels: np.ndarray) -> Encoded:
        """Encode (height, width, 3) uint8 pixels. The same pixels always give the same bytes; metadata cannot pass."""
        data = encode_jpeg(pixels, max_side=MAX_SIDE)
        height, width = pixels.shape[:2]
        scale = min(1.0, MAX_SIDE / max(width, height))
        return cls(data, hashlib.sha256(data).hexdigest(), *(max(1, round(side * scale)) for side in (width, height)))

    def row(self, *, time: datetime, days: float, consent: str, embedding: np.ndarray | None) -> dict[str, Any]:
        """The photo's row of the table `photos`; it is deleted `days` days after `time`."""
        return {
            "hash": self.hash,
            "time": time,
            "expires": time + timedelta(days=days),
            "consent": consent,
            "width": self.width,
            "height": self.height,
            "embedding": None if embedding is None else np.asarray(embedding, dtype="<f2").tobytes(),
        }


def embedding_of(data: bytes) -> np.ndarray:
    """The embedding in a photo's row, as float32 of shape (d,), L2-normalised but for its rounding to float16."""
    return np.frombuffer(data, dtype="<f2").astype(np.float32)


@dataclass(frozen=True)
class PhotoFolder:
    """The folder `path` with a file `ab/abcdef….jpg` for each photo; only its owner may read it."""

    path: Path

    def file(self, hash: str) -> Path:
        """Where the photo of this hash lies, or would lie."""
        return self.path / hash[:2] / f"{hash}.jpg"

    def write(self, photo: Encoded) -> bool:
        """Keep a photo; whether it is new here.

        Raises:
            OSError: the folder cannot be written; nothing is left of the attempt.
        """
        file = self.file(photo.hash)
        if file.is_file():
            os.utime(file)  # as young as if it were new: `purge` leaves young files alone
            return False
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.parent.mkdir(exist_ok=True, mode=0o700)
        beside = _unfinished(file)
        try:
            with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
                out.write(photo.data)
            put_in_place(beside, file)
        except OSError:
            beside.unlink(missing_ok=True)
            raise
        return True

    def read(self, hash: str) -> bytes | None:
        """The JPEG bytes of a photo; None where it is not there (any more).

        Raises:
            OSError: it is there and cannot be read.
        """
        try:
            return self.file(hash).read_bytes() if _NAME.fullmatch(f"{hash}.jpg") else None
        except FileNotFoundError:
            return None

    def delete(self, hash: str) -> None:
        """Delete a photo, if it is there, and what a program that was killed had begun to write of it.

        Raises:
            OSError: it cannot be deleted.
        """
        file = self.file(hash)
        file.unlink(missing_ok=True)
        _unfinished(file).unlink(missing_ok=True)

    def files(self) -> Iterator[Path]:
        """Every kept photo, and every file that was not finished when a program was killed. Others are left alone."""
        for file in self.path.glob("??/*"):
            if _NAME.fullmatch(file.name) or _UNFINISHED.fullmatch(file.name):
                yield file


def _unfinished(file: Path) -> Path:
    return file.with_name(f".{file.name}.new")
