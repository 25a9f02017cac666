"""One sheet of small pictures: what a map shows without a request for each."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from math import ceil

from PIL import Image

from vsearch_core.contracts import Progress
from vsearch_core.images import decode

TILE = (48, 64)
"""Width and height of a picture on the sheet, in pixels."""

COLUMNS = 64
_QUALITY = 80


def make_sheet(ids: Sequence[str], thumbnail: Callable[[str], bytes], progress: Progress | None = None) -> bytes:
    """The pictures of `ids` as a JPEG, `COLUMNS` in a row, each whole on white in a tile of `TILE` pixels."""
    width, height = TILE
    sheet = Image.new("RGB", (COLUMNS * width, max(1, ceil(len(ids) / COLUMNS)) * height), "white")
    for number, product in enumerate(ids):
        picture = Image.fromarray(decode(thumbnail(product), max_side=2 * height).pixels)
        picture.thumbnail(TILE, Image.Resampling.LANCZOS)
        row, column = divmod(number, COLUMNS)
        left, top = (width - picture.width) // 2, (height - picture.height) // 2
        sheet.paste(picture, (column * width + left, row * height + top))
        if progress is not None and (number + 1) % 100 == 0:
            progress(number + 1, len(ids))
    file = io.BytesIO()
    sheet.save(file, "JPEG", quality=_QUALITY)
    return file.getvalue()
