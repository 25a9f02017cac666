"""Simulated phone snaps of products, made by one recipe that never changes under a figure, and what they find.

A snap shows the product of one catalogue picture, cut out and laid on a part of a user photo of the same part of the
split, with the tilt, light, blur, noise and JPEG of `catalogue/snaps.py`. All of it is drawn from the product's id, so
that every bundle is asked the same pictures.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from vsearch_core import images
from vsearch_core.catalogue import snaps
from vsearch_core.catalogue.table import ImageSource
from vsearch_core.contracts import Photo
from vsearch_core.evaluation.protocols.twins import same_picture, title_twins
from vsearch_core.evaluation.statistics import Question, Stopwatch, mean_figure, nearest, ranks_of, recalls


@dataclass(frozen=True)
class SnapRecipe:
    """What decides a snap besides `catalogue/snaps.py`; a change makes another protocol, with another version.

    `side` of the snap and `ground_side`, the longest side of the user photos behind it, are in pixels and the same for
    every bundle; `share_with_another` is the share of snaps with a second product at their edge.
    """

    version: int = 1
    side: int = 160
    ground_side: int = 192
    share_with_another: float = 0.25
    seed: int = 2026


RECIPE = SnapRecipe()


@dataclass(frozen=True)
class SnapMaker:
    """Makes the snap of each product of a part.

    `ids` (n,) of the products in the part's order; `read` gives the pixels of a row's picture; `grounds` are user
    photos of the part, each (h, w, 3) uint8.
    """

    ids: Sequence[str]
    read: Callable[[int], np.ndarray]
    grounds: Sequence[np.ndarray]
    recipe: SnapRecipe = RECIPE

    ground_side: ClassVar[int] = RECIPE.ground_side

    @classmethod
    def of(cls, table: pd.DataFrame, source: ImageSource, grounds: Sequence[np.ndarray]) -> SnapMaker:
        """For the products of one part: rows of a catalogue's table and the place of its pictures."""
        names = table["image"].to_numpy()
        return cls(table["id"].to_numpy(), lambda row: images.decode(source.read(names[row])).pixels, grounds)

    def snap(self, row: int) -> np.ndarray:
        """The snap of one product, (side, side, 3) uint8; the same whenever it is made."""
        recipe = self.recipe
        digest = hashlib.sha256(f"{recipe.seed} {recipe.version} {self.ids[row]}".encode()).digest()
        random = np.random.default_rng(int.from_bytes(digest[:8], "big"))
        ground = self.grounds[int(random.integers(len(self.grounds)))]
        beside = None
        if random.random() < recipe.share_with_another:
            beside = self._layers(int(random.integers(len(self.ids))))
        return snaps.phone_snap(*self._layers(row), ground, recipe.side, random, beside=beside)

    def photo(self, row: int) -> Photo:
        """The same as a decoded photo."""
        side = self.recipe.side
        return Photo(self.snap(row), (side, side), "array")

    def _layers(self, row: int) -> tuple[np.ndarray, np.ndarray]:
        pixels = images.letterbox(self.read(row), self.recipe.side)
        return pixels, snaps.cut_out(pixels)


def snap_figures(
    queries: np.ndarray,
    own: np.ndarray,
    gallery: np.ndarray,
    *,
    kinds: np.ndarray,
    titles: np.ndarray,
    pictures: np.ndarray,
    groups: np.ndarray,
) -> dict[str, object]:
    """What snaps find in the whole catalogue.

    `r_at_k` is strict: only the product's own id is right. In `same_picture` every product is right that shows the same
    picture, which no search could tell apart. In `other_picture` the snap's own picture is not in the gallery; right is
    any other product of its title, where the title has two to five and one of them another picture.

    Args:
        queries: (q, d) embeddings of snaps; own: (q,) the row of each one's product in the gallery.
        gallery: (n, d); kinds, titles, pictures, groups: (n,) of the gallery's products.
    """
    copies, twins = same_picture(pictures, own), title_twins(titles, pictures, own)
    with Stopwatch(len(queries)) as watch:
        found, _ = nearest(queries, gallery, 10)
    right = kinds[found] == kinds[own][:, None]
    strict, alike, other = ranks_of(
        queries, gallery, [Question([np.array([row]) for row in own]), Question(copies), Question(twins, copies)]
    )
    have, ks = other > 0, (1, 5, 10, 100)
    return {
        **recalls(strict, groups[own], ks),
        "first_hit_right_type": mean_figure(right[:, 0], groups[own]).as_dict(),
        "first_ten_right_type": mean_figure(right.mean(axis=1), groups[own]).as_dict(),
        "same_picture": recalls(alike, groups[own], ks),
        "other_picture": recalls(other[have], groups[own[have]], ks),
        "search_ms": watch.milliseconds,
    }
