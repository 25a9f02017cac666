"""Picture files that tests make, and what must hold of every refusal."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from vsearch_core.errors import ImageRejected
from vsearch_core.images import decode

CODES = {
    "image_empty",
    "image_too_heavy",
    "image_format",
    "image_too_large",
    "image_too_small",
    "image_hostile",
    "image_unsupported",
    "image_broken",
    "image_busy",
}


def scene(width: int = 64, height: int = 48) -> Image.Image:
    """A smooth picture whose corners all differ, so that every turn shows."""
    corners = np.array([[[230, 40, 40], [40, 200, 60]], [[40, 60, 220], [240, 220, 60]]], dtype=np.uint8)
    return Image.fromarray(corners).resize((width, height), Image.Resampling.BICUBIC)


def encode(picture: Image.Image, format: str, **options: object) -> bytes:
    decode_once()
    out = io.BytesIO()
    picture.save(out, format, **options)
    return out.getvalue()


def decode_once() -> None:
    """Registers the formats that Pillow alone does not know."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "PNG")
    decode(out.getvalue())


def code_of(data: bytes, **options: object) -> str:
    with pytest.raises(ImageRejected) as caught:
        decode(data, **options)
    message = caught.value.message
    assert message[0].isupper()
    assert message.endswith(".")
    assert message.count(". ") == 0, "one sentence"
    return caught.value.code


def picture_or_refusal(data: bytes) -> None:
    """Nothing but a picture or an `ImageRejected` may come of any bytes."""
    try:
        photo = decode(data, max_side=32)
    except ImageRejected as refused:
        assert refused.code in CODES  # noqa: PT017
        return
    assert photo.pixels.dtype == np.uint8
    assert photo.pixels.ndim == 3
    assert photo.pixels.shape[2] == 3
    assert max(photo.pixels.shape[:2]) <= 32


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png_header(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))


def tiff(*tags: tuple[int, int, int, int], tail: bytes = b"") -> bytes:
    entries = b"".join(struct.pack("<HHII", *tag) for tag in sorted(tags))
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(tags)) + entries + bytes(4) + tail
