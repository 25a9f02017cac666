"""The cascade: a photo is searched for only where it can be. Its threshold is chosen on validation, judged on test.

The probabilities are those that serving shows, of the head that has learned from photos too. The published cascade puts
a classifier before a search by raw features; the like of it here has raw features as vectors and the categories of our
own network. Beside it stands the same on our own embedding.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from vsearch_core.evaluation.measure import Measured
from vsearch_core.evaluation.protocols.partitions import Asked, ByPartition, Gallery, searched
from vsearch_core.evaluation.statistics import Figure, group_weights, mean_figure, weighted_figure
from vsearch_core.vision.cascade import Cascade
from vsearch_core.vision.temperature import tempered

THRESHOLDS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.975, 0.99, 0.995, 0.999)
AT_MOST = (1, 2, 3, 5, 8, 12)
NO_WORSE = 0.005
"""The cascade is proven no worse where the whole interval of the difference lies above minus half a percent point."""

_TIE = 1e-4


@dataclass(frozen=True)
class World:
    """What is searched and what is asked, of one embedding: sets of pictures by name, and what partitions answer."""

    asked: Mapping[str, Asked]
    answers: Mapping[str, ByPartition]

    @classmethod
    def of(cls, asked: Mapping[str, Asked], gallery: Gallery) -> World:
        """Ask everything."""
        return cls(asked, {name: ByPartition.of(one, gallery) for name, one in asked.items()})


@dataclass(frozen=True)
class Chosen:
    """A rule, the sets that it was chosen on, and there the mean gain over a search of everything and the mean number
    of partitions searched.
    """

    rule: Cascade
    on: tuple[str, ...]
    gain: float
    partitions: float

    def as_dict(self) -> dict[str, Any]:
        """What `calibration.json` of a bundle holds."""
        return {
            "threshold": self.rule.threshold,
            "at_most": self.rule.at_most,
            "chosen_on": "validation " + " and ".join(name.replace("_", " ") for name in self.on),
            "gain": round(self.gain, 4),
            "partitions": round(self.partitions, 2),
        }


def choose_cascade(measured: Measured, temperature: float) -> Chosen:
    """Choose on validation user photos and snaps, with the temperature of categories that serves.

    The rule is the one with the best mean difference to a search of everything, over the measures of each set and then
    over both sets; of equally good ones that which searches the fewest partitions.
    """
    return chosen_rule(World.of(asked_of(measured, "validation", temperature), gallery_of(measured)))


def chosen_rule(world: World) -> Chosen:
    """The same for what was asked already."""
    plain = {name: measures(world, name, None) for name in world.asked}
    tried = []
    for threshold in THRESHOLDS:
        for at_most in AT_MOST:
            rule = Cascade(threshold, at_most)
            gains = [
                np.mean([np.mean(after - plain[name][measure]) for measure, after in found.items()])
                for name, found in ((name, measures(world, name, rule)) for name in world.asked)
            ]
            tried.append((float(np.mean(gains)), _partitions(world, rule), rule))
    best = max(gain for gain, _, _ in tried)
    gain, partitions, rule = min((one for one in tried if one[0] >= best - _TIE), key=lambda one: one[1])
    return Chosen(rule, tuple(world.asked), gain, partitions)


def gallery_of(measured: Measured) -> Gallery:
    """The whole catalogue."""
    return Gallery(measured.shots.embeddings, measured.column("category"), measured.column("product_type"))


def asked_of(measured: Measured, part: str, temperature: float, *, vectors: Measured | None = None) -> dict[str, Asked]:
    """The user photos and the snaps of a part, with the categories that a bundle sees in them.

    Args:
        vectors: whose embeddings are searched with; those of the same bundle where it is not given.
    """
    of = vectors or measured
    summing = members(measured, gallery_of(measured).names)
    photos, snaps = measured.photos.of(part), measured.snaps.of(part)
    kinds = snaps.table["product_type"]
    return {
        "user_photos": Asked(
            of.photos.of(part).embeddings,
            tempered(photos.types, temperature) @ summing,
            photos.table["right"].to_list(),
            photos.table["sender_id"].to_numpy(),
        ),
        "snaps": Asked(
            of.snaps.of(part).embeddings,
            tempered(snaps.types, temperature) @ summing,
            [frozenset({kind}) for kind in kinds],
            snaps.table["group"].to_numpy(),
            pd.Index(measured.column("id")).get_indexer(snaps.table["id"]),
        ),
    }


@dataclass(frozen=True)
class SetFigures:
    """One set of pictures: the figures of each measure by mode, how they change, and where was searched.

    `figures` maps a mode to its measures. `changes` has a record for each measure with `difference` (cascade less all),
    `relative_change` and `top1_relative_change` (over all), paired, and whether the cascade is proven `no_worse`.
    `partitions` is the mean number searched by the cascade, `whole` the share of pictures searched for everywhere.
    """

    figures: Mapping[str, Mapping[str, Any]]
    changes: Sequence[Mapping[str, Any]]
    partitions: float
    whole: float


def set_figures(world: World, name: str, chosen: Chosen) -> SetFigures:
    """Measure one set everywhere, in the most probable partition alone and by the cascade."""
    rule, groups = chosen.rule, world.asked[name].groups
    weights = group_weights(groups)
    found = {
        "all": measures(world, name, None),
        "top1": measures(world, name, None, top1=True),
        "cascade": measures(world, name, rule),
    }
    changes = []
    for measure, before in found["all"].items():
        difference = _difference(weights, found["cascade"][measure], before)
        changes.append(
            {
                "measure": measure,
                "difference": difference.as_dict(),
                "relative_change": _ratio(weights, found["cascade"][measure], before).as_dict(),
                "top1_relative_change": _ratio(weights, found["top1"][measure], before).as_dict(),
                "no_worse": difference.low >= -NO_WORSE,
            }
        )
    return SetFigures(
        figures={
            mode: {measure: mean_figure(values, groups).as_dict() for measure, values in of_mode.items()}
            for mode, of_mode in found.items()
        },
        changes=changes,
        partitions=_partitions(world, rule, name),
        whole=float(_chosen(world, name, rule).all(axis=1).mean()),
    )


def measures(world: World, name: str, rule: Cascade | None, *, top1: bool = False) -> dict[str, np.ndarray]:
    """A number for each picture of a set, by measure."""
    answers = world.answers[name]
    chosen = _chosen(world, name, rule, top1=top1)
    first, ten = answers.first_ten(chosen)
    found = {"first_hit_right_kind": first.astype(float), "first_ten_right_kind": ten}
    if world.asked[name].own is not None:
        ranks = answers.ranks(chosen)
        found |= {f"r_at_{k}": (ranks <= k).astype(float) for k in (1, 5, 10, 100)}
    return found


def _chosen(world: World, name: str, rule: Cascade | None, *, top1: bool = False) -> np.ndarray:
    return searched(world.asked[name].probabilities, world.answers[name].sizes, rule, top1=top1)


def _partitions(world: World, rule: Cascade, name: str = "") -> float:
    """Searched for a picture, on average over the sets."""
    names = [name] if name else list(world.asked)
    return float(np.mean([_chosen(world, one, rule).sum(axis=1).mean() for one in names]))


def _difference(weights: np.ndarray, after: np.ndarray, before: np.ndarray) -> Figure:
    return weighted_figure(weights @ (after - before) / weights.sum(axis=1), len(before))


def _ratio(weights: np.ndarray, after: np.ndarray, before: np.ndarray) -> Figure:
    return weighted_figure((weights @ after) / np.maximum(weights @ before, 1e-9) - 1, len(before))


def members(measured: Measured, categories: Sequence[str]) -> np.ndarray:
    """(types, categories), 1 where the network takes a type for one of the category."""
    of_type = np.array([measured.model.bundle.hierarchy[name][1] for name in measured.names])
    return (of_type[:, None] == np.array(categories)[None]).astype(np.float32)


def known(measured: Measured) -> list[str]:
    """The categories that the network knows, sorted."""
    return sorted({measured.model.bundle.hierarchy[name][1] for name in measured.names})
