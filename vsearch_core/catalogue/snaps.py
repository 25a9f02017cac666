"""Simulated phone snaps: a catalogue picture as a shopper's phone would see the product.

All functions take and return uint8 arrays and draw from the random generator that they are given.
"""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageFilter
from scipy import ndimage

WHITE = 246
"""Grey value from which a pixel counts as white ground, if it is joined with the picture's border."""

_GAP, _LEAK, _LEAKED = 0.04, 0.016, 0.03
"""A gap in an outline is narrower than twice the first share of the side; what widens behind it to more than twice the
second has leaked, if it is more than the third share of the picture."""

_ASPECTS = (1.0, 3 / 4, 3 / 4, 4 / 3, 9 / 16)


def cut_out(pixels: np.ndarray) -> np.ndarray:
    """How much each pixel belongs to the product and not to the white ground.

    Only white that is joined with the border is ground, so that white garments survive inside their outline, also
    where the outline has narrow gaps.

    Args:
        pixels: (height, width, 3) uint8, a product on white.

    Returns:
        (height, width) uint8 alpha, 255 on the product; 255 everywhere if less than 2 % or more than 98 % would stay.
    """
    white = pixels.min(axis=2) >= WHITE
    ground = _ground(white)
    share = 1 - ground.mean()
    if not 0.02 < share < 0.98:
        return np.full(white.shape, 255, np.uint8)
    alpha = Image.fromarray(np.where(ground, 0, 255).astype(np.uint8))
    # the rim is mixed with white: one pixel less, so that no white halo shows on another ground
    return np.asarray(alpha.filter(ImageFilter.MinFilter(3)).filter(ImageFilter.BoxBlur(0.6)))


def phone_snap(
    pixels: np.ndarray,
    alpha: np.ndarray,
    background: np.ndarray,
    side: int,
    random: np.random.Generator,
    *,
    beside: tuple[np.ndarray, np.ndarray] | None = None,
) -> np.ndarray:
    """A product as a phone would see it: cut out, laid on a background, tilted, lit from one side, noisy.

    Args:
        pixels: (s, s, 3) uint8 product; alpha: (s, s) uint8, from `cut_out`.
        background: (h, w, 3) uint8, any photo; a random part of it is used.
        beside: pixels and alpha of another product, which lies partly in view behind the first one.

    Returns:
        (side, side, 3) uint8: the photo at a random aspect ratio, letterboxed on white.
    """
    layers = np.dstack([pixels, alpha])
    product = np.asarray(
        warp(layers, side, random, turn=25, zoom=(0.7, 1.35), tilt=0.12, fill=(255, 255, 255, 0)), np.float32
    )
    ground = np.asarray(_random_part(background, side, random), np.float32)
    if beside is not None:
        ground = _laid_beside(ground, *beside, side, random)
    opacity = product[..., 3:] / 255
    shadow = ndimage.gaussian_filter(opacity[..., 0], side / 24)[..., None] * random.uniform(0, 0.45)
    lower = ndimage.shift(shadow, (side // 40, 0, 0), order=0)
    image = ground * (1 - lower) * (1 - opacity) + product[..., :3] * opacity
    return _letterboxed(camera(image, random), random)


def camera(image: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """What a phone's camera does: uneven light, white balance, blur, noise, JPEG.

    Args:
        image: (height, width, 3) float32 in 0..255.

    Returns:
        The same shape, uint8.
    """
    slope = random.uniform(-0.3, 0.3, size=2)
    down, across = (np.linspace(-0.5, 0.5, count, dtype=np.float32) for count in image.shape[:2])
    image = image * (1 + slope[0] * down[:, None, None] + slope[1] * across[None, :, None])
    if random.random() < 0.4:
        image = blurred(image, random)
    image = image + random.normal(0, random.uniform(0, 8), size=image.shape).astype(np.float32)
    lit = relight(image, random, strength=0.25)
    if random.random() < 0.4:
        buffer = io.BytesIO()
        Image.fromarray(lit).save(buffer, "JPEG", quality=int(random.integers(25, 85)))
        lit = np.asarray(Image.open(buffer))
    return lit


def warp(
    layers: np.ndarray,
    side: int,
    random: np.random.Generator,
    *,
    turn: float,
    zoom: tuple[float, float],
    tilt: float,
    fill: tuple[int, ...],
    offset: tuple[float, float] = (0.0, 0.0),
) -> Image.Image:
    """A picture turned, mirrored, zoomed, shifted and tilted at random.

    Args:
        layers: (s, s, channels) uint8; turn: degrees at most; zoom: from, to; tilt: of the perspective.
        offset: a shift besides the random one, as a share of the side.

    Returns:
        (side, side) image; `fill` where nothing of the picture is.
    """
    source = layers.shape[0]
    angle = np.deg2rad(random.uniform(-turn, turn))
    scale = source / side / random.uniform(*zoom)
    flip = random.choice([-1.0, 1.0])
    cos, sin = np.cos(angle) * scale, np.sin(angle) * scale
    shift = (random.uniform(-0.12, 0.12, size=2) + offset) * source
    middle = side / 2
    a, b, d, e = cos * flip, sin, -sin * flip, cos
    c = source / 2 + shift[0] - a * middle - b * middle
    f = source / 2 + shift[1] - d * middle - e * middle
    g, h = random.uniform(-tilt, tilt, size=2) / side
    data = (a, b, c, d, e, f, g, h)
    return Image.fromarray(layers).transform(
        (side, side), Image.Transform.PERSPECTIVE, data, Image.Resampling.BILINEAR, fillcolor=fill
    )


def plain_ground(random: np.random.Generator) -> np.ndarray:
    """A wall, table or sheet: (96, 96, 3) uint8 of one colour that changes slowly, with some grain."""
    colour = random.uniform(20, 255, size=3) if random.random() < 0.5 else np.full(3, random.uniform(60, 255))
    slope = random.normal(0, 30, size=(2, 1, 1, 3))
    ramp = np.linspace(-0.5, 0.5, 96)
    ground = colour + slope[0] * ramp[:, None, None] + slope[1] * ramp[None, :, None]
    ground = ground + random.normal(0, random.uniform(0, 10), size=(96, 96, 1))
    return np.clip(ground, 0, 255).astype(np.uint8)


def relight(image: np.ndarray, random: np.random.Generator, *, strength: float) -> np.ndarray:
    """Other brightness, white balance and contrast: (h, w, 3) float32 -> uint8."""
    gain = 1 + random.uniform(-strength, strength)
    balance = 1 + random.uniform(-strength, strength, size=3) * 0.35
    contrast = 1 + random.uniform(-strength, strength)
    image = (image - 128) * contrast + 128
    return np.clip(image * (gain * balance).astype(np.float32), 0, 255).astype(np.uint8)


def blurred(image: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """(h, w, 3) float32 in 0..255, out of focus by a random amount."""
    picture = Image.fromarray(np.clip(image, 0, 255).astype(np.uint8))
    return np.asarray(picture.filter(ImageFilter.GaussianBlur(random.uniform(0.3, 1.4))), np.float32)


def _ground(white: np.ndarray) -> np.ndarray:
    """White that is joined with the border, (h, w) booleans.

    Where such white widens again behind a gap in an outline, the ground leaks into a white garment: then only what is
    reached without passing a gap counts, at the price of a white rim.
    """
    gap, core = (max(1, round(white.shape[0] * share)) for share in (_GAP, _LEAK))
    joined = _joined_with_border(white)
    inside = ndimage.distance_transform_cdt(np.pad(white, gap, constant_values=True), metric="taxicab")
    reached = _joined_with_border(inside[gap:-gap, gap:-gap] > gap)
    reached = ndimage.binary_dilation(reached, iterations=gap, mask=white)
    leaked = ndimage.binary_opening(joined & ~reached, iterations=core)
    return reached if leaked.mean() > _LEAKED else joined


def _joined_with_border(mask: np.ndarray) -> np.ndarray:
    labels, _ = ndimage.label(mask)
    border = np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
    return np.isin(labels, border[border > 0])


def _laid_beside(
    ground: np.ndarray, pixels: np.ndarray, alpha: np.ndarray, side: int, random: np.random.Generator
) -> np.ndarray:
    """The ground with another product on it, away from the middle: (side, side, 3) float32."""
    away = random.uniform(0.35, 0.55, size=2) * random.choice([-1.0, 1.0], size=2)
    away[int(random.integers(2))] *= random.uniform(0, 1)
    layers = np.dstack([pixels, alpha])
    offset = (float(away[0]), float(away[1]))
    thing = warp(layers, side, random, turn=60, zoom=(0.6, 1.0), tilt=0.1, fill=(255, 255, 255, 0), offset=offset)
    laid = np.asarray(thing, np.float32)
    opacity = laid[..., 3:] / 255
    return ground * (1 - opacity) + laid[..., :3] * opacity


def _random_part(photo: np.ndarray, side: int, random: np.random.Generator) -> Image.Image:
    height, width = photo.shape[:2]
    size = int(min(height, width) * random.uniform(0.3, 0.9))
    left = int(random.integers(0, width - size + 1))
    top = int(random.integers(0, height - size + 1))
    part = Image.fromarray(photo[top : top + size, left : left + size]).resize((side, side))
    return part.filter(ImageFilter.BoxBlur(side / 60)) if random.random() < 0.5 else part


def _letterboxed(image: np.ndarray, random: np.random.Generator) -> np.ndarray:
    side = image.shape[0]
    aspect = float(random.choice(_ASPECTS))
    width, height = (side, round(side / aspect)) if aspect >= 1 else (round(side * aspect), side)
    left, top = (side - width) // 2, (side - height) // 2
    canvas = np.full_like(image, 255)
    canvas[top : top + height, left : left + width] = image[top : top + height, left : left + width]
    return canvas
