"""The memory that decoding takes: what one picture will need, and a budget that all threads of a process share.

Only baseline JPEG can be decoded at a reduced scale; every other format stands in memory whole for a moment, with
what its decoder needs beside it. `needed` says how much that is before anything is decoded.
"""

from __future__ import annotations

import ctypes
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache

from PIL import Image

from vsearch_core.errors import ImageRejected
from vsearch_core.settings import settings

WAIT_S = 30.0
"""Seconds that a visitor's picture waits for others to be decoded; work that nobody waits for may wait longer."""

BYTES_OF_ONE = 4
"""Bytes of memory that one picture may take, for each pixel of the largest that is accepted."""

_AT_ONCE = 2
_UNCOUNTED = 8_000_000
_TRIMMED = 64_000_000
_BANDS = 25_000_000

# bytes a pixel that a decoder holds beside the picture itself, measured with pictures of 49 megapixels and rounded up
_BESIDES = {("WEBP", ""): 12, ("AVIF", ""): 6, ("HEIF", ""): 3, ("HEIF", "RGBA"): 4}
_OF_MODE = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16B": 2, "I;16L": 2, "I;16N": 2}

_ROWS_PER_STRIP, _TILE_WIDTH, _TILE_LENGTH = 278, 322, 323
_BITS, _SAMPLES, _ORIENTATION = 258, 277, 274


def needed(
    picture: Image.Image,
    format: str,
    *,
    steps: tuple[int, int],
    target: tuple[int, int],
    upright: bool,
    coefficients: int = 0,
) -> int:
    """Bytes that reading an opened picture will take at its worst moment.

    Args:
        picture: drafted where its decoder can reduce it, and not loaded.
        steps: by how many pixels it is averaged down, across and down, before it is resized to the `target`.
        coefficients: pixels of a JPEG of several scans, which holds its coefficients until the last one.
    """
    mode, pixels = picture.mode, picture.size[0] * picture.size[1]
    as_read = _OF_MODE.get(mode, 4) * pixels
    decoding = as_read + _BESIDES.get((format, mode), _BESIDES.get((format, ""), 0)) * pixels
    # 16 bits a coefficient, however far the pixels are reduced
    decoding += 2 * len(picture.getbands()) * coefficients
    if format == "TIFF":
        decoding += _tiff_besides(picture, as_read)
    kept = target[0] * target[1]
    reducing = as_read
    if steps != (1, 1):
        reducing += 4 * pixels // (steps[0] * steps[1]) + _BANDS
    elif target != picture.size and mode not in ("RGB", "L", "CMYK"):
        reducing += 8 * min(pixels, 16 * kept)
    reducing += (3 if mode == "RGB" and upright else 11) * kept
    return max(decoding, reducing)


def _tiff_besides(picture: Image.Image, as_read: int) -> int:
    """A strip or tile is unpacked as it is stored, and a picture that lies on its side is turned whole."""
    tags = picture.tag_v2  # type: ignore[attr-defined]
    width, height = picture.size
    if _TILE_WIDTH in tags and _TILE_LENGTH in tags:
        part = int(tags[_TILE_WIDTH]) * int(tags[_TILE_LENGTH])
    else:
        part = width * min(height, int(tags.get(_ROWS_PER_STRIP, height)))
    bits = tags.get(_BITS, (1,))
    stored = max(bits if isinstance(bits, tuple) else (bits,)) * int(tags.get(_SAMPLES, 1)) // 8
    return max(stored, 1) * part + (as_read if tags.get(_ORIENTATION, 1) != 1 else 0)


class Budget:
    """Bytes that may be taken at once; who comes first is served first, and small pictures pass."""

    def __init__(self, total: int) -> None:
        self.total = total
        self._free = total
        self._waiting: deque[object] = deque()
        self._changed = threading.Condition()

    @contextmanager
    def taken(self, amount: int, wait_s: float | None) -> Iterator[None]:
        """Hold `amount` bytes of the budget (all of it where it is more) while the block runs.

        Args:
            wait_s: seconds to wait for them; None for as long as it takes.

        Raises:
            ImageRejected: others still hold too much of it after that time (code `image_busy`).
        """
        if amount <= _UNCOUNTED:
            yield
            return
        amount = min(amount, self.total)
        ticket = object()
        with self._changed:
            self._waiting.append(ticket)
            try:
                if not self._changed.wait_for(lambda: self._waiting[0] is ticket and self._free >= amount, wait_s):
                    raise ImageRejected(
                        "Too many large pictures are being read at the moment; try again in a minute, "
                        "or send a smaller one.",
                        code="image_busy",
                    )
                self._free -= amount
            finally:
                self._waiting.remove(ticket)
                self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._free += amount
                self._changed.notify_all()
        if amount > _TRIMMED:
            trim()


@lru_cache(maxsize=1)
def budget() -> Budget:
    """The budget of this process: two of the largest pictures at once."""
    return Budget(int(_AT_ONCE * BYTES_OF_ONE * settings().max_megapixels * 1e6))


def trim() -> None:
    """Give freed memory back to the system, which the C library otherwise keeps for later."""
    release = _malloc_trim()
    if release is not None:
        release(0)


@lru_cache(maxsize=1)
def _malloc_trim() -> Callable[[int], int] | None:
    try:
        return ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return None  # another C library than glibc
