"""The training set of both looks: whole photos, and what a finder cuts out of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from vsearch_core import images
from vsearch_core.catalogue.snaps import camera
from vsearch_core.training.finder.examples import Sources, scene_of
from vsearch_core.training.shared import augment
from vsearch_core.training.shared.datasets import ShopPictures, Targets, TrainingSet
from vsearch_core.training.shared.labels import UNKNOWN, Labels
from vsearch_core.training.shared.scenes import Scene, cut_close, thing_of
from vsearch_core.vision.crop import Corners

CLOSE = 0.65
"""Share of scenes and user photos that are shown as the finder cuts them; the others are shown whole."""


@dataclass(frozen=True)
class LookSet(TrainingSet):
    """Shop pictures shown as shots, or in scenes on `sources`; the last part of `shop` may be of other things.

    `boxes` are of the main thing of each user photo, None where it is not known.
    """

    sources: Sources = field(default_factory=lambda: Sources((), (), (), ()))
    boxes: Sequence[Corners | None] = ()
    others: int = 0

    @property
    def first_other(self) -> int:
        """The row from which shop pictures are of other things."""
        return self.shop_rows - self.others

    def picture(self, row: int, side: int, random: np.random.Generator, *, snap: bool) -> np.ndarray:
        """One augmented picture, (side, side, 3) uint8.

        Args:
            snap: show a shop picture in a scene, whole or cut close; other things as another moment saw them.
        """
        if row >= self.shop_rows:
            sent = row - self.shop_rows
            if sent < len(self.photos):
                return self._photo(sent, side, random)
            return super().picture(row, side, random, snap=snap)
        part, place = 0, row
        while place >= len(self.shop[part].ids):
            place -= len(self.shop[part].ids)
            part += 1
        pixels = self.shop[part].pixels[place]
        if row >= self.first_other:
            return _other_moment(pixels, side, random) if snap else augment.studio_shot(pixels, side, random)
        thing = thing_of(pixels, self.shop[part].alpha[place]) if snap else None
        if thing is None:
            return augment.studio_shot(pixels, side, random)
        shown = scene_of(self.sources, thing, random)
        return images.letterbox(cut_close(shown, random) if random.random() < CLOSE else shown.pixels, side)

    def _photo(self, sent: int, side: int, random: np.random.Generator) -> np.ndarray:
        box = self.boxes[sent] if self.boxes else None
        if box is None or random.random() >= CLOSE:
            return augment.user_photo(self.photos[sent], side, random)
        close = np.ascontiguousarray(cut_close(Scene(self.photos[sent], box), random))
        return augment.user_photo(close, side, random, keep=(0.9, 1.0))


def other_things(grounds: Sequence[np.ndarray], side: int, *, each: int, seed: int) -> ShopPictures:
    """Parts of pictures of other things, a few of each: things that a network has to know again like products."""
    random = np.random.default_rng(seed)
    parts = []
    for ground in grounds:
        for _ in range(each):
            size = int(min(ground.shape[:2]) * random.uniform(0.35, 1.0))
            top, left = (int(random.integers(0, length - size + 1)) for length in ground.shape[:2])
            part = Image.fromarray(ground[top : top + size, left : left + size])
            parts.append(np.asarray(part.resize((side, side), Image.Resampling.BILINEAR, reducing_gap=2.0)))
    ids = tuple(f"other-{number}" for number in range(len(parts)))
    pixels = np.stack(parts) if parts else np.empty((0, side, side, 3), np.uint8)
    return ShopPictures(ids, pixels, np.full(pixels.shape[:3], 255, np.uint8))


def other_targets(labels: Labels, count: int) -> Targets:
    """Targets of other things: of no product type, each a group of its own."""
    return Targets(
        np.zeros((count, len(labels.product_types)), np.float32),
        np.full((count, len(labels.attributes)), UNKNOWN, np.int32),
        np.arange(count, dtype=np.int32),
    )


def _other_moment(pixels: np.ndarray, side: int, random: np.random.Generator) -> np.ndarray:
    """The same part seen from a little nearer, elsewhere and in another light."""
    size = int(pixels.shape[0] * random.uniform(0.6, 0.95))
    top, left = (int(random.integers(0, pixels.shape[0] - size + 1)) for _ in range(2))
    part = Image.fromarray(pixels[top : top + size, left : left + size]).resize((side, side), Image.Resampling.BILINEAR)
    if random.random() < 0.5:
        part = part.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    return camera(np.asarray(part, np.float32), random)
