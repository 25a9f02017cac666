"""What is in a shopper's photo besides the product: a hand that holds it, and the screen that it is shown on.

Both are drawn, since there is no hand in the pictures from outside that could be cut out; a drawn hand covers and
distracts as one of flesh does, and nothing is said of how well real hands are seen.
"""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from vsearch_core.evaluation.outside.layers import Edges, Layer, homography, moved, seen_at

_SKIN = ((241, 205, 180), (224, 177, 145), (198, 145, 110), (160, 108, 76), (115, 74, 50), (78, 50, 36))
_TWICE = 2


def hand(frame: tuple[int, int], box: Edges, random: np.random.Generator, *, size: float = 1.0) -> tuple[Layer, Layer]:
    """A hand that holds a thing: what of it is behind the thing (arm, palm) and what is before it (fingers).

    Args:
        frame: width and height in pixels; box: of the thing; size: 1 is a hand near to the camera.
    """
    width, height = frame
    thick = size * (0.10 + 0.05 * random.random()) * min(width, height)
    from_left = random.random() < 0.5
    grip = np.array(
        [box[0] if from_left else box[2], box[1] + (box[3] - box[1]) * random.uniform(0.45, 0.85)], dtype=float
    )
    grip = np.clip(grip, (0.06 * width, 0.2 * height), (0.94 * width, 0.95 * height))
    inwards = 1.0 if from_left else -1.0
    wrist = _from(grip, -inwards * thick * random.uniform(1.2, 2.2), thick * random.uniform(1.0, 2.5))
    elbow = _from(wrist, -inwards * width * random.uniform(0.2, 0.6), height * random.uniform(0.5, 0.9))
    tone = np.array(_SKIN[int(random.integers(len(_SKIN)))], float) * random.uniform(0.9, 1.08)
    behind, before = (Image.new("RGBA", (width * _TWICE, height * _TWICE)) for _ in range(2))
    _capsule(behind, elbow, wrist, thick * 1.25, tone * 0.9)
    if random.random() < 0.5:
        sleeve = random.uniform(20, 230, size=3)
        _capsule(behind, elbow, wrist + 0.35 * (elbow - wrist), thick * 1.6, sleeve)
    _capsule(behind, wrist, _from(grip, -inwards * thick * 0.2, 0), thick * 1.5, tone)
    for finger in range(int(random.integers(2, 5))):
        root = _from(grip, -inwards * thick * 0.6, (finger - 1.5) * thick * 0.62)
        tip = _from(root, inwards * thick * random.uniform(1.3, 2.2), thick * random.uniform(-0.35, 0.15))
        _capsule(before, root, tip, thick * 0.62, tone * 0.72)
        _capsule(before, root, tip, thick * 0.52, tone * random.uniform(0.94, 1.04))
        _capsule(before, _from(tip, -inwards * thick * 0.12, 0), tip, thick * 0.28, tone * 1.12 + 12)
    return _drawn(behind, frame), _drawn(before, frame)


def screen(
    pixels: np.ndarray, content: Edges, frame: tuple[int, int], quad: np.ndarray, random: np.random.Generator
) -> tuple[Layer, Edges]:
    """A shop's page on a screen, with a product's picture on it, as a camera sees it: bezel, pixel grid, glare.

    Args:
        pixels: (h, w, 3) float32 picture of the product in 0..1; content: the product's box in it.
        frame: width and height of the photo; quad: (4, 2) where the screen's corners are.

    Returns:
        The layer, and the product's box in the photo.
    """
    high, wide = 400, 400 * int(np.ptp(quad[:, 0])) // max(1, int(np.ptp(quad[:, 1])))
    wide = int(np.clip(wide, 180, 640))
    page = Image.new("RGB", (wide, high), tuple(int(random.integers(235, 256)) for _ in range(3)))
    draw = ImageDraw.Draw(page)
    draw.rectangle((0, 0, wide, 26), fill=tuple(int(value) for value in random.integers(20, 240, size=3)))
    side = min(0.92 * wide, 0.72 * high) / max(pixels.shape[:2])
    shown = int(pixels.shape[1] * side), int(pixels.shape[0] * side)
    left, top = (wide - shown[0]) // 2, 40
    picture = Image.fromarray((pixels * 255).astype(np.uint8)).resize(shown, Image.Resampling.BICUBIC)
    page.paste(picture, (left, top))
    for line in range(int(random.integers(2, 5))):
        y = top + shown[1] + 14 + 18 * line
        dark = int(random.integers(20, 160))
        draw.rectangle((left, y, left + int(wide * random.uniform(0.2, 0.6)), y + 8), fill=(dark, dark, dark))
    framed = np.full((high + 24, wide + 24, 3), random.uniform(0.02, 0.15), np.float32)
    framed[12:-12, 12:-12] = np.asarray(page, np.float32) / 255
    layer = seen_at(Layer(framed, np.ones(framed.shape[:2], np.float32)), quad, frame)
    corners = np.array([[0, 0], [wide + 24, 0], [wide + 24, high + 24], [0, high + 24]], float)
    x0, y0, x1, y1 = (edge * side for edge in content)
    inner = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]]) + np.array([left + 12, top + 12])
    points = moved(inner, homography(corners, quad))
    box = (*points.min(axis=0).tolist(), *points.max(axis=0).tolist())
    return Layer(_glowing(layer.colour, random), layer.alpha), box


def _glowing(colour: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """The pixel grid against the camera's own grid, and a lamp's reflection."""
    height, width = colour.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    angle, period = random.uniform(0, np.pi), random.uniform(2.2, 7)
    wave = (x * np.cos(angle) + y * np.sin(angle)) * (2 * np.pi / period)
    strength = random.uniform(0.02, 0.12)
    grid = np.stack([1 + strength * np.sin(wave + shift) for shift in (0.0, 2.1, 4.2)], axis=2)
    middle = random.uniform(0, 1, size=2) * (width, height)
    reach = random.uniform(0.08, 0.3) * max(width, height)
    lamp = np.exp(-((x - middle[0]) ** 2 + (y - middle[1]) ** 2) / (2 * reach**2))
    return np.asarray(np.clip(colour * grid + random.uniform(0, 0.55) * lamp[..., None], 0, 1), np.float32)


def _from(point: np.ndarray, right: float, down: float) -> np.ndarray:
    return point + np.array([right, down])


def _capsule(picture: Image.Image, start: np.ndarray, end: np.ndarray, thick: float, colour: np.ndarray) -> None:
    draw = ImageDraw.Draw(picture)
    fill = (*(int(value) for value in np.clip(colour, 0, 255)), 255)
    line = [tuple(float(value) * _TWICE for value in point) for point in (start, end)]
    draw.line(line, fill=fill, width=max(1, round(thick * _TWICE)))
    radius = thick * _TWICE / 2
    for x, y in line:
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill)


def _drawn(picture: Image.Image, frame: tuple[int, int]) -> Layer:
    soft = picture.filter(ImageFilter.GaussianBlur(1.2)).resize(frame, Image.Resampling.BOX)
    values = np.asarray(soft, np.float32) / 255
    alpha = values[..., 3]
    # blurring mixed the colour with the empty ground's black
    colour = values[..., :3] / np.maximum(alpha, 1 / 255)[..., None]
    return Layer(np.clip(colour, 0, 1), alpha)
