"""Snaps of products by a second recipe, which shares no code and no background with what training composes.

A product is cut out, bent, turned and seen at an angle, and laid on a picture from outside of the same part of the
split, at a quarter to nine tenths of the frame; a hand may hold it, other things may lie beside it and before it, a
part of it may be out of the frame, or it may be shown on a screen. All of it is drawn from the product's id.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from vsearch_core import images
from vsearch_core.catalogue.photos.backgrounds import backgrounds
from vsearch_core.catalogue.table import ImageSource
from vsearch_core.contracts import Photo
from vsearch_core.evaluation.outside.camera import lit, photographed
from vsearch_core.evaluation.outside.layers import (
    Edges,
    Layer,
    bent,
    corners,
    cut_from_ground,
    extent,
    laid_on,
    overlap,
    piece_of,
    scaled,
    seen_at,
    trimmed,
)
from vsearch_core.evaluation.outside.props import hand, screen
from vsearch_core.settings import Settings

MEASURED = ("validation", "test")
"""Never the part that anything learned from."""

LAID_ON = {"plain": 0.25, "room": 0.3, "things": 0.3, "outdoors": 0.15}
"""How often a snap has which ground. People are none: what they wear would be the photo's main thing as well."""

TRAITS = ("hand", "beside", "before", "partial", "screen")


@dataclass(frozen=True)
class Recipe:
    """What decides a snap besides the code; a change of either makes another protocol, with another version.

    The shares were settled by looking at snaps and at one reading of the first network's whole picture, which found
    14 % first where hands, screens and small things were more frequent and a hand could hide most of what it holds.
    """

    version: int = 1
    seed: int = 4711
    side: int = 320
    smallest: float = 0.25
    largest: float = 0.9
    hand: float = 0.15
    beside: float = 0.4
    before: float = 0.08
    partial: float = 0.12
    screen: float = 0.08
    upside_down: float = 0.06


RECIPE = Recipe()


@dataclass(frozen=True)
class Ground:
    """A picture from outside: `kind` is one of `LAID_ON`, `part` that of its scene, `pixels` (h, w, 3) uint8."""

    kind: str
    part: str
    pixels: np.ndarray


@dataclass(frozen=True)
class OutsideSnap:
    """A snap and what is true of it: `box` of the product in its pixels, `ground`, and which of `TRAITS` it has.

    `share` is the product's longer side against the frame's.
    """

    photo: Photo
    box: Edges
    ground: str
    share: float
    traits: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True)
class OutsideSnaps:
    """Makes the snap of each product of one part.

    `ids` (n,) of the products; `read` gives the pixels of a row's picture, (h, w, 3) uint8.

    Raises:
        ValueError: the part is one that something learned from, or a ground is of another part.
    """

    part: str
    ids: Sequence[str]
    read: Callable[[int], np.ndarray]
    grounds: Sequence[Ground]
    recipe: Recipe = RECIPE

    def __post_init__(self) -> None:
        if self.part not in MEASURED:
            raise ValueError(f"Snaps from outside are of {' or '.join(MEASURED)} products, and never of {self.part!r}.")
        if strange := {ground.part for ground in self.grounds} - {self.part}:
            raise ValueError(f"Snaps of {self.part} products are laid on grounds of {self.part}, not of {strange}.")

    @classmethod
    def of(
        cls, settings: Settings, part: str, ids: Sequence[str], names: Sequence[str], source: ImageSource
    ) -> OutsideSnaps:
        """For products of one part of the split and the backgrounds of the same part.

        Args:
            ids, names: (n,) of the products, and what their pictures are called in `source`.

        Raises:
            CatalogueError: the backgrounds are not at hand.
        """
        grounds = [
            Ground(kind, part, photo.pixels)
            for _, kind, photo in backgrounds(settings.data, part, wear=("none", "some"))
            if kind in LAID_ON
        ]
        return cls(part, ids, lambda row: images.decode(source.read(names[row])).pixels, grounds)

    def snap(self, row: int) -> OutsideSnap:
        """The snap of one product; the same whenever it is made."""
        recipe = self.recipe
        random = _random(recipe, self.ids[row])
        ground = self._ground(random)
        frame = _frame(recipe.side, random)
        scene = _part_of(ground.pixels, frame, random)
        wanted = {name: random.random() < getattr(recipe, name) for name in TRAITS}
        # by area: who takes a photo of a thing goes near, and yet some do not
        share = float(np.sqrt(random.uniform(recipe.smallest**2, recipe.largest**2)))
        # a part of a small thing tells nothing
        wanted["partial"] &= share > 0.45
        pixels = self.read(row)
        layer, box = self._seen(pixels, frame, share, wanted, random)
        before: list[Layer] = []
        if wanted["screen"]:
            wanted["partial"] = wanted["beside"] = wanted["before"] = False
        if wanted["beside"]:
            for _ in range(int(random.integers(1, 4))):
                scene = self._with_another(scene, box, ground, random)
        if wanted["hand"]:
            # a phone is held by its edge, and not by what it shows
            held = (extent(layer.alpha) if wanted["screen"] else None) or box
            behind, fingers = _holding(frame, held, layer, random)
            scene = laid_on(scene, behind, shadow=0.15)
            before.append(fingers)
        if wanted["before"]:
            before.append(self._across(layer, box, frame, ground, random))
        scene = laid_on(scene, layer, shadow=float(random.uniform(0, 0.5)))
        for thing in before:
            scene = laid_on(scene, thing, shadow=0.2)
        photo = photographed(lit(scene.astype(np.float32), random), random)
        traits = frozenset(name for name in TRAITS if wanted[name])
        return OutsideSnap(Photo(photo, frame, "array"), box, ground.kind, share, traits)

    def _ground(self, random: np.random.Generator) -> Ground:
        kinds = [kind for kind in LAID_ON if any(ground.kind == kind for ground in self.grounds)]
        chances = np.array([LAID_ON[kind] for kind in kinds])
        kind = kinds[int(random.choice(len(kinds), p=chances / chances.sum()))]
        of_kind = [ground for ground in self.grounds if ground.kind == kind]
        return of_kind[int(random.integers(len(of_kind)))]

    def _seen(
        self,
        pixels: np.ndarray,
        frame: tuple[int, int],
        share: float,
        wanted: dict[str, bool],
        random: np.random.Generator,
    ) -> tuple[Layer, Edges]:
        """The product in the frame, and its box there."""
        cut = cut_from_ground(pixels)
        turn = float(random.normal(0, 14))
        if wanted["screen"]:
            size = (frame[0] * random.uniform(0.7, 1), frame[1] * random.uniform(0.7, 1))
            middle = (frame[0] * random.uniform(0.42, 0.58), frame[1] * random.uniform(0.42, 0.58))
            quad = corners(size, middle, random, turn=turn / 2, tilt=0.06)
            content = extent(cut.alpha) or (0.0, 0.0, float(cut.size[0]), float(cut.size[1]))
            shown, there = screen(pixels.astype(np.float32) / 255, content, frame, quad, random)
            return shown, _clipped(there, frame)
        layer = trimmed(cut)
        if random.random() < self.recipe.upside_down:
            turn += 180
        scale = share * min(frame[0] / layer.size[0], frame[1] / layer.size[1])
        size = layer.size[0] * scale, layer.size[1] * scale
        layer = scaled(layer, (round(size[0]), round(size[1])))
        if random.random() < 0.4:
            layer = bent(layer, random, float(random.uniform(0.01, 0.05)))
        middle = _place(size, frame, wanted["partial"], random)
        quad = corners(size, middle, random, turn=turn, tilt=float(random.uniform(0, 0.13)))
        placed = seen_at(layer, quad, frame)
        box = extent(placed.alpha)
        if box is None or min(box[2] - box[0], box[3] - box[1]) < 8:
            # a thin thing turned out of sight: flat in the middle
            quad = corners(size, (frame[0] / 2, frame[1] / 2), random, turn=0, tilt=0)
            placed = seen_at(layer, quad, frame)
            box = extent(placed.alpha) or (0.0, 0.0, float(frame[0]), float(frame[1]))
        return placed, box

    def _with_another(self, scene: np.ndarray, box: Edges, ground: Ground, random: np.random.Generator) -> np.ndarray:
        """The scene with another product or a piece of another picture beside the product's box, hardly under it."""
        height, width = scene.shape[:2]
        thing = self._thing(ground, random)
        longest = max(box[2] - box[0], box[3] - box[1]) * random.uniform(0.3, 0.8)
        scale = longest / max(thing.size)
        size = thing.size[0] * scale, thing.size[1] * scale
        thing = scaled(thing, (round(size[0]), round(size[1])))
        for _ in range(12):
            middle = float(random.uniform(0, width)), float(random.uniform(0, height))
            around = (
                middle[0] - size[0] / 2, middle[1] - size[1] / 2, middle[0] + size[0] / 2, middle[1] + size[1] / 2
            )  # fmt: skip
            if overlap(around, box) < 0.08:
                quad = corners(size, middle, random, turn=float(random.uniform(-180, 180)), tilt=0.1)
                return laid_on(scene, seen_at(thing, quad, (width, height)), shadow=float(random.uniform(0, 0.4)))
        return scene

    def _across(
        self, layer: Layer, box: Edges, frame: tuple[int, int], ground: Ground, random: np.random.Generator
    ) -> Layer:
        """Something that lies on an edge of the product and hides a fifth of it at most."""
        thing = self._thing(ground, random)
        longest = max(box[2] - box[0], box[3] - box[1])
        edge = random.choice(4)
        middle = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2]
        middle[edge % 2] = box[edge]
        share = float(random.uniform(0.3, 0.6))
        while True:
            scale = longest * share / max(thing.size)
            size = thing.size[0] * scale, thing.size[1] * scale
            quad = corners(size, (middle[0], middle[1]), random, turn=float(random.uniform(-90, 90)), tilt=0.1)
            placed = seen_at(scaled(thing, (round(size[0]), round(size[1]))), quad, frame)
            if _hides_little(placed, layer):
                return placed
            share *= 0.7

    def _thing(self, ground: Ground, random: np.random.Generator) -> Layer:
        if random.random() < 0.6:
            return trimmed(cut_from_ground(self.read(int(random.integers(len(self.ids))))))
        others = [one for one in self.grounds if one is not ground] or list(self.grounds)
        return piece_of(others[int(random.integers(len(others)))].pixels.astype(np.float32) / 255, random)


def _holding(frame: tuple[int, int], held: Edges, layer: Layer, random: np.random.Generator) -> tuple[Layer, Layer]:
    """A hand, behind and before, as large as it can be without hiding more than a fifth of the product."""
    seed = int(random.integers(2**32))
    for size in (1.0, 0.75, 0.55, 0.4):
        behind, fingers = hand(frame, held, np.random.default_rng(seed), size=size)
        if _hides_little(fingers, layer):
            break
    return behind, fingers


def _hides_little(thing: Layer, layer: Layer) -> bool:
    return float((thing.alpha * layer.alpha).sum()) <= 0.2 * float(layer.alpha.sum())


def _random(recipe: Recipe, product: str) -> np.random.Generator:
    digest = hashlib.sha256(f"outside {recipe.seed} {recipe.version} {product}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "big"))


def _frame(side: int, random: np.random.Generator) -> tuple[int, int]:
    """Width and height of a phone's photo: mostly upright."""
    wide, high = ((3, 4), (3, 4), (9, 16), (1, 1), (4, 3))[int(random.integers(5))]
    return round(side * wide / max(wide, high)), round(side * high / max(wide, high))


def _part_of(pixels: np.ndarray, frame: tuple[int, int], random: np.random.Generator) -> np.ndarray:
    """A large part of a picture, in the frame's shape: (h, w, 3) float32 in 0..1."""
    height, width = pixels.shape[:2]
    scale = min(width / frame[0], height / frame[1]) * random.uniform(0.6, 1)
    wide, high = int(frame[0] * scale), int(frame[1] * scale)
    left, top = int(random.integers(width - wide + 1)), int(random.integers(height - high + 1))
    part = Image.fromarray(pixels[top : top + high, left : left + wide])
    return np.asarray(part.resize(frame, Image.Resampling.BICUBIC), np.float32) / 255


def _place(
    size: tuple[float, float], frame: tuple[int, int], partial: bool, random: np.random.Generator
) -> tuple[float, float]:
    """Where the middle of a thing is: anywhere inside, or with a fifth to a third of it out of the frame."""
    places = []
    for side, room in zip(size, frame, strict=True):
        free = max(0.0, room - side)
        places.append(room / 2 + free / 2 * float(np.clip(random.normal(0, 0.5), -1, 1)))
    if partial:
        axis = int(random.integers(2))
        out = float(random.uniform(0.2, 0.35)) * size[axis]
        places[axis] = frame[axis] - size[axis] / 2 + out if random.random() < 0.5 else size[axis] / 2 - out
    return places[0], places[1]


def _clipped(box: Edges, frame: tuple[int, int]) -> Edges:
    wide, high = frame
    x0, x1 = (float(np.clip(value, 0, wide)) for value in (box[0], box[2]))
    y0, y1 = (float(np.clip(value, 0, high)) for value in (box[1], box[3]))
    return x0, y0, x1, y1
