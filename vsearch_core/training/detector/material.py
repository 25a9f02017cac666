"""What the detector learns from, and the batches that its training eats."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image, ImageFilter

from vsearch_core.catalogue.photos.backgrounds import backgrounds, has_backgrounds
from vsearch_core.catalogue.photos.labels import PHOTO_LABELS
from vsearch_core.catalogue.photos.street import StreetPhoto, street_photos
from vsearch_core.catalogue.photos.user import read_user_photos, user_images
from vsearch_core.settings import Settings
from vsearch_core.training.detector.compose import before, ground_of, is_flat, part_of, scattered
from vsearch_core.training.detector.foreground import thing_box
from vsearch_core.training.detector.layers import LAYER_OF, LAYERS, PRODUCT_LABELS, number_of
from vsearch_core.training.detector.people import far, with_thing
from vsearch_core.training.detector.scenes import Scene, near, photographed, side_by_side, view
from vsearch_core.training.detector.targets import Targets, dense, stacked
from vsearch_core.training.detector.worn import ON_PEOPLE, Look, Worn, find_worn
from vsearch_core.training.fashion.recipe import Recipe
from vsearch_core.training.shared import datasets
from vsearch_core.training.shared.material import Material, read_material

PHOTO_SIDE = 256
_PLACE_SIDE = 640
_WORKERS = 2
_PAIRS, _GROUNDED, _ALONE = 0.12, 0.25, 0.4
_NEAR, _FAR = 0.35, 0.25
"""Shares of street photos that are framed around one garment, and whose people are put somewhere else."""
_DRESSED_UP, _SOMEWHERE = 0.3, 0.5
"""Share of people who also wear a catalogue product, and of grounds that are pictures of somewhere."""
_WORN_ON_TOP = tuple(place for place, layer in enumerate(LAYERS) if layer.position in ("bag", "headwear", "eyewear"))
_WORN = 400
"""Shots of worn products that are looked at for an epoch."""
_ALIKE = ("upper", "full")


@dataclass(frozen=True)
class Shares:
    """What the pictures of a stage are; the rest are user photos.

    `street`: street photos; `people`: their people before other grounds; `products`: catalogue products on a ground;
    `worn`: catalogue shots of people who wear the product.
    """

    street: float
    people: float
    products: float
    worn: float = 0.0


@dataclass(frozen=True)
class Sources:
    """The pictures of part train.

    `people` are street photos as scenes, `alphas` their people, (h, w) uint8; `products` holds for each label the rows
    of `shop` that have it; `photos` are user photos, (h, w, 3) each, for grounds; `labelled` those whose one thing was
    told from its ground; `worn` shots of products that people wear; `places` pictures without clothes.
    """

    people: list[Scene]
    alphas: list[np.ndarray]
    shop: datasets.ShopPictures
    products: dict[int, np.ndarray]
    photos: list[np.ndarray]
    labelled: list[Scene]
    worn: Sequence[Worn] = ()
    places: Sequence[np.ndarray] = ()

    def with_worn(self, look: Look, random: np.random.Generator) -> Sources:
        """With shots of worn products, in which a network finds the boxes."""
        return replace(self, worn=find_worn(self.shop, self.products, look, count=_WORN, random=random))

    def scene(self, shares: Shares, size: tuple[int, int], random: np.random.Generator) -> Scene:
        """One picture to learn from, of `size` (width, height)."""
        kind = random.random()
        if kind < shares.street:
            return photographed(self._street(size, random), random)
        if kind < shares.street + shares.people:
            return photographed(self._person(size, random), random)
        boxed = shares.street + shares.people + shares.products
        if boxed <= kind < boxed + shares.worn and self.worn:
            return photographed(self._worn(size, random), random)
        if kind < boxed or not self.labelled:
            return photographed(self._products(size, random), random)
        chosen = self.labelled[int(random.integers(len(self.labelled)))]
        return photographed(view(chosen, size, random, least=0.65), random)

    def ground(self, size: tuple[int, int], random: np.random.Generator) -> np.ndarray:
        """A ground without garments: a part of a picture of somewhere, or of a user photo's rim."""
        if self.places and random.random() < _SOMEWHERE:
            return part_of(self.places[int(random.integers(len(self.places)))], size, random)
        return ground_of(self.photos[int(random.integers(len(self.photos)))], size, random)

    def _street(self, size: tuple[int, int], random: np.random.Generator) -> Scene:
        width, height = size
        if random.random() < _PAIRS:
            left = width // 2
            one, other = (self._one(random) for _ in range(2))
            return side_by_side(view(one, (left, height), random), view(other, (width - left, height), random))
        kind = random.random()
        if kind < _NEAR:
            return near(self._one(random), size, random)
        if kind < _NEAR + _FAR:
            count = int(random.integers(1, 4))
            people = [self._dressed(int(random.integers(len(self.people))), random) for _ in range(count)]
            return far(people, self.ground(size, random), random)
        ground = self.ground(size, random) if random.random() < _GROUNDED else None
        return view(self._one(random), size, random, ground=ground)

    def _one(self, random: np.random.Generator) -> Scene:
        return self._dressed(int(random.integers(len(self.people))), random)[0]

    def _dressed(self, place: int, random: np.random.Generator) -> tuple[Scene, np.ndarray]:
        """A person, some of them with one more thing, and the alpha of the figure, which the thing has part in."""
        person, alpha = self.people[place], self.alphas[place]
        labels = [label for label in self.products if LAYER_OF[label] in _WORN_ON_TOP]
        if not labels or random.random() >= _DRESSED_UP:
            return person, alpha
        label = int(random.choice(labels))
        row = int(random.choice(self.products[label]))
        cutout = self.shop.pixels[row], self.shop.alpha[row]
        dressed = with_thing(person, alpha, cutout, label, LAYER_OF[label], random)
        changed = (dressed.pixels != person.pixels).any(axis=2)
        return dressed, np.where(changed, np.uint8(255), alpha)

    def _person(self, size: tuple[int, int], random: np.random.Generator) -> Scene:
        person, alpha = self._dressed(int(random.integers(len(self.people))), random)
        height, width = person.pixels.shape[:2]
        alone = before(person, alpha, self.ground((width, height), random))
        return view(alone, size, random, least=0.35)

    def _worn(self, size: tuple[int, int], random: np.random.Generator) -> Scene:
        shot = self.worn[int(random.integers(len(self.worn)))]
        height, width = shot.alpha.shape
        # often as the shop shows it: white
        scene = shot.scene if random.random() < 0.5 else shot.on(self.ground((width, height), random))
        return view(scene, size, random, least=0.6)

    def _products(self, size: tuple[int, int], random: np.random.Generator) -> Scene:
        count = 1 if random.random() < _ALONE else int(random.integers(2, 7))
        # of different layers, so that garments are not outnumbered by the many labels of small things
        by_layer = {
            place: [label for label in self.products if LAYER_OF[label] == place] for place in range(len(LAYERS))
        }
        places = [place for place, labels in by_layer.items() if labels]
        things = []
        for place in random.choice(places, size=min(count, len(places)), replace=False):
            label = int(random.choice(by_layer[int(place)]))
            row = self._flat(label, random)
            if row is not None:
                things.append((self.shop.pixels[row], self.shop.alpha[row], label, int(place)))
        return scattered(things, self.ground(size, random), random)

    def _flat(self, label: int, random: np.random.Generator) -> int | None:
        """A product of the label that is shown by itself; none where a few tries find none."""
        for _ in range(6):
            row = int(random.choice(self.products[label]))
            if LAYER_OF[label] not in ON_PEOPLE or is_flat(self.shop.pixels[row], self.shop.alpha[row]):
                return row
        return None


def read_sources(settings: Settings) -> tuple[Sources, dict[str, object]]:
    """The pictures of part train, and what `training.json` says of them.

    Raises:
        CatalogueError: the public data sets are not at hand.
    """
    material = read_material(settings, side=Recipe.side)
    people, alphas = [], []
    for street in street_photos(settings.data, part="train"):
        people.append(scene_of(street))
        alphas.append(_figure(street.figure))
    products = _by_label(material)
    table = read_user_photos(settings.data)
    table = table[(table["part"] == "train") & table["label"].isin(list(PHOTO_LABELS))]
    source = user_images(settings.data)
    photos = datasets.read_photos(source, list(table["image"]), PHOTO_SIDE)
    labelled = [scene_of_photo(pixels, label) for pixels, label in zip(photos, table["label"], strict=True)]
    boxed = [scene for scene in labelled if scene is not None]
    data: dict[str, object] = {
        "street_photos_train": len(people),
        "catalogue_train": int(sum(len(rows) for rows in products.values())),
        "user_photos_train": len(photos),
        "user_photos_boxed": len(boxed),
        "split": "splits/street.csv, splits/catalogue.csv and splits/photos.csv, part train",
    }
    places = []
    if has_backgrounds(settings.data):
        places = [
            photo.pixels for _, _, photo in backgrounds(settings.data, "train", wear=("none",), max_side=_PLACE_SIDE)
        ]
    data["backgrounds_train"] = len(places)
    return Sources(people, alphas, material.shots, products, photos, boxed, places=places), data


def scene_of(street: StreetPhoto) -> Scene:
    """A street photo as the training sees it."""
    garments = []
    for garment in street.garments:
        label = number_of(garment.label)
        garments.append((tuple(float(edge) for edge in garment.box), label, LAYER_OF[label], not garment.small))
    return Scene.of(street.photo.pixels, garments)


def scene_of_photo(pixels: np.ndarray, label: str) -> Scene | None:
    """A user photo with the box of the thing that its label names; None where it does not stand out of its ground.

    A long top may be a dress and a shirt a jacket, and trousers may have a belt: of these nothing is said.
    """
    box = thing_box(pixels)
    if box is None:
        return None
    meant = [number_of(name) for name in PHOTO_LABELS[label]]
    layer = LAYER_OF[meant[0]]
    scene = Scene.of(pixels, [(box, meant[0], layer, True)])
    alike = _ALIKE if LAYERS[layer].position in _ALIKE else ()
    silent = np.array(
        [place != layer and other.position in (*alike, "other") for place, other in enumerate(LAYERS)], bool
    )
    return replace(scene, named=np.array([len(meant) == 1]), silent=silent)


def batches(
    sources: Sources,
    shares: Shares,
    *,
    size: tuple[int, int],
    count: int,
    batch: int,
    seed: tuple[int, ...],
) -> Iterator[tuple[np.ndarray, Targets]]:
    """Pictures (batch, height, width, 3) uint8 with their targets, made ahead; the same for the same seed."""

    def make(number: int) -> tuple[np.ndarray, Targets]:
        random = np.random.default_rng([*seed, number])
        scenes = [sources.scene(shares, size, random) for _ in range(batch)]
        return np.stack([scene.pixels for scene in scenes]), stacked([dense(scene) for scene in scenes])

    with ThreadPoolExecutor(_WORKERS) as pool:
        ready: deque[Future] = deque()
        try:
            for number in range(count):
                ready.append(pool.submit(make, number))
                if len(ready) > 2 * _WORKERS:
                    yield ready.popleft().result()
            while ready:
                yield ready.popleft().result()
        finally:
            for waiting in ready:
                waiting.cancel()


def _by_label(material: Material) -> dict[int, np.ndarray]:
    types = np.array([*material.labels.product_types], dtype=object)[material.targets.types.argmax(axis=1)]
    rows: dict[int, list[int]] = {}
    for row, name in enumerate(types):
        if name in PRODUCT_LABELS:
            rows.setdefault(number_of(PRODUCT_LABELS[name]), []).append(row)
    return {label: np.array(chosen) for label, chosen in rows.items()}


def _figure(shown: np.ndarray) -> np.ndarray:
    """The alpha of a person, (h, w) uint8, with a soft rim."""
    alpha = Image.fromarray(np.where(shown, 255, 0).astype(np.uint8))
    return np.asarray(alpha.filter(ImageFilter.MinFilter(3)).filter(ImageFilter.BoxBlur(1)))
