"""Small real shops for the app's parts, made of drawn pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from vsearch_core.catalogue import read_catalogue
from vsearch_core.store import Store, build_store
from vsearch_core.vision import FashionModel

MakeShop = Callable[..., Store]


@pytest.fixture(scope="session")
def make_shop(model: FashionModel, tmp_path_factory: pytest.TempPathFactory) -> MakeShop:
    """Builds the store of a catalogue of rows, in a folder that is there already if one is given.

    `shows` of a row says what its picture shows (any text; the same text is the same picture), else its id does.
    """

    def make(rows: Sequence[Mapping[str, Any]], at: Path | None = None) -> Store:
        folder = tmp_path_factory.mktemp("rows")
        table = pd.DataFrame([{"image": f"{number}.png", **row} for number, row in enumerate(rows)])
        for image, row in zip(table["image"], rows, strict=True):
            seed = [ord(sign) for sign in str(row.get("shows", row["id"]))]
            blocks = np.random.default_rng(seed).integers(0, 256, (6, 6, 3), dtype=np.uint8)
            Image.fromarray(blocks).resize((48, 64), Image.Resampling.BICUBIC).save(folder / image)
        table.drop(columns="shows", errors="ignore").to_csv(folder / "shop.csv", index=False)
        path = at or folder / "store"
        build_store(read_catalogue(folder / "shop.csv"), model, path, engine="exact")
        return Store.open(path, embedder=model)

    return make
