"""Pictures as data URIs: they travel with the page, so that showing one costs no request and no rerun."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from vsearch_core.contracts import Photo

MISSING = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 40 50'%3E%3Cpath d='M12 34l7-9 5 6 3-4 "
    "5 7zM15 20a2 2 0 100-4 2 2 0 000 4z' fill='%23d8d0c4'/%3E%3C/svg%3E"
)
"""A plain placeholder."""

_KINDS: dict[str, Callable[[bytes], bool]] = {
    "jpeg": lambda data: data.startswith(b"\xff\xd8"),
    "png": lambda data: data.startswith(b"\x89PNG"),
    "webp": lambda data: data[8:12] == b"WEBP",
}


def data_uri(data: bytes) -> str:
    """JPEG, PNG or WebP bytes as a data URI, told from the bytes; nothing else leaves the server this way."""
    kind = next((kind for kind, begins in _KINDS.items() if begins(data)), None)
    if kind is None:
        return MISSING
    return f"data:image/{kind};base64,{base64.b64encode(data).decode('ascii')}"


def svg_uri(path: Path) -> str:
    """One of the app's own drawings as a data URI."""
    return "data:image/svg+xml;base64," + base64.b64encode(path.read_bytes()).decode("ascii")


def preview(photo: Photo, side: int) -> str:
    """The photo as a data URI whose longest side is at most `side` pixels."""
    picture = Image.fromarray(photo.pixels)
    picture.thumbnail((side, side))
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=85)
    return data_uri(file.getvalue())
