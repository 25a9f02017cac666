"""Trains one classifier of the ladder within its minutes, and keeps the state that validation likes best."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import keras
import numpy as np
import tensorflow as tf

from studies.ladder.pictures import Shots, TenTypes, VariedShots
from studies.ladder.recipe import Augmentation, Rung
from vsearch_core.training.shared.datasets import Batch, batches
from vsearch_core.training.shared.descent import by_minutes, descend
from vsearch_core.training.shared.losses import any_right_type
from vsearch_core.training.shared.state import Say

CHECKS = (0.6, 0.8)
"""At these shares of the minutes, and at their end, the network is judged on validation."""

JUDGED = 1000
"""Validation shots on which states of one training are compared."""

_BLOCK = 128


class Clock:
    """Seconds of the whole processor that a training had; it stands still while the network is judged.

    These are the seconds of its cores over their number, so that other work on the machine costs a training nothing;
    but no training takes more than `longest` seconds on the wall, and where that is nearer, time passes by the wall.

    Args:
        seconds: of the processor, that the training may have.
    """

    def __init__(self, seconds: float, longest: float) -> None:
        self._share = seconds / longest
        self._worked, self._passed = self._now()

    @staticmethod
    def _now() -> tuple[float, float]:
        return time.process_time() / (os.cpu_count() or 1), time.monotonic()

    @property
    def worked(self) -> float:
        """Seconds of the processor since the start."""
        return self._now()[0] - self._worked

    @property
    def passed(self) -> float:
        """Seconds on the wall since the start."""
        return self._now()[1] - self._passed

    def __call__(self) -> float:
        """Seconds since the start."""
        return max(self.worked, self.passed * self._share)

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """What is done inside takes no time."""
        worked, passed = self._now()
        yield
        later = self._now()
        self._worked += later[0] - worked
        self._passed += later[1] - passed


@dataclass
class Learned:
    """How a training went: its steps, its minutes, the loss of its first and last tenth, and what was judged when.

    `minutes` are of the whole processor, `wall_minutes` on the wall. `checks` are pairs of the share of the minutes and
    the accuracy on validation; the best one's weights were kept.
    """

    steps: int = 0
    minutes: float = 0.0
    wall_minutes: float = 0.0
    losses: list[float] = field(default_factory=list)
    checks: list[tuple[float, float]] = field(default_factory=list)


def learn(
    network: keras.Model,
    shots: TenTypes,
    rung: Rung,
    augmentation: Augmentation,
    *,
    peak_rate: float,
    minutes: float,
    longest: float,
    seed: int,
    say: Say,
) -> Learned:
    """Train on the part train for the minutes given, the rate decaying to zero; the best of a few states stays.

    Args:
        network: gives `product_type`, (b, types) logits.
        minutes: of the whole processor; longest: on the wall.
    """
    judged, done = shots.parts["validation"].sample(JUDGED, seed), Learned()
    clock = Clock(60 * minutes, 60 * longest)
    best = (-1.0, network.get_weights())

    def judge(share: float) -> None:
        nonlocal best
        right = accuracy(network, judged)
        done.checks.append((share, round(right, 4)))
        say(f"{rung.name}: at {share:.0%} of {minutes:g} minutes {right:.1%} of {len(judged.numbers):,} are right")
        if right >= best[0]:
            best = (right, network.get_weights())

    def watched() -> Iterator[tuple[tf.Tensor, ...]]:
        started, left = None, list(CHECKS)
        for number, batch in enumerate(_endless(shots, rung, augmentation, seed)):
            if number == 1:
                started = clock()
            if started is not None and left and clock() - started >= 60 * minutes * left[0]:
                with clock.stopped():
                    judge(left.pop(0))
            yield tf.constant(batch.pixels, tf.float32), tf.constant(batch.targets.types)

    def loss_of(pixels: tf.Tensor, types: tf.Tensor) -> tf.Tensor:
        return any_right_type(network(pixels, training=True)["product_type"], types)

    losses = descend(
        network.trainable_variables, loss_of, watched(), peak_rate=peak_rate, place=by_minutes(minutes, clock)
    )
    done.minutes, done.wall_minutes = round(clock.worked / 60, 2), round(clock.passed / 60, 2)
    judge(1.0)
    network.set_weights(best[1])
    tenth = max(1, len(losses) // 10)
    done.losses = [round(float(np.mean(part)), 4) for part in (losses[:tenth], losses[-tenth:]) if part]
    done.steps = len(losses)
    return done


def accuracy(network: keras.Model, shots: Shots) -> float:
    """The share of shots whose type the network names first."""
    forward = tf.function(lambda block: network(block, training=False)["product_type"], reduce_retracing=True)
    right = 0
    for start in range(0, len(shots.numbers), _BLOCK):
        logits = forward(tf.constant(shots.pixels[start : start + _BLOCK], tf.float32)).numpy()
        right += int((logits.argmax(axis=1) == shots.numbers[start : start + _BLOCK]).sum())
    return right / max(len(shots.numbers), 1)


def _endless(shots: TenTypes, rung: Rung, augmentation: Augmentation, seed: int) -> Iterator[Batch]:
    data, epoch = VariedShots.of(shots.parts["train"], len(shots.types), augmentation), 0
    while True:
        size = min(rung.batch, data.shop_rows)
        yield from batches(data, side=rung.side, size=size, seed=seed, epoch=epoch)
        epoch += 1
