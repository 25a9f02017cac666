"""Photo sets beside the catalogue: who sent what, and how many garments one photo shows."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from vsearch_core.catalogue.photos.user import right_types
from vsearch_core.catalogue.sources import FolderImages, TarImages
from vsearch_core.catalogue.split import read_split
from vsearch_core.catalogue.table import ImageSource
from vsearch_core.contracts import Progress
from vsearch_core.settings import Settings

_NO_GARMENT = frozenset(("null", "skin", "hair"))
_SMALLEST = 0.002
"""Share of the photo that a garment's mask must cover, so that a stray pixel is not a garment."""


@dataclass(frozen=True)
class PhotoSet:
    """Photos that people take. `photos` has `id`, `image`, `label`, `sender` ("" where unknown) and `part`.

    `right` maps a label to the product types of its kind; labels without any are judged by nothing.
    """

    name: str
    photos: pd.DataFrame
    images: ImageSource
    right: Mapping[str, frozenset[str]]


def user_photos(settings: Settings, *, sample: bool) -> PhotoSet | None:
    """The photos that are sent to this shop: the public set, or the drawn ones beside the sample shop; None without.

    Args:
        sample: whether the shop is the drawn one.
    """
    return _drawn(settings.sample_path) if sample else _public(settings.data / "clothing-photos")


def _public(folder: Path) -> PhotoSet | None:
    listing, archive = folder / "images.csv", folder / "images.tar"
    if not (listing.is_file() and archive.is_file()):
        return None
    table = pd.read_csv(listing, dtype=str, keep_default_na=False).drop_duplicates("image")
    table = table.rename(columns={"image": "id", "sender_id": "sender"})
    part = table["id"].map(read_split("photos").set_index("id")["part"])
    photos = table.assign(image=table["id"] + ".jpg", part=part.fillna("")).reset_index(drop=True)
    return PhotoSet("Photos that people took at home", photos, TarImages(archive, prefix="images/"), right_types())


def _drawn(folder: Path) -> PhotoSet | None:
    if not (folder / "photos.csv").is_file():
        return None
    table = pd.read_csv(folder / "photos.csv", dtype=str, keep_default_na=False)
    photos = pd.DataFrame(
        {"id": table["photo"], "image": table["photo"], "label": table["product_type"], "sender": "", "part": ""}
    )
    right = {label: frozenset((label,)) for label in photos["label"]}
    return PhotoSet("Drawn photos of the sample shop", photos, FolderImages(folder), right)


def labels(photos: PhotoSet) -> pd.DataFrame:
    """`label`, `photos`, `senders`, `types` (the product types of its kind), the most frequent first."""
    grouped = photos.photos.groupby("label")
    table = pd.DataFrame({"photos": grouped.size(), "senders": grouped["sender"].nunique()}).reset_index()
    kinds = [", ".join(sorted(photos.right.get(label, ()))) or "none: judged by nothing" for label in table["label"]]
    return table.assign(types=kinds).sort_values("photos", ascending=False, kind="stable").reset_index(drop=True)


def senders(photos: PhotoSet) -> pd.DataFrame:
    """`sender`, `photos`, `labels` (how many), `up_to_here` (cumulative share), the most frequent first."""
    known = photos.photos[photos.photos["sender"] != ""]
    grouped = known.groupby("sender")
    table = pd.DataFrame({"photos": grouped.size(), "labels": grouped["label"].nunique()}).reset_index()
    table = table.sort_values("photos", ascending=False, kind="stable").reset_index(drop=True)
    return table.assign(up_to_here=table["photos"].cumsum() / max(len(known), 1))


def has_outfits(settings: Settings) -> bool:
    """Whether the street photos with masks are at hand."""
    folder = settings.data / "street-outfits"
    return (folder / "images.tar").is_file() and (folder / "labels.txt").is_file()


def outfits(settings: Settings, progress: Progress | None = None) -> pd.DataFrame:
    """The garments of each street photo, from its mask: `photo`, `garment`, `share` of the photo, and the box.

    The box `x0`, `y0`, `x1`, `y1` is in shares of the photo's width and height (0..1).
    """
    folder = settings.data / "street-outfits"
    names = (folder / "labels.txt").read_text(encoding="utf-8").split("\n")
    masks = TarImages(folder / "images.tar", prefix="masks/")
    rows = []
    every = sorted(masks.names())
    for done, name in enumerate(every, 1):
        mask = np.asarray(Image.open(io.BytesIO(masks.read(name))).convert("L"))
        for value, pixels in enumerate(np.bincount(mask.ravel(), minlength=len(names))[: len(names)]):
            garment = names[value].strip()
            if pixels < _SMALLEST * mask.size or not garment or garment in _NO_GARMENT:
                continue
            down, across = np.flatnonzero((mask == value).any(axis=1)), np.flatnonzero((mask == value).any(axis=0))
            height, width = mask.shape
            box = (across[0] / width, down[0] / height, (across[-1] + 1) / width, (down[-1] + 1) / height)
            rows.append((Path(name).stem, garment, pixels / mask.size, *box))
        if progress is not None:
            progress(done, len(every))
    return pd.DataFrame(rows, columns=["photo", "garment", "share", "x0", "y0", "x1", "y1"])


def garments_per_photo(found: pd.DataFrame) -> pd.DataFrame:
    """`garments` (how many in a photo) and how many `photos` have that number."""
    counts = found.groupby("photo").size().value_counts().sort_index()
    return counts.rename_axis("garments").rename("photos").reset_index()


def garments(found: pd.DataFrame) -> pd.DataFrame:
    """`garment`, `photos` and `share` of a photo that it covers (median), the most frequent first."""
    grouped = found.groupby("garment")
    table = pd.DataFrame({"photos": grouped["photo"].nunique(), "share": grouped["share"].median()}).reset_index()
    return table.sort_values("photos", ascending=False, kind="stable").reset_index(drop=True)


def worn_together(found: pd.DataFrame, most: int = 15) -> pd.DataFrame:
    """The pairs of garments that share most photos: `one`, `other`, `photos`."""
    pairs = found[["photo", "garment"]].merge(found[["photo", "garment"]], on="photo", suffixes=("", "_other"))
    pairs = pairs[pairs["garment"] < pairs["garment_other"]]
    counts = pairs.groupby(["garment", "garment_other"]).size().sort_values(ascending=False).head(most)
    return counts.rename_axis(["one", "other"]).rename("photos").reset_index()
