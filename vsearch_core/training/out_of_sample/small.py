"""A small network of product types, quick to train on any rows of the catalogue: for asking what labels are worth.

Its early blocks keep their ImageNet weights, so that they are run once over every picture, as it is and as it might
have been taken again; what is trained is the rest, anew each time.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

from vsearch_core import images
from vsearch_core.catalogue import read_catalogue
from vsearch_core.catalogue.split import with_split
from vsearch_core.catalogue.table import ImageSource
from vsearch_core.settings import Settings
from vsearch_core.training.fashion.recipe import Recipe
from vsearch_core.training.shared.descent import descend
from vsearch_core.training.shared.heads import shuffled
from vsearch_core.training.shared.labels import codes
from vsearch_core.training.shared.material import need_data
from vsearch_core.training.shared.state import Say
from vsearch_core.training.shared.trunks import trunk

VIEWS = 2
"""Of each picture: as it is, and taken again."""

_BLOCK, _CHUNK, _WORKERS = 256, 2048, 2
_SHIFT, _LIGHT = 0.08, 0.1
"""How far a picture is moved, of its side, and how much brighter or darker it becomes."""

Start = Callable[[], tuple[keras.Model, keras.Model]]
"""Makes a trunk that has seen none of the photos, in two: the frozen part, (b, side, side, 3) in -1..1 -> (b, h, w, c),
and the part that is trained, (b, h, w, c) -> (b, f)."""


@dataclass(frozen=True)
class SmallRecipe:
    """What decides a training of the small network, besides how long it lasts and what it is shown."""

    side: int = 96
    batch: int = 64
    peak_rate: float = 8e-4
    frozen_before: str = "block_13"
    seed: int = Recipe.seed


@dataclass(frozen=True)
class Shots:
    """The catalogue's products of all parts with `part` and `group`, and what the frozen part says of their pictures.

    `seen` (n, VIEWS, h, w, c) float16.
    """

    table: pd.DataFrame
    source: ImageSource
    seen: np.ndarray

    @property
    def types(self) -> list[str]:
        """Every product type that occurs, sorted by name."""
        return sorted(set(self.table["product_type"]) - {""})

    @property
    def numbers(self) -> np.ndarray:
        """(n,) each product's place among the types, int32; -1 where it has none."""
        return codes(self.table["product_type"], self.types)

    def rows_of(self, *parts: str) -> np.ndarray:
        """The rows of some parts of the split whose product has a type."""
        return np.flatnonzero(self.table["part"].isin(parts) & self.table["product_type"].ne(""))


def imagenet_start(settings: Settings, recipe: SmallRecipe) -> Start:
    """MobileNetV2 with its ImageNet weights; calling it raises BundleError where they are not to be had."""

    def start() -> tuple[keras.Model, keras.Model]:
        base = trunk(recipe.side, settings.keras_home, frozen_before=recipe.frozen_before)
        first = next(place for place, layer in enumerate(base.layers) if layer.name.startswith(recipe.frozen_before))
        border = base.layers[first - 1].output
        return keras.Model(base.input, border), keras.Model(border, base.output)

    return start


def read_shots(settings: Settings, recipe: SmallRecipe, start: Start, *, say: Say) -> Shots:
    """Every product of the public catalogue, with what the frozen part says of its picture; that is kept in the cache.

    Raises:
        CatalogueError: the public data sets are not at hand.
        BundleError: the ImageNet weights are not to be had.
    """
    need_data(settings)
    catalogue = read_catalogue(settings.data / "fashion-products")
    table = with_split(catalogue.products)
    named = hashlib.sha256("\n".join([recipe.frozen_before, *table["id"]]).encode()).hexdigest()[:12]
    folder = settings.cache / "training" / "features" / f"small-{recipe.side}-{named}"
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{begin}.npy" for begin in range(0, len(table), _CHUNK)]
    missing = [(place * _CHUNK, path) for place, path in enumerate(paths) if not path.is_file()]
    if missing:
        say(f"running the frozen part on {len(table):,} pictures, {VIEWS} views each (kept in the cache)")
        frozen = start()[0]
        forward = tf.function(lambda block: frozen(block / 127.5 - 1, training=False), reduce_retracing=True)
        for begin, path in missing:
            names = table["image"].iloc[begin : begin + _CHUNK].to_numpy()
            _keep(
                path, _seen(catalogue.images, names, recipe.side, forward, np.random.default_rng([Recipe.seed, begin]))
            )
            say(f"{min(begin + _CHUNK, len(table)):,} pictures")
    return Shots(table, catalogue.images, np.concatenate([np.load(path) for path in paths]))


class SmallNetwork:
    """A trained part and its classifier."""

    def __init__(self, trained: keras.Model, head: keras.layers.Layer) -> None:
        def forward(block: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            features = trained(block, training=False)
            return head(features), tf.math.l2_normalize(features, axis=1)

        self._forward = tf.function(forward, reduce_retracing=True)

    def run(self, shots: Shots, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Logits (len(rows), types) and L2-normalised features (len(rows), f) of some pictures as they are, float32."""
        found = []
        for start in range(0, len(rows), _BLOCK):
            block = shots.seen[rows[start : start + _BLOCK], 0].astype(np.float32)
            found.append([value.numpy() for value in self._forward(tf.constant(block))])
        logits, features = zip(*found, strict=True)
        return np.concatenate(logits), np.concatenate(features)


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
    _, trained = start()
    dropout = keras.layers.Dropout(0.2, seed=recipe.seed)
    head = keras.layers.Dense(len(shots.types), name="product_type")
    head.build((None, trained.output_shape[-1]))
    numbers = shots.numbers

    def loss_of(seen: tf.Tensor, classes: tf.Tensor) -> tf.Tensor:
        logits = head(dropout(trained(seen, training=True), training=True))
        return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(classes, logits))

    def batches() -> Iterator[tuple[tf.Tensor, tf.Tensor]]:
        random = np.random.default_rng(recipe.seed)
        for number, drawn in enumerate(shuffled(len(rows), recipe.batch, recipe.seed)):
            if number and number % 100 == 0:
                say(f"step {number:,}: {number * recipe.batch / len(rows):.2f} epochs")
            chosen = rows[drawn]
            seen = shots.seen[chosen, random.integers(VIEWS, size=len(chosen))]
            yield tf.constant(seen, tf.float32), tf.constant(numbers[chosen])

    variables = [*trained.trainable_variables, *head.trainable_variables]
    losses = descend(variables, loss_of, batches(), peak_rate=recipe.peak_rate, place=place)
    return SmallNetwork(trained, head), losses


def taken_again(pixels: np.ndarray, random: np.random.Generator) -> np.ndarray:
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
        taken[row] = wide[row, top : top + side, left : left + side][:, ::-1]
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


def _seen(
    source: ImageSource,
    names: Sequence[str],
    side: int,
    forward: Callable[[tf.Tensor], tf.Tensor],
    random: np.random.Generator,
) -> np.ndarray:
    """What the frozen part says of some pictures, (len(names), VIEWS, h, w, c) float16."""

    def picture(name: str) -> np.ndarray:
        return images.letterbox(images.decode(source.read(name), max_side=2 * side).pixels, side)

    found = []
    with ThreadPoolExecutor(_WORKERS) as pool:
        for start in range(0, len(names), _BLOCK):
            pixels = np.stack(list(pool.map(picture, names[start : start + _BLOCK])))
            views = [forward(tf.constant(one, tf.float32)).numpy() for one in (pixels, taken_again(pixels, random))]
            found.append(np.stack(views, axis=1).astype(np.float16))
    return np.concatenate(found)


def _keep(path: Path, values: np.ndarray) -> None:
    draft = path.with_suffix(f".{os.getpid()}.part")
    with draft.open("wb") as file:
        np.save(file, values)
    draft.replace(path)
