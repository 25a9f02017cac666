"""Reads what the finder learns from: cut-out products, grounds, and photos with the box of their main thing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from vsearch_core import images
from vsearch_core.catalogue import read_catalogue
from vsearch_core.catalogue.photos.backgrounds import backgrounds
from vsearch_core.catalogue.photos.street import street_photos
from vsearch_core.catalogue.photos.user import read_user_photos, user_images
from vsearch_core.catalogue.split import with_split
from vsearch_core.contracts import Photo
from vsearch_core.settings import Settings
from vsearch_core.training.finder.examples import Sources
from vsearch_core.training.shared.datasets import shop_pictures
from vsearch_core.training.shared.scenes import thing_of
from vsearch_core.training.shared.state import Say
from vsearch_core.vision.crop import Corners
from vsearch_core.vision.detector import Detector

PHOTO_SIDE = 288
SURE = 0.6
"""A user photo takes part where the garments' detector is so sure of its surest garment."""


def read_sources(settings: Settings, *, part: str, side: int, say: Say) -> tuple[Sources, dict[str, object]]:
    """The sources of one part of the committed splits, and what they are, for the training's record.

    Args:
        side: of the catalogue pictures that things are cut out of.

    Raises:
        CatalogueError: the public data sets are not at hand.
    """
    catalogue = read_catalogue(settings.data / "fashion-products")
    products = with_split(catalogue.products)
    rows = products[products["part"] == part].reset_index(drop=True)
    cache = settings.cache / "training" / "pictures"
    shots = shop_pictures(catalogue, rows, side=side, cache=cache, name=f"catalogue-{part}", trim=True)
    # every other one: enough to learn where a thing is, and half the memory
    things = [thing_of(shots.pixels[row], shots.alpha[row]) for row in range(0, len(shots.ids), 2)]
    # not those with clothes in them: what the main thing is would be anybody's guess
    grounds = [photo.pixels for _, _, photo in backgrounds(settings.data, part, wear=("none",))]
    people = read_user_photos(settings.data)
    sent = user_photos(settings, people.loc[people["part"] == part, "image"].tolist())
    say(f"looking for the garment in {len(sent):,} user photos")
    boxes = boxed_photos(settings, sent)
    photos = [(photo.pixels, box) for photo, box in zip(sent, boxes, strict=True) if box is not None]
    street = _street(settings, part)
    cloths = [photo.pixels for photo in sent]
    sources = Sources([thing for thing in things if thing is not None], grounds, cloths, photos + street)
    return sources, {
        "things": len(sources.things),
        "grounds": len(grounds),
        "user_photos": len(photos),
        "street_photos": len(street),
        "split": f"splits/catalogue.csv, backgrounds.csv, photos.csv and street.csv, part {part}",
    }


def boxed_photos(settings: Settings, photos: Sequence[Photo]) -> list[Corners | None]:
    """The box of each photo's surest garment, in the photo's pixels; None where the detector is not so sure."""
    detector = Detector.open(settings.models / "detector", threads=settings.threads)
    boxes: list[Corners | None] = []
    for start in range(0, len(photos), 64):
        for items in detector.candidates_many(photos[start : start + 64]):
            boxes.append(items[0].box if items and items[0].score >= SURE else None)
    return boxes


def user_photos(settings: Settings, names: Sequence[str]) -> list[Photo]:
    """User photos with their longest side at most `PHOTO_SIDE` pixels."""
    source = user_images(settings.data)
    read = (images.decode(source.read(name), max_side=PHOTO_SIDE) for name in names)
    return [replace(one, original_size=(one.pixels.shape[1], one.pixels.shape[0])) for one in read]


def _street(settings: Settings, part: str) -> list[tuple[np.ndarray, Corners]]:
    """Street photos with the box of everything that is worn in them."""
    found = []
    for street in street_photos(settings.data, part=part):
        boxes = np.array([one.box for one in street.garments], np.float32)
        if len(boxes):
            low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
            found.append((street.photo.pixels, (float(low[0]), float(low[1]), float(high[0]), float(high[1]))))
    return found
