"""Photo-like queries: a drawn product laid on a drawn floor, bed or lawn, and taken with a drawn phone."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageFilter

Ground = Callable[[np.random.Generator, int, int], np.ndarray]


def draw_photo(product: np.ndarray, *, seed: int, size: tuple[int, int] = (480, 640)) -> np.ndarray:
    """A photo of a product: turned, in perspective, in uneven light, with shadow, noise and JPEG traces.

    Args:
        product: a cutout from `draw_cutout`, (h, w, 4) uint8 with straight alpha; a picture (h, w, 3) is taken whole,
            its white ground with it.
        seed: the same seed gives the same photo.
        size: (width, height) of the photo in pixels.

    Returns:
        (height, width, 3) uint8.
    """
    return _take(product, seed=seed, size=size)[0]


def ground_of(seed: int) -> str:
    """In words, what the photo with this seed was taken on."""
    return tuple(GROUNDS)[int(np.random.default_rng([seed, 3]).integers(0, len(GROUNDS)))]


def _take(product: np.ndarray, *, seed: int, size: tuple[int, int]) -> tuple[np.ndarray, str]:
    rng = np.random.default_rng([seed, 4])
    width, height = size
    if product.shape[2] == 3:
        product = np.dstack([product, np.full(product.shape[:2], 255, np.uint8)])
    name = ground_of(seed)
    scene = GROUNDS[name](rng, width, height)
    layer = _placed(product, rng, size)
    alpha = layer[..., 3:].astype(np.float32) / 255.0
    shadow = _shadow(alpha[..., 0], rng, size)
    scene = scene * (1 - shadow[..., None] * float(rng.uniform(0.45, 0.7)))
    scene = scene * (1 - alpha) + layer[..., :3] * alpha
    return _photographed(scene, rng, size), name


def _placed(product: np.ndarray, rng: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
    """The product's own rectangle mapped to a slanted quadrilateral in the photo."""
    width, height = size
    rows = np.flatnonzero(product[..., 3].max(axis=1) > 20)
    columns = np.flatnonzero(product[..., 3].max(axis=0) > 20)
    if not rows.size:
        return np.zeros((height, width, 4), np.uint8)
    y0, y1, x0, x1 = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    close = rng.random() < 0.2
    fill = rng.uniform(0.95, 1.12) if close else rng.uniform(0.66, 0.88)
    scale = fill * min(width / (x1 - x0), height / (y1 - y0))
    half = np.array([(x1 - x0) * scale / 2, (y1 - y0) * scale / 2])
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half
    turn = np.radians(rng.normal(0, 9))
    corners = corners @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    lean, side = rng.uniform(-0.05, 0.13), rng.uniform(-0.07, 0.07)
    corners *= 1 + (corners[:, 1:] / height) * lean * 2 + (corners[:, :1] / width) * side * 2
    middle = (
        np.array([width / 2, height / 2])
        + rng.uniform(-1, 1, 2) * np.array([width, height]) * (1 - min(fill, 0.95)) * 0.3
    )
    target = corners + middle
    source = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], float)
    colour = product[..., :3].astype(np.float32) * (product[..., 3:] / 255.0)
    premultiplied = Image.fromarray(np.dstack([colour.astype(np.uint8), product[..., 3]]), "RGBA")
    flat = premultiplied.transform(
        size, Image.Transform.PERSPECTIVE, _coefficients(target, source), Image.Resampling.BICUBIC
    )
    out = np.asarray(flat).astype(np.float32)
    out[..., :3] = np.clip(out[..., :3] / np.maximum(out[..., 3:] / 255.0, 1e-3), 0, 255)
    return out


def _coefficients(target: np.ndarray, source: np.ndarray) -> list[float]:
    """PIL's eight numbers that map each photo point back to the product picture."""
    rows, right = [], []
    for (x, y), (u, v) in zip(target, source, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        right += [u, v]
    return [float(c) for c in np.linalg.solve(np.array(rows), np.array(right))]


def _shadow(alpha: np.ndarray, rng: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
    width = size[0]
    dx, dy = (int(v) for v in rng.uniform(-0.035, 0.035, 2) * width)
    image = Image.fromarray(np.uint8(np.roll(alpha, (abs(dy) + 3, dx), axis=(0, 1)) * 255))
    wide = image.filter(ImageFilter.GaussianBlur(width * 0.026))
    tight = image.filter(ImageFilter.GaussianBlur(width * 0.008))
    return (np.asarray(wide, np.float32) * 0.65 + np.asarray(tight, np.float32) * 0.35) / 255.0


def _photographed(scene: np.ndarray, rng: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
    width, height = size
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    slope = rng.uniform(0.05, 0.24)
    light = 1 + slope * (np.cos(angle) * x + np.sin(angle) * y) - rng.uniform(0.02, 0.14) * (x * x + y * y)
    light *= 1 + 0.10 * (_clouds(rng, width, height, 3) - 0.5)
    white = np.array([rng.uniform(0.93, 1.1), 1.0, rng.uniform(0.84, 1.06)], np.float32)
    scene = scene * light[..., None].astype(np.float32) * white * np.float32(rng.uniform(0.93, 1.13))
    image = Image.fromarray(np.uint8(np.clip(scene, 0, 255))).filter(
        ImageFilter.GaussianBlur(float(rng.uniform(0.3, 1.1)))
    )
    noise = rng.normal(0, rng.uniform(2, 6.5), (height, width, 3)).astype(np.float32)
    noisy = np.uint8(np.clip(np.asarray(image, np.float32) + noise, 0, 255))
    buffer = io.BytesIO()
    Image.fromarray(noisy).save(buffer, "JPEG", quality=int(rng.integers(52, 84)))
    return np.asarray(Image.open(buffer).convert("RGB"))


def _clouds(rng: np.random.Generator, width: int, height: int, cells: float, stretch: float = 1.0) -> np.ndarray:
    """Soft noise in 0..1 of shape (height, width) with about `cells` blobs across; `stretch` > 1 draws it out in x."""
    small = rng.random((max(2, int(cells * height / width) + 2), max(2, int(cells / stretch) + 2))).astype(np.float32)
    image = Image.fromarray(np.uint8(small * 255)).resize((width, height), Image.Resampling.BICUBIC)
    return np.asarray(image, np.float32) / 255.0


def _tinted(tone: np.ndarray, colour: tuple[float, float, float]) -> np.ndarray:
    return tone[..., None].astype(np.float32) * np.array(colour, np.float32)


def _wood(rng: np.random.Generator, width: int, height: int) -> np.ndarray:
    base = ((172, 126, 84), (132, 92, 60), (206, 172, 128), (110, 84, 66))[int(rng.integers(0, 4))]
    plank = int(rng.uniform(56, 96))
    tone = np.ones((height, width), np.float32)
    for top in range(0, height, plank):
        rows = min(plank, height - top)
        grain = _clouds(rng, width, rows, 70, 14) * 0.16 + _clouds(rng, width, rows, 160, 60) * 0.10
        shift = int(rng.integers(width // 4, width))
        shades = np.where(np.arange(width) < shift, rng.uniform(0.84, 1.0), rng.uniform(0.84, 1.0))
        tone[top : top + rows] = shades[None, :] + grain - 0.12
        tone[top : top + 2] *= 0.62
        tone[top : top + rows, max(0, shift - 1) : shift + 1] *= 0.66
    return (
        _tinted(tone, base) if rng.random() < 0.5 else np.ascontiguousarray(_turned(_tinted(tone, base), width, height))
    )


def _turned(scene: np.ndarray, width: int, height: int) -> np.ndarray:
    turned = np.rot90(scene)
    return np.asarray(Image.fromarray(np.uint8(np.clip(turned, 0, 255))).resize((width, height)), np.float32)


def _sheet(rng: np.random.Generator, width: int, height: int) -> np.ndarray:
    base = ((226, 224, 220), (186, 204, 222), (222, 206, 196), (150, 160, 176), (204, 214, 200))[
        int(rng.integers(0, 5))
    ]
    tone = np.ones((height, width), np.float32)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    for _ in range(6):
        angle = rng.uniform(0, np.pi)
        wander = _clouds(rng, width, height, 3) * 70
        phase = (x * np.cos(angle) + y * np.sin(angle) + wander) / rng.uniform(60, 190)
        tone += rng.uniform(0.02, 0.055) * np.sin(phase) * np.abs(np.sin(phase * 0.5))
    return _tinted(tone * 0.96, base)


def _carpet(rng: np.random.Generator, width: int, height: int) -> np.ndarray:
    base = ((150, 138, 124), (112, 118, 128), (164, 108, 88), (98, 112, 92), (186, 176, 160))[int(rng.integers(0, 5))]
    rough = rng.normal(0, 1, (height, width)).astype(np.float32)
    soft = np.asarray(
        Image.fromarray(np.uint8(np.clip(rough * 45 + 128, 0, 255))).filter(ImageFilter.GaussianBlur(1.0)), np.float32
    )
    tone = 0.92 + (soft - 128) / 128 * 0.55 + (_clouds(rng, width, height, 7) - 0.5) * 0.16
    return _tinted(tone, base)


def _tiles(rng: np.random.Generator, width: int, height: int) -> np.ndarray:
    base = ((206, 204, 198), (178, 182, 186), (212, 198, 178), (140, 146, 152))[int(rng.integers(0, 4))]
    side = int(rng.uniform(110, 190))
    oy, ox = (int(v) for v in rng.integers(0, side, 2))
    y, x = np.mgrid[0:height, 0:width]
    row, column = (y + oy) // side, (x + ox) // side
    shades = rng.uniform(0.93, 1.02, (height // side + 3, width // side + 3))
    tone = (
        shades[row, column]
        + (_clouds(rng, width, height, 12) - 0.5) * 0.10
        + (_clouds(rng, width, height, 60) - 0.5) * 0.05
    )
    grout = ((y + oy) % side < 4) | ((x + ox) % side < 4)
    return _tinted(np.where(grout, 0.72, tone), base)


def _lawn(rng: np.random.Generator, width: int, height: int) -> np.ndarray:
    tone = np.full((height, width), 0.55, np.float32)
    layer = Image.new("L", (width, height), 120)
    pixels = np.asarray(layer, np.float32).copy()
    for _ in range(3):
        blades = rng.random((height // 9 + 1, width)).astype(np.float32)
        picture = Image.fromarray(np.uint8(blades * 255)).resize((width, height), Image.Resampling.BICUBIC)
        picture = picture.rotate(float(rng.uniform(-24, 24)), Image.Resampling.BILINEAR, fillcolor=128)
        pixels += (np.asarray(picture, np.float32) - 128) * 0.6
    tone += (pixels - 120) / 255 * 0.8 + (_clouds(rng, width, height, 6) - 0.5) * 0.25
    yellow = _clouds(rng, width, height, 16)[..., None]
    return np.clip(tone, 0.08, 1.3)[..., None] * (
        np.array([104, 150, 62], np.float32) * (1 - yellow * 0.4) + np.array([170, 168, 84], np.float32) * yellow * 0.4
    )


def _wall(rng: np.random.Generator, width: int, height: int) -> np.ndarray:
    base = ((222, 214, 200), (196, 206, 206), (214, 196, 190), (188, 190, 198))[int(rng.integers(0, 4))]
    tone = 0.97 + (_clouds(rng, width, height, 5) - 0.5) * 0.08 + (_clouds(rng, width, height, 90) - 0.5) * 0.05
    scene = _tinted(tone, base)
    edge = int(height * rng.uniform(0.78, 0.86))
    board = _wood(rng, width, height)[: height - edge]
    scene[edge:] = board
    scene[edge : edge + 5] *= 1.12
    fade = np.clip((np.arange(height) - edge + 26) / 26, 0, 1) * (np.arange(height) < edge)
    return scene * (1 - 0.22 * fade[:, None, None].astype(np.float32))


def _concrete(rng: np.random.Generator, width: int, height: int) -> np.ndarray:
    base = ((158, 156, 152), (128, 128, 130), (182, 178, 170))[int(rng.integers(0, 3))]
    tone = 0.9 + (_clouds(rng, width, height, 6) - 0.5) * 0.2 + (_clouds(rng, width, height, 40) - 0.5) * 0.12
    tone += rng.normal(0, 0.035, (height, width))
    return _tinted(tone, base)


GROUNDS: dict[str, Ground] = {
    "a wooden floor": _wood,
    "a bed sheet": _sheet,
    "a carpet": _carpet,
    "tiles": _tiles,
    "a lawn": _lawn,
    "a shelf before a wall": _wall,
    "concrete": _concrete,
}
