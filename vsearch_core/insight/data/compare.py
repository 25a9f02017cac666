"""How the photos that people send differ from the catalogue: light, ground, size, and the model's own view."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from vsearch_core.catalogue.cleaning import BLANK_SPREAD
from vsearch_core.contracts import Photo, Progress
from vsearch_core.images import decode
from vsearch_core.insight.data.photo_sets import PhotoSet
from vsearch_core.store import Store
from vsearch_core.store.exact import cosine_blocks
from vsearch_core.vision import FashionModel

PRODUCTS, PHOTOS = "catalogue", "photos"
MOST = 1500
"""So many of each side are looked at, drawn with a fixed seed."""

MEASURES = {
    "brightness": "Brightness (0 dark, 1 white)",
    "ground": "Brightness of the ground",
    "unrest": "Unrest of the ground (0 plain)",
    "width": "Width in pixels",
    "nearest": "Likeness of the nearest product of its kind",
}
"""The columns of `compare` that are compared, and their names."""

_WHITE = 240
_EDGE = 0.06
_BATCH = 32


def compare(store: Store, photos: PhotoSet, model: FashionModel, progress: Progress | None = None) -> pd.DataFrame:
    """A row a picture, of products and of photos.

    Returns:
        `side` (`PRODUCTS` or `PHOTOS`), `id`, `label` (product type, or the photo's label), `brightness` (0..1, mean),
        `ground` (0..1, mean along the edge), `unrest` (0..1, spread along the edge), `white` (whether most of the edge
        is white), `width` and `height` in pixels, `nearest` (cosine of the nearest product of its kind, another than
        itself and its variants; NaN where there is none) and `found` (product type of the nearest product of all).
    """
    products = _drawn(store.products[store.products["image_spread"] >= BLANK_SPREAD])
    judged = _drawn(photos.photos[photos.photos["label"].isin(list(photos.right))])
    total = len(products) + len(judged)
    rows: list[dict[str, object]] = []

    def step() -> None:
        if progress is not None:
            progress(len(rows), total)

    for product in products.itertuples():
        photo = decode(store.thumbnail(str(product.id)))
        size = {"width": int(product.image_width), "height": int(product.image_height)}
        rows.append({"side": PRODUCTS, "id": product.id, "label": product.product_type, **looks(photo.pixels), **size})
        if len(rows) % _BATCH == 0:
            step()
    embeddings = []
    for batch, read in _batches(judged, photos, model):
        embeddings += [outputs["embedding"] for outputs in model.run_many(read)]
        for row, photo in zip(batch.itertuples(), read, strict=True):
            width, height = photo.original_size
            size = {"width": width, "height": height}
            rows.append({"side": PHOTOS, "id": row.id, "label": row.label, **looks(photo.pixels), **size})
        step()
    table = pd.DataFrame(rows)
    near = [_near_products(store, products), _near_photos(store, judged, np.array(embeddings), photos)]
    return pd.concat([table, pd.concat(near, ignore_index=True)], axis=1)


def looks(pixels: np.ndarray) -> dict[str, float | bool]:
    """Brightness of a picture (h, w, 3) uint8; brightness, unrest and whiteness of its edge, which is its ground."""
    grey = pixels.astype(np.float32).mean(axis=2)
    band = max(1, round(min(grey.shape) * _EDGE))
    edge = np.concatenate([part.ravel() for part in (grey[:band], grey[-band:], grey[:, :band], grey[:, -band:])])
    return {
        "brightness": float(grey.mean() / 255),
        "ground": float(edge.mean() / 255),
        "unrest": float(edge.std() / 255),
        "white": bool((edge > _WHITE).mean() > 0.5),
    }


def by_label(table: pd.DataFrame, photos: PhotoSet) -> pd.DataFrame:
    """How far each label's photos are from the products of their kind, against those products among themselves.

    Returns:
        `label`, `photos`, `photo_nearest` and `product_nearest` (medians of `nearest`), `gap` between the two, and
        `kind`, the share of the photos whose nearest product is of their kind; the widest gap first.
    """
    rows = []
    products = table[table["side"] == PRODUCTS]
    for label, sent in table[table["side"] == PHOTOS].groupby("label"):
        types = photos.right[str(label)]
        own = products[products["label"].isin(types)]["nearest"].median()
        nearest = sent["nearest"].median()
        rows.append((label, len(sent), nearest, own, own - nearest, sent["found"].isin(types).mean()))
    columns = ["label", "photos", "photo_nearest", "product_nearest", "gap", "kind"]
    return pd.DataFrame(rows, columns=columns).sort_values("gap", ascending=False, kind="stable").reset_index(drop=True)


def sentences(table: pd.DataFrame) -> list[str]:
    """The differences in plain words, with their figures."""
    sides = {side: rows for side, rows in table.groupby("side")}
    if set(sides) != {PRODUCTS, PHOTOS}:
        return []
    product, photo = sides[PRODUCTS], sides[PHOTOS]

    def middle(side: pd.DataFrame, column: str) -> float:
        return float(side[column].median())

    return [
        f"{product['white'].mean():.0%} of the catalogue pictures stand on white, and {photo['white'].mean():.0%} of "
        "the photos.",
        f"Half of the photos are darker than {middle(photo, 'brightness'):.2f} of full brightness; for the catalogue "
        f"that is {middle(product, 'brightness'):.2f}.",
        f"The middle width is {middle(product, 'width'):.0f} pixels in the catalogue and {middle(photo, 'width'):.0f} "
        "in the photos.",
        f"The nearest product of its kind has a likeness of {middle(photo, 'nearest'):.2f} to a photo, and of "
        f"{middle(product, 'nearest'):.2f} to another product (medians of cosines).",
    ]


def _drawn(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.sample(min(MOST, len(rows)), random_state=0).reset_index(drop=True)


def _batches(judged: pd.DataFrame, photos: PhotoSet, model: FashionModel) -> Iterator[tuple[pd.DataFrame, list[Photo]]]:
    for start in range(0, len(judged), _BATCH):
        batch = judged.iloc[start : start + _BATCH]
        yield batch, [decode(photos.images.read(name), max_side=2 * model.bundle.side) for name in batch["image"]]


def _near_products(store: Store, products: pd.DataFrame) -> pd.DataFrame:
    place = pd.Series(np.arange(len(store.products)), index=store.products["id"])
    own = place.loc[products["id"]].to_numpy()
    kinds = [frozenset((name,)) for name in products["product_type"]]
    return _nearest(store, store.embeddings[own], kinds, store.products["group"].to_numpy()[own])


def _near_photos(store: Store, judged: pd.DataFrame, embeddings: np.ndarray, photos: PhotoSet) -> pd.DataFrame:
    if not len(judged):
        return pd.DataFrame(columns=["nearest", "found"])
    return _nearest(store, embeddings, [photos.right[label] for label in judged["label"]], None)


def _nearest(store: Store, queries: np.ndarray, kinds: list[frozenset[str]], groups: np.ndarray | None) -> pd.DataFrame:
    types = store.products["product_type"].to_numpy(dtype=object)
    # numbers instead of texts, because all of them are compared for each query
    every, names = pd.factorize(store.products["group"])
    own = names.get_indexer(groups) if groups is not None else None
    of_kind = {kind: np.isin(types, list(kind)) for kind in set(kinds)}
    nearest, found = [], []
    for start, cosines in cosine_blocks(queries, store.embeddings):
        for number, line in enumerate(cosines):
            row = start + number
            if own is not None:
                line[every == own[row]] = -1
            right = line[of_kind[kinds[row]]]
            nearest.append(float(right.max()) if len(right) and right.max() > -1 else np.nan)
            found.append(types[int(line.argmax())])
    return pd.DataFrame({"nearest": nearest, "found": found})
