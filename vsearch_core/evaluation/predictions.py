"""What a bundle says of the public sets: run once with the LiteRT model that ships, kept for every figure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from vsearch_core import images
from vsearch_core.catalogue import read_catalogue
from vsearch_core.catalogue.photo_sets import read_user_photos
from vsearch_core.catalogue.sources import TarImages
from vsearch_core.catalogue.split import read_split
from vsearch_core.catalogue.table import ImageSource
from vsearch_core.contracts import ATTRIBUTES, Photo
from vsearch_core.errors import CatalogueError
from vsearch_core.settings import Settings
from vsearch_core.vision import Bundle, FashionModel

Say = Callable[[str], None]
_BLOCK = 512


@dataclass(frozen=True)
class Predictions:
    """One row a picture: `table` (id, part, group and the set's own columns), probabilities and embeddings.

    `types` (n, types) and `attributes[name]` (n, values) are float32 probabilities; `embeddings` (n, d) float32.
    """

    table: pd.DataFrame
    types: np.ndarray
    attributes: dict[str, np.ndarray]
    embeddings: np.ndarray

    def of(self, part: str) -> Predictions:
        """The rows of one part of the split."""
        return self.where((self.table["part"] == part).to_numpy())

    def where(self, chosen: np.ndarray) -> Predictions:
        """The rows where `chosen` (n,) is true."""
        return Predictions(
            self.table[chosen].reset_index(drop=True),
            self.types[chosen],
            {name: values[chosen] for name, values in self.attributes.items()},
            self.embeddings[chosen],
        )


def shipped_model(settings: Settings) -> FashionModel:
    """`models/fashion`, as it serves."""
    return FashionModel(Bundle.open(settings.models / "fashion"), threads=settings.threads)


def predict_catalogue(settings: Settings, model: FashionModel, say: Say) -> Predictions:
    """Predictions for every catalogue product, all parts."""
    _need_data(settings)
    catalogue = read_catalogue(settings.data / "fashion-products")
    table = catalogue.products.merge(read_split("catalogue"), on="id", validate="one_to_one")
    say(f"running the model on {len(table):,} catalogue pictures")
    return _predict(model, catalogue.images, table)


def predict_user_photos(settings: Settings, model: FashionModel, say: Say) -> Predictions:
    """Predictions for the user photos whose label maps to product types, all parts; `right` holds those types."""
    _need_data(settings)
    table = read_user_photos(settings.data)
    say(f"running the model on {len(table):,} user photos")
    return _predict(model, TarImages(settings.data / "clothing-photos" / "images.tar", prefix="images/"), table)


def top_five(predictions: Predictions, names: Sequence[str]) -> pd.DataFrame:
    """Per picture `id`, `part`, the five most probable types `type_1`…`type_5` and their `probability_1`…"""
    order = np.argsort(-predictions.types, axis=1)[:, :5]
    columns: dict[str, object] = {"id": predictions.table["id"], "part": predictions.table["part"]}
    for place in range(order.shape[1]):
        best = order[:, place]
        columns[f"type_{place + 1}"] = np.asarray(names)[best]
        columns[f"probability_{place + 1}"] = predictions.types[np.arange(len(best)), best].astype(np.float32)
    return pd.DataFrame(columns)


def _predict(model: FashionModel, source: ImageSource, table: pd.DataFrame) -> Predictions:
    types, embeddings = [], []
    attributes: dict[str, list[np.ndarray]] = {name: [] for name in ATTRIBUTES}

    def read(name: str) -> Photo:
        return images.decode(source.read(name), max_side=2 * model.bundle.side)

    with ThreadPoolExecutor(2) as pool:
        for start in range(0, len(table), _BLOCK):
            photos = list(pool.map(read, table["image"].iloc[start : start + _BLOCK]))
            for outputs in model.run_many(photos):
                types.append(outputs["product_type"])
                embeddings.append(outputs["embedding"])
                for name in ATTRIBUTES:
                    attributes[name].append(outputs[name])
    stacked = {name: np.stack(values) for name, values in attributes.items()}
    return Predictions(table, np.stack(types), stacked, np.stack(embeddings))


def _need_data(settings: Settings) -> None:
    folder: Path = settings.data
    if not settings.has_data:
        raise CatalogueError(
            f"Figures are measured on the public data sets and {folder} has none; "
            "get them with `python -m vsearch_core data fetch` or set VSEARCH_DATA."
        )
