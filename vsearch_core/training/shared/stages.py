"""Trainings in stages: which stage an epoch belongs to, and how the learning rate rises and falls."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Generic, TypeVar

import numpy as np


@dataclass(frozen=True)
class TimedStage:
    """Some epochs in which the rate warms up and decays to zero once; the weights of the stage before go on.

    That is a warm restart (Loshchilov and Hutter, SGDR, arXiv 1608.03983).
    """

    epochs: int
    peak_rate: float


AnyStage = TypeVar("AnyStage", bound=TimedStage)


class Staged(Generic[AnyStage]):
    """What recipes of several stages share; `stages` is a field of theirs.

    `CHOSEN_LATER` names the fields that nothing of the training depends on but what is made of it at its end.
    """

    CHOSEN_LATER: ClassVar[tuple[str, ...]] = ()
    stages: tuple[AnyStage, ...]

    @property
    def epochs(self) -> int:
        """Of all stages."""
        return sum(stage.epochs for stage in self.stages)

    @property
    def name(self) -> str:
        """Of the checkpoints: another recipe is another training, but for what is chosen later."""
        fields: dict[str, Any] = asdict(self)  # type: ignore[call-overload]  # every recipe is a dataclass
        fields = {name: value for name, value in fields.items() if name not in self.CHOSEN_LATER}
        return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()[:10]

    def stage_of(self, epoch: int) -> AnyStage:
        """The stage that an epoch (from 0) belongs to; behind the last one, the last."""
        for stage in self.stages:
            if epoch < stage.epochs:
                return stage
            epoch -= stage.epochs
        return self.stages[-1]


def rates(arcs: Iterable[tuple[int, float]], warm_up: float) -> np.ndarray:
    """The learning rate of each step of a training, (steps,) float32.

    Args:
        arcs: steps and peak rate of each rise and fall.
        warm_up: the share of an arc's steps in which the rate rises.
    """
    parts = [rate_at((np.arange(steps) + 1) / steps, peak_rate, warm_up) for steps, peak_rate in arcs]
    return np.concatenate(parts).astype(np.float32)


def rate_at(place: np.ndarray, peak_rate: float, warm_up: float) -> np.ndarray:
    """The learning rate at some places of an arc, 0 at its begin and 1 at its end: it rises in a line over a share of
    it and decays along a cosine."""
    decay = 0.5 * (1 + np.cos(np.pi * np.clip((place - warm_up) / (1 - warm_up), 0, 1)))
    return peak_rate * np.minimum(place / warm_up, decay)
