"""The user photos of the public data: who sent them, their labels, and the product types that count as right."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from vsearch_core.catalogue.sources import TarImages
from vsearch_core.catalogue.split import SPLITS, read_split
from vsearch_core.errors import CatalogueError

JUDGED = "photo_labels.jsonl"
"""What was seen on user photos by eye, a line of JSON each; see the README of the public data for the fields."""

PHOTO_TYPES = Path(__file__).with_name("photo_types.csv")


def right_types() -> dict[str, frozenset[str]]:
    """For each label of the user photos the product types that count as the right kind (`photo_types.csv`)."""
    with PHOTO_TYPES.open(newline="", encoding="utf-8") as file:
        return {row["label"]: frozenset(row["product_types"].split("|")) for row in csv.DictReader(file)}


@dataclass(frozen=True)
class JudgedPhoto:
    """What was seen on a user photo by eye: `types` and `colours` that are right, the best first, and who wears it."""

    types: frozenset[str]
    colours: tuple[str, ...]
    pattern: str
    who: frozenset[str]


def judged_photos(data: Path) -> dict[str, JudgedPhoto]:
    """The user photos that were judged by eye and can be used, by their ids.

    They are those of `splits/photo_labels.jsonl`, and the shoes of the public data where that is at hand.
    """
    paths = [path for path in (SPLITS / JUDGED, data / JUDGED) if path.is_file()]
    records = [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines() if line]
    return {
        record["image"]: JudgedPhoto(
            frozenset(record["types"]), tuple(record["colours"]), record["pattern"], frozenset(record["who"])
        )
        for record in records
        if record["usable"]
    }


def read_user_photos(data: Path) -> pd.DataFrame:
    """The user photos whose label maps to product types, with their part of the split.

    Args:
        data: folder of the public data sets.

    Returns:
        Columns `id`, `image` (file name), `sender_id`, `label`, `kids`, `part`, `group`, and `right`, the frozenset of
        product types that count as the right kind. Photos whose label maps to none are left out: nothing judges them.

    Raises:
        CatalogueError: the set is not at hand.
    """
    listing = data / "clothing-photos" / "images.csv"
    if not listing.is_file():
        raise CatalogueError(
            f"There is no {listing}; get the user photos with `python -m vsearch_core data fetch clothing-photos`."
        )
    table = pd.read_csv(listing, dtype=str, keep_default_na=False)
    table = table.rename(columns={"image": "id"}).drop_duplicates("id")
    right = right_types()
    table = table[table["label"].isin(right.keys())]
    table = table.merge(read_split("photos"), on="id", validate="one_to_one")
    return table.assign(image=table["id"] + ".jpg", right=table["label"].map(right)).reset_index(drop=True)


def user_images(data: Path) -> TarImages:
    """The pictures of the user photos, by file name.

    Raises:
        CatalogueError: they are not at hand, or not in a tar that can be used.
    """
    return TarImages(data / "clothing-photos" / "images.tar", prefix="images/")
