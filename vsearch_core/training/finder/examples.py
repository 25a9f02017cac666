"""What the finder learns from: pictures with the box of the main thing, or with none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from PIL import Image

from vsearch_core.catalogue.snaps import camera, plain_ground, relight
from vsearch_core.images.frames import frame_of, letterbox
from vsearch_core.training.shared.scenes import Scene, Thing, scene
from vsearch_core.vision.crop import Corners

SCENE_SIDE = 192
_PLAIN, _CLOTH = 0.2, 0.25
"""Shares of scenes on a plain ground, and on a small part of a user photo: bedspreads, floors, tables."""


@dataclass(frozen=True)
class Example:
    """`pixels` (side, side, 3) uint8, and `box` (4,) float32 of the main thing in them; None where there is none."""

    pixels: np.ndarray
    box: np.ndarray | None


@dataclass(frozen=True)
class Sources:
    """`things` are cut-out products, `grounds` pictures without a main thing; `photos` have boxes of their main thing.

    Photos are user photos and street photos, each (pixels, box).
    """

    things: Sequence[Thing]
    grounds: Sequence[np.ndarray]
    cloths: Sequence[np.ndarray]
    photos: Sequence[tuple[np.ndarray, Corners]]


Share = tuple[str, float]
SHARES: tuple[Share, ...] = (("scene", 0.68), ("photo", 0.24), ("nothing", 0.08))
"""Of the kinds of examples."""


def example(sources: Sources, side: int, random: np.random.Generator) -> Example:
    """A random example, letterboxed on white."""
    makers: dict[str, Callable[[], Example]] = {
        "scene": partial(_of_scene, sources, side, random),
        "photo": partial(_of_photo, sources, side, random),
        "nothing": partial(_of_nothing, sources, side, random),
    }
    kind = random.choice([name for name, _ in SHARES], p=[share for _, share in SHARES])
    return makers[str(kind)]()


def framed(pixels: np.ndarray, box: Corners, side: int) -> Example:
    """A picture letterboxed to a square of `side` pixels, with its box in there."""
    frame = frame_of((pixels.shape[1], pixels.shape[0]), (side, side))
    moved = frame.into(np.array(box, np.float32))
    return Example(letterbox(np.ascontiguousarray(pixels), side), np.clip(moved, 0, side))


def scene_of(sources: Sources, thing: Thing, random: np.random.Generator) -> Scene:
    """A scene of one thing on a ground of the sources, with up to three others in it."""
    chance = random.random()
    if chance < _PLAIN:
        ground = plain_ground(random)
    elif chance < _PLAIN + _CLOTH and len(sources.cloths):
        ground = _cloth(sources.cloths[int(random.integers(len(sources.cloths)))], random)
    else:
        ground = sources.grounds[int(random.integers(len(sources.grounds)))]
    count = int(random.choice(4, p=(0.5, 0.25, 0.15, 0.1)))
    others = [sources.things[int(row)] for row in random.integers(len(sources.things), size=count)]
    return scene(thing, ground, SCENE_SIDE, random, others=others)


def _of_scene(sources: Sources, side: int, random: np.random.Generator) -> Example:
    thing = sources.things[int(random.integers(len(sources.things)))]
    shown = scene_of(sources, thing, random)
    return framed(shown.pixels, shown.box, side)


def _of_photo(sources: Sources, side: int, random: np.random.Generator) -> Example:
    pixels, box = sources.photos[int(random.integers(len(sources.photos)))]
    height, width = pixels.shape[:2]
    # a part of the photo that holds the thing, or the photo in the middle of a larger plain ground
    room = box[0], box[1], width - box[2], height - box[3]
    left, top, right, bottom = (float(random.uniform(0, 1) ** 0.5) * space for space in room)
    x0, y0, x1, y1 = (int(edge) for edge in (box[0] - left, box[1] - top, box[2] + right, box[3] + bottom))
    part = pixels[y0:y1, x0:x1]
    moved = (box[0] - x0, box[1] - y0, box[2] - x0, box[3] - y0)
    if random.random() < 0.5:
        part = part[:, ::-1]
        moved = (part.shape[1] - moved[2], moved[1], part.shape[1] - moved[0], moved[3])
    return framed(relight(part.astype(np.float32), random, strength=0.25), moved, side)


def _of_nothing(sources: Sources, side: int, random: np.random.Generator) -> Example:
    ground = sources.grounds[int(random.integers(len(sources.grounds)))]
    size = max(8, int(min(ground.shape[:2]) * random.uniform(0.2, 0.5)))
    top, left = (int(random.integers(0, length - size + 1)) for length in ground.shape[:2])
    part = Image.fromarray(ground[top : top + size, left : left + size]).resize((side, side))
    return Example(camera(np.asarray(part, np.float32), random), None)


def _cloth(photo: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """A corner of a user photo, where mostly bed, floor or table is seen."""
    height, width = photo.shape[:2]
    h, w = max(12, int(height * random.uniform(0.12, 0.3))), max(12, int(width * random.uniform(0.12, 0.3)))
    top, left = (0 if random.random() < 0.5 else height - h), (0 if random.random() < 0.5 else width - w)
    return photo[top : top + h, left : left + w]
