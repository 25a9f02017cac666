"""The classifiers of the first project, and what decides the training of each: needs no TensorFlow to be read."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from vsearch_core.training.fashion.recipe import Recipe

LONGEST = 45.0
"""Minutes on the wall that a training takes at most, on the machine at hand."""

SEARCH_SHARE = 0.14
"""Of the minutes, for each setting that is tried on validation before the training proper."""


@dataclass(frozen=True)
class Augmentation:
    """How training shots are varied: `turn` in degrees, `zoom` from and to, `light` as a share.

    All but the plain one mirror half of the shots and shift them by up to 12 % of the side.
    """

    name: str
    turn: float = 0.0
    zoom: tuple[float, float] = (1.0, 1.0)
    light: float = 0.0


PLAIN = Augmentation("none")
TRIED = (
    Augmentation("gentle", turn=2.0, zoom=(0.95, 1.05), light=0.03),
    Augmentation("as another shop's", turn=6.0, zoom=(0.85, 1.2), light=0.08),
    Augmentation("strong", turn=15.0, zoom=(0.7, 1.35), light=0.2),
)
"""What the tuned classifier chooses from."""


@dataclass(frozen=True)
class Rung:
    """One classifier of the ladder.

    Args:
        title: how pages call it.
        side: of the square input, in pixels; most shots have 60x80.
        peak_rate: with the weights that its first project began from (ImageNet's, or none to begin from).
        random_rate: without ImageNet weights where that project had them; None where it had none either.
        frozen_before: layers before the first of this name prefix keep their ImageNet weights.
        tried: augmentations to choose from on validation; a single one is taken as it is.
    """

    name: str
    title: str
    side: int
    batch: int
    peak_rate: float
    random_rate: float | None = None
    frozen_before: str = ""
    tried: tuple[Augmentation, ...] = (PLAIN,)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


LADDER = {
    rung.name: rung
    for rung in (
        Rung("cnn-2", "CNN, 2 layers", side=80, batch=64, peak_rate=1e-3),
        Rung("cnn-4", "CNN, 4 layers", side=80, batch=64, peak_rate=1e-3),
        Rung("cnn-4-augmented", "CNN, 4 layers, augmented", side=80, batch=64, peak_rate=1e-3, tried=TRIED),
        Rung(
            "resnet50",
            "ResNet50",
            side=64,
            batch=32,
            peak_rate=3e-4,
            random_rate=6e-4,
            frozen_before="conv3",
        ),
        Rung(
            "mobilenetv2",
            "MobileNetV2",
            side=96,
            batch=64,
            peak_rate=8e-4,
            random_rate=1e-3,
            frozen_before="block_3",
            tried=(TRIED[0],),
        ),
        Rung("vgg16", "VGG16", side=48, batch=32, peak_rate=1e-4, random_rate=2e-4, frozen_before="block3"),
    )
}
"""By the names that the command line knows, in the order of the first project's report."""


@dataclass(frozen=True)
class LadderRecipe:
    """A rung, the seed, and the minutes of the whole processor that its training may have.

    A processor that does nothing else gives about as many minutes as pass on the wall.
    """

    rung: Rung
    minutes: float = LONGEST
    seed: int = Recipe.seed

    @property
    def command(self) -> str:
        """What makes it again."""
        return (
            f"python -m studies train types --architecture {self.rung.name} "
            f"--minutes {self.minutes:g} --seed {self.seed}"
        )
