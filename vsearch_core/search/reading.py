"""Pictures are read for the models, and analysed where no store is needed; every step is timed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from vsearch_core import images
from vsearch_core.contracts import Analysis, Item, Photo
from vsearch_core.errors import ImageRejected
from vsearch_core.search.items import by_person
from vsearch_core.vision import FashionModel
from vsearch_core.vision.codes import read_codes
from vsearch_core.vision.detector import Detector
from vsearch_core.vision.looks import Looks

ITEM_SIDE = 1024
"""Longest side in pixels of a photo whose garments are cut out: a shoe in it is still as large as the model sees it."""


LOOK_SIDE = 320
"""Longest side in pixels of a photo that is looked at whole and from near; a common one of 640x480 is decoded at half
its scale, straight from its frequencies."""


def decode_for(model: FashionModel, image: bytes | Photo) -> Photo:
    """Decode bytes large enough for the model's looks, and quick."""
    return image if isinstance(image, Photo) else images.decode(image, max_side=max(LOOK_SIDE, 2 * model.bundle.side))


def decode_large(image: bytes | Photo) -> Photo:
    """Decode bytes large enough to find garments in, and to cut them out."""
    return image if isinstance(image, Photo) else images.decode(image, max_side=ITEM_SIDE)


def detect(detector: Detector, image: bytes | Photo) -> tuple[tuple[Item, ...], float]:
    """The garments in a photo with the person of each, and the milliseconds that finding them took.

    Raises:
        ImageRejected: the bytes are no picture that can be searched.
    """
    photo = decode_large(image)
    started = time.perf_counter()
    items = detector.detect(photo)
    return by_person(items), elapsed_ms(started, time.perf_counter())


def with_codes(analysis: Analysis, image: bytes | Photo) -> tuple[Analysis, float]:
    """What is in a photo with the codes in it, and the milliseconds that reading them took; needs no store.

    Raises:
        ImageRejected: the bytes are no picture that can be searched.
    """
    photo = decode_large(image)
    started = time.perf_counter()
    codes = read_codes(photo)
    return replace(analysis, codes=codes), elapsed_ms(started, time.perf_counter())


def analyse_many(
    looks: Looks, pictures: Sequence[bytes | Photo]
) -> list[tuple[Analysis | ImageRejected, dict[str, float]]]:
    """What is in each of several photos, with its milliseconds for `decode` and `analyse`; needs no store."""
    decoded = [_timed_decode(looks.model, picture) for picture in pictures]
    photos = [photo for photo, _ in decoded if isinstance(photo, Photo)]
    analyses = iter(looks.analyse_many(photos))
    answers: list[tuple[Analysis | ImageRejected, dict[str, float]]] = []
    for photo, spent in decoded:
        if isinstance(photo, ImageRejected):
            answers.append((photo, {"decode": spent}))
        else:
            analysis, took = next(analyses)
            answers.append((analysis, {"decode": spent, "analyse": round(took, 3)}))
    return answers


def _timed_decode(model: FashionModel, picture: bytes | Photo) -> tuple[Photo | ImageRejected, float]:
    started = time.perf_counter()
    try:
        photo: Photo | ImageRejected = decode_for(model, picture)
    except ImageRejected as error:
        photo = error
    return photo, elapsed_ms(started, time.perf_counter())


def elapsed_ms(start: float, end: float) -> float:
    """Milliseconds between two readings of the clock."""
    return round((end - start) * 1000, 3)
