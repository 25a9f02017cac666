"""What crosses the borders between the homes: frozen records that other code and the command line's JSON rely on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import numpy as np

ATTRIBUTES = ("colour", "gender", "season", "usage")
"""The attributes that the model predicts and the catalogue's columns of the same names hold."""

Position = Literal["upper", "lower", "full", "footwear", "bag", "headwear", "eyewear", "other"]

SearchMode = Literal["all", "top1", "cascade"]
"""Where a photo is searched for: everywhere, in its most probable category, or in the fewest that can matter."""

CodeFormat = Literal["EAN-13", "EAN-8", "UPC-A", "UPC-E", "QR", "DataMatrix"]

Progress = Callable[[int, int], None]
"""Called with (done, total) while long work runs; raise inside it to stop the work."""


@dataclass(frozen=True)
class Photo:
    """A decoded picture, upright and in RGB.

    `pixels` has shape (height, width, 3), uint8; it may be a reduced version of the original, whose size in pixels (as
    turned by EXIF) is `original_size` = (width, height). `remark` is a sentence on what was wrong with a file that was
    read all the same; empty where nothing was.
    """

    pixels: np.ndarray
    original_size: tuple[int, int]
    format: str
    remark: str = ""


@dataclass(frozen=True)
class Prediction:
    """A name and its probability (0..1)."""

    name: str
    probability: float


@dataclass(frozen=True)
class Item:
    """One garment found in a photo; `box` is (x0, y0, x1, y1) in the original photo's pixels as turned by EXIF.

    `person` counts from 0, from left to right: items of one number are worn by one person, or lie together. `analysis`
    is what the model says of the garment by itself, where it was searched for; no item differs by it.
    """

    label: str
    position: Position
    score: float
    box: tuple[float, float, float, float]
    hits: tuple[Hit, ...] = ()
    person: int = 0
    analysis: Analysis | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class MainThing:
    """What a photo is about, whatever it is: `box` as that of an `Item`, and how sure the finder is of it, 0..1."""

    box: tuple[float, float, float, float]
    score: float


@dataclass(frozen=True)
class Code:
    """A barcode or square code that was read in a photo; `box` as that of an `Item`.

    `value` of a retail code (EAN, UPC) is its GTIN with 8 or 13 digits. `products` are the ids of those that carry it,
    in the catalogue's order; empty where the shop has none, or no shop was asked.
    """

    format: CodeFormat
    value: str
    box: tuple[float, float, float, float]
    products: tuple[str, ...] = ()


@dataclass(frozen=True)
class Analysis:
    """What the model says of one photo. Predictions are sorted, the most probable first.

    `attributes` maps each of `ATTRIBUTES` to its predictions; `embedding` is L2-normalised float32 of shape (d,).
    Where the photo was looked at a second time, `main` is what was cut out of it and `close` the embedding of that.
    `remark` is the photo's, `codes` are what was read in it.
    """

    product_types: tuple[Prediction, ...]
    categories: tuple[Prediction, ...]
    attributes: Mapping[str, tuple[Prediction, ...]]
    embedding: np.ndarray
    items: tuple[Item, ...] = ()
    remark: str = ""
    main: MainThing | None = None
    close: np.ndarray | None = None
    codes: tuple[Code, ...] = ()

    @property
    def embeddings(self) -> np.ndarray:
        """Of every look, (looks, d)."""
        return np.stack([self.embedding] if self.close is None else [self.embedding, self.close])

    @property
    def product_type(self) -> Prediction:
        """The most probable product type."""
        return self.product_types[0]


@dataclass(frozen=True)
class Hit:
    """A product in a result. `score` is the cosine similarity (-1..1), by which alone hits are not put in order (see
    `vision.ranking`); `extra` holds what else the catalogue knows.

    `group` is shared by near-copies and colour variants of one product; `reasons` say in plain words why it is here.
    """

    id: str
    score: float
    name: str
    product_type: str
    category: str
    image: str
    group: str = ""
    price: float | None = None
    url: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class SearchResult:
    """The answer to one photo. `hits` are best first and ungrouped; `timings_ms` has decode, analyse, search, total.

    `in_shop` is False where the photo does not look like anything that this shop sells: then `good_match` is, too.
    """

    analysis: Analysis
    hits: tuple[Hit, ...]
    good_match: bool
    items: tuple[Item, ...] = ()
    partitions: tuple[str, ...] = ()
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    in_shop: bool = True


@dataclass(frozen=True)
class ItemsResult:
    """The garments of one photo, the surest first.

    Those that were searched for have hits of their own: the best item of each position for each person. `timings_ms`
    has `detect`, and `items` for cutting out, embedding and searching them.
    """

    items: tuple[Item, ...] = ()
    timings_ms: Mapping[str, float] = field(default_factory=dict)


class Embedder(Protocol):
    """What a store needs of a model: photos to embeddings, and a fingerprint that names exactly this model."""

    name: str
    fingerprint: str
    dimension: int

    def prepared(self, picture: Photo) -> Photo:
        """A catalogue picture as this model wants to see it."""
        ...

    def embed(self, photos: Sequence[Photo]) -> np.ndarray:
        """L2-normalised embeddings, float32 of shape (len(photos), dimension). Safe to call from several threads."""
        ...


class ItemEmbedder(Protocol):
    """What a store needs of a model that cuts products out of pictures of worn outfits."""

    def embed_with_items(
        self, photos: Sequence[Photo], positions: Sequence[Position | None]
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Embeddings of pictures, and of the products that were cut out of some of them.

        Args:
            positions: where each picture's product is worn; None where it is not known, and nothing is cut out.

        Returns:
            (n, d) embeddings as an `Embedder` gives them, (m, d) those of products cut out, and (m,) int64, ascending,
            the places of their pictures. Safe to call from several threads.
        """
        ...
