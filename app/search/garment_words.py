"""How garments are named to a person: short on the photo, with their position in tabs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from app.search.garments import Garment
from vsearch_core.contracts import Item, Position

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

WHOLE = "Whole photo"


def short(item: Item) -> str:
    """A garment's name as it stands on the photo: `Shirt`."""
    return item.label[:1].upper() + item.label[1:]


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
