"""Catalogue shots of the ten most frequent types, by part of the split, and how a training varies them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd

from studies.ladder.recipe import PLAIN, Augmentation
from vsearch_core import images
from vsearch_core.catalogue import read_catalogue
from vsearch_core.catalogue.snaps import relight, warp
from vsearch_core.catalogue.split import PARTS, read_split
from vsearch_core.catalogue.table import Catalogue
from vsearch_core.evaluation.protocols.types import TEN_MOST
from vsearch_core.settings import Settings
from vsearch_core.training.shared.datasets import ShopPictures, Targets, TrainingSet
from vsearch_core.training.shared.labels import codes
from vsearch_core.training.shared.material import need_data

_WORKERS = 2


@dataclass(frozen=True)
class Shots:
    """The shots of one part: `table` (id, label, group), `numbers` (n,) of the labels, `pixels` (n, s, s, 3) uint8."""

    table: pd.DataFrame
    numbers: np.ndarray
    pixels: np.ndarray

    def sample(self, count: int, seed: int) -> Shots:
        """So many of them at most, drawn at random."""
        rows = np.sort(np.random.default_rng(seed).permutation(len(self.table))[:count])
        return Shots(self.table.iloc[rows].reset_index(drop=True), self.numbers[rows], self.pixels[rows])


@dataclass(frozen=True)
class TenTypes:
    """The ten types, the most frequent first, and the shots of each part (train, validation, test)."""

    types: tuple[str, ...]
    parts: Mapping[str, Shots]

    @property
    def data(self) -> dict[str, object]:
        """What `training.json` says of them; another split or corrected labels are another training."""
        learned = self.parts["train"].table[["id", "label", "group"]]
        return {
            "fingerprint": hashlib.sha256(learned.to_csv(index=False).encode()).hexdigest()[:12],
            "catalogue_train": len(learned),
            "types": list(self.types),
            "split": "splits/catalogue.csv, part train, shots of the ten most frequent types",
        }


def read_ten_types(settings: Settings, side: int) -> TenTypes:
    """Read the shots of the ten most frequent types of the catalogue, letterboxed on white.

    Raises:
        CatalogueError: the public data sets are not at hand.
    """
    need_data(settings)
    catalogue = read_catalogue(settings.data / "fashion-products")
    products = catalogue.products.merge(read_split("catalogue"), on="id", validate="one_to_one")
    types = tuple(products["product_type"].value_counts().index[:TEN_MOST])
    products = products[products["product_type"].isin(types)]
    parts = {part: _read(catalogue, products[products["part"] == part], types, side) for part in PARTS}
    return TenTypes(types, parts)


def _read(catalogue: Catalogue, rows: pd.DataFrame, types: tuple[str, ...], side: int) -> Shots:
    def picture(name: str) -> np.ndarray:
        return images.letterbox(images.decode(catalogue.images.read(name), max_side=2 * side).pixels, side)

    pixels = np.empty((len(rows), side, side, 3), np.uint8)
    with ThreadPoolExecutor(_WORKERS) as pool:
        for place, made in enumerate(pool.map(picture, rows["image"])):
            pixels[place] = made
    table = rows[["id", "product_type", "group"]].rename(columns={"product_type": "label"}).reset_index(drop=True)
    return Shots(table, codes(table["label"], types), pixels)


@dataclass(frozen=True)
class VariedShots(TrainingSet):
    """Training shots, each varied anew whenever it is shown."""

    augmentation: Augmentation = PLAIN

    @classmethod
    def of(cls, shots: Shots, types: int, augmentation: Augmentation) -> VariedShots:
        """The shots of one part for a network of this many types."""
        count = len(shots.table)
        targets = Targets(
            np.eye(types, dtype=np.float32)[shots.numbers],
            np.empty((count, 0), np.int32),
            np.arange(count, dtype=np.int32),
        )
        pictures = ShopPictures(tuple(shots.table["id"]), shots.pixels, np.empty((count, 0), np.uint8))
        return cls([pictures], [], targets, augmentation=augmentation)

    def picture(self, row: int, side: int, random: np.random.Generator, *, snap: bool) -> np.ndarray:
        """One shot as it is or varied, (side, side, 3) uint8."""
        return varied(self.shop[0].pixels[row], random, self.augmentation)


def varied(pixels: np.ndarray, random: np.random.Generator, augmentation: Augmentation) -> np.ndarray:
    """A shot turned, zoomed, shifted, mirrored and lit at random; as it is where nothing is to vary.

    Args:
        pixels: (s, s, 3) uint8 on white.

    Returns:
        (s, s, 3) uint8.
    """
    if augmentation == PLAIN:
        return pixels
    turn, zoom = augmentation.turn, augmentation.zoom
    warped = warp(pixels, pixels.shape[0], random, turn=turn, zoom=zoom, tilt=0.0, fill=(255, 255, 255))
    return relight(np.asarray(warped, np.float32), random, strength=augmentation.light)
