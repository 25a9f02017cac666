"""One training of the fashion network, step by step: losses, optimiser, checkpoints."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import replace

import keras
import numpy as np
import tensorflow as tf

from vsearch_core.contracts import ATTRIBUTES
from vsearch_core.training.fashion.network import EMBEDDING
from vsearch_core.training.fashion.recipe import Recipe, Stage
from vsearch_core.training.fashion.teacher import Teacher
from vsearch_core.training.shared import datasets, stages
from vsearch_core.training.shared.epochs import mean_losses, optimiser_of, settle
from vsearch_core.training.shared.labels import Labels
from vsearch_core.training.shared.losses import InstanceBank, Proxies, any_right_type, known_class, sureness
from vsearch_core.training.shared.state import Say

SETTLING_STEPS = 200


def rates(recipe: Recipe, steps: Mapping[Stage, int]) -> np.ndarray:
    """The learning rate of every step, float32: each stage warms up and decays along a cosine.

    Args:
        steps: of an epoch of each stage.
    """
    return stages.rates([(stage.epochs * steps[stage], stage.peak_rate) for stage in recipe.stages], recipe.warm_up)


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
        self.optimiser = optimiser_of(rates(recipe, self.steps), self.variables, weight_decay=recipe.weight_decay)
        self.checkpoint = tf.train.Checkpoint(
            network=network,
            type_proxies=self.type_proxies,
            colour_proxies=self.colour_proxies,
            optimiser=self.optimiser,
            bank=self.bank.embeddings,
            seen=self.bank.seen,
            **({"teacher": self.teacher.head} if self.teacher else {}),
        )

    def know_shop(self) -> None:
        """Remember every shop picture as the network sees it now, which a network that has learned begins with."""
        embed = tf.function(lambda pixels: self.network(pixels, training=False)["embedding"])
        first = 0
        for part in self.training.shop:
            for start in range(0, len(part.ids), self.recipe.batch):
                pixels = tf.constant(part.pixels[start : start + self.recipe.batch], tf.float32)
                rows = tf.range(first + start, first + start + pixels.shape[0])
                self.bank.embeddings.scatter_nd_update(rows[:, None], embed(pixels))
            first += len(part.ids)
        self.bank.seen.assign(tf.ones_like(self.bank.seen))

    def run_epoch(self, epoch: int, say: Say) -> dict[str, float]:
        """One pass over the training set; returns mean losses."""
        stage = self.recipe.stage_of(epoch)
        weights = {
            "instance": tf.constant(stage.instance_weight),
            "neighbour": tf.constant(stage.neighbour_weight),
            "twin": tf.constant(stage.twin_weight),
        }

        def losses(batch: datasets.Batch) -> dict[str, tf.Tensor]:
            rows = np.where(batch.rows < self.training.shop_rows, batch.rows, -1)
            remembered = np.where(batch.snaps, -1, rows) if stage.shots_alone else rows
            return self._step(
                tf.constant(batch.pixels, tf.float32),
                tf.constant(rows),
                tf.constant(remembered),
                batch.targets.types,
                batch.targets.attributes,
                weights,
            )

        made = (losses(batch) for batch in self._batches(epoch))
        return mean_losses(made, epoch=epoch, steps=self.steps[stage], batch=self.recipe.batch, say=say)

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
        batches = itertools.islice(self._batches(self.recipe.epochs), SETTLING_STEPS)
        settle(self.network, (batch.pixels for batch in batches), momentum=0.98)
