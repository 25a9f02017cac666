"""`evaluate codes`: how many barcodes and square codes are read in photos from outside, and what is read wrongly.

Right is a code's stated value: a retail code's as its GTIN, the text of a square code but for its line ends. A wrong
value is one that was read in a photo of another stated value, or where there is no code of these kinds to read.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from vsearch_core import images
from vsearch_core.catalogue.gtins import gtins_in
from vsearch_core.catalogue.photos.backgrounds import PARTS, backgrounds
from vsearch_core.catalogue.sources import TarImages
from vsearch_core.contracts import Code, Photo
from vsearch_core.errors import CatalogueError
from vsearch_core.evaluation.outside.sets import read_user_part
from vsearch_core.evaluation.statistics import mean_figure
from vsearch_core.machine import machine
from vsearch_core.search.reading import ITEM_SIDE
from vsearch_core.vision.codes import read_codes

_DIGITS = {"ean13": 13, "ean8": 8, "upca": 13, "upce": 13}
"""Most digits that are stated of a retail code, before those of the extension that may stand beside it."""

_SQUARE = ("qrcode", "datamatrix")
_OTHERS_OF_OURS = ("multi", "microqrcode")
"""Formats of photos in which codes of our kinds may be read that nobody wrote down."""


_PRINTED = {"0086.webp": "9784872348880"}
"""Where the set's value is another than the digits that are printed below the bars, as seen by eye."""

_MORE = frozenset({"0028.jpg"})
"""Photos with more codes than the stated one, as seen by eye: a QR code that is drawn around another."""


def code_figures(data: Path, *, plain_photos: int = 500) -> dict[str, Any]:
    """Figures on the photos of codes, and on photos without any.

    Args:
        data: folder of the public data sets; plain_photos: of users of the part test, beside the backgrounds.

    Returns:
        `read` and, by format, `by_format` (figures), `missed` and `wrong` (a record a photo or value), `without_codes`
        (`photos`, `values` read there, `median_cpu_ms` of reading one) and `median_cpu_ms` on the photos of codes: the
        processor's time, which other work on the machine does not change.

    Raises:
        CatalogueError: the pictures are not at hand.
    """
    folder = data / "outside" / "codes"
    if not (folder / "codes.csv").is_file():
        raise CatalogueError(f"There is no {folder / 'codes.csv'}; photos of codes are needed, set VSEARCH_DATA.")
    table = pd.read_csv(folder / "codes.csv", dtype=str, keep_default_na=False)
    table["kind"] = [re.sub(r"[^a-z0-9]", "", one.removesuffix("-extension")) for one in table["format"]]
    source = TarImages(folder / "images.tar")
    cases, wrong, times = [], [], []
    for image, kind, stated, none in zip(
        table["image"], table["kind"], table["value"], table["expect_none"] == "True", strict=True
    ):
        ours = kind in _DIGITS or kind in _SQUARE
        if (ours and not stated.strip()) or kind in _OTHERS_OF_OURS:
            continue
        stated = _PRINTED.get(image, stated)
        codes, took = _read(images.decode(source.read(image), max_side=ITEM_SIDE))
        right = [is_right(code, kind, stated) for code in codes]
        wrong += [
            {"image": image, "stated": stated.strip(), "read": f"{code.format} {code.value}"}
            for code, known in zip(codes, right, strict=True)
            if not known and image not in _MORE
        ]
        if ours and not none:
            times.append(took)
            cases.append((image, kind, any(right)))
    found = pd.DataFrame(cases, columns=["image", "kind", "read"])
    return {
        "command": "python -m vsearch_core evaluate codes --write",
        "machine": machine(),
        "read": _share(found),
        "by_format": {kind: _share(found[found["kind"] == kind]) for kind in sorted(found["kind"].unique())},
        "median_cpu_ms": round(float(np.median(times)), 1),
        "missed": found.loc[~found["read"], ["image", "kind"]].to_dict("records"),
        "wrong": wrong,
        "without_codes": _without(_plain(data, plain_photos)),
    }


def is_right(code: Code, kind: str, stated: str) -> bool:
    """Whether a code that was read is the stated one of this kind."""
    if kind in _DIGITS:
        return bool(gtins_in(code.value) & gtins_in(stated.strip()[: _DIGITS[kind]]))
    return kind in _SQUARE and code.value.split() == stated.split()


def _share(found: pd.DataFrame) -> dict[str, float]:
    return mean_figure(found["read"].to_numpy(), found["image"].to_numpy()).as_dict()


def _read(photo: Photo) -> tuple[tuple[Code, ...], float]:
    started = time.process_time()
    codes = read_codes(photo)
    return codes, 1000 * (time.process_time() - started)


def _plain(data: Path, count: int) -> Iterable[tuple[str, Photo]]:
    """Photos in which nobody meant to show a code."""
    for part in PARTS:
        for name, _, photo in backgrounds(data, part, max_side=ITEM_SIDE):
            yield name, photo
    users = read_user_part(data, "test", max_side=ITEM_SIDE)
    for row in range(min(count, len(users))):
        yield str(users.table["id"].iat[row]), users.read(row)


def _without(photos: Iterable[tuple[str, Photo]]) -> dict[str, Any]:
    values, times = [], []
    for name, photo in photos:
        codes, took = _read(photo)
        times.append(took)
        values += [{"image": name, "read": f"{code.format} {code.value}"} for code in codes]
    return {"photos": len(times), "values": values, "median_cpu_ms": round(float(np.median(times)), 1)}
