"""Whether products are those of the evaluated catalogue, which the models learned from: by content, never by number.

Its ids are plain numbers, and many a shop numbers its products so. A product is the same one if its id agrees and its
title or its picture file does. Of each product a short checksum of both is committed beside the split.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from vsearch_core.errors import CatalogueError
from vsearch_core.places import shipped
from vsearch_core.settings import Settings

CONTENT = shipped("splits") / "catalogue_content.parquet"

SAME_SHARE = 0.5
"""A store is the evaluated catalogue, or a part of it, if this share of its products is."""


def content_of(ids: Sequence[str], titles: Sequence[str], checksums: Sequence[str]) -> pd.DataFrame:
    """The checksums of products that tell them from others of the same ids.

    Args:
        titles: compared whatever their case and spaces; an empty one agrees with nothing.
        checksums: SHA-256 of the picture files in hexadecimal, empty where unknown.

    Returns:
        `id` (text), `title` and `picture` (uint32, 0 where unknown).
    """
    plain = [" ".join(str(title).casefold().split()) for title in titles]
    return pd.DataFrame(
        {
            "id": np.array(list(map(str, ids)), dtype=object),
            "title": np.array([zlib.crc32(title.encode()) if title else 0 for title in plain], dtype=np.uint32),
            "picture": np.array([int(str(one)[:8] or "0", 16) for one in checksums], dtype=np.uint32),
        }
    )


@dataclass(frozen=True)
class Identity:
    """What some products have to do with the evaluated catalogue.

    `same`: the ids of those that really are its products. `evaluated`: enough are that all of them count as that
    catalogue, or as a part of it; else they are another shop, whatever it shares with it.
    """

    same: frozenset[str]
    evaluated: bool


def identify(products: pd.DataFrame, content: Path = CONTENT) -> Identity:
    """Compare products with the evaluated catalogue: the one rule for what a page, a sample or a figure may claim.

    Args:
        products: of a store, with `id`, `name` and `image_sha256`.

    Raises:
        CatalogueError: the committed checksums cannot be read.
    """
    ours = content_of(list(products["id"]), list(products["name"]), list(products["image_sha256"]))
    both = ours.merge(_read(content), on="id", suffixes=("", "_known"))
    alike = np.zeros(len(both), dtype=bool)
    for what in ("title", "picture"):
        alike |= ((both[what] == both[f"{what}_known"]) & (both[what] != 0)).to_numpy()
    same = frozenset(both.loc[alike, "id"])
    return Identity(same, len(products) > 0 and len(same) >= SAME_SHARE * len(products))


def public_data(settings: Settings, products: pd.DataFrame) -> Path | None:
    """The folder of the public data sets where they are at hand and these products are of their catalogue."""
    return settings.data if settings.has_data and identify(products).evaluated else None


@lru_cache(maxsize=2)
def _read(path: Path) -> pd.DataFrame:
    try:
        return pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise CatalogueError(f"{path} cannot be read ({error}); `data split` writes it anew.") from error
