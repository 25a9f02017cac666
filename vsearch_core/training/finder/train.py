"""Trains `models/finder`: where the main thing of a picture is, whatever it is. Seeded and resumable."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from vsearch_core.contracts import Photo
from vsearch_core.errors import BundleError
from vsearch_core.settings import Settings
from vsearch_core.training.detector.losses import box_loss, heat_loss
from vsearch_core.training.finder.examples import Example, Sources, example, framed, scene_of
from vsearch_core.training.finder.sources import read_sources
from vsearch_core.training.shared import efficientnet_lite as lite
from vsearch_core.training.shared.bundle import to_litert, training_of, write_bundle
from vsearch_core.training.shared.datasets import made_ahead
from vsearch_core.training.shared.epochs import mean_losses, optimiser_of, run_epochs, settle
from vsearch_core.training.shared.stages import Staged, TimedStage, rates
from vsearch_core.training.shared.state import Say, resume
from vsearch_core.training.shared.trunks import lite_trunk
from vsearch_core.vision.boxes import overlaps
from vsearch_core.vision.finder import Finder

STRIDE = 16
_WIDTH = 96
_RARE = -3.0
_FIRST_REACH = 0.9
_JUDGED = 600
_SETTLING = 40
_SAME = 0.03
"""How much the score of the box may differ between the network and its LiteRT model with 16-bit weights."""


@dataclass(frozen=True)
class FinderRecipe(Staged[TimedStage]):
    """What may differ from one training to the next; an epoch is `steps` batches."""

    side: int = 128
    batch: int = 64
    steps: int = 200
    warm_up: float = 0.05
    weight_decay: float = 1e-4
    frozen_before: str = "block_3"
    box_weight: float = 2.0
    seed: int = 2026
    stages: tuple[TimedStage, ...] = (TimedStage(epochs=6, peak_rate=2e-3),)


def train_finder(
    settings: Settings, recipe: FinderRecipe, *, say: Say = print, fresh: bool = False, until: int | None = None
) -> Path:
    """Train on part train of the committed splits, and write `models/finder`.

    Checkpoints go to `<cache>/training/finder-<recipe>` after every epoch.

    Args:
        until: stop after this epoch, to go on another time; what is there by then is written.

    Raises:
        CatalogueError: the public data sets are not at hand.
        BundleError: the ImageNet weights are missing.
    """
    keras.utils.set_random_seed(recipe.seed)
    say("reading the pictures")
    sources, data = read_sources(settings, part="train", side=160, say=say)
    judged = _judged(read_sources(settings, part="validation", side=160, say=say)[0], recipe)
    network = finder_network(recipe)
    arcs = [(stage.epochs * recipe.steps, stage.peak_rate) for stage in recipe.stages]
    optimiser = optimiser_of(rates(arcs, recipe.warm_up), network.trainable_variables, weight_decay=recipe.weight_decay)
    checkpoint = tf.train.Checkpoint(network=network, optimiser=optimiser)
    folder = settings.cache / "training" / f"finder-{recipe.name}"
    history = resume(checkpoint, folder, fresh=fresh)
    step = _step(network, optimiser, recipe)

    def run(epoch: int) -> dict[str, Any]:
        made = (
            step(tf.constant(pixels), *(tf.constant(one) for one in targets))
            for pixels, targets in _batches(sources, recipe, epoch)
        )
        losses = mean_losses(made, epoch=epoch, steps=recipe.steps, batch=recipe.batch, say=say)
        return losses | _judge(network, judged)

    run_epochs(run, checkpoint, folder, history, epochs=recipe.epochs, until=until, say=say)
    feed = _batches(sources, replace(recipe, steps=_SETTLING), recipe.epochs)
    settle(network, (pixels for pixels, _ in feed), momentum=0.92)
    history[-1] |= {f"settled_{name}": value for name, value in _judge(network, judged).items()}
    say(json.dumps(history[-1]))
    answers = answering(network)
    return write_bundle(
        network,
        to_litert(answers),
        settings.models / "finder",
        labels={"side": recipe.side},
        training=training_of("python -m vsearch_core train finder", recipe, data, history),
        check=partial(_check_agreement, answers, recipe.side),
    )


def finder_network(recipe: FinderRecipe) -> keras.Model:
    """(b, side, side, 3) in 0..255 -> `heat` (b, h, w, 1) logits and `reach` (b, h, w, 4), logarithms of cells.

    EfficientNet-Lite0 as far as its features have 16 pixels a cell, and one box for each cell, as in Zhou et al.,
    Objects as Points (arXiv 1904.07850).
    """
    whole = lite_trunk(recipe.side, frozen_before=recipe.frozen_before)
    body = keras.Model(whole.input, whole.get_layer("block_10_add").output, name="body")
    picture = keras.Input((recipe.side, recipe.side, 3), dtype="float32", name="image")
    features = body(lite.scaled(picture))
    x = keras.layers.Conv2D(_WIDTH, 1, use_bias=False, name="lateral")(features)
    x = keras.layers.BatchNormalization(momentum=0.97, name="lateral_bn")(x)
    for number in range(3):
        y = keras.layers.SeparableConv2D(_WIDTH, 5, padding="same", use_bias=False, name=f"look_{number}")(x)
        y = keras.layers.BatchNormalization(momentum=0.97, name=f"look_{number}_bn")(y)
        x = keras.layers.Add(name=f"join_{number}")([x, keras.layers.ReLU(name=f"look_{number}_relu")(y)])
    heat = keras.layers.Conv2D(1, 1, bias_initializer=keras.initializers.Constant(_RARE), name="heat")(x)
    reach = keras.layers.Conv2D(4, 1, bias_initializer=keras.initializers.Constant(_FIRST_REACH), name="reach")(x)
    return keras.Model(picture, {"heat": heat, "reach": reach}, name="finder")


def answering(network: keras.Model) -> keras.Model:
    """`scores` (b, n) how much a cell is the main thing's middle, 0..1; `boxes` (b, n, 4) in pixels of the input."""
    raw = network.output
    cells = int(raw["heat"].shape[1])
    ys, xs = np.mgrid[:cells, :cells].astype(np.float32)
    middles = np.stack([xs, ys, xs, ys], axis=-1).reshape(1, cells * cells, 4) * STRIDE + STRIDE / 2
    signs = np.array([-1, -1, 1, 1], np.float32)
    reach = keras.ops.exp(keras.ops.clip(raw["reach"], -4.0, 5.0))
    outputs = {
        "scores": keras.ops.reshape(keras.ops.sigmoid(raw["heat"]), (-1, cells * cells)),
        "boxes": keras.ops.reshape(reach, (-1, cells * cells, 4)) * float(STRIDE) * signs + middles,
    }
    named = {name: keras.layers.Identity(name=f"out_{name}")(value) for name, value in outputs.items()}
    return keras.Model(network.input, named, name="answers")


def _step(network: keras.Model, optimiser: keras.optimizers.Optimizer, recipe: FinderRecipe) -> Any:
    @tf.function
    def step(pixels: tf.Tensor, heat: tf.Tensor, reach: tf.Tensor, weight: tf.Tensor) -> dict[str, tf.Tensor]:
        with tf.GradientTape() as tape:
            out = network(pixels, training=True)
            of_heat = heat_loss(out["heat"], heat, tf.ones_like(heat))
            of_box = box_loss(out["reach"], reach, weight)
            total = of_heat + recipe.box_weight * of_box
        variables = network.trainable_variables
        optimiser.apply_gradients(zip(tape.gradient(total, variables), variables, strict=True))
        return {"heat": of_heat, "box": of_box}

    return step


def _batches(sources: Sources, recipe: FinderRecipe, epoch: int) -> Iterator[tuple[np.ndarray, tuple]]:
    pool = ThreadPoolExecutor(2)

    def make(number: int) -> tuple[np.ndarray, tuple]:
        seeds = [[recipe.seed, epoch, number, place] for place in range(recipe.batch)]
        examples = list(pool.map(lambda seed: example(sources, recipe.side, np.random.default_rng(seed)), seeds))
        return np.stack([one.pixels for one in examples]).astype(np.float32), targets(examples, recipe.side)

    return made_ahead([partial(make, number) for number in range(recipe.steps)])


def targets(examples: Sequence[Example], side: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The grid's answers: `heat` (b, h, w, 1), `reach` (b, h, w, 1, 4) in cells and its `weight` (b, h, w, 1).

    Heat falls off around the middle's cell; the box is asked of the cells near the middle and inside the box.
    """
    cells = side // STRIDE
    heat = np.zeros((len(examples), cells, cells, 1), np.float32)
    reach = np.ones((len(examples), cells, cells, 1, 4), np.float32)
    weight = np.zeros((len(examples), cells, cells, 1), np.float32)
    ys, xs = np.mgrid[:cells, :cells].astype(np.float32) + 0.5
    for place, one in enumerate(examples):
        if one.box is None:
            continue
        x0, y0, x1, y1 = one.box / STRIDE
        middle = (x0 + x1) / 2, (y0 + y1) / 2
        spread = max(0.6, 0.12 * (x1 - x0)), max(0.6, 0.12 * (y1 - y0))
        fall = np.exp(-(((xs - middle[0]) / spread[0]) ** 2 + ((ys - middle[1]) / spread[1]) ** 2) / 2)
        best = min(int(middle[1]), cells - 1), min(int(middle[0]), cells - 1)
        fall[best] = 1.0
        edges = np.stack([xs - x0, ys - y0, x1 - xs, y1 - ys], axis=-1)
        heat[place, ..., 0] = fall
        weight[place, ..., 0] = np.where(edges.min(axis=-1) > 0.05, fall, 0)
        reach[place, ..., 0, :] = np.maximum(edges, 0.05)
    return heat, reach, weight


def _judged(sources: Sources, recipe: FinderRecipe) -> list[Example]:
    """Scenes of validation, the same for every epoch."""
    judged = []
    for number in range(_JUDGED):
        random = np.random.default_rng([recipe.seed, number])
        shown = scene_of(sources, sources.things[number % len(sources.things)], random)
        judged.append(framed(shown.pixels, shown.box, recipe.side))
    return judged


def _judge(network: keras.Model, judged: Sequence[Example]) -> dict[str, float]:
    answers = answering(network)
    shared = []
    for start in range(0, len(judged), 100):
        some = judged[start : start + 100]
        out = answers(np.stack([one.pixels for one in some]).astype(np.float32), training=False)
        scores, boxes = out["scores"].numpy(), out["boxes"].numpy()
        for row, one in enumerate(some):
            assert one.box is not None
            shared.append(overlaps(boxes[row, scores[row].argmax()][None], one.box[None])[0, 0])
    found = np.array(shared)
    return {"overlap": round(float(found.mean()), 4), "over_0.7": round(float((found > 0.7).mean()), 4)}


def _check_agreement(answers: keras.Model, side: int, path: Path) -> None:
    """The LiteRT model and the network must be equally sure of their box."""
    finder = Finder.open(path, threads=1)
    pixels = np.random.default_rng(0).integers(0, 256, (side, side, 3), dtype=np.uint8)
    found = finder.find(Photo(pixels, (side, side), "array"))
    expected = answers(pixels[None].astype(np.float32), training=False)["scores"].numpy().max()
    if not abs(float(expected) - found.score) <= _SAME:  # also where it is not a number
        raise BundleError(
            f"The LiteRT model scores its box {found.score:.3f} and the network {expected:.3f}; do not ship it."
        )
