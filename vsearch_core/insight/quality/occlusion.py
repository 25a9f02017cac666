"""What decided an answer: parts of the picture are covered one after the other, and the model is asked again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vsearch_core import images
from vsearch_core.contracts import Photo, Progress
from vsearch_core.vision import FashionModel
from vsearch_core.vision.temperature import tempered

STEPS = 14
"""Places along each side where the cover is laid."""

COVER = 0.22
"""The cover's side, as a share of the picture's."""

_BATCH = 14


@dataclass(frozen=True)
class Occlusion:
    """How each place of the letterboxed picture bears on the types.

    `picture` is (side, side, 3) uint8, as the model saw it; `whole` the types' probabilities without a cover;
    `weight[type]` (side, side) float32: how much of the probability is lost, on average, where the place is covered
    (negative where covering it makes the type more probable).
    """

    picture: np.ndarray
    whole: dict[str, float]
    weight: dict[str, np.ndarray]


def occlude(model: FashionModel, photo: Photo, types: Sequence[str], progress: Progress | None = None) -> Occlusion:
    """Cover places of a photo with its background's colour, and see what becomes of the types' probabilities.

    Args:
        types: names that the model knows; others are passed over.
    """
    side = model.bundle.side
    picture = images.letterbox(photo.pixels, side)
    places = {name: model.bundle.product_types.index(name) for name in types if name in model.bundle.product_types}
    probabilities = _types(model, [picture])[0]
    whole = {name: float(probabilities[place]) for name, place in places.items()}
    boxes = cover_boxes(side)
    lost = {name: np.zeros((side, side), np.float32) for name in places}
    times = np.zeros((side, side), np.float32)
    colour = border_colour(picture)
    for start in range(0, len(boxes), _BATCH):
        batch = boxes[start : start + _BATCH]
        answers = _types(model, [covered(picture, box, colour) for box in batch])
        for (left, top, right, bottom), answer in zip(batch, answers, strict=True):
            times[top:bottom, left:right] += 1
            for name, place in places.items():
                lost[name][top:bottom, left:right] += whole[name] - float(answer[place])
        if progress is not None:
            progress(min(start + _BATCH, len(boxes)), len(boxes))
    return Occlusion(picture, whole, {name: values / np.maximum(times, 1) for name, values in lost.items()})


def cover_boxes(side: int) -> list[tuple[int, int, int, int]]:
    """Where the cover is laid: (left, top, right, bottom) in pixels; together the boxes touch every pixel."""
    size = round(side * COVER)
    starts = np.linspace(0, side - size, STEPS).round().astype(int)
    return [(int(left), int(top), int(left) + size, int(top) + size) for top in starts for left in starts]


def covered(picture: np.ndarray, box: tuple[int, int, int, int], colour: np.ndarray) -> np.ndarray:
    """A copy of the picture (h, w, 3) with a box of one colour (3,)."""
    left, top, right, bottom = box
    copy = picture.copy()
    copy[top:bottom, left:right] = colour
    return copy


def border_colour(picture: np.ndarray) -> np.ndarray:
    """The median colour (3,) uint8 along the picture's edge, which is what lies around the thing."""
    edge = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
    return np.median(edge, axis=0).astype(np.uint8)


def _types(model: FashionModel, pictures: Sequence[np.ndarray]) -> list[np.ndarray]:
    """The types' probabilities of each picture, as the pages show them."""
    answers = model.run_many([_photo(picture) for picture in pictures])
    return [tempered(answer["product_type"], model.bundle.temperature) for answer in answers]


def _photo(pixels: np.ndarray) -> Photo:
    return Photo(pixels, (pixels.shape[1], pixels.shape[0]), "RGB")
