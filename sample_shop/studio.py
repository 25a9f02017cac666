"""The studio of the sample shop: renders SVG, turns relief into light, lays cutouts on white ground with a shadow."""

from __future__ import annotations

import io
from functools import lru_cache

import numpy as np
import resvg_py
from PIL import Image, ImageFilter

WIDTH, HEIGHT = 360, 480
"""The sheet that everything is drawn on, in its own units."""


def lit(art: np.ndarray, relief: np.ndarray, volume: float, grain: str, rng: np.random.Generator) -> np.ndarray:
    """Lights a drawing from the upper left.

    Args:
        art: (h, w, 4) uint8, straight alpha.
        relief: uint8 of any size, 128 where the surface is flat, darker in folds and lighter on ridges.
        volume: how much the silhouette bulges, 0..1.
        grain: texture of the surface: cloth, denim, leather, fleece or plain.
        rng: places the texture.

    Returns:
        (h, w, 4) uint8, straight alpha.
    """
    size = (art.shape[1], art.shape[0])
    unit = size[0] / WIDTH
    light = soft(relief, 2.6 * unit, size) / 127.5 - 1.0
    alpha = art[..., 3]
    if volume:
        body = soft(alpha, 15 * unit, size) / 255.0
        slope_y, slope_x = np.gradient(body)
        bulge = (slope_x * 0.75 + slope_y * 0.65) * 22 * unit
        rim = np.minimum(body - 0.82, 0.0) * 0.8
        light = light * 0.9 + (bulge + rim) * volume
    light += _grain(grain, size, rng)
    rgb = art[..., :3].astype(np.float32)
    shaded = np.where(light[..., None] < 0, rgb * (1 + light[..., None]), rgb + (255 - rgb) * light[..., None] * 0.5)
    return np.dstack([np.clip(shaded, 0, 255).astype(np.uint8), alpha])


def on_white(cutout: np.ndarray, *, stands: bool) -> np.ndarray:
    """Lays a cutout (h, w, 4) on white ground with a soft shadow; (h, w, 3) uint8."""
    height, width = cutout.shape[:2]
    unit = width / WIDTH
    alpha = cutout[..., 3].astype(np.float32) / 255.0
    shadow = np.zeros_like(alpha)
    if stands:
        rows = np.flatnonzero(alpha.max(axis=1) > 0.5)
        if rows.size:
            bottom, tall = int(rows[-1]), max(4, round(16 * unit))
            foot = Image.fromarray((alpha[max(0, bottom - round(120 * unit)) : bottom] * 255).astype(np.uint8))
            squashed = np.asarray(foot.resize((width, tall), Image.Resampling.BILINEAR), dtype=np.float32) / 255.0
            top = min(max(bottom - tall // 2, 0), height - tall)
            shadow[top : top + tall] = squashed * 0.62
            shadow = soft((shadow * 255).astype(np.uint8), 5 * unit, (width, height)) / 255.0
    else:
        moved = np.roll(alpha, (round(7 * unit), round(3 * unit)), axis=(0, 1))
        shadow = soft((moved * 255).astype(np.uint8), 9 * unit, (width, height)) / 255.0 * 0.26
    ground = 255.0 - shadow[..., None] * np.array([150, 148, 140], np.float32)
    picture = cutout[..., :3] * alpha[..., None] + ground * (1 - alpha[..., None])
    return np.clip(picture + 0.5, 0, 255).astype(np.uint8)


def raster(body: str, size: tuple[int, int]) -> np.ndarray:
    """Renders SVG markup that is drawn on the sheet: (h, w, 4) uint8 with straight alpha; `size` = (width, height)."""
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" preserve'
        f'AspectRatio="none">{body}</svg>'
    )
    png = bytes(resvg_py.svg_to_bytes(svg_string=svg, width=size[0], height=size[1], skip_system_fonts=True))
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGBA").resize(size))


def soft(grey: np.ndarray, radius: float, size: tuple[int, int]) -> np.ndarray:
    """Blurs a uint8 picture by a radius in pixels of `size` (worked out small when wide); float32 of shape (h, w)."""
    image = Image.fromarray(np.ascontiguousarray(grey))
    step = 4 if radius > 8 else 2
    small = (max(1, size[0] // step), max(1, size[1] // step))
    image = image.resize(small, Image.Resampling.BOX if grey.shape[1] > small[0] else Image.Resampling.BILINEAR)
    image = image.filter(ImageFilter.GaussianBlur(radius / step))
    return np.asarray(image.resize(size, Image.Resampling.BICUBIC), dtype=np.float32)


@lru_cache(maxsize=16)
def _tile(kind: str) -> np.ndarray:
    rng = np.random.default_rng(7)
    fine = rng.normal(0, 1, (640, 640)).astype(np.float32)
    if kind == "cloth":
        return fine * 0.012
    if kind == "denim":
        twill = np.sin((np.arange(640)[:, None] * 1.1 + np.arange(640)[None, :] * 1.1) * 1.9).astype(np.float32)
        slub = np.repeat(rng.normal(0, 1, (40, 640)).astype(np.float32), 16, axis=0)
        return fine * 0.03 + twill * 0.025 + slub * 0.012
    if kind == "leather":
        image = Image.fromarray(np.clip(fine * 40 + 128, 0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(1.3))
        return (np.asarray(image, dtype=np.float32) - 128) / 128 * 0.16
    if kind == "fleece":
        image = Image.fromarray(np.clip(fine * 40 + 128, 0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(0.7))
        return (np.asarray(image, dtype=np.float32) - 128) / 128 * 0.12
    return fine * 0.003


def _grain(kind: str, size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    tile = _tile(kind)
    y, x = (int(v) for v in rng.integers(0, 120, 2))
    rows, columns = (np.arange(size[1]) + y) % 640, (np.arange(size[0]) + x) % 640
    return tile[rows][:, columns]
