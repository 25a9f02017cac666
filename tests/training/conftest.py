"""What the trainings' tests share: a small catalogue under ids of the split, and a trunk that compiles in no time."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from vsearch_core.catalogue.split import PARTS, read_split

KINDS = {
    "Tshirts": (30, 60, 200),
    "Shirts": (200, 60, 40),
    "Jeans": (40, 170, 60),
    "Tops": (150, 20, 160),
    "Belts": (20, 20, 20),
}


@pytest.fixture(scope="session")
def make_catalogue() -> Callable[[Path], None]:
    """Writes a folder in the Kaggle layout: five types of one colour each, in groups of two near-identical pictures."""
    return _write_catalogue


@pytest.fixture(scope="session")
def tiny_trunk() -> Callable[[], Any]:
    """Makes the two parts of a trunk in place of MobileNetV2, which takes minutes to compile."""

    def make() -> Any:
        import keras

        picture, seen = keras.Input((32, 32, 3)), keras.Input((7, 7, 8))
        conv = keras.layers.Conv2D(8, 5, strides=4, activation="relu", kernel_initializer=keras.initializers.Ones())
        pooled = keras.layers.GlobalAveragePooling2D()(keras.layers.Conv2D(8, 3, activation="relu")(seen))
        return keras.Model(picture, conv(picture)), keras.Model(seen, pooled)

    return make


def _write_catalogue(folder: Path) -> None:
    (folder / "images").mkdir(parents=True)
    random = np.random.default_rng(1)
    split = read_split("catalogue")
    pairs = split[split.groupby("group")["id"].transform("size") == 2].sort_values(["group", "id"])
    ids = {part: iter(pairs.loc[pairs["part"] == part, "id"]) for part in PARTS}
    with (folder / "styles.csv").open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        file.write("id,gender,masterCategory,subCategory,articleType,baseColour,season,year,usage,productDisplayName\n")
        for kind, colour in KINDS.items():
            for place in range(18):
                # two of a group come behind each other, so that the second is the first one's near-copy
                part = PARTS[place // 2 % 3]
                name = next(ids[part])
                out.writerow([name, "Men", "Apparel", "Wear", kind, "Red", "Fall", "2011", "Casual", f"{kind} {place}"])
                if place % 2 == 0:
                    pixels = np.full((80, 60, 3), 255, np.uint8)
                    noise = random.integers(0, 50, (10, 12, 3)).repeat(5, 0).repeat(3, 1)
                    pixels[15:65, 12:48] = np.array(colour) + noise
                Image.fromarray(pixels).save(folder / "images" / f"{name}.jpg", quality=95 - place % 2 * 5)
