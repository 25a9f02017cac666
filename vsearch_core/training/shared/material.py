"""What every study of methods trains on: the shots of part train, and training user photos as grounds for snaps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vsearch_core.catalogue import read_catalogue
from vsearch_core.catalogue.photos.user import read_user_photos, user_images
from vsearch_core.catalogue.split import with_split
from vsearch_core.errors import CatalogueError
from vsearch_core.settings import Settings
from vsearch_core.training.shared import datasets
from vsearch_core.training.shared.labels import Labels


@dataclass(frozen=True)
class Material:
    """Pictures of products with the targets of each row; `photos` are user photos, each (h, w, 3) uint8."""

    labels: Labels
    shots: datasets.ShopPictures
    targets: datasets.Targets
    photos: list[np.ndarray]

    @property
    def data(self) -> dict[str, object]:
        """What `training.json` says of it."""
        return {
            "catalogue_train": len(self.shots.ids),
            "user_photos_train": len(self.photos),
            "split": "splits/catalogue.csv and splits/photos.csv, part train",
        }


def read_material(settings: Settings, *, side: int) -> Material:
    """The part train of the public sets; the pictures are kept in the cache.

    Raises:
        CatalogueError: the public data sets are not at hand.
    """
    need_data(settings)
    catalogue = read_catalogue(settings.data / "fashion-products")
    labels = Labels.of(catalogue)
    products = with_split(catalogue.products)
    products = products[products["part"] == "train"].reset_index(drop=True)
    cache = settings.cache / "training" / "pictures"
    shots = datasets.shop_pictures(catalogue, products, side=side, cache=cache, name="catalogue-train")
    people = read_user_photos(settings.data)
    names = list(people.loc[people["part"] == "train", "image"])
    source = user_images(settings.data)
    return Material(
        labels,
        shots,
        datasets.shop_targets(labels, products, list(products["group"])),
        datasets.read_photos(source, names),
    )


def need_data(settings: Settings) -> None:
    """Refuse in words where the public data sets are not at hand.

    Raises:
        CatalogueError: so it is.
    """
    if not settings.has_data:
        raise CatalogueError(
            f"Training needs the public data sets and {settings.data} has none; "
            "get them with `python -m vsearch_core data fetch` or set VSEARCH_DATA."
        )
