"""People put together anew: with other things on them, and as small figures in a picture of somewhere else.

Street photos show one whole person in the middle. What is worn on a head is small in all of them, and nobody stands
far away: what a network learns of them alone it does not find elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from PIL import Image

from vsearch_core.training.detector.layers import LAYERS
from vsearch_core.training.detector.scenes import Scene

HEAD = 1 / 7.5
"""Share of a standing figure's height that is the head, as those who draw figures have it."""
_UPRIGHT = 2.2
"""A figure at least so many times as high as wide stands, and its head is at the top of it."""
_TURNED = 8.0

Cutout = tuple[np.ndarray, np.ndarray]
"""A product's picture, (s, s, 3) uint8, and its alpha, (s, s) uint8."""


def figure_of(alpha: np.ndarray) -> tuple[int, int, int, int] | None:
    """The box of a figure's alpha, (h, w) uint8; None where there is none."""
    shown = Image.fromarray(np.where(alpha > 127, 255, 0).astype(np.uint8)).getbbox()
    return None if shown is None else (shown[0], shown[1], shown[2], shown[3])


def with_thing(
    person: Scene, alpha: np.ndarray, cutout: Cutout, label: int, layer: int, random: np.random.Generator
) -> Scene:
    """A person who also wears or carries a product; as it was where there is no place for it.

    Hats go on the head and glasses before the eyes of a figure that stands, bags to the side of any, at hip or
    shoulder. Where something of the layer is worn already, nothing is added.

    Args:
        alpha: (h, w) uint8 of the person; label, layer: numbers of what the product is.
    """
    box = figure_of(alpha)
    if box is None or (person.layers == layer).any():
        return person
    x0, y0, x1, y1 = box
    high = y1 - y0
    head = high * HEAD
    position = LAYERS[layer].position
    if position in ("headwear", "eyewear"):
        if high < _UPRIGHT * (x1 - x0) or high < 0.4 * person.pixels.shape[0]:
            return person
        columns = np.flatnonzero((alpha[y0 : y0 + max(int(head), 1)] > 127).any(axis=0))
        if not len(columns):
            return person
        middle = float(columns[0] + columns[-1] + 1) / 2
        wide = head * random.uniform(0.75, 1.0)
        if position == "headwear":
            return _pasted(person, cutout, (middle, y0 + 0.22 * head), 1.25 * wide, label, layer, random)
        return _pasted(person, cutout, (middle, y0 + 0.5 * head), 0.8 * wide, label, layer, random)
    if position != "bag":
        return person
    side = x0 if random.random() < 0.5 else x1
    inwards = (x1 - x0) * random.uniform(-0.05, 0.3) * (1 if side == x0 else -1)
    middle_y = y0 + high * random.uniform(0.35, 0.65)
    return _pasted(person, cutout, (side + inwards, middle_y), high * random.uniform(0.12, 0.24), label, layer, random)


def far(people: Sequence[tuple[Scene, np.ndarray]], ground: np.ndarray, random: np.random.Generator) -> Scene:
    """One or several people as figures of any size in a picture of somewhere else, beside each other.

    Args:
        people: scenes with the alpha of their people; ground: (height, width, 3) uint8.
    """
    height, width = ground.shape[:2]
    slot = width / len(people)
    canvas = ground.astype(np.float32)
    boxes, labels, layers, named, counted = [], [], [], [], []
    silent = np.zeros(len(LAYERS), bool)
    for number, (scene, alpha) in enumerate(people):
        figure = figure_of(alpha)
        if figure is None:
            continue
        x0, y0, x1, y1 = figure
        scale = min(random.uniform(0.3, 0.95) * height / (y1 - y0), min(1.1 * slot, width) / (x1 - x0))
        new = min(max(round((x1 - x0) * scale), 4), width), max(round((y1 - y0) * scale), 4)
        rgba = Image.fromarray(np.dstack([scene.pixels, alpha])).crop(figure)
        patch = np.asarray(rgba.resize(new, Image.Resampling.BILINEAR, reducing_gap=2.0), np.float32)
        left = round(number * slot + random.uniform(0, max(slot - new[0], 0)))
        left = min(max(left, 0), width - new[0])
        top = round(random.uniform(0.2, 1.0) * (height - new[1]))
        opacity = patch[..., 3:] / 255
        seen = canvas[top : top + new[1], left : left + new[0]]
        seen *= 1 - opacity
        seen += patch[..., :3] * opacity
        factor = np.array([new[0] / (x1 - x0), new[1] / (y1 - y0)] * 2, np.float32)
        moved = (scene.boxes - np.array([x0, y0] * 2, np.float32)) * factor
        moved = np.clip(moved, 0, np.array([*new, *new], np.float32)) + np.array([left, top] * 2, np.float32)
        sides = (moved[:, 2:] - moved[:, :2]).min(axis=1) if len(moved) else np.empty(0)
        kept = sides > 1
        boxes.append(moved[kept])
        labels.append(scene.labels[kept])
        layers.append(scene.layers[kept])
        named.append(scene.named[kept])
        counted.append(scene.counted[kept] & (sides[kept] >= 6))
        silent |= scene.silent
    if not boxes:
        return Scene.of(ground, [])
    return Scene(
        canvas.astype(np.uint8),
        np.concatenate(boxes),
        np.concatenate(labels),
        np.concatenate(layers),
        np.concatenate(named),
        np.concatenate(counted),
        silent,
    )


def _pasted(
    scene: Scene,
    cutout: Cutout,
    middle: tuple[float, float],
    wide: float,
    label: int,
    layer: int,
    random: np.random.Generator,
) -> Scene:
    """A product `wide` pixels wide over a place of a scene; the scene as it was where it would stand out of it."""
    pixels, alpha = cutout
    shown = figure_of(alpha)
    if shown is None:
        return scene
    rgba = Image.fromarray(np.dstack([pixels, alpha])).crop(shown)
    scale = wide / rgba.width
    size = max(round(rgba.width * scale), 3), max(round(rgba.height * scale), 3)
    turned = rgba.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0).rotate(
        random.uniform(-_TURNED, _TURNED), Image.Resampling.BILINEAR, expand=True
    )
    patch = np.asarray(turned, np.float32)
    inner = figure_of(patch[..., 3].astype(np.uint8))
    left, top = round(middle[0] - patch.shape[1] / 2), round(middle[1] - patch.shape[0] / 2)
    height, width = scene.pixels.shape[:2]
    if inner is None or left < 0 or top < 0 or left + patch.shape[1] > width or top + patch.shape[0] > height:
        return scene
    canvas = scene.pixels.copy()
    window = canvas[top : top + patch.shape[0], left : left + patch.shape[1]].astype(np.float32)
    opacity = patch[..., 3:] / 255
    canvas[top : top + patch.shape[0], left : left + patch.shape[1]] = window * (1 - opacity) + patch[..., :3] * opacity
    box = np.array([[left + inner[0], top + inner[1], left + inner[2], top + inner[3]]], np.float32)
    return replace(
        scene,
        pixels=canvas,
        boxes=np.concatenate([scene.boxes, box]),
        labels=np.append(scene.labels, label),
        layers=np.append(scene.layers, layer),
        named=np.append(scene.named, True),
        counted=np.append(scene.counted, True),
    )
