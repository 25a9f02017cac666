"""The one split that every training and every figure uses: train, validation, test.

Catalogue products are joined first by title and by identical or near-identical picture, photos by sender: what is
joined never straddles the split. The ids are committed in `splits/`, made by `python -m vsearch_core data split`.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from vsearch_core import images
from vsearch_core.catalogue.duplicates import ink, join_groups, links_of_equal, same_picture_pairs
from vsearch_core.catalogue.identity import CONTENT, content_of
from vsearch_core.catalogue.reading.kaggle import read_kaggle
from vsearch_core.catalogue.sources import TarImages
from vsearch_core.catalogue.table import ImageSource
from vsearch_core.errors import CatalogueError
from vsearch_core.files import replace_bytes
from vsearch_core.places import shipped

SPLITS = shipped("splits")
SETS = ("catalogue", "photos", "street")
PARTS = ("train", "validation", "test")
SHARES = (0.64, 0.16, 0.20)
SEED = 2026


def read_split(name: str, folder: Path = SPLITS) -> pd.DataFrame:
    """The committed split of one set.

    Args:
        name: one of `SETS`.

    Returns:
        Text columns `id`, `part` (one of `PARTS`) and `group` (the smallest id that this one is joined with).

    Raises:
        CatalogueError: there is no such set or file.
    """
    path = folder / f"{name}.csv"
    if name not in SETS or not path.is_file():
        raise CatalogueError(f"There is no split of {name!r}; the sets are {', '.join(SETS)}, kept in {folder}.")
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def part_ids(name: str, part: str) -> frozenset[str]:
    """The ids of one part of one set."""
    split = read_split(name)
    return frozenset(split.loc[split["part"] == part, "id"])


def make_split(
    ids: Sequence[str],
    *,
    inks: np.ndarray,
    checksums: Sequence[str],
    join_by: Sequence[str],
    balance: Sequence[str] | None = None,
    shares: Sequence[float] = SHARES,
    seed: int = SEED,
) -> pd.DataFrame:
    """Split ids so that joined ones stay together and every value of `balance` is spread over the parts.

    Args:
        ids: one id for each picture.
        inks: (n, 64, 48, 3) uint8, from `duplicates.ink`; near-identical pictures are joined.
        checksums: of the picture files; identical files are joined.
        join_by: title of a product, sender of a photo …; equal values are joined, empty ones not.
        balance: product type of each row; where it is not given, rows are only spread by number.
        shares: of the parts, in the order of `PARTS`.
        seed: orders groups of equal size.

    Returns:
        Columns `id`, `part`, `group`, in the order of `ids`.
    """
    pairs = [tuple(pair) for pair in same_picture_pairs(inks)]
    links = [*links_of_equal(list(join_by)), *links_of_equal(list(checksums)), *pairs]
    groups = join_groups(len(ids), links)
    kinds = np.asarray(balance if balance is not None else [""] * len(ids), dtype=object)
    part_of_group = _assign(groups, kinds, shares, np.random.default_rng(seed))
    return pd.DataFrame(
        {
            "id": list(ids),
            "part": [part_of_group[group] for group in groups],
            "group": [ids[group] for group in groups],
        }
    )


def write_splits(data: Path, folder: Path = SPLITS) -> list[str]:
    """Make the split of every public set anew and write it to `folder`, with what tells the catalogue from others.

    Args:
        data: folder of the public data sets.

    Returns:
        A line for each set that says what was made.

    Raises:
        CatalogueError: a set is not at hand.
    """
    for name in ("fashion-products", "clothing-photos", "street-outfits"):
        if not (data / name / "images.tar").is_file():
            raise CatalogueError(f"There is no {data / name / 'images.tar'}; get it with `data fetch {name}`.")
    folder.mkdir(parents=True, exist_ok=True)
    lines = []
    catalogue, content = _catalogue(data)
    for name, split in (("catalogue", catalogue), ("photos", _photos(data)), ("street", _street(data))):
        replace_bytes(folder / f"{name}.csv", split.to_csv(index=False, lineterminator="\n").encode())
        shares = split["part"].value_counts()
        counts = ", ".join(f"{shares.get(part, 0):,} {part}" for part in PARTS)
        lines.append(f"{name}: {len(split):,} in {split['group'].nunique():,} groups: {counts}")
    buffer = io.BytesIO()
    content.to_parquet(buffer, index=False, compression="zstd")
    replace_bytes(folder / CONTENT.name, buffer.getvalue())
    return lines


def _catalogue(data: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    catalogue = read_kaggle(data / "fashion-products")
    products = catalogue.products
    inks, checksums = _pictures(catalogue.images, list(products["image"]))
    titles = products["name"].str.casefold().str.split().str.join(" ")
    split = make_split(
        list(products["id"]),
        inks=inks,
        checksums=checksums,
        join_by=list(titles),
        balance=list(products["product_type"]),
    )
    return split, content_of(list(products["id"]), list(products["name"]), checksums)


def _photos(data: Path) -> pd.DataFrame:
    table = pd.read_csv(data / "clothing-photos" / "images.csv", dtype=str, keep_default_na=False)
    table = table.drop_duplicates("image").reset_index(drop=True)
    source = TarImages(data / "clothing-photos" / "images.tar", prefix="images/")
    inks, checksums = _pictures(source, [f"{name}.jpg" for name in table["image"]])
    return make_split(list(table["image"]), inks=inks, checksums=checksums, join_by=list(table["sender_id"]))


def _street(data: Path) -> pd.DataFrame:
    source = TarImages(data / "street-outfits" / "images.tar", prefix="photos/")
    names = sorted(source.names())
    inks, checksums = _pictures(source, names)
    return make_split([Path(name).stem for name in names], inks=inks, checksums=checksums, join_by=[""] * len(names))


def _pictures(source: ImageSource, names: Sequence[str]) -> tuple[np.ndarray, list[str]]:
    inks, checksums = [], []
    for name in names:
        content = source.read(name)
        checksums.append(hashlib.sha256(content).hexdigest())
        inks.append(ink(images.decode(content, max_side=128).pixels))
    return np.stack(inks), checksums


def _assign(
    groups: np.ndarray, kinds: np.ndarray, shares: Sequence[float], random: np.random.Generator
) -> dict[int, str]:
    """Give each group, the largest first, to the part that lacks most of its kind."""
    frame = pd.DataFrame({"group": groups, "kind": kinds})
    table = frame.groupby("group").agg(size=("kind", "size"), kind=("kind", lambda kind: kind.mode().iat[0]))
    table = table.sample(frac=1, random_state=np.random.RandomState(random.integers(2**31)))
    table = table.sort_values("size", ascending=False, kind="stable")
    parts: dict[int, str] = {}
    for _, of_kind in table.groupby("kind", sort=True):
        have = np.zeros(len(PARTS))
        want = np.array(shares)
        for group, size in zip(of_kind.index, of_kind["size"], strict=True):
            lacking = want * (have.sum() + size) - have
            choice = int(np.argmax(lacking))
            have[choice] += size
            parts[int(group)] = PARTS[choice]
    return parts
