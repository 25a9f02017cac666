"""What decides a training of the detector."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from vsearch_core.training.detector.material import Shares
from vsearch_core.training.shared.stages import Staged, TimedStage


@dataclass(frozen=True)
class DetectorStage(TimedStage):
    """A stage of the detector's training, and what its pictures are.

    `size` is their width and height. Where `rate_goes_on` is set, the stage shares the rise and fall of the rate with
    the stage before it, and its peak.
    """

    shares: Shares
    size: tuple[int, int] = (192, 288)
    rate_goes_on: bool = False


@dataclass(frozen=True)
class DetectorRecipe(Staged[DetectorStage]):
    """What may differ from one training to the next; saved beside the model. The rest is in the code of this home.

    `serving` is width and height of the input of the model that ships. The network slides over a picture of any size,
    and finds most in one of the size that it learned from last. An epoch is `steps` batches.
    """

    CHOSEN_LATER: ClassVar[tuple[str, ...]] = ("serving",)

    serving: tuple[int, int] = (256, 384)
    batch: int = 32
    steps: int = 100
    warm_up: float = 0.05
    weight_decay: float = 1e-4
    frozen_before: str = "block_6"
    box_weight: float = 2.0
    name_weight: float = 0.5
    seed: int = 2026
    stages: tuple[DetectorStage, ...] = (
        DetectorStage(epochs=4, peak_rate=1.5e-3, shares=Shares(street=0.6, people=0.1, products=0.15)),
        # when the network finds most garments, what people wear in catalogue shots too
        DetectorStage(epochs=4, peak_rate=1e-3, shares=Shares(street=0.55, people=0.1, products=0.12, worn=0.08)),
        # in the size that ships, for what is small: the stages before take half its time
        DetectorStage(
            epochs=6,
            peak_rate=8e-4,
            shares=Shares(street=0.6, people=0.08, products=0.12, worn=0.08),
            size=(256, 384),
        ),
    )
