"""The sample shop: a catalogue that our own code draws, for where no real one is at hand.

Nothing in it is a photograph and nothing is for sale: the products are vector drawings of invented brands, the "photos"
are drawings made to look like snapshots. The folder's `sample.json` says so (`"sample": true`), and whatever shows the
shop labels it as a sample.
"""

from __future__ import annotations

from sample_shop.kinds import PRODUCT_TYPES
from sample_shop.photos import draw_photo
from sample_shop.planning import Planned, family_name, plan_product, plan_shop
from sample_shop.shop import draw_cutout, draw_product, write_sample_shop

__all__ = [
    "PRODUCT_TYPES",
    "Planned",
    "draw_cutout",
    "draw_photo",
    "draw_product",
    "family_name",
    "plan_product",
    "plan_shop",
    "write_sample_shop",
]
