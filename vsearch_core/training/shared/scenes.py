"""Scenes for training: a product somewhere in a photo of something else, and where it is.

A scene is what a shopper's photo is before anybody cuts it: the product small or large, at the edge, turned, beside and
partly behind other things, held by a hand, in any light. Networks learn from it to find the main thing (the whole
scene with its box) and to know it (the cut-out). All functions draw from the random generator that they are given.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from vsearch_core.catalogue.snaps import camera
from vsearch_core.vision.crop import Corners, widened

ASPECTS = (1.0, 3 / 4, 3 / 4, 4 / 3, 9 / 16, 16 / 9)
"""Width over height of a scene."""

LARGEST_OVERLAP = 0.25
"""Another thing may hide or touch at most this share of the main thing's box."""

_SKINS = ((224, 172, 105), (241, 194, 125), (198, 134, 66), (141, 85, 36), (255, 219, 172), (92, 56, 37))


class Thing(NamedTuple):
    """A cut-out product, trimmed to what can be seen of it: `layers` (h, w, 4) uint8, red, green, blue, alpha."""

    layers: np.ndarray


class Scene(NamedTuple):
    """`pixels` (h, w, 3) uint8 and the main thing's `box`, x0, y0, x1, y1 in its pixels, clipped to it."""

    pixels: np.ndarray
    box: Corners


def thing_of(pixels: np.ndarray, alpha: np.ndarray) -> Thing | None:
    """The cut-out of a catalogue picture; None where nothing of it can be seen.

    Args:
        pixels: (h, w, 3) uint8; alpha: (h, w) uint8, 255 on the product.
    """
    rows, columns = np.flatnonzero((alpha > 127).any(axis=1)), np.flatnonzero((alpha > 127).any(axis=0))
    if len(rows) < 4 or len(columns) < 4:
        return None
    inside = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    return Thing(np.dstack([pixels[inside], alpha[inside]]))


def scene(
    thing: Thing, ground: np.ndarray, side: int, random: np.random.Generator, *, others: Sequence[Thing] = ()
) -> Scene:
    """One product in a photo of something else.

    Args:
        ground: (h, w, 3) uint8, any photo; a random part of it is used.
        side: the longest side of the scene in pixels.
        others: things that lie beside the product, or partly before or behind it.
    """
    aspect = float(random.choice(ASPECTS))
    size = (side, round(side / aspect)) if aspect >= 1 else (round(side * aspect), side)
    canvas = _part(ground, size, random)
    short = min(size)
    main = _shown(thing, short * float(random.triangular(0.3, 0.75, 1.15)), random)
    middle = random.normal(0.5, 0.11, size=2) * size
    place = tuple((middle - np.array(main.size) / 2).round().astype(int).tolist())
    box = _seen(main, place, size)
    behind: list[tuple[Image.Image, tuple[int, ...]]] = []
    before: list[tuple[Image.Image, tuple[int, ...]]] = []
    for other in others:
        laid = _shown(other, short * float(random.uniform(0.15, 0.6)), random)
        spot = tuple(int(random.uniform(-0.3 * laid.size[axis], size[axis] - 0.7 * laid.size[axis])) for axis in (0, 1))
        if _shared(_seen(laid, spot, size), box) <= LARGEST_OVERLAP:
            (before if random.random() < 0.25 else behind).append((laid, spot))
    for laid, spot in behind:
        _lay(canvas, laid, spot, random)
    _lay(canvas, main, place, random)
    for laid, spot in before:
        _lay(canvas, laid, spot, random)
    if random.random() < 0.12:
        _hand(canvas, box, random)
    pixels = camera(np.asarray(canvas, np.float32), random)
    if random.random() < 0.05:
        pixels = _screen(pixels, random)
    return Scene(pixels, box)


def cut_close(picture: Scene, random: np.random.Generator, *, margin: float = 0.06, jitter: float = 0.07) -> np.ndarray:
    """The main thing as a finder would cut it out: a margin, and edges that are a little off. (h, w, 3) uint8."""
    height, width = picture.pixels.shape[:2]
    x0, y0, x1, y1 = picture.box
    off = random.normal(0, jitter, size=4) * (x1 - x0, y1 - y0, x1 - x0, y1 - y0)
    edges = [round(edge + moved) for edge, moved in zip(widened(picture.box, margin), off, strict=True)]
    left, top, right, bottom = max(0, edges[0]), max(0, edges[1]), min(width, edges[2]), min(height, edges[3])
    if right - left < 8 or bottom - top < 8:
        return picture.pixels
    return picture.pixels[top:bottom, left:right]


def _part(ground: np.ndarray, size: tuple[int, int], random: np.random.Generator) -> Image.Image:
    """A part of a photo with the shape of the scene; sometimes out of focus."""
    height, width = ground.shape[:2]
    scale = min(width / size[0], height / size[1]) * float(random.uniform(0.35, 1.0))
    w, h = max(2, int(size[0] * scale)), max(2, int(size[1] * scale))
    left, top = int(random.integers(0, max(1, width - w + 1))), int(random.integers(0, max(1, height - h + 1)))
    part = Image.fromarray(ground[top : top + h, left : left + w]).resize(size, Image.Resampling.BILINEAR)
    if random.random() < 0.5:
        part = part.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    return part.filter(ImageFilter.GaussianBlur(random.uniform(0.5, 3))) if random.random() < 0.3 else part


def _shown(thing: Thing, longest: float, random: np.random.Generator) -> Image.Image:
    """The thing at a size, turned, mirrored and seen a little from the side, trimmed again."""
    height, width = thing.layers.shape[:2]
    scale = longest / max(height, width)
    stretch = float(np.exp(random.normal(0, 0.06)))
    size = max(4, round(width * scale * stretch)), max(4, round(height * scale / stretch))
    picture = Image.fromarray(thing.layers).resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)
    if random.random() < 0.5:
        picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if random.random() < 0.5:
        w, h = picture.size
        dx, dy = random.uniform(0, 0.13, size=4) * w, random.uniform(0, 0.13, size=4) * h
        corners = (-dx[0], -dy[0], -dx[1], h + dy[1], w + dx[2], h + dy[2], w + dx[3], -dy[3])
        picture = picture.transform((w, h), Image.Transform.QUAD, corners, Image.Resampling.BILINEAR)
    angle = float(random.uniform(-180, 180)) if random.random() < 0.12 else float(random.normal(0, 12))
    if abs(angle) > 2:
        picture = picture.rotate(angle, Image.Resampling.BILINEAR, expand=True)
    inside = picture.getchannel("A").point(lambda value: 255 if value > 100 else 0).getbbox()
    return picture.crop(inside) if inside else picture


def _seen(picture: Image.Image, place: tuple[int, ...], size: tuple[int, int]) -> Corners:
    """The box of a laid picture, clipped to the scene."""
    x0, y0 = place
    x1, y1 = x0 + picture.size[0], y0 + picture.size[1]
    return (
        float(np.clip(x0, 0, size[0] - 1)),
        float(np.clip(y0, 0, size[1] - 1)),
        float(np.clip(x1, 1, size[0])),
        float(np.clip(y1, 1, size[1])),
    )


def _shared(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """Share of the other box that one covers."""
    across = max(0.0, min(one[2], other[2]) - max(one[0], other[0]))
    down = max(0.0, min(one[3], other[3]) - max(one[1], other[1]))
    return across * down / max(1.0, (other[2] - other[0]) * (other[3] - other[1]))


def _lay(canvas: Image.Image, picture: Image.Image, place: tuple[int, ...], random: np.random.Generator) -> None:
    x, y = place
    alpha = picture.getchannel("A")
    if random.random() < 0.6:
        reach = max(1.0, max(picture.size) / 24)
        weight = float(random.uniform(0, 0.45))
        shade = alpha.point(lambda value: int(value * weight)).filter(ImageFilter.BoxBlur(reach))
        canvas.paste((0, 0, 0), (x + int(random.integers(-2, 3)), y + round(reach)), shade)
    canvas.paste(picture.convert("RGB"), (x, y), alpha)


def _hand(canvas: Image.Image, box: tuple[float, ...], random: np.random.Generator) -> None:
    """Fingers that come from outside and lie over the edge of the thing."""
    skin = np.clip(np.array(_SKINS[int(random.integers(len(_SKINS)))]) + random.normal(0, 12, size=3), 0, 255)
    draw = ImageDraw.Draw(canvas)
    wide = max(3, round(0.09 * min(box[2] - box[0], box[3] - box[1])))
    x = float(random.uniform(box[0], box[2]))
    from_below = random.random() < 0.8
    edge, away = (box[3], canvas.size[1]) if from_below else (box[1], 0)
    reach = float(random.uniform(0.05, 0.25)) * (box[3] - box[1]) * (-1 if from_below else 1)
    for finger in range(int(random.integers(2, 5))):
        at = x + finger * wide * 1.1
        tip = edge + reach * float(random.uniform(0.6, 1.1))
        shade = tuple(int(value) for value in np.clip(skin * random.uniform(0.85, 1.05), 0, 255))
        draw.line([(at, tip), (at + float(random.normal(0, wide)), away)], fill=shade, width=wide)
        draw.ellipse([at - wide / 2, tip - wide / 2, at + wide / 2, tip + wide / 2], fill=shade)


def _screen(pixels: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """A photographed screen: fine stripes and a veil of light."""
    height, width = pixels.shape[:2]
    across = np.sin(np.arange(width) * random.uniform(0.8, 2.4) + random.uniform(0, 6))
    down = np.sin(np.arange(height) * random.uniform(0.8, 2.4))
    stripes = 1 + 0.06 * (across[None, :, None] + down[:, None, None])
    veil = random.uniform(0, 30)
    return np.clip(pixels * stripes * 0.95 + veil, 0, 255).astype(np.uint8)
