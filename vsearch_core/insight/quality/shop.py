"""The model measured on the shop that is set up: its own products' pictures against its own labels."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd

from vsearch_core.contracts import Progress
from vsearch_core.errors import CatalogueError
from vsearch_core.files import replace_bytes
from vsearch_core.images import decode
from vsearch_core.insight.quality.models import BROWSED, SHOP, Model
from vsearch_core.store import Store
from vsearch_core.vision import FashionModel

_BATCH = 32
_GUESSES = 5


def shop_model(cache: Path, store: Store, model: FashionModel) -> Model:
    """The model on this shop's products; its table is there once `measure_shop` has written it.

    Args:
        cache: folder for what can be computed again.
    """
    folder = cache / "insight" / f"quality-{store.version}-{model.fingerprint}"
    sets = (SHOP,) if (folder / f"{SHOP}.parquet").is_file() else ()
    return Model(f"{model.name} on this shop", f"{model.name} on this shop", model.bundle.path, sets, folder)


def measure_shop(chosen: Model, store: Store, model: FashionModel, progress: Progress | None = None) -> None:
    """Run the model on every product whose type it knows, and keep what it says as an evaluation table.

    Raises:
        CatalogueError: the shop has no product of a type that the model knows.
    """
    columns = ["id", "product_type", "group", "name", "colour", "gender", "season", "usage", "image_width"]
    products = store.products.loc[store.products["product_type"].isin(model.bundle.product_types), columns]
    if products.empty:
        raise CatalogueError("This shop has no product type that the model knows, so there is nothing to measure.")
    rows = []
    for start in range(0, len(products), _BATCH):
        ids = list(products["id"].iloc[start : start + _BATCH])
        photos = [decode(store.thumbnail(product), max_side=2 * model.bundle.side) for product in ids]
        for analysis, _ in model.analyse_many(photos):
            best = analysis.product_types[:_GUESSES]
            guesses = {f"type_{place}": guess.name for place, guess in enumerate(best, 1)}
            sure = {f"probability_{place}": guess.probability for place, guess in enumerate(best, 1)}
            rows.append({**guesses, **sure})
        if progress is not None:
            progress(min(start + _BATCH, len(products)), len(products))
    table = products.rename(columns={"product_type": "label"}).reset_index(drop=True)
    table = pd.concat([table.assign(part=BROWSED), pd.DataFrame(rows)], axis=1)
    buffer = io.BytesIO()
    table.to_parquet(buffer, index=False)
    chosen.evaluation.mkdir(parents=True, exist_ok=True)
    replace_bytes(chosen.evaluation / f"{SHOP}.parquet", buffer.getvalue())
