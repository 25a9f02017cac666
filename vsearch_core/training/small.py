"""A small network of product types, quick to train on any rows of the catalogue: for asking what labels are worth."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

from vsearch_core import images
from vsearch_core.catalogue import read_catalogue
from vsearch_core.catalogue.split import read_split
from vsearch_core.catalogue.table import ImageSource
from vsearch_core.settings import Settings
from vsearch_core.training.descent import descend
from vsearch_core.training.heads import shuffled
from vsearch_core.training.labels import codes
from vsearch_core.training.loop import Say
from vsearch_core.training.material import need_data
from vsearch_core.training.network import trunk
from vsearch_core.training.recipe import Recipe

_BLOCK, _WORKERS = 256, 2
_SHIFT, _LIGHT = 0.08, 0.1
"""How far a picture is moved, of its side, and how much brighter or darker it becomes."""


@dataclass(frozen=True)
class SmallRecipe:
    """What decides a training of the small network, besides how long it lasts and what it is shown."""

    side: int = 96
    batch: int = 64
    peak_rate: float = 8e-4
    frozen_before: str = "block_6"
    seed: int = Recipe.seed


@dataclass(frozen=True)
class Shots:
    """The catalogue's products of all parts with `part` and `group`, and their pictures (n, side, side, 3) uint8.

    `types` are all product types that occur, and `numbers` (n,) each product's place among them.
    """

    table: pd.DataFrame
    source: ImageSource
    pixels: np.ndarray

    @property
    def types(self) -> list[str]:
        """Every product type that occurs, sorted by name."""
        return sorted(set(self.table["product_type"]) - {""})

    @property
    def numbers(self) -> np.ndarray:
        """(n,) int32, -1 where a product has no type."""
        return codes(self.table["product_type"], self.types)

    def rows_of(self, *parts: str) -> np.ndarray:
        """The rows of some parts of the split whose product has a type."""
        return np.flatnonzero(self.table["part"].isin(parts) & self.table["product_type"].ne(""))


def read_shots(settings: Settings, side: int, *, say: Say) -> Shots:
    """Every product of the public catalogue; the letterboxed pictures are kept in the cache.

    Raises:
        CatalogueError: the public data sets are not at hand.
    """
    need_data(settings)
    catalogue = read_catalogue(settings.data / "fashion-products")
    table, source = catalogue.products.merge(read_split("catalogue"), on="id", validate="one_to_one"), catalogue.images
    named = hashlib.sha256("\n".join(table["id"]).encode()).hexdigest()[:12]
    path = settings.cache / "training" / "pictures" / f"small-{side}-{named}.npy"
    if not path.is_file():
        say(f"reading {len(table):,} pictures (kept in the cache)")
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}.part")
        pixels = np.lib.format.open_memmap(draft, "w+", np.uint8, (len(table), side, side, 3))
        names = table["image"].to_numpy()

        def fill(row: int) -> None:
            photo = images.decode(source.read(names[row]), max_side=2 * side)
            pixels[row] = images.letterbox(photo.pixels, side)

        with ThreadPoolExecutor(_WORKERS) as pool:
            for _ in pool.map(fill, range(len(table))):
                pass
        pixels.flush()
        draft.replace(path)
    return Shots(table, source, np.load(path, mmap_mode="r"))


class SmallNetwork:
    """A trained trunk and its classifier."""

    def __init__(self, base: keras.Model, head: keras.layers.Layer) -> None:
        def forward(block: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            features = base(block / 127.5 - 1, training=False)
            return head(features), tf.math.l2_normalize(features, axis=1)

        self._forward = tf.function(forward, reduce_retracing=True)

    def run(self, pixels: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Logits (len(rows), types) and L2-normalised features (len(rows), f) of some pictures, float32."""
        found = []
        for start in range(0, len(rows), _BLOCK):
            block = np.asarray(pixels[rows[start : start + _BLOCK]], np.float32)
            found.append([value.numpy() for value in self._forward(tf.constant(block))])
        logits, features = zip(*found, strict=True)
        return np.concatenate(logits), np.concatenate(features)


Start = Callable[[], keras.Model]
"""Makes a trunk that has seen none of the photos, (b, side, side, 3) in -1..1 -> (b, f)."""


def imagenet_start(settings: Settings, recipe: SmallRecipe) -> Start:
    """MobileNetV2 with its ImageNet weights; calling it raises BundleError where they are not to be had."""
    return lambda: trunk(recipe.side, settings.keras_home, frozen_before=recipe.frozen_before)


def train_small(
    shots: Shots, rows: np.ndarray, recipe: SmallRecipe, start: Start, *, place: Callable[[int], float], say: Say
) -> tuple[SmallNetwork, list[float]]:
    """Train the network on some rows alone.

    Args:
        rows: of `shots`; nothing else is looked at.
        start: makes the trunk.
        place: of each step in the training, from `descent.by_steps` or `descent.by_minutes`.

    Returns:
        The network, and the loss of every step.
    """
    keras.utils.set_random_seed(recipe.seed)
    base = start()
    dropout = keras.layers.Dropout(0.2, seed=recipe.seed)
    head = keras.layers.Dense(len(shots.types), name="product_type")
    head.build((None, base.output_shape[-1]))
    numbers = shots.numbers

    def loss_of(pixels: tf.Tensor, classes: tf.Tensor) -> tf.Tensor:
        logits = head(dropout(base(pixels / 127.5 - 1, training=True), training=True))
        return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(classes, logits))

    def batches() -> Iterator[tuple[tf.Tensor, tf.Tensor]]:
        random = np.random.default_rng(recipe.seed)
        for number, drawn in enumerate(shuffled(len(rows), recipe.batch, recipe.seed)):
            if number and number % 50 == 0:
                say(f"step {number:,}: {number * recipe.batch / len(rows):.2f} epochs")
            chosen = rows[drawn]
            pixels = as_taken_again(shots.pixels[chosen], random)
            yield tf.constant(pixels, tf.float32), tf.constant(numbers[chosen])

    variables = [*base.trainable_variables, *head.trainable_variables]
    losses = descend(variables, loss_of, batches(), peak_rate=recipe.peak_rate, place=place)
    return SmallNetwork(base, head), losses


def as_taken_again(pixels: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Catalogue shots mirrored, moved a little on their white ground, and a little brighter or darker.

    Args:
        pixels: (b, s, s, 3) uint8.

    Returns:
        The same shape, uint8.
    """
    count, side = pixels.shape[:2]
    reach = round(_SHIFT * side)
    wide = np.pad(pixels, ((0, 0), (reach, reach), (reach, reach), (0, 0)), constant_values=255)
    taken = np.empty_like(pixels)
    for row in range(count):
        top, left = random.integers(0, 2 * reach + 1, size=2)
        window = wide[row, top : top + side, left : left + side]
        taken[row] = window[:, ::-1] if random.random() < 0.5 else window
    light = random.uniform(1 - _LIGHT, 1 + _LIGHT, size=(count, 1, 1, 1))
    return np.clip(taken * light, 0, 255).astype(np.uint8)


def folds_of(groups: Sequence[str], types: Sequence[str], folds: int, *, seed: int) -> np.ndarray:
    """A fold (from 0) for each row: rows of one group are in one fold, and each type is spread over the folds.

    A type of a single group is in one fold alone, so that the network that is asked about it never saw it.
    """
    frame = pd.DataFrame({"group": list(groups), "type": list(types)})
    table = frame.groupby("group", sort=True).agg(size=("type", "size"), type=("type", lambda one: one.mode().iat[0]))
    table = table.sample(frac=1, random_state=seed).sort_values("size", ascending=False, kind="stable")
    fold_of: dict[str, int] = {}
    total = np.zeros(folds)
    for _, of_type in table.groupby("type", sort=True):
        have = np.zeros(folds)
        for group, size in zip(of_type.index, of_type["size"], strict=True):
            # where two folds have as many of the type, the emptier one takes it
            fold = int(np.lexsort((total, have))[0])
            have[fold] += size
            total[fold] += size
            fold_of[group] = fold
    return frame["group"].map(fold_of).to_numpy(np.int64)
