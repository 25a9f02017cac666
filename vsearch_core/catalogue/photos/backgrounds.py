"""Pictures of rooms, streets, tables and things that no shop sells: what snaps are laid on, and what is not ours.

`backgrounds_judged.csv` says of each picture what was seen by eye: `scene` (one video, room, table or photographer;
empty where it stands alone), `ground` (one of `GROUNDS`) and `wear`, how much of what a fashion shop sells is in it
(one of `WEAR`). `splits/backgrounds.csv` says which part each one serves: training composes with `train`, rules are
chosen on `validation`, and `evaluate outside` reads `test` alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from vsearch_core import images
from vsearch_core.catalogue.duplicates import ink
from vsearch_core.catalogue.sources import TarImages
from vsearch_core.catalogue.split import PARTS, SPLITS, make_split
from vsearch_core.contracts import Photo
from vsearch_core.errors import CatalogueError
from vsearch_core.files import replace_bytes

GROUNDS = ("plain", "room", "things", "outdoors", "people")
"""What a picture is of: an even surface with a small thing on it, a room, things or food from near, the world outside,
people."""

WEAR = ("none", "some", "plain")
"""Clothes, shoes, bags, watches or sports bottles: none at all, small or at the edge, or plainly in view."""

SHARES = (0.5, 0.25, 0.25)
"""More for validation and test than the other sets have: there are few pictures, and a rule is chosen on them."""

_JUDGED = Path(__file__).with_name("backgrounds_judged.csv")


def has_backgrounds(data: Path) -> bool:
    """Whether the pictures are in the folder of the public data sets."""
    return _archive(data).is_file()


def read_backgrounds(folder: Path = SPLITS) -> pd.DataFrame:
    """The committed table of the backgrounds.

    Returns:
        Text columns `id` (path in the archive), `part`, `group` (the smallest id of its scene), `source`, `ground` and
        `wear`.

    Raises:
        CatalogueError: the table is not there.
    """
    path = folder / "backgrounds.csv"
    if not path.is_file():
        raise CatalogueError(f"There is no {path}; make it with `python -m vsearch_core data split`.")
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def backgrounds(
    data: Path, part: str, *, wear: tuple[str, ...] = WEAR, max_side: int | None = None
) -> Iterator[tuple[str, str, Photo]]:
    """The pictures of one part, in the table's order.

    Args:
        data: folder of the public data sets; part: one of `train`, `validation`, `test`.
        wear: only pictures with so much of what a fashion shop sells; `("none",)` is what is not ours.
        max_side: decoded at no more pixels than this.

    Yields:
        Id, ground and picture.

    Raises:
        CatalogueError: there is no such part, or the pictures are not at hand.
    """
    if part not in PARTS:
        raise CatalogueError(f"There is no part {part!r} of the backgrounds; the parts are {', '.join(PARTS)}.")
    table = read_backgrounds()
    source = _source(data)
    chosen = table[(table["part"] == part) & table["wear"].isin(wear)]
    for name, ground in zip(chosen["id"], chosen["ground"], strict=True):
        yield name, ground, images.decode(source.read(name), max_side=max_side)


def write_backgrounds_split(data: Path, folder: Path = SPLITS) -> str:
    """Make the backgrounds' split anew and write it to `folder`.

    Pictures of one scene stay together, and near-identical and identical ones too; grounds are spread over the parts.

    Returns:
        A line that says what was made.

    Raises:
        CatalogueError: the pictures are not at hand, or are others than those that were judged.
    """
    judged = pd.read_csv(_JUDGED, dtype=str, keep_default_na=False)
    source = _source(data)
    if differing := sorted(set(source.names()) ^ set(judged["image"])):
        raise CatalogueError(
            f"{len(differing)} backgrounds were judged or packed but not both ({differing[0]} …); bring {_JUDGED.name} "
            "up to date with the archive."
        )
    inks, checksums = [], []
    for name in judged["image"]:
        content = source.read(name)
        checksums.append(hashlib.sha256(content).hexdigest())
        inks.append(ink(images.decode(content, max_side=128).pixels))
    split = make_split(
        list(judged["image"]),
        inks=np.stack(inks),
        checksums=checksums,
        join_by=list(judged["scene"]),
        balance=list(judged["ground"] + " " + (judged["wear"] == "none").map(str)),
        shares=SHARES,
    )
    split = split.assign(source=judged["image"].str.partition("/")[0], ground=judged["ground"], wear=judged["wear"])
    folder.mkdir(parents=True, exist_ok=True)
    replace_bytes(folder / "backgrounds.csv", split.to_csv(index=False, lineterminator="\n").encode())
    shares = split["part"].value_counts()
    counts = ", ".join(f"{shares.get(part, 0):,} {part}" for part in PARTS)
    return f"backgrounds: {len(split):,} in {split['group'].nunique():,} scenes: {counts}"


def _archive(data: Path) -> Path:
    return data / "outside" / "backgrounds.tar"


def _source(data: Path) -> TarImages:
    path = _archive(data)
    if not has_backgrounds(data):
        raise CatalogueError(f"There is no {path}; the pictures from outside are needed here, set VSEARCH_DATA.")
    return TarImages(path)
