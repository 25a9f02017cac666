"""The committed sample shop's products, one by one and as a smaller shop."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from vsearch_core import images
from vsearch_core.settings import SAMPLE_SHOP


def product_picture(kind: str, number: int = 0) -> np.ndarray:
    """The picture of the `number`-th product of a type, (480, 360, 3) uint8 on white."""
    table = _table("catalogue.csv")
    return images.decode((SAMPLE_SHOP / table[table["product_type"] == kind]["image"].iloc[number]).read_bytes()).pixels


def write_small_shop(folder: Path, each: int = 4) -> None:
    """A sample shop with `each` products of every type: the one that is photographed, and the first others."""
    products, photos = _table("catalogue.csv"), _table("photos.csv")
    asked = products["id"].isin(photos["product_id"])
    chosen = products.loc[(~asked).sort_values(kind="stable").index].groupby("product_type").head(each).sort_index()
    for name in ("images", "photos"):
        (folder / name).mkdir(parents=True)
    for name in [*chosen["image"], *photos["photo"], "photos.csv", "sample.json"]:
        shutil.copy(SAMPLE_SHOP / name, folder / name)
    shutil.copytree(SAMPLE_SHOP / "grounds", folder / "grounds")
    chosen.to_csv(folder / "catalogue.csv", index=False)


@cache
def _table(name: str) -> pd.DataFrame:
    return pd.read_csv(SAMPLE_SHOP / name, dtype=str, keep_default_na=False)
