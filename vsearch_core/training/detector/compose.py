"""Pictures put together so that their boxes are known: products scattered on a ground, people before another one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PIL import Image

from vsearch_core.training.detector.scenes import Scene
from vsearch_core.vision.boxes import overlaps

_SKIN = 0.04
_TOUCH = 0.08


def ground_of(photo: np.ndarray, size: tuple[int, int], random: np.random.Generator) -> np.ndarray:
    """A ground without garments: a corner of somebody's photo (floor, wall, bed), or one plain colour.

    Args:
        photo: (h, w, 3) uint8.
        size: width and height of the ground.
    """
    if random.random() < 0.3:
        colour = random.integers(90, 256, size=3) if random.random() < 0.6 else np.full(3, 255)
        return np.broadcast_to(colour.astype(np.uint8), (size[1], size[0], 3)).copy()
    height, width = photo.shape[:2]
    part = max(8, int(min(height, width) * random.uniform(0.15, 0.28)))
    left = int(random.choice([0, width - part]))
    top = int(random.choice([0, height - part]))
    corner = Image.fromarray(photo).resize(size, Image.Resampling.BICUBIC, box=(left, top, left + part, top + part))
    return np.asarray(corner)


def part_of(place: np.ndarray, size: tuple[int, int], random: np.random.Generator) -> np.ndarray:
    """A part of a picture of somewhere, (h, w, 3) uint8, as a ground of `size` (width, height)."""
    height, width = place.shape[:2]
    scale = random.uniform(0.5, 1.0) * min(width / size[0], height / size[1])
    wide, high = size[0] * scale, size[1] * scale
    left, top = random.uniform(0, width - wide), random.uniform(0, height - high)
    part = Image.fromarray(place).resize(
        size, Image.Resampling.BILINEAR, box=(left, top, left + wide, top + high), reducing_gap=2.0
    )
    return np.asarray(part)


def before(person: Scene, alpha: np.ndarray, ground: np.ndarray) -> Scene:
    """A person cut out and put before another ground.

    Args:
        alpha: (h, w) uint8 of the person; ground: (h, w, 3) uint8.
    """
    opacity = alpha[..., None].astype(np.float32) / 255
    pixels = person.pixels * opacity + ground * (1 - opacity)
    return replace(person, pixels=pixels.astype(np.uint8))


def is_flat(pixels: np.ndarray, alpha: np.ndarray) -> bool:
    """Whether a garment is shown by itself: a shot of a person has more pixels of the colour of skin.

    The rule is that of Kovac, Peer and Solina (EUROCON 2003) for daylight.

    Args:
        pixels: (s, s, 3) uint8, a product on white; alpha: (s, s) uint8, from `cut_out`.
    """
    red, green, blue = (pixels[..., channel].astype(np.int16) for channel in range(3))
    spread = pixels.max(axis=2).astype(np.int16) - pixels.min(axis=2)
    skin = (red > 95) & (green > 40) & (blue > 20) & (spread > 15) & (red - green > 15) & (red > blue)
    shown = alpha > 127
    return bool((skin & shown).sum() < _SKIN * shown.sum())


def scattered(
    things: list[tuple[np.ndarray, np.ndarray, int, int]], ground: np.ndarray, random: np.random.Generator
) -> Scene:
    """Products laid on a ground, turned, hardly touching each other; one that finds no room is left out.

    Args:
        things: pixels (s, s, 3) and alpha (s, s) of a product, numbers of its label and its layer.
        ground: (height, width, 3) uint8.
    """
    canvas = ground.astype(np.float32)
    height, width = ground.shape[:2]
    few = len(things) == 1
    boxes: list[np.ndarray] = []
    garments = []
    for pixels, alpha, label, layer in things:
        layers = Image.fromarray(np.dstack([pixels, alpha]))
        shown = layers.getchannel("A").point(lambda value: 255 * (value > 127)).getbbox()
        if shown is None:
            continue
        layers = layers.crop(shown)
        share = random.uniform(0.3, 1.0) if few else random.uniform(0.1, 0.62)
        scale = min(share * height / layers.height, share * 1.15 * width / layers.width)
        target = max(6, round(layers.width * scale)), max(6, round(layers.height * scale))
        turned = layers.resize(target, Image.Resampling.BILINEAR, reducing_gap=2.0).rotate(
            random.uniform(-30, 30) if random.random() < 0.7 else 0.0, Image.Resampling.BILINEAR, expand=True
        )
        patch = np.asarray(turned)
        rows, columns = (np.flatnonzero((patch[..., 3] > 127).any(axis=axis)) for axis in (1, 0))
        if not len(rows) or patch.shape[0] > height or patch.shape[1] > width:
            continue
        for _ in range(8):
            y = int(random.integers(0, height - patch.shape[0] + 1))
            x = int(random.integers(0, width - patch.shape[1] + 1))
            box = np.array([x + columns[0], y + rows[0], x + columns[-1] + 1, y + rows[-1] + 1], np.float32)
            if not boxes or overlaps(box[None], np.stack(boxes)).max() < _TOUCH:
                break
        else:
            continue
        opacity = patch[..., 3:].astype(np.float32) / 255
        window = canvas[y : y + patch.shape[0], x : x + patch.shape[1]]
        window *= 1 - opacity
        window += patch[..., :3] * opacity
        boxes.append(box)
        garments.append((tuple(box.tolist()), label, layer, True))
    return Scene.of(canvas.astype(np.uint8), garments)
