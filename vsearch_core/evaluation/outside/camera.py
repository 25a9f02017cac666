"""What a phone's camera makes of a scene: coloured light, a shadow across it, unsharpness, grain and JPEG.

Light is added in linear values, as light is, and not on the encoded ones.
"""

from __future__ import annotations

import io

import numpy as np
from PIL import Image
from scipy import ndimage


def lit(scene: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """The scene under the light of a place: its strength and colour, a fall-off, now and then the edge of a shadow.

    Args:
        scene: (h, w, 3) float32 in 0..1.
    """
    height, width = scene.shape[:2]
    linear = np.clip(scene, 0, 1) ** 2.2
    warm = random.normal(0, 0.16)
    green = random.normal(0, 0.05)
    linear = linear * np.array([1 + warm, 1 + green, 1 - warm]).clip(0.4, 1.8) * 2 ** random.uniform(-0.9, 0.5)
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    angle = random.uniform(0, 2 * np.pi)
    across = np.cos(angle) * x + np.sin(angle) * y
    linear = linear * (1 + random.uniform(0, 0.45) * across)[..., None]
    if random.random() < 0.25:
        place = random.uniform(-0.6, 0.6)
        edge = 1 / (1 + np.exp(-(across - place) * random.uniform(6, 40)))
        linear = linear * (1 - random.uniform(0.2, 0.6) * edge)[..., None]
    linear = linear * (1 - random.uniform(0, 0.35) * (x**2 + y**2) / 2)[..., None]
    return np.asarray(np.clip(linear, 0, 1) ** (1 / 2.2), np.float32)


def photographed(scene: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """The scene as the file that the phone sends: (h, w, 3) float32 in 0..1 -> uint8."""
    choice = random.random()
    if choice < 0.25:
        scene = _shaken(scene, random.uniform(1.5, 6), random.uniform(0, np.pi))
    elif choice < 0.6:
        sigma = random.uniform(0.4, 1.6)
        scene = ndimage.gaussian_filter(scene, (sigma, sigma, 0))
    light = 10 ** random.uniform(2.4, 4)
    # bright places have more grain than dark ones, but less for their brightness
    grain = random.normal(size=scene.shape).astype(np.float32) * np.sqrt(np.clip(scene, 0.01, 1) / light)
    noisy = ndimage.gaussian_filter(grain, (0.5, 0.5, 0)) * 1.6 + scene
    picture = Image.fromarray((np.clip(noisy, 0, 1) * 255 + 0.5).astype(np.uint8))
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=int(random.integers(35, 93)))
    return np.asarray(Image.open(buffer).convert("RGB"))


def _shaken(scene: np.ndarray, length: float, angle: float) -> np.ndarray:
    reach = int(np.ceil(length / 2))
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1))
    for step in np.linspace(-length / 2, length / 2, 25):
        kernel[round(reach + step * np.sin(angle)), round(reach + step * np.cos(angle))] += 1
    kernel /= kernel.sum()
    planes = [ndimage.convolve(scene[..., channel], kernel, mode="nearest") for channel in range(3)]
    return np.stack(planes, axis=2)
