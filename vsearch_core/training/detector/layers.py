"""What the detector can say, and which labels of the data mean which of its labels."""

from __future__ import annotations

from collections.abc import Mapping

from vsearch_core.catalogue.photos.street import GARMENTS
from vsearch_core.vision.detector import Layer

LAYERS: tuple[Layer, ...] = (
    Layer("inner", "upper", ("t-shirt", "top", "shirt", "sweater")),
    Layer("outer", "upper", ("jacket", "coat")),
    Layer("lower", "lower", ("trousers", "jeans", "shorts", "skirt")),
    Layer("full", "full", ("dress", "jumpsuit")),
    Layer("footwear", "footwear", ("shoes", "boots", "sandals")),
    Layer("bag", "bag", ("bag",)),
    Layer("headwear", "headwear", ("hat",)),
    Layer("eyewear", "eyewear", ("sunglasses", "glasses")),
    Layer("other", "other", ("scarf", "belt", "tie", "gloves", "socks", "tights", "watch", "jewellery")),
)

LABELS: tuple[str, ...] = tuple(label for layer in LAYERS for label in layer.labels)
LAYER_OF: tuple[int, ...] = tuple(place for place, layer in enumerate(LAYERS) for _ in layer.labels)
"""The number of the layer of each of `LABELS`."""

assert set(LABELS) == {label for label, _ in GARMENTS.values()}

PRODUCT_LABELS: Mapping[str, str] = {
    **dict.fromkeys(("Tshirts", "Lounge Tshirts"), "t-shirt"),
    **dict.fromkeys(("Tops", "Camisoles", "Innerwear Vests"), "top"),
    "Shirts": "shirt",
    **dict.fromkeys(("Sweaters", "Sweatshirts"), "sweater"),
    **dict.fromkeys(("Jackets", "Rain Jacket", "Blazers", "Nehru Jackets", "Waistcoat", "Shrug"), "jacket"),
    **dict.fromkeys(("Trousers", "Track Pants", "Leggings", "Jeggings", "Capris", "Lounge Pants"), "trousers"),
    "Jeans": "jeans",
    **dict.fromkeys(("Shorts", "Lounge Shorts"), "shorts"),
    "Skirts": "skirt",
    "Dresses": "dress",
    **dict.fromkeys(("Jumpsuit", "Rompers"), "jumpsuit"),
    **dict.fromkeys(("Casual Shoes", "Sports Shoes", "Formal Shoes", "Heels", "Flats"), "shoes"),
    **dict.fromkeys(("Flip Flops", "Sandals", "Sports Sandals"), "sandals"),
    **dict.fromkeys(
        ("Handbags", "Backpacks", "Clutches", "Laptop Bag", "Duffel Bag", "Messenger Bag", "Rucksacks"), "bag"
    ),
    **dict.fromkeys(("Caps", "Hat"), "hat"),
    "Sunglasses": "sunglasses",
    **dict.fromkeys(("Scarves", "Stoles", "Mufflers"), "scarf"),
    "Belts": "belt",
    "Ties": "tie",
    "Gloves": "gloves",
    "Socks": "socks",
    **dict.fromkeys(("Stockings", "Tights"), "tights"),
    "Watches": "watch",
    **dict.fromkeys(("Necklace and Chains", "Bracelet", "Bangle"), "jewellery"),
}
"""The label of a catalogue product by its product type; products of other types are not shown."""


def number_of(label: str) -> int:
    """The place of a label in `LABELS`."""
    return LABELS.index(label)
