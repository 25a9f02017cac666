"""Embeddings by the classic methods, trained alike: the same start, pictures, frozen layers, minutes and schedule.

Every method begins as the pretrained features at the wanted dimension (their principal components) and sees batches of
products, a studio shot and a phone snap of each. What differs is the loss.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from studies.methods.compare import DIMENSION, bundle_name
from studies.methods.pair_losses import siamese, triplet
from studies.methods.raw import NOTHING, PROBE_EPOCHS, raw_features
from vsearch_core.settings import Settings
from vsearch_core.training.fashion.bundle import write_network
from vsearch_core.training.fashion.recipe import Recipe
from vsearch_core.training.shared.datasets import Batch, Targets, TrainingSet, batches
from vsearch_core.training.shared.descent import by_minutes, descend
from vsearch_core.training.shared.heads import assembled, linear_probe, pooled, projection
from vsearch_core.training.shared.losses import Proxies, known_class
from vsearch_core.training.shared.material import Material, read_material
from vsearch_core.training.shared.state import Say
from vsearch_core.training.shared.trunks import trunk

TEMPERATURE = 0.05
PROBED = 8000
"""So many shots, drawn at random, teach the linear probes of a trained trunk: running it on all takes minutes."""


@dataclass(frozen=True)
class MethodRecipe:
    """What decides the training of one of `METHODS`; `minutes` are of training steps, whatever the machine."""

    method: str
    minutes: float = 6.0
    dimension: int = DIMENSION
    side: int = Recipe.side
    products: int = 32
    peak_rate: float = 4e-4
    frozen_before: str = "block_6"
    seed: int = Recipe.seed

    @property
    def name(self) -> str:
        """Of the bundle."""
        return bundle_name(self.method, self.dimension)


class ProductViews(TrainingSet):
    """Every product twice: its studio shots are the first rows, its phone snaps the rows behind them."""

    @classmethod
    def of(cls, material: Material) -> ProductViews:
        """The same shots twice, with their targets twice."""
        targets, twice = material.targets, np.tile(np.arange(len(material.shots.ids)), 2)
        return cls([material.shots, material.shots], material.photos, targets.rows(twice))

    def epoch_rows(self, random: np.random.Generator) -> np.ndarray:
        """One product of each group in random order; its shot and its snap are neighbours, so batches are balanced."""
        count = self.shop_rows // 2
        order = random.permutation(count)
        _, first = np.unique(self.targets.group[order], return_index=True)
        chosen = random.permutation(order[first])
        return np.stack([chosen, chosen + count], axis=1).reshape(-1)

    def as_snap(self, row: int, random: np.random.Generator) -> bool:
        """Whether a row is a product's second view."""
        return row >= self.shop_rows // 2


def train_embedding(settings: Settings, recipe: MethodRecipe, *, say: Say = print) -> Path:
    """Train one method and write `<cache>/bundles/<method>-<dimension>`.

    Raises:
        CatalogueError: the public data sets are not at hand.
        BundleError: the ImageNet weights are not to be had.
    """
    material = read_material(settings, side=recipe.side)
    untouched = trunk(recipe.side, settings.keras_home, frozen_before=NOTHING)
    start = raw_features(settings, material, untouched, say=say)
    base = trunk(recipe.side, settings.keras_home, frozen_before=recipe.frozen_before)
    network, steps, losses = learn(recipe, material, base, start, say=say)
    training = {
        "command": f"python -m studies train embedding --method {recipe.method} --minutes {recipe.minutes:g} "
        f"--dimension {recipe.dimension} --seed {recipe.seed}",
        "recipe": asdict(recipe),
        "data": material.data,
        "minutes": recipe.minutes if steps else 0,
        "steps": steps,
        "loss_first_and_last_tenth": losses,
    }
    path = settings.cache / "bundles" / recipe.name
    return write_network(network, path, labels=material.labels, side=recipe.side, training=training)


def learn(
    recipe: MethodRecipe, material: Material, base: keras.Model, start: np.ndarray, *, say: Say
) -> tuple[keras.Model, int, list[float]]:
    """Train one method on a trunk.

    Args:
        base: the trunk, (b, side, side, 3) in -1..1 -> (b, f).
        start: (n, f) its features of the shots before any training.

    Returns:
        The whole network, the number of steps, and the mean loss of the first and of the last tenth of them.
    """
    keras.utils.set_random_seed(recipe.seed)
    known = start if recipe.dimension <= start.shape[1] else None
    centred = recipe.method == "normalised-softmax"
    head = projection(start.shape[1], recipe.dimension, layer_norm=centred, features=known)
    losses: list[float] = []
    if recipe.method != "pretrained":
        loss_of, own = _loss(recipe, material.targets, head, start)

        def of_pixels(pixels: tf.Tensor, groups: tf.Tensor) -> tf.Tensor:
            return loss_of(head(base(pixels / 127.5 - 1, training=True), training=True), groups)

        variables = [*base.trainable_variables, *head.trainable_variables, *own]
        losses = descend(
            variables,
            of_pixels,
            _told(_endless(recipe, material), say, recipe.method),
            peak_rate=recipe.peak_rate,
            place=by_minutes(recipe.minutes),
        )
    say(f"{recipe.method}: {len(losses):,} steps; teaching the probes")
    network = assembled(recipe.side, base, _probe(recipe, material, base, start, trained=bool(losses)), head)
    tenth = max(1, len(losses) // 10)
    ends = [round(float(np.mean(part)), 4) for part in (losses[:tenth], losses[-tenth:]) if part]
    return network, len(losses), ends


def _loss(
    recipe: MethodRecipe, targets: Targets, head: keras.Model, start: np.ndarray
) -> tuple[Callable[[tf.Tensor, tf.Tensor], tf.Tensor], list[keras.Variable]]:
    """The method's loss of embeddings and groups, and what it learns besides the network."""
    if recipe.method == "siamese":
        return siamese, []
    if recipe.method == "triplet":
        return triplet, []
    classes = int(targets.group.max()) + 1
    proxies = Proxies(classes, recipe.dimension, TEMPERATURE, "product_proxies")
    # a class is seen once or twice in minutes: its proxy begins where its pictures are
    embeddings = head.predict(start, batch_size=1024, verbose=0)
    sums = np.zeros((classes, recipe.dimension), np.float32)
    np.add.at(sums, targets.group, embeddings)
    proxies.directions.assign(tf.math.l2_normalize(sums, axis=1))
    return lambda embeddings, groups: known_class(proxies(embeddings), groups), proxies.trainable_variables


def _probe(
    recipe: MethodRecipe, material: Material, base: keras.Model, start: np.ndarray, *, trained: bool
) -> keras.Model:
    count = len(material.shots.ids)
    rows = np.arange(count)
    if trained:
        rows = np.sort(np.random.default_rng(recipe.seed).permutation(count)[:PROBED])
    features = pooled(base, material.shots.pixels, rows) if trained else start
    return linear_probe(features, material.targets.rows(rows), material.labels, epochs=PROBE_EPOCHS, seed=recipe.seed)


def _endless(recipe: MethodRecipe, material: Material) -> Iterator[Batch]:
    views, epoch = ProductViews.of(material), 0
    while True:
        size = 2 * min(recipe.products, len(np.unique(material.targets.group)))
        yield from batches(views, side=recipe.side, size=size, seed=recipe.seed, epoch=epoch)
        epoch += 1


def _told(made: Iterator[Batch], say: Say, name: str) -> Iterator[tuple[tf.Tensor, tf.Tensor]]:
    for number, batch in enumerate(made):
        if number and number % 100 == 0:
            say(f"{name}: step {number:,}")
        yield tf.constant(batch.pixels, tf.float32), tf.constant(batch.targets.group)
