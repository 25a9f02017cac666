"""Plans the sample shop without drawing it: which designs there are, in which colours, and what their rows say."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np

from sample_shop.colours import COLOURS, DENIM, Look, partners
from sample_shop.kinds import BY_TYPE, ONLY_SOLID, PRODUCT_TYPES, STYLE_COLOURS, STYLE_NAMES, Kind
from vsearch_core.errors import CatalogueError

BRANDS = (
    "Northbound",
    "Kestrel Lane",
    "Maru & Finch",
    "Oddwell",
    "Pinegrove Nine",
    "Saltmarsh Row",
    "Lumenwick",
    "Ferro Ost",
    "Violet Harbour",
    "Quillfeather",
    "Brackenby",
    "Tuesday Atlas",
)
"""Invented; none of them is a company that we know of."""

FIELDS = (
    "id",
    "image",
    "name",
    "department",
    "category",
    "product_type",
    "colour",
    "gender",
    "season",
    "usage",
    "price",
    "brand",
    "url",
)
"""Columns of the sample shop's catalogue."""

_WORDS = {"Solid": "", "Graphic": "Printed", "Colourblocked": "Colour Block", "Knit": "Knitted"}


@dataclass(frozen=True)
class Planned:
    """One product to be drawn: its design, which of the design's colours it has, and its row of the catalogue."""

    product_type: str
    design: int
    variant: int
    record: dict[str, str]

    @property
    def family(self) -> str:
        """Shared by the colour variants of one design, and by nothing else."""
        return f"{self.product_type}/{self.design}"


def plan_product(product_type: str, *, seed: int, variant: int = 0) -> tuple[Look, dict[str, str]]:
    """How a product looks and what its row says (without `id` and `image`). Another `variant` is another colour.

    Raises:
        CatalogueError: there is no such product type (code `unknown_product_type`), or the seed is negative.
    """
    kind = BY_TYPE.get(product_type)
    if kind is None:
        message = f"The sample shop draws no {product_type!r}; choose one of {', '.join(PRODUCT_TYPES)}."
        raise CatalogueError(message, code="unknown_product_type")
    if seed < 0:
        raise CatalogueError(f"A seed cannot be negative, and {seed} is; give 0 or more.", code="bad_seed")
    code = zlib.crc32(product_type.encode())
    rng = np.random.default_rng([code, seed])
    gender = str(rng.choice(kind.genders))
    style = str(rng.choice(kind.styles))
    pattern = str(rng.choice(kind.patterns))
    if style == "Flared" and product_type == "Jeans" and gender != "Women":
        style = "Straight"
    if style in ONLY_SOLID and "Solid" in kind.patterns:
        pattern = "Solid"
    colours = _colours(kind, style)
    order = rng.permutation(len(colours))
    colour = colours[int(order[variant % len(colours)])]
    season, usage = str(rng.choice(kind.seasons)), str(rng.choice(kind.usages))
    brand = str(rng.choice(BRANDS))
    low, high = (bound * (0.6 if gender in ("Boys", "Girls") else 1.0) for bound in kind.price)
    price = float(np.floor(low + (high - low) * rng.beta(1.6, 2.4))) + (0.99 if low < 40 else 0.90)
    accent, second = partners(colour, float(rng.random()))
    named = STYLE_NAMES.get(style) or f"{'' if style == 'Regular' else style} {kind.noun}".strip()
    words = (brand, gender, _WORDS.get(pattern, pattern), colour, named)
    record = {
        "name": " ".join(word for word in words if word),
        "department": kind.department,
        "category": kind.category,
        "product_type": product_type,
        "colour": colour,
        "gender": gender,
        "season": season,
        "usage": usage,
        "price": f"{price:.2f}",
        "brand": brand,
        "url": "",
    }
    base = DENIM.get(colour, COLOURS[colour]) if product_type == "Jeans" or style == "Denim" else COLOURS[colour]
    look = Look(
        product_type,
        style,
        pattern,
        gender,
        colour,
        base,
        accent,
        second,
        (seed * 7919 + code) % 1_000_003,
        np.random.default_rng([code, seed, 1]),
    )
    return look, record


def _colours(kind: Kind, style: str) -> tuple[str, ...]:
    options = kind.colours
    if (
        style in STYLE_COLOURS
        and kind.department in ("Apparel", "Footwear", "Accessories")
        and kind.category != "Watches"
    ):
        options = STYLE_COLOURS[style]
    return tuple(dict.fromkeys(options))


def plan_shop(products: int, seed: int) -> list[Planned]:
    """The shop's products in the catalogue's order; every product type gets the same share of them.

    A design comes in one to four colours, under names that differ in the colour only; no two designs share a name.

    Raises:
        CatalogueError: `products` is not at least 1.
    """
    if products < 1:
        raise CatalogueError(
            f"A shop needs at least one product, not {products}; ask for more.", code="bad_sample_size"
        )
    rng = np.random.default_rng([seed, 0])
    share, rest = divmod(products, len(PRODUCT_TYPES))
    planned: list[Planned] = []
    for k, product_type in enumerate(PRODUCT_TYPES):
        planned += _plan_type(product_type, share + (k < rest), rng)
    order = rng.permutation(len(planned))
    rows = []
    for number, k in enumerate(order):
        product_id = str(100_001 + number)
        item = planned[int(k)]
        record = {"id": product_id, "image": f"images/{product_id}.webp", **item.record}
        rows.append(Planned(item.product_type, item.design, item.variant, record))
    return rows


def _plan_type(product_type: str, count: int, rng: np.random.Generator) -> list[Planned]:
    planned: list[Planned] = []
    taken: set[str] = set()
    attempts = 0
    while len(planned) < count:
        design = int(rng.integers(0, 1_000_000))
        wanted = min(int(rng.choice((1, 2, 2, 3, 3, 4))), count - len(planned))
        records = [plan_product(product_type, seed=design, variant=v)[1] for v in range(wanted)]
        records = list({record["colour"]: record for record in records}.values())
        names = {family_name(record) for record in records}
        attempts += 1
        if names & taken and attempts < 50 * count:
            continue
        taken |= names
        planned += [Planned(product_type, design, v, record) for v, record in enumerate(records)]
    return planned


def family_name(record: dict[str, str]) -> str:
    """A product's name without its colour: the same for all colours of a design."""
    return record["name"].replace(f" {record['colour']} ", " ", 1)
