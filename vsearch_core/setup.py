"""Sets the shop up: the real catalogue where it is at hand, else the drawn sample shop, made searchable."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from vsearch_core.catalogue import read_catalogue
from vsearch_core.catalogue.identity import public_data
from vsearch_core.catalogue.sources import FolderImages, TarImages
from vsearch_core.catalogue.split import read_split
from vsearch_core.catalogue.table import Catalogue
from vsearch_core.contracts import Progress
from vsearch_core.errors import StoreError
from vsearch_core.search.engine import BUNDLE, bundle_of_store, open_cutter, open_model
from vsearch_core.settings import Settings
from vsearch_core.store import Store, build_store
from vsearch_core.vision import FashionModel

StageProgress = Callable[[str, int, int], None]
"""Called with (what is being done, done, total); raise inside it to stop the work."""

_SHOWN_LABELS = ("T-Shirt", "Shoes", "Dress", "Pants", "Shirt", "Hat", "Shorts", "Outwear")


@dataclass(frozen=True)
class SamplePhoto:
    """A photo to try at once: an image file's bytes and what it shows."""

    name: str
    data: bytes
    caption: str


def prepare(settings: Settings, *, progress: StageProgress | None = None, again: bool = False) -> Path:
    """Make the store that the app opens, unless one is there that opens and fits the model.

    A sample shop gives way to the real catalogue once that is at hand. A store that `VSEARCH_STORE` names is the shop's
    own: it is only opened.

    Args:
        again: build it anew even if it is there.

    Returns:
        The store's folder.

    Raises:
        VsearchError: something that is needed is missing or broken, in one sentence.
    """
    if settings.store is not None:
        # a shop's own store is opened or refused in words, and never built over
        own = open_model(bundle_of_store(settings.models, settings.store), threads=settings.threads)
        return Store.open(settings.store, embedder=own).path
    model = open_model(settings.models / BUNDLE, threads=settings.threads)
    if not again and _serves(settings, model):
        return settings.store_path
    build_store(
        _catalogue(settings),
        model,
        settings.store_path,
        progress=_stage(progress, "making the products searchable"),
        cutter=open_cutter(model, settings.models, threads=settings.threads),
    )
    return settings.store_path


def sample_photos(settings: Settings, store: Store, limit: int = 8) -> list[SamplePhoto]:
    """Photos to try at once, of different kinds.

    Args:
        store: that is searched: photos of the drawn products for the sample shop, real user photos of the validation
            part for the public catalogue, and a shop's own product pictures for any other.

    Returns:
        At most `limit` photos; none where the pictures are not at hand.
    """
    if store.sample:
        return _drawn_photos(settings, limit)
    if public_data(settings, store.products) is not None:
        return _user_photos(settings, limit)
    return _own_pictures(store, limit)


def _own_pictures(store: Store, limit: int) -> list[SamplePhoto]:
    first = store.products.drop_duplicates("product_type").head(limit)
    return [
        SamplePhoto(f"{product}.jpg", store.thumbnail(product), kind or name)
        for product, kind, name in zip(first["id"], first["product_type"], first["name"], strict=True)
    ]


def _drawn_photos(settings: Settings, limit: int) -> list[SamplePhoto]:
    listing = settings.sample_path / "photos.csv"
    if not listing.is_file():
        return []
    source = FolderImages(settings.sample_path / "photos")
    chosen: dict[str, SamplePhoto] = {}
    with listing.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            name = Path(row["photo"]).name
            if row["product_type"] not in chosen and len(chosen) < limit:
                chosen[row["product_type"]] = SamplePhoto(name, source.read(name), row["caption"])
    return list(chosen.values())


def _user_photos(settings: Settings, limit: int) -> list[SamplePhoto]:
    folder = settings.data / "clothing-photos"
    if not (folder / "images.csv").is_file():
        return []
    split = read_split("photos")
    allowed = set(split.loc[split["part"] == "validation", "id"])
    source = TarImages(folder / "images.tar", prefix="images/")
    chosen: dict[str, SamplePhoto] = {}
    with (folder / "images.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            label = row["label"]
            wanted = row["image"] in allowed and label in _SHOWN_LABELS and label not in chosen
            if wanted and row["kids"] == "False":
                name = f"{row['image']}.jpg"
                chosen[label] = SamplePhoto(name, source.read(name), label)
    return [chosen[label] for label in _SHOWN_LABELS if label in chosen][:limit]


def _catalogue(settings: Settings) -> Catalogue:
    if settings.has_data:
        return read_catalogue(settings.data / "fashion-products", name="Fashion products")
    return read_catalogue(settings.sample_path)


def _serves(settings: Settings, model: FashionModel) -> bool:
    """Whether the store that is there can be used, and is no sample where the real catalogue could be."""
    try:
        store = Store.open(settings.store_path, embedder=model)
    except StoreError:
        return False
    return not (store.sample and settings.has_data)


def _stage(progress: StageProgress | None, words: str) -> Progress | None:
    if progress is None:
        return None
    return lambda done, total: progress(words, done, total)
