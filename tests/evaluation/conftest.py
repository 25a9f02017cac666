"""A small world that every protocol can be measured on: drawn products and photos, and the model that ships."""

from __future__ import annotations

import shutil
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from vsearch_core.catalogue import read_catalogue
from vsearch_core.catalogue.positions import position_of
from vsearch_core.contracts import Photo
from vsearch_core.evaluation.measure import Measured
from vsearch_core.evaluation.predictions import joined, predict, reader
from vsearch_core.evaluation.protocols.snaps import SnapMaker
from vsearch_core.files import replace_json
from vsearch_core.settings import Settings
from vsearch_core.training.fashion.recipe import Recipe
from vsearch_core.vision import Bundle, FashionModel


@pytest.fixture(scope="session")
def measured(shop: Settings, tmp_path_factory: pytest.TempPathFactory) -> Measured:
    """What a copy of the bundle that ships says of a drawn shop; every second product is another one's twin."""
    models = tmp_path_factory.mktemp("models")
    bundle = models / "fashion"
    shutil.copytree(shop.models / "fashion", bundle)
    training = {
        "command": "python -m vsearch_core train fashion",
        "recipe": asdict(Recipe()),
        "minutes": 1,
        "history": [{"epoch": 1}],
        "machine": "a machine",
        "data": {"catalogue_train": 1, "user_photos_train": 1, "drawn_train": 1},
    }
    replace_json(bundle / "training.json", training)
    chosen = shop.model_copy(update={"models": models, "results": models.parent / "no-results"})
    model = FashionModel(Bundle.open(bundle))

    catalogue = read_catalogue(shop.sample_path)
    table = catalogue.products.reset_index(drop=True)
    pair = np.arange(len(table)) // 2
    parts = np.array(["train", "validation", "test"])[pair % 3]
    titles = np.array([f"title {number}" for number in pair])
    table = table.assign(part=parts, group=titles, title=titles, picture=np.arange(len(table)))
    shots = predict(model, table, reader(catalogue.images, table, 256))

    found = []
    for part in ("validation", "test"):
        rows = table[table["part"] == part].reset_index(drop=True)
        maker = SnapMaker.of(rows, catalogue.images, [np.full((90, 120, 3), grey, np.uint8) for grey in (60, 150)])
        found.append(predict(model, rows, maker.photo))

    files = sorted((shop.sample_path / "photos").glob("*.webp"))
    listing = pd.read_csv(shop.sample_path / "photos.csv", dtype=str).set_index("photo")
    kinds = [_kind(listing, file) for file in files]
    photos = pd.DataFrame({"id": [file.stem for file in files], "label": kinds})
    photos["part"] = np.where(np.arange(len(photos)) % 2, "validation", "test")
    photos["group"] = photos["sender_id"] = [f"sender {number % 7}" for number in range(len(photos))]
    photos["right"] = [frozenset({kind}) for kind in kinds]

    def read(row: int) -> Photo:
        from vsearch_core import images

        return images.decode(files[row].read_bytes(), max_side=256)

    # garments are as good as photos that show one thing each
    seen = predict(model, photos, read)
    worn = seen.table.assign(position=[position_of(kind) or "other" for kind in kinds])
    garments = replace(seen, table=worn).where((worn["position"] != "other").to_numpy())
    return Measured.of(chosen, model, shots=shots, photos=seen, snaps=joined(found), garments=garments)


def _kind(listing: pd.DataFrame, file: Path) -> str:
    named = [name for name in listing.index if Path(name).name == file.name]
    return str(listing.loc[named[0], "product_type"])
