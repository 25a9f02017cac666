"""A catalogue's images become thumbnails, facts and embeddings: each image is read and decoded once."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from vsearch_core.catalogue.cleaning import ImageFacts, cleaning_report, inspect
from vsearch_core.catalogue.positions import position_of
from vsearch_core.catalogue.table import Catalogue, ImageSource
from vsearch_core.contracts import Embedder, ItemEmbedder, Photo, Position, Progress
from vsearch_core.errors import CatalogueError, ImageRejected, StoreError
from vsearch_core.images import decode, encode_jpeg
from vsearch_core.store.exact import check_embeddings
from vsearch_core.store.item_vectors import ItemVectors, joined_items
from vsearch_core.store.segment import DERIVED, SegmentWriter

THUMBNAIL_SIDE = 320
THUMBNAIL_QUALITY = 88

_BATCH = 32


@dataclass(frozen=True)
class Ingested:
    """The searchable part of a catalogue: products with image facts, and their embeddings (n, d) in the same order.

    `items` are vectors of products cut out of their pictures.
    """

    products: pd.DataFrame
    embeddings: np.ndarray
    report: Mapping[str, Any]
    items: ItemVectors


@dataclass(frozen=True)
class StoredPicture:
    """What a store has of a product's picture: the file's name, facts, thumbnail, embedding (d,) and items (0 or 1)."""

    image: str
    facts: ImageFacts
    thumbnail: bytes
    embedding: np.ndarray
    items: ItemVectors


@dataclass(frozen=True)
class _Batch:
    """What became of a few images; thumbnails, embeddings and items are those of the readable ones, in order."""

    found: Sequence[ImageFacts | ImageRejected | CatalogueError]
    thumbnails: Sequence[bytes]
    embeddings: np.ndarray
    items: ItemVectors


@dataclass(frozen=True)
class _Models:
    """What a picture is shown to."""

    embedder: Embedder
    cutter: ItemEmbedder | None


def ingest(
    catalogue: Catalogue,
    embedder: Embedder,
    writer: SegmentWriter,
    progress: Progress | None,
    cutter: ItemEmbedder | None = None,
    stored: Callable[[str], StoredPicture | None] = lambda id: None,
) -> Ingested:
    """Reads every image of a catalogue and writes its thumbnail; rows without a readable image are left out.

    Args:
        stored: the picture that a product has already, which it keeps where the new one cannot be read; such products
            come behind the others.
        cutter: cuts products out of pictures of worn outfits, so that they get vectors of their own; None for none.

    Raises:
        StoreError: the catalogue is empty, or none of its images can be read (code `nothing_to_store`), or the model
            gives embeddings that do not fit (`wrong_dimension`, `bad_embedding`).
    """
    total = len(catalogue)
    if total == 0:
        raise StoreError(
            f"The catalogue {catalogue.name!r} has no products; check the file that it was read from.",
            code="nothing_to_store",
        )
    ids = catalogue.products["id"].tolist()
    facts: dict[str, ImageFacts | ImageRejected | CatalogueError] = {}
    embeddings = np.empty((total, embedder.dimension), dtype=np.float32)
    kept: list[int] = []
    items: list[ItemVectors] = []
    sizes: list[int] = []
    for batch in _batches(catalogue, _Models(embedder, cutter)):
        items.append(batch.items)
        sizes.append(len(batch.thumbnails))
        embeddings[len(kept) : len(kept) + len(batch.thumbnails)] = batch.embeddings
        for jpeg in batch.thumbnails:
            writer.add_thumbnail(jpeg)
        for found in batch.found:
            if isinstance(found, ImageFacts):
                kept.append(len(facts))
            facts[ids[len(facts)]] = found
        if progress is not None:
            progress(len(facts), total)
    places = {id: place for place, id in enumerate(ids)}
    kept_pictures: dict[str, StoredPicture] = {}
    for id, found in facts.items():
        picture = None if isinstance(found, ImageFacts) else stored(id)
        if picture is not None:
            kept_pictures[id] = picture
            writer.add_thumbnail(picture.thumbnail)
            embeddings[len(kept)] = picture.embedding
            kept.append(places[id])
            items.append(picture.items)
            sizes.append(1)
    if not kept:
        reason = next(found.message for found in facts.values() if not isinstance(found, ImageFacts))
        raise StoreError(
            f"None of the {total} images of {catalogue.name!r} can be read; the first one: {reason}",
            code="nothing_to_store",
        )
    products = catalogue.products.iloc[kept].reset_index(drop=True)
    read = [found for found in facts.values() if isinstance(found, ImageFacts)]
    if kept_pictures:
        products.loc[len(read) :, "image"] = [picture.image for picture in kept_pictures.values()]
    return Ingested(
        products=_with_facts(products, [*read, *(picture.facts for picture in kept_pictures.values())]),
        embeddings=embeddings[: len(kept)],
        report=cleaning_report(catalogue, facts, kept_pictures.keys()).to_json(),
        items=joined_items(items, sizes),
    )


def _batches(catalogue: Catalogue, models: _Models) -> Iterator[_Batch]:
    """The batches in the catalogue's order, made by a few threads, as decoding and the model free the interpreter."""
    columns = (catalogue.products[name].astype(str) for name in ("image", "product_type", "category"))
    rows = list(zip(*columns, strict=True))
    workers = min(8, max(2, os.cpu_count() or 2))
    waiting: deque[Future[_Batch]] = deque()
    pool = ThreadPoolExecutor(workers, thread_name_prefix="ingest")
    try:
        for start in range(0, len(rows), _BATCH):
            waiting.append(pool.submit(_read_batch, catalogue.images, rows[start : start + _BATCH], models))
            # Bounded, so that memory does not grow with the catalogue.
            if len(waiting) > 2 * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _read_batch(source: ImageSource, rows: Sequence[tuple[str, str, str]], models: _Models) -> _Batch:
    """Rows are image, product type and category."""
    found: list[ImageFacts | ImageRejected | CatalogueError] = []
    photos: list[Photo] = []
    worn: list[Position | None] = []
    for image, product_type, category in rows:
        try:
            data = source.read(image)
            photo = decode(data, max_side=THUMBNAIL_SIDE, wait_s=None)
        except (ImageRejected, CatalogueError) as error:
            found.append(error.with_traceback(None))  # which would keep the image's bytes
            continue
        facts = inspect(data, photo)
        found.append(facts)
        photos.append(photo)
        worn.append(None if facts.blank else position_of(product_type, category))
    # Thumbnails stay as the shop made them.
    embeddings, items = _embedded([models.embedder.prepared(photo) for photo in photos], worn, models)
    # A model sees something in every picture, and a photo of nothing much would find the blank ones first.
    embeddings[[fact.blank for fact in found if isinstance(fact, ImageFacts)]] = 0
    thumbnails = [encode_jpeg(photo.pixels, max_side=THUMBNAIL_SIDE, quality=THUMBNAIL_QUALITY) for photo in photos]
    return _Batch(found, thumbnails, embeddings, items)


def _embedded(
    photos: Sequence[Photo], worn: Sequence[Position | None], models: _Models
) -> tuple[np.ndarray, ItemVectors]:
    embedder, dimension = models.embedder, models.embedder.dimension
    items = ItemVectors.none(dimension)
    if not photos:
        return np.empty((0, dimension), dtype=np.float32), items
    if models.cutter is None:
        embeddings = np.asarray(embedder.embed(photos))
    else:
        embeddings, cut, places = models.cutter.embed_with_items(photos, worn)
        items = ItemVectors(check_embeddings(cut, dimension), places)
    if embeddings.shape[0] != len(photos):
        raise StoreError(
            f"The model {embedder.name} gave {len(embeddings)} embeddings for {len(photos)} photos; use another.",
            code="bad_embedding",
        )
    return check_embeddings(embeddings, dimension), items


def _with_facts(products: pd.DataFrame, facts: Sequence[ImageFacts]) -> pd.DataFrame:
    # A shop's column that is called like one of ours is kept under a name of its own.
    taken = {str(column) for column in products.columns} | set(DERIVED)
    renamed = {}
    for column in DERIVED:
        if column in products.columns:
            name = f"shop_{column}"
            while name in taken:
                name = f"shop_{name}"
            taken.add(name)
            renamed[column] = name
    return (
        products.reset_index(drop=True)
        .rename(columns=renamed)
        .assign(
            image_sha256=[fact.sha256 for fact in facts],
            image_width=np.array([fact.width for fact in facts], dtype=np.int64),
            image_height=np.array([fact.height for fact in facts], dtype=np.int64),
            image_spread=np.array([fact.spread for fact in facts], dtype=np.float64),
            image_dhash=np.array([fact.dhash for fact in facts], dtype=np.uint64),
        )
    )
