"""Things cut out of pictures, as layers: cut, bent, turned, seen at an angle, and laid on a scene.

All of it works on float32 colours in 0..1 and draws from the random generator that it is given. It shares no code with
the snaps that training composes (`catalogue/snaps.py`), so that a figure on these pictures tells of more than of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image
from scipy import ndimage

Edges = tuple[float, float, float, float]
"""x0, y0, x1, y1 in pixels."""

_SURE, _FLAT = 40, 12
"""A pixel that differs so much from the ground is surely the product's; one at the border that differs by less than the
second is the ground's."""

_SPECK = 0.02


@dataclass(frozen=True)
class Layer:
    """A thing without its ground: `colour` (h, w, 3) float32 in 0..1 and `alpha` (h, w) float32 in 0..1."""

    colour: np.ndarray
    alpha: np.ndarray

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.alpha.shape[1], self.alpha.shape[0]


def cut_from_ground(pixels: np.ndarray) -> Layer:
    """A product without the even ground that it was photographed on, in a layer as large as the picture.

    Two markers grow towards each other over the edges of the picture (a watershed): what surely differs from the
    ground's colour, and what at the border is like it. So a white shirt ends at its outline, however white it is. The
    rim is freed from the ground's share of its colour.

    Args:
        pixels: (height, width, 3) uint8.

    Returns:
        The whole picture, opaque, where no product stands out from a ground.
    """
    picture = pixels.astype(np.float32) / 255
    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    ground = np.median(border, axis=0)
    differs = np.abs(pixels.astype(np.int16) - ground.astype(np.int16)).max(axis=2).astype(np.uint8)
    sure = min(_SURE, max(6, float(np.quantile(differs, 0.97)) / 3))
    markers = np.where((differs > sure) | _enclosed(differs, sure), 2, 0).astype(np.int16)
    edge = np.ones(markers.shape, bool)
    edge[1:-1, 1:-1] = False
    markers[edge & (differs < min(_FLAT, sure))] = 1
    steep = ndimage.morphological_gradient(differs, size=3)
    inside = ndimage.watershed_ift(steep, markers) == 2
    # the gradient is as wide as the rim: what is pale there is mixed with the ground
    inside &= ~(ndimage.binary_dilation(~inside, iterations=2) & (differs < sure))
    inside = _without_specks(inside)
    if not 0.03 < inside.mean() < 0.97:
        return Layer(picture, np.ones(inside.shape, np.float32))
    soft = ndimage.gaussian_filter(inside.astype(np.float32), 0.8)
    alpha = np.clip((soft - 0.4) / 0.45, 0, 1)
    share = np.maximum(alpha, 0.35)[..., None]
    freed = np.clip((picture - (1 - share) * (ground / 255).astype(np.float32)) / share, 0, 1)
    return Layer(freed.astype(np.float32), alpha.astype(np.float32))


def piece_of(picture: np.ndarray, random: np.random.Generator) -> Layer:
    """A roundish or boxy piece of a photo, as a thing that lies about.

    Args:
        picture: (h, w, 3) float32 in 0..1.
    """
    height, width = picture.shape[:2]
    high, wide = (max(8, int(side * random.uniform(0.3, 0.6))) for side in (height, width))
    top, left = int(random.integers(height - high + 1)), int(random.integers(width - wide + 1))
    y, x = np.mgrid[-1 : 1 : high * 1j, -1 : 1 : wide * 1j].astype(np.float32)
    power = random.uniform(2, 8)
    alpha = np.clip((1 - (np.abs(x) ** power + np.abs(y) ** power)) * 12, 0, 1)
    return Layer(picture[top : top + high, left : left + wide], alpha.astype(np.float32))


def trimmed(layer: Layer) -> Layer:
    """The layer up to the edges of its content."""
    left, top, right, bottom = (round(edge) for edge in extent(layer.alpha) or (0, 0, *layer.size))
    return Layer(layer.colour[top:bottom, left:right], layer.alpha[top:bottom, left:right])


def extent(alpha: np.ndarray) -> Edges | None:
    """The box of what is at least half opaque; None where nothing is."""
    rows, columns = (np.flatnonzero((alpha >= 0.5).any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return None
    return float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1)


def scaled(layer: Layer, size: tuple[int, int]) -> Layer:
    """The layer at another (width, height)."""
    picture = _image(layer).resize((max(2, size[0]), max(2, size[1])), Image.Resampling.LANCZOS)
    return _layer(picture)


def bent(layer: Layer, random: np.random.Generator, amount: float) -> Layer:
    """The layer as cloth that does not lie flat: shifted by slow waves of up to `amount` of its side."""
    width, height = layer.size
    waves = [
        ndimage.zoom(random.uniform(-1, 1, size=(4, 4)), (height / 4, width / 4), order=3)[:height, :width]
        for _ in range(2)
    ]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    places = [y + waves[0] * amount * height, x + waves[1] * amount * width]
    planes = [layer.alpha, *np.moveaxis(layer.colour, 2, 0)]
    alpha, *colours = (
        ndimage.map_coordinates(plane, places, order=1, mode="nearest" if place else "constant")
        for place, plane in enumerate(planes)
    )
    return Layer(np.stack(colours, axis=2), alpha)


def corners(
    size: tuple[float, float], middle: tuple[float, float], random: np.random.Generator, *, turn: float, tilt: float
) -> np.ndarray:
    """Where the four corners of a rectangle come to lie when it is turned and seen at an angle.

    Args:
        size: width and height; middle: x, y of where its middle is; turn: in degrees; tilt: how far a corner may move,
            as a share of the sides.

    Returns:
        (4, 2) float64 x, y: top left, top right, bottom right, bottom left.
    """
    half = np.array(size) / 2
    square = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half
    square = square + random.uniform(-tilt, tilt, size=(4, 2)) * half * 2
    angle = np.deg2rad(turn)
    turned = square @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return turned + np.array(middle)


def seen_at(layer: Layer, quad: np.ndarray, frame: tuple[int, int]) -> Layer:
    """The layer with its corners at `quad` (4, 2), in a frame of (width, height)."""
    width, height = layer.size
    back = homography(quad, np.array([[0, 0], [width, 0], [width, height], [0, height]], float))
    # a transparent rim, so that no edge of the layer is smeared over the frame
    picture = _image(Layer(layer.colour, _rimmed(layer.alpha)))
    data = tuple(back.ravel()[:8])
    return _layer(picture.transform(frame, Image.Transform.PERSPECTIVE, data, Image.Resampling.BICUBIC))


def homography(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The 3x3 matrix that takes four points (4, 2) to four others."""
    rows, right = [], []
    for (x, y), (u, v) in zip(source, target, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        right += [u, v]
    return np.append(np.linalg.solve(np.array(rows), np.array(right)), 1.0).reshape(3, 3)


def moved(points: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """(n, 2) points under a 3x3 matrix."""
    found = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    return found[:, :2] / found[:, 2:]


def laid_on(scene: np.ndarray, layer: Layer, *, shadow: float = 0.0) -> np.ndarray:
    """A scene (h, w, 3) with a layer of its size on it, and the shadow that it casts (0: none, 1: black)."""
    if shadow:
        reach = max(scene.shape[:2]) / 60
        dark = ndimage.shift(ndimage.gaussian_filter(layer.alpha, reach), (reach, reach * 0.6), order=1)
        scene = scene * (1 - shadow * dark[..., None])
    alpha = layer.alpha[..., None]
    return scene * (1 - alpha) + layer.colour * alpha


def overlap(first: Edges, second: Edges) -> float:
    """Intersection over union of two boxes."""
    wide = min(first[2], second[2]) - max(first[0], second[0])
    high = min(first[3], second[3]) - max(first[1], second[1])
    common = max(0.0, wide) * max(0.0, high)
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (first, second))
    return common / (areas - common) if areas > common else 0.0


def _enclosed(differs: np.ndarray, sure: float) -> np.ndarray:
    """What has something of the product on all four sides and is not quite as even as the ground: a white shirt."""
    solid = differs > sure
    sides = [
        np.maximum.accumulate(solid, axis=0),
        np.maximum.accumulate(solid[::-1], axis=0)[::-1],
        np.maximum.accumulate(solid, axis=1),
        np.maximum.accumulate(solid[:, ::-1], axis=1)[:, ::-1],
    ]
    uneven = ndimage.gaussian_filter(differs.astype(np.float32), 1.5) > 2
    return np.logical_and.reduce([*sides, uneven])


def _without_specks(inside: np.ndarray) -> np.ndarray:
    labels, count = ndimage.label(inside)
    if count < 2:
        return inside
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    return np.isin(labels, np.flatnonzero(sizes > _SPECK * sizes.sum()))


def _rimmed(alpha: np.ndarray) -> np.ndarray:
    rimmed = alpha.copy()
    rimmed[[0, -1]] *= 0.5
    rimmed[:, [0, -1]] *= 0.5
    return rimmed


def _image(layer: Layer) -> Image.Image:
    stacked = np.dstack([layer.colour, layer.alpha])
    return Image.fromarray((np.clip(stacked, 0, 1) * 255 + 0.5).astype(np.uint8))


def _layer(picture: Image.Image) -> Layer:
    values = np.asarray(picture, np.float32) / 255
    return Layer(values[..., :3], values[..., 3])
