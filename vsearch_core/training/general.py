"""Makes `models/general`: an encoder of any things, for shops that sell what the fashion network never saw.

ImageNet's EfficientNet-Lite2 stays as it is. Its pooled features are rooted, so that a few strong ones do not decide
alone (Perronnin et al., Improving the Fisher Kernel, ECCV 2010), and brought to fewer numbers along their principal
directions, of which the strong ones are damped (Jégou and Chum, Negative Evidences and Co-occurences in Image
Retrieval, ECCV 2012). The directions are those of pictures of part train; the choices were made on validation.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from vsearch_core import images
from vsearch_core.catalogue import read_catalogue
from vsearch_core.catalogue.backgrounds import backgrounds
from vsearch_core.catalogue.photo_sets import read_user_photos
from vsearch_core.catalogue.split import read_split
from vsearch_core.contracts import ATTRIBUTES
from vsearch_core.settings import Settings
from vsearch_core.training import efficientnet_lite as lite
from vsearch_core.training.bundle import write_network
from vsearch_core.training.finder_sources import user_photos
from vsearch_core.training.labels import Labels
from vsearch_core.training.state import Say
from vsearch_core.vision.trim import trimmed

SIDE = 224
DIMENSION = 512
DAMPED = 0.5
"""Power of a direction's spread that its numbers are divided by: 0 leaves them, 1 makes all directions alike."""

_PRODUCTS, _PHOTOS, _PARTS = 3000, 600, 6
_SEED = 2026
_BATCH = 32
_LEAST = 1e-6


def train_general(settings: Settings, *, say: Say = print) -> Path:
    """Write the bundle `models/general`.

    Raises:
        CatalogueError: the public data sets are not at hand.
        BundleError: the package with the ImageNet weights is missing.
    """
    started = time.monotonic()
    base = lite.efficientnet_lite(lite.LITE2, SIDE)
    lite.load_imagenet(base, lite.weights_file(lite.LITE2))
    pictures, data = _pictures(settings)
    say(f"looking at {len(pictures):,} pictures of part train")
    mean, directions = damped_directions(rooted(features(base, pictures)), DIMENSION, DAMPED)
    training = {
        "command": "python -m vsearch_core train general",
        "recipe": {"side": SIDE, "dimension": DIMENSION, "damped": DAMPED, "weights": lite.LITE2.file, "seed": _SEED},
        "data": data,
        "minutes": round((time.monotonic() - started) / 60, 1),
    }
    labels = Labels((), {name: () for name in ATTRIBUTES}, {})
    path = settings.models / "general"
    return write_network(encoder(base, mean, directions), path, labels=labels, side=SIDE, training=training, trims=True)


def encoder(base: keras.Model, mean: np.ndarray, directions: np.ndarray) -> keras.Model:
    """(b, side, side, 3) in 0..255 -> `embedding` (b, d), L2-normalised.

    Args:
        mean: (f,) of the rooted features; directions: (f, d), from `damped_directions`.
    """
    picture = keras.Input(base.input.shape[1:], dtype="float32", name="image")
    scaled = keras.layers.Rescaling(1 / lite.SPREAD, offset=-lite.MEAN / lite.SPREAD, name="scale")(picture)
    found = keras.ops.sqrt(base(scaled) + _LEAST)
    turn = keras.layers.Dense(directions.shape[1], name="principal_directions")
    embedding = keras.layers.UnitNormalization(name="embedding")(turn(found))
    turn.set_weights([directions, -mean @ directions])
    return keras.Model(picture, {"embedding": embedding}, name="general")


def features(base: keras.Model, pictures: Sequence[np.ndarray]) -> np.ndarray:
    """Pooled features of pictures, (side, side, 3) uint8 each: (n, f) float32."""
    run = tf.function(lambda pixels: base((pixels - lite.MEAN) / lite.SPREAD, training=False))
    parts = [
        run(tf.constant(np.stack(pictures[start : start + _BATCH]).astype(np.float32))).numpy()
        for start in range(0, len(pictures), _BATCH)
    ]
    return np.concatenate(parts)


def rooted(values: np.ndarray) -> np.ndarray:
    """The square roots of features, which are not negative."""
    return np.sqrt(values + _LEAST)


def damped_directions(values: np.ndarray, count: int, damped: float) -> tuple[np.ndarray, np.ndarray]:
    """The mean (f,) of values (n, f), and their first principal directions (f, count), each divided by its spread.

    Args:
        damped: the power of the spread; see `DAMPED`.
    """
    mean = values.mean(axis=0)
    _, spread, directions = np.linalg.svd(values - mean, full_matrices=False)
    spread = spread[:count] / len(values) ** 0.5
    return mean, (directions[:count].T / spread**damped).astype(np.float32)


def _pictures(settings: Settings) -> tuple[list[np.ndarray], dict[str, object]]:
    random = np.random.default_rng(_SEED)
    catalogue = read_catalogue(settings.data / "fashion-products")
    products = catalogue.products.merge(read_split("catalogue"), on="id", validate="one_to_one")
    names = products.loc[products["part"] == "train", "image"].to_numpy()
    chosen = random.permutation(names)[:_PRODUCTS]
    shots = [trimmed(images.decode(catalogue.images.read(name), max_side=2 * SIDE)) for name in chosen]
    people = read_user_photos(settings.data)
    sent = user_photos(settings, random.permutation(people.loc[people["part"] == "train", "image"])[:_PHOTOS].tolist())
    others = [photo for _, _, photo in backgrounds(settings.data, "train")]
    parts = [_part(photo.pixels, random) for photo in others for _ in range(_PARTS)]
    found = [photo.pixels for photo in (*shots, *sent, *others)] + parts
    data: dict[str, object] = {
        "catalogue": len(shots),
        "user_photos": len(sent),
        "backgrounds": len(others),
        "parts_of_backgrounds": len(parts),
        "split": "splits/catalogue.csv, photos.csv and backgrounds.csv, part train",
    }
    return [images.letterbox(pixels, SIDE) for pixels in found], data


def _part(pixels: np.ndarray, random: np.random.Generator) -> np.ndarray:
    height, width = pixels.shape[:2]
    size = int(min(height, width) * random.uniform(0.35, 0.8))
    top, left = int(random.integers(0, height - size + 1)), int(random.integers(0, width - size + 1))
    return np.ascontiguousarray(pixels[top : top + size, left : left + size])
