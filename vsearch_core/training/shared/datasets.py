"""Pictures and their targets as arrays, and the augmented batches that a training eats."""

from __future__ import annotations

import hashlib
import os
import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd

from vsearch_core import images
from vsearch_core.catalogue import read_catalogue, snaps
from vsearch_core.catalogue.table import Catalogue, ImageSource
from vsearch_core.training.shared import augment
from vsearch_core.training.shared.labels import UNKNOWN, Labels, codes
from vsearch_core.vision.trim import trimmed

T = TypeVar("T")

PHOTO_SIDE = 192
_WORKERS = 2

_CACHE_VERSION = 2
"""Part of the names in the cache: another way to letterbox or cut out needs another number."""

_SHARE_WITH_ANOTHER = 0.25
"""How many phone snaps show a second product at their edge."""


@dataclass(frozen=True)
class ShopPictures:
    """Catalogue pictures letterboxed on white: `pixels` (n, s, s, 3) and `alpha` (n, s, s), uint8 memory maps."""

    ids: tuple[str, ...]
    pixels: np.ndarray
    alpha: np.ndarray

    def where(self, chosen: np.ndarray) -> ShopPictures:
        """The pictures where `chosen` (n,) is true."""
        if chosen.all():
            return self
        ids = tuple(name for name, wanted in zip(self.ids, chosen, strict=True) if wanted)
        return ShopPictures(ids, self.pixels[chosen], self.alpha[chosen])


@dataclass(frozen=True)
class Targets:
    """`types` (n, types) float32, 1 for every right product type; `attributes` (n, 4) int32; `group` (n,) int32.

    Rows of one group are never pushed apart; user photos and garments have group -1 and take no part in telling
    products apart.
    """

    types: np.ndarray
    attributes: np.ndarray
    group: np.ndarray

    def rows(self, chosen: np.ndarray) -> Targets:
        """The targets of some rows."""
        return Targets(self.types[chosen], self.attributes[chosen], self.group[chosen])


@dataclass(frozen=True)
class Batch:
    """`pixels` (b, side, side, 3) uint8, `rows` (b,) int32 of the training set, and the rows' targets.

    `snaps` (b,) booleans: which shop pictures are shown as phone snaps.
    """

    pixels: np.ndarray
    rows: np.ndarray
    targets: Targets
    snaps: np.ndarray


def shop_pictures(
    catalogue: Catalogue, rows: pd.DataFrame, *, side: int, cache: Path, name: str, trim: bool = False
) -> ShopPictures:
    """Letterbox the pictures of some products and keep them in the cache.

    Args:
        rows: rows of `catalogue.products`.
        side: of the square pictures, in pixels.
        name: of the files in the cache; a fingerprint of the ids is added.
        trim: to their content, as a store's build does.
    """
    ids = tuple(rows["id"])
    print_ = hashlib.sha256("\n".join(ids).encode()).hexdigest()[:12]
    base = cache / f"{name}{'-trimmed' if trim else ''}-{side}-{print_}-{_CACHE_VERSION}"

    def picture(row: int) -> np.ndarray:
        photo = images.decode(catalogue.images.read(rows["image"].iat[row]))
        return images.letterbox((trimmed(photo) if trim else photo).pixels, side)

    return ShopPictures(ids, *_cached(base, len(ids), side, picture))


def drawn_pictures(folder: Path, count: int, *, side: int, cache: Path) -> tuple[ShopPictures, pd.DataFrame]:
    """The first products of the drawn sample shop in the folder, at most `count`, and their rows."""
    catalogue = read_catalogue(folder)
    rows = catalogue.products.head(count)
    return shop_pictures(catalogue, rows, side=side, cache=cache, name="drawn"), rows


def _cached(
    base: Path,
    count: int,
    side: int,
    picture: Callable[[int], np.ndarray],
) -> tuple[np.ndarray, np.ndarray]:
    """Pixels and alpha of `count` pictures, from the cache or made with `picture(row)` and kept there."""
    paths = base.with_suffix(".pixels.npy"), base.with_suffix(".alpha.npy")
    if not all(path.is_file() for path in paths):
        base.parent.mkdir(parents=True, exist_ok=True)
        drafts = [path.with_suffix(f".{os.getpid()}.part") for path in paths]
        pixels = np.lib.format.open_memmap(drafts[0], "w+", np.uint8, (count, side, side, 3))
        alpha = np.lib.format.open_memmap(drafts[1], "w+", np.uint8, (count, side, side))

        def fill(row: int) -> None:
            pixels[row] = picture(row)
            alpha[row] = snaps.cut_out(pixels[row])

        with ThreadPoolExecutor(_WORKERS) as pool:
            for _ in pool.map(fill, range(count)):
                pass
        pixels.flush()
        alpha.flush()
        for draft, path in zip(drafts, paths, strict=True):
            draft.replace(path)
    pixels, alpha = (np.load(path, mmap_mode="r") for path in paths)
    return pixels, alpha


def read_photos(source: ImageSource, names: Sequence[str], side: int = PHOTO_SIDE) -> list[np.ndarray]:
    """Photos with their longest side at most `side` pixels, each (h, w, 3) uint8."""

    def read(name: str) -> np.ndarray:
        return images.decode(source.read(name), max_side=side).pixels

    with ThreadPoolExecutor(_WORKERS) as pool:
        return list(pool.map(read, names))


def shop_targets(labels: Labels, products: pd.DataFrame, groups: Sequence[str]) -> Targets:
    """Targets of catalogue pictures; equal `groups` are never pushed apart."""
    return Targets(
        labels.type_targets(list(products["product_type"])),
        labels.attribute_codes(products),
        pd.factorize(pd.Series(groups))[0].astype(np.int32),
    )


def photo_targets(labels: Labels, right: Sequence[frozenset[str]], colours: Sequence[str] = ()) -> Targets:
    """Targets of user photos and garments: every product type that counts as the right kind.

    Args:
        colours: of each, "" where it is not known; no other attribute is.
    """
    types = np.zeros((len(right), len(labels.product_types)), np.float32)
    for row, kinds in enumerate(right):
        types[row] = labels.type_targets(sorted(kinds)).max(axis=0)
    attributes = np.full((len(right), len(labels.attributes)), UNKNOWN, np.int32)
    if colours:
        attributes[:, list(labels.attributes).index("colour")] = codes(colours, labels.attributes["colour"])
    return Targets(types, attributes, np.full(len(right), -1, np.int32))


def joined(parts: Sequence[Targets]) -> Targets:
    """Targets of several sources behind each other; groups of different sources stay different."""
    groups, offset = [], 0
    for part in parts:
        groups.append(np.where(part.group >= 0, part.group + offset, -1))
        offset += int(part.group.max(initial=-1)) + 1
    return Targets(
        np.concatenate([part.types for part in parts]),
        np.concatenate([part.attributes for part in parts]),
        np.concatenate(groups).astype(np.int32),
    )


@dataclass(frozen=True)
class TrainingSet:
    """Shop pictures (the first rows), user photos and garments of street photos behind them, with the targets of all.

    `snap_share` is the share of shop pictures shown as phone snaps; the repeats say how often an epoch shows each photo
    and each garment.
    """

    shop: Sequence[ShopPictures]
    photos: Sequence[np.ndarray]
    targets: Targets
    garments: Sequence[np.ndarray] = ()
    snap_share: float = 0.5
    photo_repeats: int = 2
    garment_repeats: int = 0

    @property
    def shop_rows(self) -> int:
        """How many rows are shop pictures."""
        return sum(len(part.ids) for part in self.shop)

    def epoch_rows(self, random: np.random.Generator) -> np.ndarray:
        """The rows of one epoch in random order: shop pictures once, photos and garments as they repeat."""
        photos = self.shop_rows + np.arange(len(self.photos))
        garments = self.shop_rows + len(self.photos) + np.arange(len(self.garments))
        repeated = np.tile(photos, self.photo_repeats), np.tile(garments, self.garment_repeats)
        return random.permutation(np.concatenate([np.arange(self.shop_rows), *repeated]))

    def as_snap(self, row: int, random: np.random.Generator) -> bool:
        """Whether a row is shown as a phone snap this time."""
        return row < self.shop_rows and len(self.photos) > 0 and random.random() < self.snap_share

    def picture(self, row: int, side: int, random: np.random.Generator, *, snap: bool) -> np.ndarray:
        """One augmented picture, (side, side, 3) uint8.

        Args:
            snap: show a shop picture as a phone snap, on a part of a user photo.
        """
        if row >= self.shop_rows:
            sent = row - self.shop_rows
            people = len(self.photos)
            return augment.user_photo(
                self.photos[sent] if sent < people else self.garments[sent - people], side, random
            )
        part = 0
        while row >= len(self.shop[part].ids):
            row -= len(self.shop[part].ids)
            part += 1
        shop = self.shop[part]
        pixels, alpha = shop.pixels[row], shop.alpha[row]
        if not snap:
            return augment.studio_shot(pixels, side, random)
        background = self.photos[int(random.integers(len(self.photos)))]
        beside = None
        if random.random() < _SHARE_WITH_ANOTHER:
            other = int(random.integers(len(shop.ids)))
            beside = shop.pixels[other], shop.alpha[other]
        return snaps.phone_snap(pixels, alpha, background, side, random, beside=beside)


def batches(data: TrainingSet, *, side: int, size: int, seed: int, epoch: int) -> Iterator[Batch]:
    """Augmented batches of one epoch, made ahead by a thread; the same for the same seed and epoch."""
    rows = data.epoch_rows(np.random.default_rng([seed, epoch]))
    rows = rows[: len(rows) // size * size].reshape(-1, size)

    def make(number: int, chosen: np.ndarray) -> Batch:
        random = np.random.default_rng([seed, epoch, number])
        pixels, shown = [], []
        for row in chosen.tolist():
            shown.append(data.as_snap(row, random))
            pixels.append(data.picture(row, side, random, snap=shown[-1]))
        return Batch(np.stack(pixels), chosen.astype(np.int32), data.targets.rows(chosen), np.array(shown))

    return made_ahead([partial(make, number, chosen) for number, chosen in enumerate(rows)])


def made_ahead(makers: Iterable[Callable[[], T]], *, most: int = 6) -> Iterator[T]:
    """What each of the makers makes, in their order, made by a thread while the last one is still in use.

    Args:
        most: how many wait at once.
    """
    ready: queue.Queue[T | BaseException | None] = queue.Queue(maxsize=most)
    stopped = threading.Event()

    def offer(thing: T | BaseException | None) -> None:
        while not stopped.is_set():
            try:
                return ready.put(thing, timeout=0.5)
            except queue.Full:
                continue

    def produce() -> None:
        try:
            for make in makers:
                if stopped.is_set():
                    return
                offer(make())
            offer(None)
        except BaseException as error:  # handed to the training loop, which raises it
            offer(error)

    threading.Thread(target=produce, daemon=True, name="batches").start()
    try:
        while (thing := ready.get()) is not None:
            if isinstance(thing, BaseException):
                raise thing
            yield thing
    finally:
        stopped.set()
