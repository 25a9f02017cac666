"""Pictures with boxes, and how a training shows them: cropped, scaled, mirrored, relit, two people side by side.

All functions take and return uint8 pictures and draw from the random generator that they are given.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from vsearch_core.catalogue.snaps import blurred, relight
from vsearch_core.training.detector.layers import LAYERS

_VISIBLE, _HIDDEN = 0.45, 0.12
"""A garment of which more than the first share is in the picture is to be found; below the second it is not there."""
_SHORTEST = 4.0
"""Boxes with a shorter side in pixels are too small for the network's grid."""


@dataclass(frozen=True)
class Scene:
    """A picture with n garments.

    `pixels` (h, w, 3) uint8; `boxes` (n, 4) float32, x0, y0, x1, y1 in its pixels; `labels` (n,) int64 numbers of
    `LABELS`; `layers` (n,) int64; `named` (n,) says where the label is known and not the layer alone; `counted` (n,)
    where the garment is to be found: others are neither right nor wrong. `silent` (layers,) says of which layers
    nothing is known in this picture.
    """

    pixels: np.ndarray
    boxes: np.ndarray
    labels: np.ndarray
    layers: np.ndarray
    named: np.ndarray
    counted: np.ndarray
    silent: np.ndarray

    @classmethod
    def of(cls, pixels: np.ndarray, garments: Sequence[tuple[tuple[float, ...], int, int, bool]]) -> Scene:
        """A picture of which everything is known; garments are box, number of the label, of the layer, counted."""
        columns = list(zip(*garments, strict=True)) or [(), (), (), ()]
        return cls(
            pixels,
            np.array(columns[0], np.float32).reshape(-1, 4),
            np.array(columns[1], np.int64),
            np.array(columns[2], np.int64),
            np.ones(len(garments), bool),
            np.array(columns[3], bool),
            np.zeros(len(LAYERS), bool),
        )

    def rows(self, chosen: np.ndarray) -> Scene:
        """The scene with some of its garments."""
        parts = {name: getattr(self, name)[chosen] for name in ("boxes", "labels", "layers", "named", "counted")}
        return replace(self, **parts)


def view(
    scene: Scene,
    size: tuple[int, int],
    random: np.random.Generator,
    *,
    ground: np.ndarray | None = None,
    least: float = 0.45,
) -> Scene:
    """A part of a scene, as another photographer would have framed it.

    Args:
        size: width and height of the new picture.
        ground: what fills the rest of it, (height, width, 3); white where it is not given, as in serving.
        least: share of the scene's sides that is shown at least.
    """
    height, width = scene.pixels.shape[:2]
    window = 0.0, 0.0, float(width), float(height)
    if random.random() < 0.75:
        crop_w, crop_h = width * random.uniform(max(least, 0.55), 1), height * random.uniform(least, 1)
        left, top = random.uniform(0, width - crop_w), random.uniform(0, height - crop_h)
        window = left, top, left + crop_w, top + crop_h
    full = 1.0 if random.random() < 0.6 else random.uniform(0.55, 1)
    return _framed(scene, window, size, random, ground=ground, full=full)


def near(scene: Scene, size: tuple[int, int], random: np.random.Generator) -> Scene:
    """A part of a scene around one of its garments, as who stands close to it would have framed it.

    Rare things are chosen as often as common ones: a hat fills such a picture, and a person alone never shows it large.
    """
    layers = np.unique(scene.layers)
    if not len(layers):
        return view(scene, size, random)
    places = np.flatnonzero(scene.layers == random.choice(layers))
    x0, y0, x1, y1 = scene.boxes[int(random.choice(places))].tolist()
    height, width = scene.pixels.shape[:2]
    side = max(x1 - x0, y1 - y0, 0.08 * height) * float(np.exp(random.uniform(np.log(1.3), np.log(5.0))))
    aspect = float(np.exp(random.uniform(-0.5, 0.4)))
    crop_w, crop_h = min(side * aspect, width), min(side / aspect, height)
    middle = [(x0 + x1) / 2, (y0 + y1) / 2] + random.uniform(-0.25, 0.25, size=2) * (crop_w, crop_h)
    left = float(np.clip(middle[0] - crop_w / 2, 0, width - crop_w))
    top = float(np.clip(middle[1] - crop_h / 2, 0, height - crop_h))
    return _framed(scene, (left, top, left + crop_w, top + crop_h), size, random)


def _framed(
    scene: Scene,
    window: tuple[float, float, float, float],
    size: tuple[int, int],
    random: np.random.Generator,
    *,
    ground: np.ndarray | None = None,
    full: float = 1.0,
) -> Scene:
    """A window of a scene in a picture of `size`, of whose room it takes the share `full` of one side."""
    left, top, right, bottom = window
    crop_w, crop_h = right - left, bottom - top
    scale = min(size[0] / crop_w, size[1] / crop_h) * full
    stretch = np.exp(random.uniform(-0.12, 0.12)) if random.random() < 0.5 else 1.0
    new_w = int(np.clip(round(crop_w * scale * stretch), 8, size[0]))
    new_h = int(np.clip(round(crop_h * scale / stretch), 8, size[1]))
    part = Image.fromarray(scene.pixels).resize((new_w, new_h), Image.Resampling.BILINEAR, box=window, reducing_gap=2.0)
    spare = np.array([size[0] - new_w, size[1] - new_h])
    x, y = spare // 2 if random.random() < 0.5 else random.integers(0, spare + 1)
    canvas = np.full((size[1], size[0], 3), 255, np.uint8) if ground is None else ground.copy()
    canvas[y : y + new_h, x : x + new_w] = np.asarray(part)
    factor = np.array([new_w / crop_w, new_h / crop_h] * 2, np.float32)
    moved = (scene.boxes - np.array([left, top] * 2, np.float32)) * factor
    whole = (moved[:, 2:] - moved[:, :2]).prod(axis=1)
    boxes = np.clip(moved, 0, np.array([new_w, new_h] * 2, np.float32))
    sides = boxes[:, 2:] - boxes[:, :2]
    seen = sides.prod(axis=1) / np.maximum(whole, 1e-6)
    counted = scene.counted & (seen > _VISIBLE) & (sides.min(axis=1) >= _SHORTEST)
    framed = replace(scene, pixels=canvas, boxes=boxes + np.array([x, y] * 2, np.float32), counted=counted)
    framed = framed.rows((seen > _HIDDEN) & (sides.min(axis=1) > 1))
    return mirrored(framed) if random.random() < 0.5 else framed


def mirrored(scene: Scene) -> Scene:
    """Left and right exchanged."""
    width = scene.pixels.shape[1]
    boxes = scene.boxes[:, [2, 1, 0, 3]] * np.array([-1, 1, -1, 1], np.float32)
    boxes += np.array([width, 0, width, 0], np.float32)
    return replace(scene, pixels=scene.pixels[:, ::-1], boxes=boxes)


def side_by_side(one: Scene, other: Scene) -> Scene:
    """Two pictures of the same height beside each other."""
    shift = np.array([one.pixels.shape[1], 0] * 2, np.float32)
    both = {
        name: np.concatenate([getattr(one, name), getattr(other, name)])
        for name in ("labels", "layers", "named", "counted")
    }
    return Scene(
        np.concatenate([one.pixels, other.pixels], axis=1),
        np.concatenate([one.boxes, other.boxes + shift]),
        silent=one.silent | other.silent,
        **both,
    )


def photographed(scene: Scene, random: np.random.Generator) -> Scene:
    """The scene in other light, sometimes out of focus, badly compressed, or without colour."""
    image = scene.pixels.astype(np.float32)
    if random.random() < 0.2:
        image = blurred(image, random)
    if random.random() < 0.3:
        slope = random.uniform(-0.25, 0.25, size=2).astype(np.float32)
        rows, columns = (np.linspace(-0.5, 0.5, count, dtype=np.float32) for count in image.shape[:2])
        image = image * (1 + slope[0] * rows[:, None, None] + slope[1] * columns[None, :, None])
    if random.random() < 0.2:
        image = image + random.normal(0, random.uniform(2, 9), size=image.shape).astype(np.float32)
    if random.random() < 0.3:
        # another camera's colours: each channel's own gain and curve
        gain = random.uniform(0.8, 1.2, size=3).astype(np.float32)
        curve = np.exp(random.uniform(-0.3, 0.3, size=3)).astype(np.float32)
        image = np.asarray(255 * (np.clip(image, 0, 255) / 255) ** curve * gain, np.float32)
    pixels = relight(image, random, strength=0.35)
    if random.random() < 0.06:
        pixels = np.repeat(pixels.mean(axis=2, keepdims=True).astype(np.uint8), 3, axis=2)
    if random.random() < 0.25:
        buffer = io.BytesIO()
        Image.fromarray(pixels).save(buffer, "JPEG", quality=int(random.integers(30, 90)))
        pixels = np.asarray(Image.open(buffer))
    return replace(scene, pixels=pixels)
