"""Barcodes and square codes in a photo: retail codes (EAN, UPC), QR and DataMatrix, wherever and however they lie.

A square code corrects its own errors and is taken at its first reading. A retail code has one check digit, which one in
ten wrong readings passes: it counts only where looks at other scales agree on it. Looks closer go where a picture
has bars: blocks whose grey values change in one direction only, which also says how far a code is turned.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import zxingcpp
from PIL import Image, ImageFilter, ImageOps
from scipy import ndimage

from vsearch_core.contracts import Code, Photo

_RETAIL = [
    zxingcpp.BarcodeFormat.EAN13,
    zxingcpp.BarcodeFormat.EAN8,
    zxingcpp.BarcodeFormat.UPCA,
    zxingcpp.BarcodeFormat.UPCE,
]
_SQUARE = [zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.DataMatrix]

_SIDE = 1024
"""Longest side in pixels of what is looked at whole."""

_SECOND_PIXELS = 400_000
"""Of the second look at a whole picture for square codes: a small one is enlarged for it, a large one is shrunk."""

_BAR_SIDE = 640
_BLOCK = 16
_PARALLEL = 0.75
"""From this coherence on (0..1) a block's edges run in one direction."""

_EDGES = 150.0
"""Least mean squared difference of neighbouring grey values (0..255) of a block with bars."""

_FEWEST_BLOCKS = 4
_MOST_PLACES = 2
_LOOKS: tuple[tuple[float, Literal["", "blurred", "sharpened"]], ...] = (
    (2.0, ""),
    (3.0, ""),
    (1.5, ""),
    (1.0, "blurred"),
    (2.0, "sharpened"),
    (3.0, "sharpened"),
)
"""Scale of each closer look, and what is done to it."""

_LARGEST_LOOK = 1000
"""Longest side in pixels of a closer look."""

_FEWEST_EDGES = 26
"""Changes between light and dark across the bars: a UPC-E, the shortest, has 34, of which a few may be lost."""

_LINES = 5
_NEEDED = {"EAN-8": 3, "UPC-E": 3}
_NEEDED_ELSE = 2
"""How many looks must agree on a code: short ones have fewer digits that can go wrong together."""

Corners = np.ndarray
"""(4, 2) x and y in pixels."""


@dataclass(frozen=True)
class _Reading:
    format: str
    value: str
    corners: Corners


@dataclass(frozen=True)
class _Place:
    """A part of a picture that has bars: its middle and its (width, height) in pixels along and across them."""

    middle: tuple[float, float]
    size: tuple[float, float]
    angle: float
    """In radians, from the picture's x axis to the direction in which the bars follow each other."""


def read_codes(photo: Photo) -> tuple[Code, ...]:
    """The codes in a photo, from left to right; a code that is seen twice at one place is one.

    Returns:
        Codes without products. The value of a retail code is its GTIN with 8 or 13 digits: a UPC has a leading zero,
        and a UPC-E is written out.
    """
    grey = Image.fromarray(photo.pixels).convert("L")
    shrunk = min(1.0, _SIDE / max(grey.size))
    if shrunk < 1:
        grey = grey.resize((max(1, round(grey.width * shrunk)), max(1, round(grey.height * shrunk))), reducing_gap=2.0)
    # light codes on dark ground cost a third of the time here, and are found by the second look
    whole = _read(np.asarray(grey), [*_RETAIL, *_SQUARE], try_invert=False)
    square = _merged([one for one in whole if not _is_retail(one)])
    if not square:
        square = _merged(_second_look(grey))
    retail = _agreed(grey, [one for one in whole if _is_retail(one)])
    across, down = photo.original_size[0] / grey.width, photo.original_size[1] / grey.height
    codes = [Code(one.format, one.value, _box(one.corners * (across, down))) for one in (*square, *retail)]
    return tuple(sorted(codes, key=lambda code: code.box))


def _read(pixels: np.ndarray, formats: Sequence[zxingcpp.BarcodeFormat], **how: object) -> list[_Reading]:
    found = zxingcpp.read_barcodes(
        np.ascontiguousarray(pixels), formats=list(formats), text_mode=zxingcpp.TextMode.Plain, **how
    )
    return [_Reading(_name(one), one.text, _corners(one.position)) for one in found if one.text]


def _name(barcode: zxingcpp.Barcode) -> str:
    name = str(barcode.format)
    return "QR" if name.startswith("QR") else "DataMatrix" if name.startswith("Data") else name


def _corners(position: zxingcpp.Position) -> Corners:
    corners = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    return np.array([(corner.x, corner.y) for corner in corners], np.float64)


def _is_retail(reading: _Reading) -> bool:
    return reading.format not in ("QR", "DataMatrix")


def _second_look(grey: Image.Image) -> list[_Reading]:
    """Square codes that are too small, too rough or too light for the first look."""
    scale = min(math.sqrt(_SECOND_PIXELS / (grey.width * grey.height)), 2.0)
    size = (max(1, round(grey.width * scale)), max(1, round(grey.height * scale)))
    pixels = np.asarray(grey.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0))
    found = _read(pixels, _SQUARE, binarizer=zxingcpp.Binarizer.GlobalHistogram, try_rotate=False)
    return [_Reading(one.format, one.value, one.corners / scale) for one in found]


def _agreed(grey: Image.Image, first: list[_Reading]) -> list[_Reading]:
    """The retail codes on which enough looks agree."""
    codes: list[_Reading] = []
    places = [_around(one) for one in _merged(first)]
    places += [
        place
        for place in _places(grey)
        if not any(_holds(place, one.corners.mean(axis=0)) for one in first) and _edges(grey, place) >= _FEWEST_EDGES
    ]
    for place in places[:_MOST_PLACES]:
        votes: dict[tuple[str, str], list[_Reading]] = {}
        for one in first:
            if _holds(place, one.corners.mean(axis=0)):
                votes.setdefault((one.format, one.value), []).append(one)
        for look in _looks(grey, place):
            for key, one in {(one.format, one.value): one for one in look}.items():
                votes.setdefault(key, []).append(one)
            ranked = sorted(votes.values(), key=len, reverse=True)
            if ranked and len(ranked[0]) >= _needed(ranked):
                codes.append(ranked[0][-1])
                break
    return _merged(codes)


def _needed(ranked: list[list[_Reading]]) -> int:
    """Readings of the first of some values, the most often read first; more where others were read at its place."""
    needed = _NEEDED.get(ranked[0][0].format, _NEEDED_ELSE)
    return needed if len(ranked) == 1 else max(needed, _NEEDED_ELSE, len(ranked[1])) + 1


def _looks(grey: Image.Image, place: _Place) -> Iterator[list[_Reading]]:
    for scale, done in _LOOKS:
        scale = min(scale, _LARGEST_LOOK / max(place.size))
        part = _turned(grey, place, scale)
        if done == "sharpened":
            part = part.filter(ImageFilter.UnsharpMask(1.5 * scale, 250, 0))
        elif done == "blurred":
            part = part.filter(ImageFilter.GaussianBlur(scale))
        found = _read(np.asarray(part), _RETAIL, try_rotate=False)
        yield [_Reading(one.format, one.value, _back(one.corners, place, scale)) for one in found]


def _places(grey: Image.Image) -> list[_Place]:
    """Where there are bars, the most likely code first."""
    factor = max(1, math.ceil(max(grey.size) / _BAR_SIDE))
    # a dark photo's bars are as sharp as others', but for their range
    small = np.asarray(ImageOps.autocontrast(grey.reduce(factor), cutoff=1), np.float32)
    rows, columns = (side // _BLOCK for side in (small.shape[0] - 2, small.shape[1] - 2))
    if rows < 1 or columns < 1:
        return []
    down = (small[2:, 1:-1] - small[:-2, 1:-1])[: rows * _BLOCK, : columns * _BLOCK] / 2
    across = (small[1:-1, 2:] - small[1:-1, :-2])[: rows * _BLOCK, : columns * _BLOCK] / 2

    def blocks(values: np.ndarray) -> np.ndarray:
        return values.reshape(rows, _BLOCK, columns, _BLOCK).mean(axis=(1, 3))

    xx, yy, xy = blocks(across * across), blocks(down * down), blocks(across * down)
    strength = np.hypot(xx - yy, 2 * xy)
    barred = (strength > _PARALLEL * (xx + yy)) & (xx + yy > _EDGES)
    labels, count = ndimage.label(barred, np.ones((3, 3)))
    found = []
    for number in range(1, count + 1):
        inside = labels == number
        if inside.sum() < _FEWEST_BLOCKS:
            continue
        sums = [float(values[inside].sum()) for values in (xx, yy, xy)]
        together = math.hypot(sums[0] - sums[1], 2 * sums[2])
        if together < _PARALLEL * (sums[0] + sums[1]) * 0.9:
            continue
        angle = 0.5 * math.atan2(2 * sums[2], sums[0] - sums[1])
        found.append((together, _place(np.argwhere(inside), angle, _BLOCK * factor)))
    return [place for _, place in sorted(found, key=lambda pair: -pair[0])[:_MOST_PLACES]]


def _edges(grey: Image.Image, place: _Place) -> int:
    """How often light and dark change across a place, along the one of some lines where it is most often."""
    length = min(round(place.size[0]), _LARGEST_LOOK)
    along = np.linspace(-0.5, 0.5, length) * place.size[0]
    over = (np.linspace(-0.35, 0.35, _LINES) * place.size[1])[:, None, None] + np.array([-1, 0, 1])[:, None]
    cos, sin = math.cos(place.angle), math.sin(place.angle)
    points = (place.middle[1] + sin * along + cos * over, place.middle[0] + cos * along - sin * over)
    pixels = ndimage.map_coordinates(np.asarray(grey), points, np.float32, order=1, mode="nearest")
    lines = pixels.mean(axis=1)
    width = max(3, lines.shape[1] // 12)
    spread = np.ptp(lines, axis=1, keepdims=True)
    sides = lines - ndimage.uniform_filter1d(lines, width, axis=1)
    sides[np.abs(sides) < 0.08 * spread] = 0
    return max(int(np.count_nonzero(np.diff(np.sign(line[line != 0])))) for line in sides)


def _around(reading: _Reading) -> _Place:
    """The place of a code that was read, where no bars were seen."""
    (left, top), (right, bottom) = reading.corners[:2].mean(axis=0), reading.corners[2:].mean(axis=0)
    across = reading.corners[1] - reading.corners[0]
    length, middle = float(np.hypot(*across)), reading.corners.mean(axis=0)
    height = max(math.hypot(right - left, bottom - top), 0.2 * length)
    return _Place((float(middle[0]), float(middle[1])), (1.4 * length, height), math.atan2(across[1], across[0]))


def _place(blocks: np.ndarray, angle: float, side: int) -> _Place:
    """The part that some blocks (n, 2; row and column) take up along their direction, with room for the quiet zones."""
    points = (blocks[:, ::-1] + 0.5) * side
    turn = np.array([(math.cos(angle), math.sin(angle)), (-math.sin(angle), math.cos(angle))])
    along = points @ turn.T
    low, high = along.min(axis=0) - side / 2, along.max(axis=0) + side / 2
    middle = turn.T @ ((low + high) / 2)
    width, height = high - low
    return _Place((float(middle[0]), float(middle[1])), (float(width * 1.2 + 2 * side), float(height)), angle)


def _turned(grey: Image.Image, place: _Place, scale: float) -> Image.Image:
    """The place with its bars upright."""
    size = max(1, round(place.size[0] * scale)), max(1, round(place.size[1] * scale))
    cos, sin = math.cos(place.angle) / scale, math.sin(place.angle) / scale
    x0 = place.middle[0] - cos * size[0] / 2 + sin * size[1] / 2
    y0 = place.middle[1] - sin * size[0] / 2 - cos * size[1] / 2
    paper = int(np.percentile(np.asarray(grey)[::8, ::8], 90))
    return grey.transform(
        size, Image.Transform.AFFINE, (cos, -sin, x0, sin, cos, y0), Image.Resampling.BICUBIC, fillcolor=paper
    )


def _back(corners: Corners, place: _Place, scale: float) -> Corners:
    """Corners in a turned place as they lie in the picture."""
    cos, sin = math.cos(place.angle), math.sin(place.angle)
    off = corners / scale - np.array(place.size) / 2
    return np.array(place.middle) + off @ np.array([(cos, sin), (-sin, cos)])


def _holds(place: _Place, point: np.ndarray) -> bool:
    cos, sin = math.cos(place.angle), math.sin(place.angle)
    off = point - np.array(place.middle)
    along, over = abs(off @ (cos, sin)), abs(off @ (-sin, cos))
    return bool(along <= place.size[0] / 2 and over <= place.size[1])


def _merged(readings: Sequence[_Reading]) -> list[_Reading]:
    """One reading for each code: those of one value whose boxes overlap are the same."""
    kept: list[_Reading] = []
    for one in readings:
        if not any(one.value == other.value and _overlap(one.corners, other.corners) for other in kept):
            kept.append(one)
    return kept


def _overlap(one: Corners, other: Corners) -> bool:
    low, high = np.maximum(one.min(axis=0), other.min(axis=0)), np.minimum(one.max(axis=0), other.max(axis=0))
    return bool((low <= high).all())


def _box(corners: Corners) -> tuple[float, float, float, float]:
    (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
    return float(x0), float(y0), float(x1), float(y1)
