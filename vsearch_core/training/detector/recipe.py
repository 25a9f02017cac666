"""What decides a training of the detector."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass

from vsearch_core.training.detector.material import Shares


@dataclass(frozen=True)
class DetectorStage:
    """Some epochs in which the rate warms up and decays to zero once; the weights of the stage before go on.

    Where `rate_goes_on` is set, the stage shares the rise and fall of the rate with the stage before it, and its peak.
    """

    epochs: int
    peak_rate: float
    shares: Shares
    rate_goes_on: bool = False


@dataclass(frozen=True)
class DetectorRecipe:
    """What may differ from one training to the next; saved beside the model. The rest is in the code of this home.

    `size` is width and height of the training's input, `serving` those of the model that ships: the network slides
    over the picture, and small things are found better in a larger one. An epoch is `steps` batches.
    """

    size: tuple[int, int] = (192, 288)
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
        DetectorStage(epochs=4, peak_rate=1.5e-3, shares=Shares(street=0.55, people=0.2, products=0.25)),
        # with user photos, of which part train has no boxes but things that stand out of their ground
        DetectorStage(epochs=4, peak_rate=1e-3, shares=Shares(street=0.48, people=0.1, products=0.14)),
        # and, when the network finds most garments, what people wear in catalogue shots
        DetectorStage(
            epochs=4,
            peak_rate=1e-3,
            shares=Shares(street=0.45, people=0.1, products=0.1, worn=0.1),
            rate_goes_on=True,
        ),
    )

    @property
    def epochs(self) -> int:
        """Of all stages."""
        return sum(stage.epochs for stage in self.stages)

    @property
    def name(self) -> str:
        """Of the checkpoints: another recipe is another training."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:10]

    def stage_of(self, epoch: int) -> int:
        """The number of the stage that an epoch (from 0) belongs to."""
        for number, stage in enumerate(self.stages):
            if epoch < stage.epochs:
                return number
            epoch -= stage.epochs
        return len(self.stages) - 1
