"""A store's products as other bundles see them: embeddings of the whole gallery, made once and kept in the cache."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from vsearch_core.contracts import Photo, Progress
from vsearch_core.errors import StoreError
from vsearch_core.files import make_folder, put_in_place, writing
from vsearch_core.images import decode
from vsearch_core.settings import Settings
from vsearch_core.store import Store
from vsearch_core.store.exact import exact_neighbours
from vsearch_core.vision.bundle_files import model_file

_BATCH = 64
_SIDE = 320
"""The store's pictures are no larger than this."""


class Embeds(Protocol):
    """What a gallery needs of a model; `FashionModel` is one."""

    fingerprint: str
    dimension: int

    def embed(self, photos: Sequence[Photo]) -> np.ndarray:
        """L2-normalised float32 (len(photos), dimension)."""
        ...


@dataclass(frozen=True)
class BundleFolder:
    """A bundle that can be compared: its name as a person reads it, its folder, and whether it ships."""

    name: str
    path: Path
    ships: bool


def bundle_folders(settings: Settings) -> list[BundleFolder]:
    """The bundle that ships, then every bundle made on this machine (`<cache>/bundles/*`), by name."""
    made = settings.cache / "bundles"
    folders = sorted(labels.parent for labels in made.glob("*/labels.json") if model_file(labels.parent).is_file())
    return [
        BundleFolder("fashion", settings.models / "fashion", True),
        *(BundleFolder(path.name, path, False) for path in folders),
    ]


def store_fingerprint(store: Store) -> str:
    """Names exactly these products and pictures, whatever model the store was built with and however often."""
    digest = hashlib.sha256()
    for product, picture in zip(store.products["id"], store.products["image_sha256"], strict=True):
        digest.update(f"{product}\0{picture}\n".encode())
    return digest.hexdigest()[:16]


def gallery_path(cache: Path, fingerprint: str, bundle_fingerprint: str) -> Path:
    """Where the embeddings of a store's products (see `store_fingerprint`) by a bundle are kept."""
    return cache / "galleries" / f"{fingerprint}-{bundle_fingerprint}.npy"


def open_gallery(path: Path, store: Store, dimension: int) -> np.ndarray | None:
    """The embeddings, float32 (products, dimension), as a memory map; None where there are none yet or others."""
    if not path.is_file():
        return None
    try:
        found = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, OSError) as error:
        raise StoreError(
            f"{path} cannot be read ({error}); delete it, and it is made again.", code="damaged"
        ) from error
    return np.asarray(found) if found.shape == (len(store), dimension) and found.dtype == np.float32 else None


def make_gallery(path: Path, store: Store, model: Embeds, progress: Progress | None = None) -> None:
    """Embed every product's picture (as the store keeps it, 320 pixels at most) and keep the result in `path`.

    Products whose picture is blank have zeros, as in the store. The file is whole or not there: an exception from
    `progress` ends the work and leaves nothing.

    Raises:
        CannotWrite: the disk is full or refuses.
    """
    make_folder(path.parent)
    beside = path.with_name(f".{path.stem}.{os.getpid()}.npy")
    ids, shown = store.products["id"].tolist(), searchable(store)

    def photo(product: str) -> Photo:
        return decode(store.thumbnail(product), max_side=_SIDE)

    try:
        # Written as it is made: raw features of a large catalogue would take hundreds of megabytes of memory, and a
        # memory map of a file on a full disk would end the process.
        with writing(path):
            with beside.open("wb") as file, ThreadPoolExecutor(2, thread_name_prefix="gallery") as pool:
                kind = {"descr": "<f4", "fortran_order": False, "shape": (len(ids), model.dimension)}
                np.lib.format.write_array_header_1_0(file, kind)
                for start in range(0, len(ids), _BATCH):
                    some = slice(start, start + _BATCH)
                    batch = np.array(model.embed(list(pool.map(photo, ids[some]))), dtype="<f4")
                    batch[~shown[some]] = 0
                    file.write(batch.tobytes())
                    if progress is not None:
                        progress(min(start + _BATCH, len(ids)), len(ids))
            put_in_place(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def searchable(store: Store) -> np.ndarray:
    """Boolean (products,): whose picture shows something; blank ones have no embedding."""
    return np.asarray(store.embeddings.any(axis=1))


def nearest_products(gallery: np.ndarray, embedding: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows of the gallery most like a photo, best first, and their cosines.

    Args:
        gallery: (n, d) L2-normalised float32, zeros for blank pictures.
        embedding: (d,) of the same bundle.
    """
    found = exact_neighbours(gallery, np.arange(len(gallery)), np.asarray(embedding, np.float32)[None], k)
    return found.rows[0], found.scores[0]
