"""A sheet of user photos with the boxes that the detector draws: they have no boxes to be measured by, so one looks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from vsearch_core import images
from vsearch_core.catalogue.photos.labels import PHOTO_LABELS
from vsearch_core.catalogue.photos.user import read_user_photos, user_images
from vsearch_core.contracts import Item
from vsearch_core.settings import Settings
from vsearch_core.vision.detector import Detector

PHOTOS, SEED = 24, 2026
_CELL, _ACROSS = 300, 6
_COLOURS = {"upper": "red", "lower": "blue", "full": "purple", "footwear": "green", "bag": "orange"}


def sheet(settings: Settings) -> Image.Image:
    """`PHOTOS` validation photos, drawn at random but the same for everyone, with what is found and their labels.

    Raises:
        CatalogueError: the user photos are not at hand.
        BundleError: there is no detector.
    """
    detector = Detector.open(settings.models / "detector", threads=settings.threads)
    table = read_user_photos(settings.data)
    table = table[(table["part"] == "validation") & table["label"].isin(list(PHOTO_LABELS))].sort_values("id")
    chosen = table.iloc[np.sort(np.random.default_rng(SEED).permutation(len(table))[:PHOTOS])]
    source = user_images(settings.data)
    photos = [images.decode(source.read(name), max_side=detector.side) for name in chosen["image"]]
    found = detector.detect_many(photos)
    canvas = Image.new("RGB", (_ACROSS * _CELL, -(-PHOTOS // _ACROSS) * _CELL), "white")
    for place, (photo, items, label) in enumerate(zip(photos, found, chosen["label"], strict=True)):
        picture = drawn(photo.pixels, photo.original_size, items, label)
        canvas.paste(picture, (place % _ACROSS * _CELL, place // _ACROSS * _CELL))
    return canvas


def drawn(pixels: np.ndarray, size: tuple[int, int], items: Sequence[Item], label: str) -> Image.Image:
    """One cell of the sheet.

    Args:
        pixels: (h, w, 3) uint8, the photo or a smaller one; size: width and height that the boxes are in.
        label: what the sender called it.
    """
    picture = Image.fromarray(pixels)
    picture.thumbnail((_CELL - 4, _CELL - 20))
    draw, scale = ImageDraw.Draw(picture), picture.width / size[0]
    for item in items:
        box = [edge * scale for edge in item.box]
        colour = _COLOURS.get(item.position, "brown")
        draw.rectangle(box, outline=colour, width=2)
        draw.text((box[0] + 3, box[1] + 2), f"{item.label} {item.score:.0%}", fill=colour)
    cell = Image.new("RGB", (_CELL, _CELL), "white")
    cell.paste(picture, (0, 18))
    ImageDraw.Draw(cell).text((2, 3), label, fill="black")
    return cell
