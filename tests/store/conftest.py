"""A small shop of coloured pictures, and a small but real embedder for it."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from vsearch_core.catalogue.table import COLUMNS, TEXT_COLUMNS, Catalogue
from vsearch_core.contracts import Photo
from vsearch_core.errors import CatalogueError
from vsearch_core.store import Store, build_store


class PixelEmbedder:
    """The picture at 6x6 pixels, projected at random and normalised: alike pictures are near each other."""

    name = "pixels"

    def __init__(self, dimension: int = 24, seed: int = 1) -> None:
        self.dimension = dimension
        self.fingerprint = f"pixels-{dimension}-{seed}"
        self._projection = np.random.default_rng(seed).normal(size=(6 * 6 * 3, dimension)).astype(np.float32)

    def prepared(self, picture: Photo) -> Photo:
        """As it is."""
        return picture

    def embed(self, photos: Sequence[Photo]) -> np.ndarray:
        small = [
            np.asarray(Image.fromarray(photo.pixels).resize((6, 6), Image.Resampling.BOX), np.float32).ravel() - 128
            for photo in photos
        ]
        vectors = np.stack([vector @ self._projection for vector in small])
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


class PicturesInMemory:
    """An image source without a disk."""

    def __init__(self, pictures: Mapping[str, bytes]) -> None:
        self.pictures = dict(pictures)

    def read(self, image: str) -> bytes:
        if image not in self.pictures:
            raise CatalogueError(f"There is no image {image}.", code="image_missing")
        return self.pictures[image]


def picture_of(what: object, size: tuple[int, int] = (40, 32)) -> bytes:
    """A JPEG of coarse coloured blocks that depends on nothing but `what`."""
    rng = np.random.default_rng(zlib.crc32(str(what).encode()))
    blocks = Image.fromarray(rng.integers(0, 256, (6, 6, 3), dtype=np.uint8))
    out = io.BytesIO()
    blocks.resize(size, Image.Resampling.BICUBIC).save(out, "JPEG", quality=90)
    return out.getvalue()


def catalogue_of(rows: Iterable[Mapping[str, Any]], **facts: Any) -> Catalogue:
    """A catalogue of rows; each has at least an `id`. `picture` says what its image shows (bytes, or a seed)."""
    rows = list(rows)
    pictures = {}
    for row in rows:
        shown = row.get("picture", row["id"])
        if shown is not None:
            pictures[f"{row['id']}.jpg"] = shown if isinstance(shown, bytes) else picture_of(shown)
    own = [
        column for column in dict.fromkeys(key for row in rows for key in row) if column not in (*COLUMNS, "picture")
    ]
    table = pd.DataFrame(
        {
            "id": [row["id"] for row in rows],
            "image": [f"{row['id']}.jpg" for row in rows],
            **{column: [row.get(column, "") for row in rows] for column in TEXT_COLUMNS},
            "price": np.array([row.get("price", np.nan) for row in rows], dtype=float),
            **{column: [row.get(column) for row in rows] for column in own},
        }
    )
    return Catalogue(facts.pop("name", "Test shop"), table, PicturesInMemory(pictures), **facts)


COLOURS = ("Red", "Blue", "Green", "Black")
CATEGORIES = ("Topwear", "Shoes", "Bags")


def shop_rows(count: int, *, start: int = 0) -> list[dict[str, Any]]:
    """Products with uneven categories, colours, prices (some missing) and a column of the shop's own."""
    return [
        {
            "id": f"p{number}",
            "name": f"Product number {number}",
            "department": "Apparel" if number % 5 else "Accessories",
            "category": CATEGORIES[0 if number % 5 < 3 else number % 5 - 2],
            "product_type": f"type {number % 7}",
            "colour": COLOURS[number % 4],
            "gender": "Men" if number % 3 else "Women",
            "price": float(number) if number % 10 else np.nan,
            "season_year": 2010 + number % 3,
        }
        for number in range(start, start + count)
    ]


@pytest.fixture(autouse=True)
def _no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test cuts the power, and a killed process loses nothing that it wrote."""
    monkeypatch.setattr(os, "fsync", lambda handle: None)


@pytest.fixture(scope="session")
def embedder() -> PixelEmbedder:
    return PixelEmbedder()


@pytest.fixture(scope="session")
def make_embedder() -> Callable[..., PixelEmbedder]:
    return PixelEmbedder


@pytest.fixture(scope="session")
def make_catalogue() -> Callable[..., Catalogue]:
    return catalogue_of


@pytest.fixture(scope="session")
def make_rows() -> Callable[..., list[dict[str, Any]]]:
    return shop_rows


@pytest.fixture(scope="session")
def make_picture() -> Callable[..., bytes]:
    return picture_of


@pytest.fixture(scope="session")
def little_store(tmp_path_factory: pytest.TempPathFactory, embedder: PixelEmbedder) -> Store:
    """A store of 120 products, to read from only; small partitions are indexed by Annoy too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("vsearch_core.store.segment.SMALLEST", 30)
        path = tmp_path_factory.mktemp("stores") / "shop"
        build_store(catalogue_of(shop_rows(120)), embedder, path)
    return Store.open(path, embedder=embedder)


def sealed(path: Path, change: Callable[[dict[str, Any]], object] = lambda content: None) -> None:
    """Makes a store's manifest fit again what lies in the folder, as whoever hands over a store can.

    Args:
        change: made to the manifest's content after the sizes and checksums of the files that it names.
    """
    content = json.loads((path / "manifest.json").read_text())
    for segment in content["segments"]:
        for name, entry in segment["files"].items():
            file = path / "segments" / segment["id"] / name
            if file.is_file():
                entry.update(sha256=hashlib.sha256(file.read_bytes()).hexdigest(), bytes=file.stat().st_size)
    change(content)
    content.pop("checksum", None)
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    content["checksum"] = hashlib.sha256(text.encode()).hexdigest()
    (path / "manifest.json").write_text(json.dumps(content))


@pytest.fixture(scope="session")
def seal() -> Callable[..., None]:
    return sealed


@pytest.fixture
def copied(little_store: Store, tmp_path: Path) -> Path:
    """A copy of the little store that a test may spoil."""
    return Path(shutil.copytree(little_store.path, tmp_path / "copied"))
