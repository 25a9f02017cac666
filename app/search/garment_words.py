"""How garments are named to a person: short on the photo, with position and confidence on their chips, in tabs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from app.search.garments import Garment
from vsearch_core.contracts import Item, Position
from vsearch_core.search.showing import FAIRLY_SURE, SURE

WORN: Mapping[Position, str] = {
    "upper": "Upper",
    "lower": "Lower",
    "full": "Full length",
    "footwear": "Footwear",
    "bag": "Bag",
    "headwear": "Headwear",
    "eyewear": "Eyewear",
    "other": "Accessory",
}

_CONFIDENCE = ((SURE, "sure"), (FAIRLY_SURE, "fairly sure"))
"""Least scores of the detector, and how sure it is."""

WHOLE = "Whole photo"


def short(item: Item) -> str:
    """A garment's name as it stands on the photo: `Shirt`."""
    return item.label[:1].upper() + item.label[1:]


def confidence(item: Item) -> str:
    """How sure it is that there is such a garment, in words."""
    return next((words for least, words in _CONFIDENCE if item.score >= least), "not sure")


def chip(item: Item, people: int) -> str:
    """Name, position and confidence: `Shirt · upper · sure`; with the person where several are in the photo."""
    parts = [short(item), *_place(item), confidence(item)]
    return " · ".join([*parts, f"person {item.person + 1}"] if people > 1 else parts)


def tabs(garments: Sequence[Garment]) -> dict[str, str]:
    """The name of each garment's tab by its id, no two alike: `Upper: shirt`; garments that share it are numbered."""
    people = len({garment.item.person for garment in garments})
    names = {}
    times: Counter[str] = Counter()
    for garment in garments:
        item = garment.item
        place = f"{WORN[item.position]}: {item.label.lower()}" if _place(item) else short(item)
        name = f"{place} (person {item.person + 1})" if people > 1 else place
        times[name] += 1
        names[garment.id] = f"{name} {times[name]}" if times[name] > 1 else name
    return names


def _place(item: Item) -> list[str]:
    """The position, where it says more than the label."""
    place = WORN[item.position].lower()
    return [] if item.label.lower() == place else [place]
