"""What decides a training of the fashion network."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from vsearch_core.training.shared.stages import Staged, TimedStage

MOBILENET, LITE0 = "mobilenet-v2", "efficientnet-lite0"
"""The trunks that a fashion network may have."""


@dataclass(frozen=True)
class Stage(TimedStage):
    """A stage of the fashion network's training.

    `snap_share` is the share of catalogue pictures shown as phone snaps, `garment_repeats` how often an epoch shows a
    garment of the street photos. Where `shots_alone` is set, a product is remembered as its catalogue shot alone shows
    it: that is what a shop searches.
    """

    snap_share: float
    instance_weight: float
    neighbour_weight: float
    twin_weight: float = 0.0
    garment_repeats: int = 0
    shots_alone: bool = False


_WORN = Stage(
    epochs=5,
    peak_rate=5e-4,
    snap_share=0.5,
    instance_weight=0.6,
    neighbour_weight=0.3,
    twin_weight=0.1,
    garment_repeats=2,
    shots_alone=True,
)


@dataclass(frozen=True)
class Recipe(Staged[Stage]):
    """What may differ from one training to the next; saved beside the model. The rest is in the code of this home.

    `type_share` and `type_temperature` say how much of the embedding that ships tells the product type, as `joint.py`
    joins it; both were chosen on validation.

    With `looks`, shots are trimmed to their content and products shown in scenes, whole and cut close (`looks.py`),
    with `others_each` parts of every picture of other things among them. `unsure_weight` counts how sure the network is
    of a product type there (Hendrycks et al., Deep Anomaly Detection with Outlier Exposure, arXiv 1812.04606), and
    `recall_weight` how far what its features say has moved from what ImageNet's say of the same picture.

    `left_out` are product types whose products and photos are not shown at all, for measuring how the network does on
    kinds that it never saw. Whoever changes how pictures are made to look trains with `--fresh`.
    """

    CHOSEN_LATER: ClassVar[tuple[str, ...]] = ("type_share", "type_temperature")

    side: int = 128
    batch: int = 64
    warm_up: float = 0.05
    weight_decay: float = 1e-4
    frozen_before: str = "block_3"
    drawn: int = 640
    photo_repeats: int = 2
    attribute_weight: float = 0.25
    proxy_weight: float = 0.3
    type_share: float = 0.2
    type_temperature: float = 1.25
    seed: int = 2026
    stages: tuple[Stage, ...] = (
        # first the kinds, then what tells one product from another, from photos too
        Stage(epochs=6, peak_rate=8e-4, snap_share=0.35, instance_weight=0.3, neighbour_weight=0.0),
        Stage(epochs=9, peak_rate=6e-4, snap_share=0.5, instance_weight=0.5, neighbour_weight=0.3),
        # then what people wear, and products of one title
        _WORN,
        # the same once more, from another warm restart
        replace(_WORN, epochs=4),
    )
    left_out: tuple[str, ...] = ()
    trunk: str = MOBILENET
    looks: bool = False
    others_each: int = 6
    colour_weight: float = 0.3
    unsure_weight: float = 0.0
    recall_weight: float = 0.0

    def shortened(self, epochs: int) -> Recipe:
        """One stage of `epochs` epochs with the last stage's settings: a small training of the same kind."""
        return replace(self, stages=(replace(self.stages[-1], epochs=epochs),))


LOOK_CLOSER = Recipe(
    side=160,
    trunk=LITE0,
    looks=True,
    photo_repeats=2,
    attribute_weight=0.3,
    colour_weight=0.6,
    unsure_weight=0.2,
    recall_weight=0.5,
    stages=(
        replace(_WORN, epochs=4, peak_rate=1e-3, snap_share=0.6, garment_repeats=1),
        # the kinds are known by then: what tells one product from another, and which products are of a photo's kind
        replace(
            _WORN,
            epochs=6,
            peak_rate=8e-4,
            snap_share=0.7,
            instance_weight=1.0,
            neighbour_weight=0.5,
            twin_weight=0.15,
            garment_repeats=1,
        ),
    ),
)
"""For photos from outside: EfficientNet-Lite0, two looks."""
