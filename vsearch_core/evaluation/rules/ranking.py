"""Chooses how much the look of a product and what the catalogue says of it count in the order of hits, on validation.

What a shopper wants from a photo is counted in five shares, each alike: the first hit is of the right kind (photos of
people), of the exact type (those judged by eye), the first five are right in type, colour and wearer (the same), and of
snaps of the second recipe the very product is first, or among five. The rule with the highest mean is chosen, one
number after the other until none of them can be made better.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from vsearch_core.catalogue import read_catalogue
from vsearch_core.contracts import Photo
from vsearch_core.evaluation.measure import Measured
from vsearch_core.evaluation.outside.search import Gallery, TwoLooks
from vsearch_core.evaluation.outside.sets import read_judged_photos, read_user_part
from vsearch_core.evaluation.outside.snaps import OutsideSnaps
from vsearch_core.store.exact import highest
from vsearch_core.vision.ranking import POOL, Ranking, combined

SNAPS = 600
"""Snaps of validation products that are asked."""

TRIED: dict[str, tuple[float, ...]] = {
    "near": (0.005, 0.01, 0.02, 0.04, 0.08),
    "product_type": (0.0, 0.1, 0.2, 0.4, 0.6, 0.8, 1.2, 1.6),
    "colour": (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8),
    "gender": (0.0, 0.05, 0.1, 0.2, 0.3, 0.4),
}
"""Values of each number that are tried."""

COLUMNS = ("product_type", "colour", "gender")

_ROUNDS = 3
_SEED = 2026
_SIDE, _BLOCK = 320, 64


@dataclass(frozen=True)
class Near:
    """The products that look most alike some photos, each array (photos, pool): `rows` of the gallery, `cosines`, and
    by column how probable the photo finds the product's value.
    """

    rows: np.ndarray
    cosines: np.ndarray
    agreements: Mapping[str, np.ndarray]

    @classmethod
    def of(cls, search: TwoLooks, gallery: Gallery, photos: Sequence[Photo]) -> Near:
        """Ask the gallery with some photos, in the order of the cosines."""
        alike = Ranking(1.0, dict.fromkeys(COLUMNS, 1.0))
        rows, cosines, agreements = [], [], []
        for start in range(0, len(photos), _BLOCK):
            for answer in search.search(photos[start : start + _BLOCK], gallery):
                assert answer.analysis is not None
                pool = highest(answer.scores, POOL)
                rows.append(pool)
                cosines.append(answer.scores[pool])
                agreements.append(alike.of(answer.analysis).agreements(gallery.values(COLUMNS, pool)))
        return cls(
            np.stack(rows),
            np.stack(cosines),
            {name: np.stack([one[name] for one in agreements]) for name in COLUMNS},
        )

    def hits(self, ranking: Ranking, right: np.ndarray, k: int) -> np.ndarray:
        """Which of the first k hits are right, (photos, k).

        Args:
            right: (photos, pool) booleans.
        """
        scores = combined(self.cosines, self.agreements, ranking.near, ranking.weights)
        order = np.argsort(-scores, axis=1, kind="stable")[:, :k]
        return np.take_along_axis(right, order, axis=1)


@dataclass(frozen=True)
class Questions:
    """Photos of people, those judged by eye, and snaps, with what is right for each."""

    people: Near
    right_kind: np.ndarray
    judged: Near
    exact_type: np.ndarray
    all_right: np.ndarray
    snaps: Near
    own_product: np.ndarray

    def shares(self, ranking: Ranking) -> dict[str, float]:
        """The five shares that a rule gives."""
        return {
            "first_of_right_kind": float(self.people.hits(ranking, self.right_kind, 1).mean()),
            "first_of_exact_type": float(self.judged.hits(ranking, self.exact_type, 1).mean()),
            "five_all_right": float(self.judged.hits(ranking, self.all_right, 5).mean()),
            "snap_first": float(self.snaps.hits(ranking, self.own_product, 1).any(axis=1).mean()),
            "snap_among_five": float(self.snaps.hits(ranking, self.own_product, 5).any(axis=1).mean()),
        }


def choose_ranking(measured: Measured, search: TwoLooks, gallery: Gallery) -> tuple[Ranking, dict[str, Any]]:
    """The rule, and what `calibration.json` says of it.

    Args:
        search: two looks, in the order of their cosines.
        gallery: every product of the catalogue, as a store keeps it.
    """
    asked = _questions(measured, search, gallery)
    plain = asked.shares(Ranking(TRIED["near"][0], dict.fromkeys(COLUMNS, 0.0)))
    ranking = best_ranking(asked.shares)
    return ranking, {
        "near": ranking.near,
        "weights": dict(ranking.weights),
        "shares": _rounded(asked.shares(ranking)),
        "shares_by_look": _rounded(plain),
        "chosen_on": "validation: user photos, those judged by eye, and snaps of the second recipe",
    }


def best_ranking(shares: Callable[[Ranking], Mapping[str, float]]) -> Ranking:
    """The rule of `TRIED` whose shares have the highest mean, one number after the other from the middle ones."""
    chosen = {name: tried[len(tried) // 2] for name, tried in TRIED.items()}

    def mean(numbers: Mapping[str, float]) -> float:
        found = shares(Ranking(numbers["near"], {name: numbers[name] for name in COLUMNS}))
        return sum(found.values()) / len(found)

    for _ in range(_ROUNDS):
        for name, tried in TRIED.items():
            chosen[name] = max(tried, key=lambda value, name=name: mean({**chosen, name: value}))  # type: ignore[misc]
    return Ranking(chosen["near"], {name: chosen[name] for name in COLUMNS})


def _questions(measured: Measured, search: TwoLooks, gallery: Gallery) -> Questions:
    settings = measured.settings
    photos = read_user_part(settings.data, "validation", max_side=_SIDE)
    people = Near.of(search, gallery, [photos.read(row) for row in range(len(photos))])
    photos_judged = read_judged_photos(settings.data, "validation", max_side=_SIDE)
    judged = Near.of(search, gallery, [photos_judged.read(row) for row in range(len(photos_judged))])
    table = photos_judged.table
    words = {"product_type": table["types"], "colour": table["colours"], "gender": table["genders"]}
    right = {name: _inside(gallery.column(name)[judged.rows], every) for name, every in words.items()}

    own = np.flatnonzero((gallery.table["part"] == "validation").to_numpy())
    own = np.random.default_rng(_SEED).permutation(own)[:SNAPS]
    wanted = gallery.table.iloc[own]
    source = read_catalogue(settings.data / "fashion-products").images
    maker = OutsideSnaps.of(settings, "validation", list(wanted["id"]), list(wanted["image"]), source)
    snaps = Near.of(search, gallery, [maker.snap(row).photo for row in range(len(own))])
    return Questions(
        people,
        _inside(gallery.column("product_type")[people.rows], photos.table["right"]),
        judged,
        right["product_type"],
        np.logical_and.reduce(list(right.values())),
        snaps,
        snaps.rows == own[:, None],
    )


def _inside(values: np.ndarray, right: Iterable[Collection[str]]) -> np.ndarray:
    """Which values (photos, pool) are among the right ones of their photo."""
    return np.stack([np.isin(row, list(some)) for row, some in zip(values, right, strict=True)])


def _rounded(shares: Mapping[str, float]) -> dict[str, float]:
    return {name: round(share, 4) for name, share in shares.items()}
