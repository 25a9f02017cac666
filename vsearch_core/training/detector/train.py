"""Trains the detector: street photos and composed pictures, then user photos too. Seeded and resumable."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from vsearch_core.catalogue.photos.street import street_photos
from vsearch_core.catalogue.split import SETS, SPLITS
from vsearch_core.contracts import Item
from vsearch_core.evaluation.detector.matching import mean_precision
from vsearch_core.images.frames import frame_of, letterbox
from vsearch_core.settings import Settings
from vsearch_core.training.detector import losses
from vsearch_core.training.detector.layers import LAYERS
from vsearch_core.training.detector.material import Sources, batches, read_sources
from vsearch_core.training.detector.network import answering, begin_from, detector_network, of_size
from vsearch_core.training.detector.recipe import DetectorRecipe
from vsearch_core.training.detector.targets import Targets
from vsearch_core.training.shared import stages
from vsearch_core.training.shared.epochs import mean_losses, optimiser_of, run_epochs, settle
from vsearch_core.training.shared.state import History, Say, resume, take_over
from vsearch_core.vision.detector import Thresholds, found

PLAIN = Thresholds({layer.position: 0.3 for layer in LAYERS}, overlap=0.5, across=0.8)
"""What is judged with while nothing is chosen on validation yet."""
_SETTLING = 40
_FLIGHT = 16


@dataclass(frozen=True)
class DetectorOutcome:
    """A trained network, how it went (a record an epoch) and what it learned from."""

    network: keras.Model
    recipe: DetectorRecipe
    history: History
    data: dict[str, object]


def train_detector(
    settings: Settings,
    recipe: DetectorRecipe,
    *,
    say: Say = print,
    fresh: bool = False,
    until: int | None = None,
    earlier: Path | None = None,
) -> DetectorOutcome:
    """Train on part train of the committed splits, or go on where an earlier run of the same recipe stopped.

    Checkpoints go to `<cache>/training/detector-<recipe>-<splits>` after every epoch.

    Args:
        until: stop after this epoch, to go on another time; what is there by then is returned.
        earlier: the folder of an earlier training's checkpoints whose epochs are taken over, see `take_over`.

    Raises:
        CatalogueError: the public data sets are not at hand.
        VsearchError: the earlier training cannot be taken over.
    """
    keras.utils.set_random_seed(recipe.seed)
    say("reading the pictures")
    sources, data = read_sources(settings)
    validation = list(street_photos(settings.data, part="validation"))
    folder = settings.cache / "training" / f"detector-{recipe.name}-{_fingerprint()}"
    if earlier is not None:
        take_over(earlier, folder)
    base, began_from = begin_from(settings, frozen_before=recipe.frozen_before)
    loop = DetectorLoop(detector_network(base), recipe)
    history = resume(loop.checkpoint, folder, fresh=fresh)
    if history:
        # what it began from then: another training of the fashion network may have come since
        began_from = history[0].get("began_from", began_from)
    data |= {"began_from": began_from}
    eyes = Eyes(loop.network, recipe.serving)
    there = [street.garments for street in validation]
    shown = [street.photo.pixels for street in validation]

    def run(epoch: int) -> dict[str, Any]:
        seen = loop.with_worn(epoch, sources, eyes)
        record = loop.run_epoch(epoch, seen, say) | {"worn_shots": len(seen.worn)}
        record["validation_map"] = round(mean_precision(eyes.look(shown), there), 4)
        return record | ({"began_from": began_from} if epoch == 0 else {})

    run_epochs(run, loop.checkpoint, folder, history, epochs=recipe.epochs, until=until, say=say)
    say("settling the batch-norm statistics")
    loop.settle(loop.with_worn(recipe.epochs, sources, eyes))
    history[-1] |= {"settled_validation_map": round(mean_precision(eyes.look(shown), there), 4)}
    say(json.dumps(history[-1]))
    return DetectorOutcome(loop.network, recipe, history, data)


class Eyes:
    """What a network in training finds in pictures of any size; it always has the network's latest weights."""

    def __init__(self, network: keras.Model, size: tuple[int, int]) -> None:
        answers = answering(of_size(network, size))
        self._run = tf.function(lambda pixels: answers(pixels, training=False))
        self._size = size

    def look(self, pictures: Sequence[np.ndarray], limits: Thresholds = PLAIN) -> list[list[Item]]:
        """The candidates in pictures, (h, w, 3) uint8 each, in their pixels."""
        items: list[list[Item]] = []
        for start in range(0, len(pictures), _FLIGHT):
            some = pictures[start : start + _FLIGHT]
            stack = np.zeros((_FLIGHT, self._size[1], self._size[0], 3), np.float32)
            stack[: len(some)] = [letterbox(pixels, self._size) for pixels in some]
            outputs = {name: value.numpy() for name, value in self._run(tf.constant(stack)).items()}
            for place, pixels in enumerate(some):
                one = {name: value[place] for name, value in outputs.items()}
                size = pixels.shape[1], pixels.shape[0]
                frame, garments = frame_of(size, self._size), []
                for each in found(one, LAYERS, limits):
                    x0, y0, x1, y1 = frame.out(each.box, size).tolist()
                    garments.append(Item(each.label, each.position, each.score, (x0, y0, x1, y1)))
                items.append(garments)
        return items


class DetectorLoop:
    """The network with its optimiser and one training step."""

    def __init__(self, network: keras.Model, recipe: DetectorRecipe) -> None:
        self.network, self.recipe = network, recipe
        self.optimiser = optimiser_of(rates(recipe), network.trainable_variables, weight_decay=recipe.weight_decay)
        self.checkpoint = tf.train.Checkpoint(network=network, optimiser=self.optimiser)

    def with_worn(self, epoch: int, sources: Sources, eyes: Eyes) -> Sources:
        """The sources with shots of worn products as the network sees them now, in a stage that shows them."""
        if not self.recipe.stage_of(epoch).shares.worn:
            return sources
        return sources.with_worn(eyes.look, np.random.default_rng([self.recipe.seed, epoch]))

    def run_epoch(self, epoch: int, sources: Sources, say: Say) -> dict[str, float]:
        """One epoch of `recipe.steps` batches; returns mean losses."""
        made = (
            self._step(tf.constant(pixels, tf.float32), {name: tf.constant(value) for name, value in targets.items()})
            for pixels, targets in self._feed(epoch, sources, self.recipe.steps)
        )
        return mean_losses(made, epoch=epoch, steps=self.recipe.steps, batch=self.recipe.batch, say=say)

    @tf.function
    def _step(self, pixels: tf.Tensor, targets: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        variables = self.network.trainable_variables
        with tf.GradientTape() as tape:
            out = self.network(pixels, training=True)
            parts = {
                "heat": losses.heat_loss(out["heat"], targets["heat"], targets["known"]),
                "box": losses.box_loss(out["reach"], targets["reach"], targets["weight"]),
                "name": losses.name_loss(out["name"], targets["name"], targets["weight"]),
            }
            total = parts["heat"] + self.recipe.box_weight * parts["box"] + self.recipe.name_weight * parts["name"]
        self.optimiser.apply_gradients(zip(tape.gradient(total, variables), variables, strict=True))
        return parts

    def settle(self, sources: Sources) -> None:
        """Estimate the batch-norm statistics of the final weights."""
        feed = self._feed(self.recipe.epochs, sources, min(_SETTLING, self.recipe.steps))
        settle(self.network, (pixels for pixels, _ in feed), momentum=0.92)

    def _feed(self, epoch: int, sources: Sources, count: int) -> Iterator[tuple[np.ndarray, Targets]]:
        recipe = self.recipe
        stage = recipe.stage_of(epoch)
        seed = recipe.seed, epoch
        return batches(sources, stage.shares, size=stage.size, count=count, batch=recipe.batch, seed=seed)


def rates(recipe: DetectorRecipe) -> np.ndarray:
    """The learning rate of every step: each stage warms up and decays along a cosine, with those that go on with it."""
    arcs: list[tuple[int, float]] = []
    for stage in recipe.stages:
        steps, peak_rate = stage.epochs * recipe.steps, stage.peak_rate
        if stage.rate_goes_on and arcs:
            before, peak_rate = arcs.pop()
            steps += before
        arcs.append((steps, peak_rate))
    return stages.rates(arcs, recipe.warm_up)


def _fingerprint() -> str:
    """Names the committed splits: another one is another training."""
    digest = hashlib.sha256()
    for name in SETS:
        digest.update((SPLITS / f"{name}.csv").read_bytes())
    return digest.hexdigest()[:12]
