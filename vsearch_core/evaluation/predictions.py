"""What a bundle says of the public sets: run once with the LiteRT model that serves, kept for every figure."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from vsearch_core import images
from vsearch_core.catalogue import read_catalogue
from vsearch_core.catalogue.duplicates import ink, join_groups, same_picture_pairs
from vsearch_core.catalogue.photos.user import read_user_photos, user_images
from vsearch_core.catalogue.split import with_split
from vsearch_core.catalogue.table import ImageSource
from vsearch_core.contracts import ATTRIBUTES, Photo
from vsearch_core.errors import CatalogueError
from vsearch_core.evaluation.protocols.snaps import SnapMaker
from vsearch_core.search.reading import LOOK_SIDE
from vsearch_core.settings import Settings
from vsearch_core.vision import Bundle, FashionModel
from vsearch_core.vision.temperature import tempered

Say = Callable[[str], None]
_BLOCK, _WORKERS = 512, 2


MEASURED = ("validation", "test")
"""The parts that anything is chosen or measured on; of the part train there are only catalogue shots."""


@dataclass(frozen=True)
class Predictions:
    """One row a picture: `table` (id, part, group and the set's own columns), probabilities and embeddings.

    `types` (n, types) and `attributes[name]` (n, values) are float32 probabilities as the network gives them, before
    the temperature; `embeddings` (n, d) float32, or (n, looks, d) of several looks at each; `inference_ms` is the time
    of one picture, several running at once.
    """

    table: pd.DataFrame
    types: np.ndarray
    attributes: dict[str, np.ndarray]
    embeddings: np.ndarray
    inference_ms: float = 0.0

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
            self.inference_ms,
        )


def model_of(settings: Settings, bundle: Path | None = None) -> FashionModel:
    """A bundle as it serves; `models/fashion` where none is named."""
    return FashionModel(Bundle.open(bundle or settings.models / "fashion"), threads=settings.threads)


def catalogue_table(settings: Settings) -> tuple[pd.DataFrame, ImageSource]:
    """Every catalogue product, all parts, and its pictures.

    Columns of the catalogue and `part`, `group`, `title` (the name in lower case, spaces joined) and `picture`: equal
    where products of validation or test show the same picture, byte by byte or as `catalogue/duplicates` knows it.
    """
    _need_data(settings)
    catalogue = read_catalogue(settings.data / "fashion-products")
    table = with_split(catalogue.products)
    titles = table["name"].str.casefold().str.split().str.join(" ")
    return table.assign(title=titles, picture=_pictures(table, catalogue.images)), catalogue.images


def predict_catalogue(settings: Settings, model: FashionModel, say: Say) -> Predictions:
    """Predictions for every catalogue product, all parts; the table is that of `catalogue_table`."""
    table, source = catalogue_table(settings)
    say(f"running the model on {len(table):,} catalogue pictures")
    return predict(model, table, reader(source, table, 2 * model.bundle.side))


def stored_embeddings(model: FashionModel, table: pd.DataFrame, source: ImageSource) -> np.ndarray:
    """The embeddings of products' pictures as a store's build shows them to the model, (n, d)."""
    read = reader(source, table, max(LOOK_SIDE, 2 * model.bundle.side))
    found = []
    with ThreadPoolExecutor(_WORKERS) as pool:
        for start in range(0, len(table), _BLOCK):
            pictures = pool.map(read, range(start, min(start + _BLOCK, len(table))))
            found.append(model.embed([model.prepared(picture) for picture in pictures]))
    return np.concatenate(found)


def predict_user_photos(settings: Settings, model: FashionModel, say: Say) -> Predictions:
    """Predictions for the user photos whose label maps to product types, all parts; `right` holds those types."""
    _need_data(settings)
    table = read_user_photos(settings.data)
    say(f"running the model on {len(table):,} user photos")
    return predict(model, table, reader(_user_photos(settings), table, 2 * model.bundle.side))


def predict_snaps(
    settings: Settings, model: FashionModel, shots: pd.DataFrame, source: ImageSource, say: Say
) -> Predictions:
    """Predictions for the simulated phone snap of every product of validation and test.

    Args:
        shots: the table of `catalogue_table`; source: its pictures.
    """
    _need_data(settings)
    photos = read_user_photos(settings.data).sort_values("id")
    found = []
    for part in MEASURED:
        table = shots[shots["part"] == part].reset_index(drop=True)
        say(f"making snaps of {len(table):,} {part} products, and running the model on them")
        grounds = photos[photos["part"] == part]
        maker = SnapMaker.of(table, source, _read_all(_user_photos(settings), grounds))
        found.append(predict(model, table, maker.photo))
    return joined(found)


def joined(parts: Sequence[Predictions]) -> Predictions:
    """The rows of several predictions behind each other."""
    sizes = [len(part.table) for part in parts]
    return Predictions(
        pd.concat([part.table for part in parts], ignore_index=True),
        np.concatenate([part.types for part in parts]),
        {name: np.concatenate([part.attributes[name] for part in parts]) for name in parts[0].attributes},
        np.concatenate([part.embeddings for part in parts]),
        float(np.average([part.inference_ms for part in parts], weights=sizes)),
    )


def top_five(predictions: Predictions, names: Sequence[str], temperature: float) -> pd.DataFrame:
    """Per picture `id`, `part`, the five most probable types `type_1`…`type_5` and their `probability_1`…

    The probabilities are those that serving shows: with the temperature.
    """
    probabilities = tempered(predictions.types, temperature)
    order = np.argsort(-probabilities, axis=1)[:, :5]
    columns: dict[str, object] = {"id": predictions.table["id"], "part": predictions.table["part"]}
    for place in range(order.shape[1]):
        best = order[:, place]
        columns[f"type_{place + 1}"] = np.asarray(names)[best]
        columns[f"probability_{place + 1}"] = probabilities[np.arange(len(best)), best].astype(np.float32)
    return pd.DataFrame(columns)


def predict(model: FashionModel, table: pd.DataFrame, photo: Callable[[int], Photo]) -> Predictions:
    """Run the model on a picture for each row of a table.

    Args:
        table: with `id` and `part`, and what the figures need; photo: the picture of a row, by its number.
    """
    types, embeddings = [], []
    nothing = np.empty(0, np.float32)  # of an encoder without words
    attributes: dict[str, list[np.ndarray]] = {name: [] for name in ATTRIBUTES}
    seconds = 0.0
    with ThreadPoolExecutor(_WORKERS) as pool:
        for start in range(0, len(table), _BLOCK):
            photos = list(pool.map(photo, range(start, min(start + _BLOCK, len(table)))))
            started = time.perf_counter()
            answers = model.run_many(photos)
            seconds += time.perf_counter() - started
            for outputs in answers:
                types.append(outputs.get("product_type", nothing))
                embeddings.append(outputs["embedding"])
                for name in ATTRIBUTES:
                    attributes[name].append(outputs.get(name, nothing))
    stacked = {name: np.stack(values) for name, values in attributes.items()}
    return Predictions(table, np.stack(types), stacked, np.stack(embeddings), 1000 * seconds / len(table))


def reader(source: ImageSource, table: pd.DataFrame, max_side: int) -> Callable[[int], Photo]:
    """The pictures of a table's rows, decoded at `max_side` pixels at most."""
    names = table["image"].to_numpy()
    return lambda row: images.decode(source.read(names[row]), max_side=max_side)


def _read_all(source: ImageSource, table: pd.DataFrame) -> list[np.ndarray]:
    read = reader(source, table, SnapMaker.ground_side)
    with ThreadPoolExecutor(_WORKERS) as pool:
        return [photo.pixels for photo in pool.map(read, range(len(table)))]


def _user_photos(settings: Settings) -> ImageSource:
    return user_images(settings.data)


def _pictures(table: pd.DataFrame, source: ImageSource) -> np.ndarray:
    """For each row the smallest row that shows the same picture; the split has joined all of those already."""
    measured = table["part"].isin(MEASURED) & table["group"].duplicated(keep=False)
    rows = np.flatnonzero(measured)
    read = reader(source, table, 128)
    with ThreadPoolExecutor(_WORKERS) as pool:
        inks = np.stack(list(pool.map(lambda row: ink(read(row).pixels), rows)))
    links: list[tuple[int, int]] = []
    for places in pd.Series(range(len(rows))).groupby(table["group"].to_numpy()[rows]).indices.values():
        pairs = same_picture_pairs(inks[places])
        links += [(int(rows[places[first]]), int(rows[places[second]])) for first, second in pairs]
    return join_groups(len(table), links)


def _need_data(settings: Settings) -> None:
    folder: Path = settings.data
    if not settings.has_data:
        raise CatalogueError(
            f"Figures are measured on the public data sets and {folder} has none; "
            "get them with `python -m vsearch_core data fetch` or set VSEARCH_DATA."
        )
