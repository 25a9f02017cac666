"""Trains `models/fashion`: product types, attributes and an embedding in one network. Seeded and resumable."""

from __future__ import annotations

import hashlib
import itertools
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

from vsearch_core import images
from vsearch_core.catalogue import read_catalogue
from vsearch_core.catalogue.photo_sets import read_user_photos
from vsearch_core.catalogue.sources import TarImages
from vsearch_core.catalogue.split import read_split
from vsearch_core.contracts import ATTRIBUTES
from vsearch_core.errors import CatalogueError
from vsearch_core.files import replace_json
from vsearch_core.settings import Settings
from vsearch_core.training import datasets
from vsearch_core.training.labels import Labels
from vsearch_core.training.losses import InstanceBank, Proxies, any_right_type, known_class
from vsearch_core.training.network import EMBEDDING, fashion_network

Say = Callable[[str], None]

SETTLING_STEPS = 200


@dataclass(frozen=True)
class Recipe:
    """Everything that decides a training; saved beside the model."""

    side: int = 128
    epochs: int = 6
    batch: int = 64
    peak_rate: float = 8e-4
    warm_up: float = 0.05
    weight_decay: float = 1e-4
    frozen_before: str = "block_3"
    drawn: int = 2000
    snap_share: float = 0.35
    photo_repeats: int = 2
    attribute_weight: float = 0.25
    proxy_weight: float = 0.3
    instance_weight: float = 0.3
    seed: int = 2026


@dataclass(frozen=True)
class Outcome:
    """A trained network, what it was taught and how it went (one record an epoch)."""

    network: keras.Model
    labels: Labels
    recipe: Recipe
    history: list[dict[str, float]]
    data: dict[str, object]


def train_fashion(settings: Settings, recipe: Recipe, *, say: Say = print, fresh: bool = False) -> Outcome:
    """Train on the committed split, or go on where an earlier run of the same recipe stopped.

    Checkpoints go to `<cache>/training/fashion-<recipe>` after every epoch.

    Raises:
        CatalogueError: the real data is not at hand.
    """
    if not settings.has_data:
        raise CatalogueError(
            f"Training needs the public data sets and {settings.data} has none; "
            "get them with `python -m vsearch_core data fetch` or set VSEARCH_DATA."
        )
    keras.utils.set_random_seed(recipe.seed)
    labels, training, validation, data = _prepare(settings, recipe, say)
    network = fashion_network(recipe.side, labels, settings.keras_home, frozen_before=recipe.frozen_before)
    loop = _Loop(network, labels, training, recipe)
    folder = settings.cache / "training" / f"fashion-{_name(recipe)}-{data['fingerprint']}"
    history = _resume(loop, folder, fresh=fresh)
    if history:
        say(f"going on after epoch {len(history)} of {recipe.epochs}")
    for epoch in range(len(history), recipe.epochs):
        started = time.monotonic()
        record = loop.run_epoch(epoch, say)
        record |= validation(network)
        record |= {"epoch": epoch + 1, "seconds": round(time.monotonic() - started, 1)}
        history.append(record)
        loop.save(folder, history)
        say(json.dumps(record))
    say("settling the batch-norm statistics")
    loop.settle()
    history[-1] |= {f"settled_{name}": value for name, value in validation(network).items()}
    say(json.dumps(history[-1]))
    return Outcome(network, labels, recipe, history, data)


def _prepare(settings: Settings, recipe: Recipe, say: Say) -> tuple[Labels, datasets.TrainingSet, Callable, dict]:
    catalogue = read_catalogue(settings.data / "fashion-products")
    labels = Labels.of(catalogue)
    products = catalogue.products.merge(read_split("catalogue"), on="id", validate="one_to_one")
    cache = settings.cache / "training" / "pictures"
    say("reading the pictures (kept in the cache for the next time)")
    everyone = read_user_photos(settings.data)
    people = everyone[everyone["part"] == "train"]
    parts = {}
    for part in ("train", "validation"):
        rows = products[products["part"] == part].reset_index(drop=True)
        shots = datasets.shop_pictures(catalogue, rows, side=recipe.side, cache=cache, name=f"catalogue-{part}")
        parts[part] = (rows, shots)
    rows, shots = parts["train"]
    drawn, drawn_products = datasets.drawn_pictures(recipe.drawn, side=recipe.side, cache=cache)
    source = TarImages(settings.data / "clothing-photos" / "images.tar", prefix="images/")
    targets = datasets.joined(
        [
            datasets.shop_targets(labels, rows, list(rows["group"])),
            datasets.shop_targets(labels, drawn_products, list(drawn.ids)),
            datasets.photo_targets(labels, people),
        ]
    )
    training = datasets.TrainingSet(
        [shots, drawn],
        datasets.read_photos(source, list(people["image"])),
        targets,
        snap_share=recipe.snap_share,
        photo_repeats=recipe.photo_repeats,
    )
    data = {
        "fingerprint": _fingerprint(rows, people),
        "catalogue_train": len(rows),
        "drawn_train": len(drawn.ids),
        "user_photos_train": len(people),
        "split": "splits/catalogue.csv and splits/photos.csv, part train",
    }
    return labels, training, _validation(labels, *parts["validation"], everyone, source, recipe), data


def _validation(
    labels: Labels,
    rows: pd.DataFrame,
    shots: datasets.ShopPictures,
    everyone: pd.DataFrame,
    source: TarImages,
    recipe: Recipe,
) -> Callable[[keras.Model], dict[str, float]]:
    """A function that gives accuracy on validation shots and on validation user photos."""
    people = everyone[everyone["part"] == "validation"]
    photos = [images.letterbox(photo, recipe.side) for photo in datasets.read_photos(source, list(people["image"]))]
    pictures = np.concatenate([shots.pixels, np.stack(photos)])
    right = np.concatenate(
        [labels.type_targets(list(rows["product_type"])), datasets.photo_targets(labels, people).types]
    )

    def judge(network: keras.Model) -> dict[str, float]:
        best = []
        for start in range(0, len(pictures), 256):
            logits = network(pictures[start : start + 256].astype(np.float32), training=False)["product_type"]
            best.append(np.argmax(logits.numpy(), axis=1))
        correct = right[np.arange(len(right)), np.concatenate(best)] > 0
        return {
            "validation_type_accuracy": round(float(correct[: len(rows)].mean()), 4),
            "validation_user_photo_accuracy": round(float(correct[len(rows) :].mean()), 4),
        }

    return judge


class _Loop:
    """The network with its training-only parts, the optimiser and one training step."""

    def __init__(self, network: keras.Model, labels: Labels, training: datasets.TrainingSet, recipe: Recipe) -> None:
        self.network, self.training, self.recipe = network, training, recipe
        self.type_proxies = Proxies(len(labels.product_types), EMBEDDING, 0.1, "type_proxies")
        self.colour_proxies = Proxies(len(labels.attributes["colour"]), EMBEDDING, 0.1, "colour_proxies")
        self.bank = InstanceBank(training.targets.group[: training.shop_rows], EMBEDDING)
        self.variables = [
            *network.trainable_variables,
            *self.type_proxies.trainable_variables,
            *self.colour_proxies.trainable_variables,
        ]
        self.steps = len(training.epoch_rows(np.random.default_rng(0))) // recipe.batch
        total = self.steps * recipe.epochs
        schedule = keras.optimizers.schedules.CosineDecay(
            0.0, total, alpha=0.0, warmup_target=recipe.peak_rate, warmup_steps=int(total * recipe.warm_up)
        )
        self.optimiser = keras.optimizers.AdamW(schedule, weight_decay=recipe.weight_decay, global_clipnorm=5.0)
        self.optimiser.build(self.variables)

    def run_epoch(self, epoch: int, say: Say) -> dict[str, float]:
        """One pass over the training set; returns mean losses."""
        recipe, started = self.recipe, time.monotonic()
        sums: dict[str, float] = {}
        stream = datasets.batches(self.training, side=recipe.side, size=recipe.batch, seed=recipe.seed, epoch=epoch)
        for number, batch in enumerate(stream, start=1):
            rows = np.where(batch.rows < self.training.shop_rows, batch.rows, -1)
            targets = batch.targets
            losses = self._step(
                tf.constant(batch.pixels, tf.float32), tf.constant(rows), targets.types, targets.attributes
            )
            for name, value in losses.items():
                sums[name] = sums.get(name, 0.0) + float(value)
            if number % 50 == 0:
                speed = number * recipe.batch / (time.monotonic() - started)
                means = " ".join(f"{name} {value / number:.3f}" for name, value in sums.items())
                say(f"epoch {epoch + 1} step {number}/{self.steps} {speed:.0f} pictures/s {means}")
        return {name: round(value / self.steps, 4) for name, value in sums.items()}

    @tf.function(reduce_retracing=True)
    def _step(self, pixels: tf.Tensor, rows: tf.Tensor, types: tf.Tensor, attributes: tf.Tensor) -> dict:
        recipe = self.recipe
        with tf.GradientTape() as tape:
            out = self.network(pixels, training=True)
            embedding = out["embedding"]
            losses = {
                "type": any_right_type(out["product_type"], types),
                "attribute": tf.add_n(
                    [known_class(out[name], attributes[:, place]) for place, name in enumerate(ATTRIBUTES)]
                ),
                "proxy": any_right_type(self.type_proxies(embedding), types)
                + known_class(self.colour_proxies(embedding), attributes[:, ATTRIBUTES.index("colour")]),
                "instance": self.bank.loss(embedding, rows),
            }
            total = (
                losses["type"]
                + recipe.attribute_weight * losses["attribute"]
                + recipe.proxy_weight * losses["proxy"]
                + recipe.instance_weight * losses["instance"]
            )
        self.optimiser.apply_gradients(zip(tape.gradient(total, self.variables), self.variables, strict=True))
        self.bank.remember(embedding, rows)
        return losses

    def settle(self) -> None:
        """Estimate the batch-norm statistics of the final weights.

        During training they are an average over weights that have changed meanwhile.
        """
        layers = [
            layer for layer in self.network._flatten_layers() if isinstance(layer, keras.layers.BatchNormalization)
        ]
        for layer in layers:
            layer.momentum = 0.98
        forward = tf.function(lambda pixels: self.network(pixels, training=True))
        recipe = self.recipe
        stream = datasets.batches(
            self.training, side=recipe.side, size=recipe.batch, seed=recipe.seed, epoch=recipe.epochs
        )
        for batch in itertools.islice(stream, SETTLING_STEPS):
            forward(tf.constant(batch.pixels, tf.float32))

    def checkpoint(self) -> tf.train.Checkpoint:
        """Everything that a resumed training needs."""
        return tf.train.Checkpoint(
            network=self.network,
            type_proxies=self.type_proxies,
            colour_proxies=self.colour_proxies,
            optimiser=self.optimiser,
            bank=self.bank.embeddings,
            seen=self.bank.seen,
        )

    def save(self, folder: Path, history: list[dict[str, float]]) -> None:
        """Keep the state after an epoch; the history is written last and names it."""
        folder.mkdir(parents=True, exist_ok=True)
        self.checkpoint().write(str(folder / f"epoch-{len(history)}"))
        replace_json(folder / "history.json", history)
        for old in folder.glob(f"epoch-{len(history) - 1}.*"):
            old.unlink()


def _resume(loop: _Loop, folder: Path, *, fresh: bool) -> list[dict[str, float]]:
    listing = folder / "history.json"
    if fresh or not listing.is_file():
        return []
    history = json.loads(listing.read_text(encoding="utf-8"))
    loop.checkpoint().read(str(folder / f"epoch-{len(history)}")).assert_consumed()
    return history


def _fingerprint(shots: pd.DataFrame, people: pd.DataFrame) -> str:
    """Names exactly these pictures and labels: another split or corrected labels are another training."""
    digest = hashlib.sha256()
    for table, columns in ((shots, ["id", "product_type", *ATTRIBUTES, "group"]), (people, ["id", "label"])):
        digest.update(table[columns].to_csv(index=False).encode())
    return digest.hexdigest()[:12]


def _name(recipe: Recipe) -> str:
    return hashlib.sha256(json.dumps(asdict(recipe), sort_keys=True).encode()).hexdigest()[:10]
