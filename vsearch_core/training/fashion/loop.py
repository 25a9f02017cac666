"""One training of the fashion network, step by step: losses, optimiser, checkpoints."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace

import keras
import numpy as np
import tensorflow as tf

from vsearch_core.contracts import ATTRIBUTES
from vsearch_core.training.fashion.network import EMBEDDING
from vsearch_core.training.fashion.recipe import Recipe, Stage
from vsearch_core.training.fashion.teacher import Teacher
from vsearch_core.training.shared import datasets
from vsearch_core.training.shared.labels import Labels
from vsearch_core.training.shared.losses import InstanceBank, Proxies, any_right_type, known_class, sureness
from vsearch_core.training.shared.stages import rise_and_fall
from vsearch_core.training.shared.state import Restarts, Say, let_settle

SETTLING_STEPS = 200


def rates(recipe: Recipe, steps: Mapping[Stage, int]) -> np.ndarray:
    """The learning rate of every step, float32: each stage warms up and decays along a cosine.

    Args:
        steps: of an epoch of each stage.
    """
    parts = [rise_and_fall(stage.epochs * steps[stage], stage.peak_rate, recipe.warm_up) for stage in recipe.stages]
    return np.concatenate(parts)


class Loop:
    """The network with its training-only parts, the optimiser and one training step."""

    def __init__(self, network: keras.Model, labels: Labels, training: datasets.TrainingSet, recipe: Recipe) -> None:
        self.network, self.training, self.recipe = network, training, recipe
        self.type_proxies = Proxies(len(labels.product_types), EMBEDDING, 0.1, "type_proxies")
        self.colour_proxies = Proxies(len(labels.attributes["colour"]), EMBEDDING, 0.1, "colour_proxies")
        shop = training.targets.rows(np.arange(training.shop_rows))
        kinds = np.where(shop.types.any(axis=1), shop.types.argmax(axis=1), len(labels.product_types))
        self.bank = InstanceBank(shop.group, kinds, EMBEDDING)
        self.teacher = Teacher(network) if recipe.recall_weight else None
        self.variables = [
            *network.trainable_variables,
            *(self.teacher.trainable_variables if self.teacher else ()),
            *self.type_proxies.trainable_variables,
            *self.colour_proxies.trainable_variables,
        ]
        self.steps = {
            stage: len(self._shown(stage).epoch_rows(np.random.default_rng(0))) // recipe.batch
            for stage in recipe.stages
        }
        schedule = Restarts(rates(recipe, self.steps))
        self.optimiser = keras.optimizers.AdamW(schedule, weight_decay=recipe.weight_decay, global_clipnorm=5.0)
        self.optimiser.build(self.variables)

    def run_epoch(self, epoch: int, say: Say) -> dict[str, float]:
        """One pass over the training set; returns mean losses."""
        recipe, started = self.recipe, time.monotonic()
        sums: dict[str, float] = {}
        stage = recipe.stage_of(epoch)
        steps = self.steps[stage]
        weights = {
            "instance": tf.constant(stage.instance_weight),
            "neighbour": tf.constant(stage.neighbour_weight),
            "twin": tf.constant(stage.twin_weight),
        }
        for number, batch in enumerate(self._batches(epoch), start=1):
            rows = np.where(batch.rows < self.training.shop_rows, batch.rows, -1)
            remembered = np.where(batch.snaps, -1, rows) if stage.shots_alone else rows
            targets = batch.targets
            losses = self._step(
                tf.constant(batch.pixels, tf.float32),
                tf.constant(rows),
                tf.constant(remembered),
                targets.types,
                targets.attributes,
                weights,
            )
            for name, value in losses.items():
                sums[name] = sums.get(name, 0.0) + float(value)
            if number % 50 == 0:
                speed = number * recipe.batch / (time.monotonic() - started)
                means = " ".join(f"{name} {value / number:.3f}" for name, value in sums.items())
                say(f"epoch {epoch + 1} step {number}/{steps} {speed:.0f} pictures/s {means}")
        return {name: round(value / steps, 4) for name, value in sums.items()}

    def _batches(self, epoch: int) -> Iterator[datasets.Batch]:
        recipe = self.recipe
        data = self._shown(recipe.stage_of(epoch))
        return datasets.batches(data, side=recipe.side, size=recipe.batch, seed=recipe.seed, epoch=epoch)

    def _shown(self, stage: Stage) -> datasets.TrainingSet:
        return replace(self.training, snap_share=stage.snap_share, garment_repeats=stage.garment_repeats)

    @tf.function(reduce_retracing=True)
    def _step(
        self,
        pixels: tf.Tensor,
        rows: tf.Tensor,
        remembered: tf.Tensor,
        types: tf.Tensor,
        attributes: tf.Tensor,
        bank_weights: dict[str, tf.Tensor],
    ) -> dict:
        recipe = self.recipe
        with tf.GradientTape() as tape:
            out = self.network(pixels, training=True)
            embedding = out["embedding"]
            nothing = tf.reduce_all(types == 0, axis=1)
            in_bank = self.bank.losses(embedding, rows, types)
            losses = {
                "type": any_right_type(out["product_type"], types),
                "attribute": tf.add_n(
                    [known_class(out[name], attributes[:, place]) for place, name in enumerate(ATTRIBUTES)]
                ),
                "proxy": any_right_type(self.type_proxies(embedding), types),
                "colour": known_class(self.colour_proxies(embedding), attributes[:, ATTRIBUTES.index("colour")]),
                **in_bank,
            }
            if recipe.unsure_weight:
                losses["sure"] = sureness(out["product_type"], nothing)
            if self.teacher is not None:
                losses["recall"] = self.teacher.forgotten(pixels, out["features"])
            total = (
                losses["type"]
                + recipe.attribute_weight * losses["attribute"]
                + recipe.proxy_weight * losses["proxy"]
                + recipe.colour_weight * losses["colour"]
                + recipe.unsure_weight * losses.get("sure", 0.0)
                + recipe.recall_weight * losses.get("recall", 0.0)
                + tf.add_n([weight * losses[name] for name, weight in bank_weights.items()])
            )
        self.optimiser.apply_gradients(zip(tape.gradient(total, self.variables), self.variables, strict=True))
        self.bank.remember(embedding, remembered)
        return losses

    def settle(self) -> None:
        """Estimate the batch-norm statistics of the final weights."""
        let_settle(self.network, 0.98)
        forward = tf.function(lambda pixels: self.network(pixels, training=True))
        for batch in itertools.islice(self._batches(self.recipe.epochs), SETTLING_STEPS):
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
            **({"teacher": self.teacher.head} if self.teacher else {}),
        )
