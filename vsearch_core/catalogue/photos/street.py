"""The street photos of the public data: each garment's box, as its mask says it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import ndimage

from vsearch_core import images
from vsearch_core.catalogue.boxes import Box
from vsearch_core.catalogue.sources import TarImages
from vsearch_core.catalogue.split import read_split
from vsearch_core.contracts import Photo, Position
from vsearch_core.errors import CatalogueError

GARMENTS: Mapping[str, tuple[str, Position]] = {
    "t-shirt": ("t-shirt", "upper"),
    **dict.fromkeys(("top", "bodysuit", "vest"), ("top", "upper")),
    **dict.fromkeys(("shirt", "blouse"), ("shirt", "upper")),
    **dict.fromkeys(("sweater", "jumper", "sweatshirt", "hoodie", "cardigan"), ("sweater", "upper")),
    **dict.fromkeys(("jacket", "blazer", "suit"), ("jacket", "upper")),
    **dict.fromkeys(("coat", "cape"), ("coat", "upper")),
    **dict.fromkeys(("pants", "leggings"), ("trousers", "lower")),
    "jeans": ("jeans", "lower"),
    "shorts": ("shorts", "lower"),
    "skirt": ("skirt", "lower"),
    "dress": ("dress", "full"),
    "romper": ("jumpsuit", "full"),
    **dict.fromkeys(("shoes", "flats", "heels", "loafers", "pumps", "sneakers", "wedges"), ("shoes", "footwear")),
    "boots": ("boots", "footwear"),
    **dict.fromkeys(("sandals", "clogs"), ("sandals", "footwear")),
    **dict.fromkeys(("bag", "purse", "wallet"), ("bag", "bag")),
    "hat": ("hat", "headwear"),
    "sunglasses": ("sunglasses", "eyewear"),
    "glasses": ("glasses", "eyewear"),
    "scarf": ("scarf", "other"),
    "belt": ("belt", "other"),
    "tie": ("tie", "other"),
    "gloves": ("gloves", "other"),
    "socks": ("socks", "other"),
    **dict.fromkeys(("stockings", "tights"), ("tights", "other")),
    "watch": ("watch", "other"),
    **dict.fromkeys(("bracelet", "necklace", "ring", "earrings"), ("jewellery", "other")),
}
"""Garment label and position of each of the masks' labels.

Skin and hair are not garments, and underwear (bra, panties, intimate, swimwear) and
"accessories" (anything) are left out.
"""

_SEVERAL = ("bag", "watch", "jewellery")
"""Labels of which a person may wear several, each an item of its own."""

_SPECK = 0.1
"""A part of a garment that is smaller than this share of its largest part is an error of the mask."""
_GAP = 0.02
"""Parts nearer than this share of the picture's height are one thing with something before it: a hand before a bag."""
_PERSON = 0.25
"""A figure smaller than this share of the largest one is a part of it, cut off by what the mask left out."""
_SMALL_SIDE, _SMALL_AREA = 0.0234, 0.001
"""Garments with a shorter side below the first share of the picture's longer side (12 of 512 pixels), or a mask below
the second share of its area, show too little to search by."""


@dataclass(frozen=True)
class Garment:
    """One garment of one person; `box` is in the photo's pixels.

    `small` ones show too little to search by: neither is it an error to find them nor not to.
    """

    label: str
    position: Position
    box: Box
    small: bool


@dataclass(frozen=True)
class StreetPhoto:
    """A street photo with its garments; `figure` (h, w) booleans says where the people are."""

    id: str
    photo: Photo
    garments: tuple[Garment, ...]
    figure: np.ndarray


def street_photos(data: Path, *, part: str) -> Iterator[StreetPhoto]:
    """The street photos of one part of the committed split, in the order of their ids.

    Args:
        data: folder of the public data sets.
        part: train, validation or test.

    Raises:
        CatalogueError: the set is not at hand, or a photo and its mask do not fit.
    """
    folder = data / "street-outfits"
    for name in ("images.tar", "labels.txt"):
        if not (folder / name).is_file():
            raise CatalogueError(
                f"There is no {folder / name}; get the street photos with "
                "`python -m vsearch_core data fetch street-outfits`."
            )
    labels = (folder / "labels.txt").read_text(encoding="utf-8").split()
    photos, masks = (TarImages(folder / "images.tar", prefix=f"{kind}/") for kind in ("photos", "masks"))
    split = read_split("street")
    for name in sorted(split.loc[split["part"] == part, "id"]):
        photo = images.decode(photos.read(f"{name}.jpg"))
        mask = images.decode(masks.read(f"{name}.png")).pixels[..., 0]
        if mask.shape != photo.pixels.shape[:2] or mask.max() >= len(labels):
            raise CatalogueError(f"Photo and mask of street photo {name} do not fit; fetch the set anew.")
        yield StreetPhoto(name, photo, garments_of(mask, labels), mask > 0)


def garments_of(mask: np.ndarray, labels: Sequence[str]) -> tuple[Garment, ...]:
    """One garment for each label and person; of what a person may carry several of, each one.

    Both shoes are one garment, and so is a coat that an arm or a bag cuts in two. Specks are dropped.

    Args:
        mask: (h, w) uint8 of numbers in `labels`, 0 is the background.
        labels: of the masks, keys of `GARMENTS` among them.
    """
    found = []
    for person in _people(mask):
        worn: dict[tuple[str, Position], np.ndarray] = {}
        for number in np.unique(mask[person]):
            kind = GARMENTS.get(labels[number])
            if kind is not None:
                worn[kind] = worn.get(kind, np.zeros(mask.shape, bool)) | (person & (mask == number))
        for (label, position), shown in _pairs_joined(worn).items():
            for part in _parts(shown, several=label in _SEVERAL):
                found.append(_garment(label, position, part))
    return tuple(found)


def _people(mask: np.ndarray) -> list[np.ndarray]:
    """The pixels of each person, (h, w) booleans: figures that do not touch; loose parts go to the nearest one."""
    figures, count = ndimage.label(mask > 0)
    if count == 0:
        return []
    areas = np.bincount(figures.ravel(), minlength=count + 1)[1:]
    people = np.flatnonzero(areas >= _PERSON * areas.max()) + 1
    if len(people) == 1:
        return [mask > 0]
    nearest = ndimage.distance_transform_edt(~np.isin(figures, people), return_distances=False, return_indices=True)
    owner = figures[tuple(nearest)]
    return [(mask > 0) & (owner == person) for person in people]


def _pairs_joined(worn: Mapping[tuple[str, Position], np.ndarray]) -> dict[tuple[str, Position], np.ndarray]:
    """A person wears one pair of shoes: where their labels differ, the one with the most pixels names it."""
    shoes = {kind: shown for kind, shown in worn.items() if kind[1] == "footwear"}
    if len(shoes) < 2:
        return dict(worn)
    name = max(shoes, key=lambda kind: int(shoes[kind].sum()))
    others = {kind: shown for kind, shown in worn.items() if kind not in shoes}
    return {**others, name: np.logical_or.reduce(list(shoes.values()))}


def _parts(shown: np.ndarray, *, several: bool) -> list[np.ndarray]:
    """The pixels of one garment without specks; of each one where there may be several."""
    gap = max(1, round(_GAP * shown.shape[0] / 2))
    rows, columns = np.flatnonzero(shown.any(axis=1)), np.flatnonzero(shown.any(axis=0))
    # what is around the garment costs time and says nothing
    window = (
        slice(max(0, rows[0] - gap), rows[-1] + 1 + gap),
        slice(max(0, columns[0] - gap), columns[-1] + 1 + gap),
    )
    inside = shown[window]
    regions, count = ndimage.label(ndimage.binary_dilation(inside, iterations=gap) if several else inside)
    regions = np.where(inside, regions, 0)
    areas = np.bincount(regions.ravel(), minlength=count + 1)[1:]
    whole = np.flatnonzero(areas >= _SPECK * areas.max()) + 1
    parts = []
    for chosen in [regions == one for one in whole] if several else [np.isin(regions, whole)]:
        part = np.zeros(shown.shape, bool)
        part[window] = chosen
        parts.append(part)
    return parts


def _garment(label: str, position: Position, shown: np.ndarray) -> Garment:
    rows, columns = np.flatnonzero(shown.any(axis=1)), np.flatnonzero(shown.any(axis=0))
    box = Box(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
    shorter = min(box.right - box.left, box.bottom - box.top)
    small = shorter < _SMALL_SIDE * max(shown.shape) or shown.mean() < _SMALL_AREA
    return Garment(label, position, box, small)
