"""Garments that people wear in street photos, cut out for the training of the fashion network."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from vsearch_core.catalogue.photos.street import street_photos
from vsearch_core.catalogue.positions import types_of_garments
from vsearch_core.training.shared.datasets import PHOTO_SIDE
from vsearch_core.vision.crop import crop

MARGIN = 0.12
"""Wider than the margin of a search: the training crops at random inside."""


@dataclass(frozen=True)
class Garments:
    """Of one part: `pictures` (h, w, 3) uint8 each, the product types `right` for each, and what names each."""

    pictures: list[np.ndarray]
    right: list[frozenset[str]]
    names: list[str]


def read_garments(data: Path, *, part: str, left_out: Collection[str] = ()) -> Garments:
    """The garments of one part of the street photos that are large enough to search by and of a known kind.

    Args:
        left_out: product types; a garment that may be one of them is left out.

    Raises:
        CatalogueError: the street photos are not at hand.
    """
    known = types_of_garments()
    found = Garments([], [], [])
    for street in street_photos(data, part=part):
        for garment in street.garments:
            right, box = known.get(garment.label, frozenset()), garment.box
            if garment.small or not right or not right.isdisjoint(left_out):
                continue
            edges = (float(box.left), float(box.top), float(box.right), float(box.bottom))
            piece = crop(street.photo, edges, margin=MARGIN)
            if piece is not None:
                picture = Image.fromarray(piece.pixels)
                picture.thumbnail((PHOTO_SIDE, PHOTO_SIDE), reducing_gap=2.0)
                found.pictures.append(np.asarray(picture))
                found.right.append(right)
                found.names.append(f"{street.id} {garment.label} {edges}")
    return found
