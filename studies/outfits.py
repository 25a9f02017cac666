"""Catalogue pictures of whole outfits: what a product is found by when its picture shows other garments too.

The real catalogue shows one product a picture. Here a top, something for the legs and shoes of the test part are laid
below each other, the picture is given to all three of them, and each is asked for by its snap.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from studies.kept import kept
from studies.snap_sample import sampled_snaps
from vsearch_core import images
from vsearch_core.catalogue import read_catalogue
from vsearch_core.catalogue.positions import POSITIONS, positions_of
from vsearch_core.catalogue.table import ImageSource
from vsearch_core.contracts import Photo, Position
from vsearch_core.evaluation.measure import Measured
from vsearch_core.evaluation.predictions import Say
from vsearch_core.evaluation.statistics import recalls
from vsearch_core.evaluation.studies import write_study
from vsearch_core.settings import Settings
from vsearch_core.vision.detector import Detector
from vsearch_core.vision.outfits import OutfitEmbedder

WORN: tuple[Position, ...] = ("upper", "lower", "footwear")
OUTFITS = 150
SEED = 2026
KS = (1, 10)

_SIDES = {"upper": 160, "lower": 180, "footwear": 90}
_BLOCK = 32


@dataclass(frozen=True)
class Outfits:
    """Pictures of outfits: `rows` (n, 3) of the catalogue's table, one for each of `WORN`, and the `photos`."""

    rows: np.ndarray
    photos: list[Photo]


def study_outfits(settings: Settings, *, say: Say = print) -> list[str]:
    """Measure what cutting products out of outfits is worth; writes `results/studies/outfits.json`.

    Returns:
        The figures, a line each.

    Raises:
        CatalogueError: the public data sets are not at hand.
        BundleError: there is no detector.
    """
    measured = kept(settings, settings.models / "fashion", say=say)
    detector = Detector.open(settings.models / "detector", threads=settings.threads)
    table = measured.shots.table
    outfits = made_outfits(table, read_catalogue(settings.data / "fashion-products").images)
    asked = outfits.rows.ravel()
    (made,) = sampled_snaps(settings, [measured.model], table, say, chosen=asked)
    snaps = made.embeddings[pd.Index(made.table["id"]).get_indexer(measured.column("id")[asked])]
    found = outfit_figures(measured, detector, outfits, snaps)
    write_study(
        settings,
        "outfits",
        title="Pictures of outfits",
        about="A top, something for the legs and shoes of the test part in one picture, which each of the three has as "
        "its catalogue picture; each is asked for by its snap, among the products of its position. Looked at are "
        "pictures that the network takes for something that is worn elsewhere than the product.",
        split="part test of splits/catalogue.csv: products, outfits and gallery",
        models={"shipped network": measured.model.fingerprint, "detector": detector.fingerprint},
        **found,
    )
    return [
        f"{row['indexed_by']}: R@1 {row['snaps']['r_at_1']['value']:.3f}, R@10 {row['snaps']['r_at_10']['value']:.3f}"
        for row in found["rows"]
    ] + [f"looked at {found['looked_at']:.1%} of the outfit pictures, cut out of {found['cut_out']:.1%}"]


def made_outfits(table: pd.DataFrame, source: ImageSource) -> Outfits:
    """Outfits of test products, each product in one of them; the same whenever they are made.

    Args:
        table: of `Measured.shots`; source: its pictures.
    """
    worn_at = positions_of(table["product_type"], table["category"])
    test = (table["part"] == "test").to_numpy()
    random = np.random.default_rng(SEED)
    drawn = [random.permutation(np.flatnonzero(test & (worn_at == position))) for position in WORN]
    rows = np.stack([one[: min(OUTFITS, *map(len, drawn))] for one in drawn], axis=1)
    names = table["image"].to_numpy()
    photos = []
    for outfit in rows:
        pictures = [images.decode(source.read(names[row])).pixels for row in outfit]
        laid = [images.letterbox(pixels, _SIDES[position]) for pixels, position in zip(pictures, WORN, strict=True)]
        photos.append(_stacked(laid))
    return Outfits(rows, photos)


def outfit_figures(measured: Measured, detector: Detector, outfits: Outfits, snaps: np.ndarray) -> dict[str, Any]:
    """`rows` of figures by what products are indexed by, and the shares of pictures `looked_at` and `cut_out`.

    Args:
        snaps: (3 n, d) embeddings of the snaps of the outfits' products, in the order of `rows.ravel()`.
    """
    cutter = OutfitEmbedder(measured.model, detector)
    asked = outfits.rows.ravel()
    photos = [photo for photo in outfits.photos for _ in WORN]
    positions = list(WORN) * len(outfits.photos)
    whole, cut = [], {}
    looked_at = 0
    for start in range(0, len(photos), _BLOCK):
        some, at = photos[start : start + _BLOCK], positions[start : start + _BLOCK]
        embeddings, items, places = cutter.embed_with_items(some, at)
        whole.append(embeddings)
        cut.update({start + int(place): item for place, item in zip(places, items, strict=True)})
        looked_at += int(cutter.doubted(measured.model.run_many(some), at).sum())
    outfit_vectors = np.concatenate(whole)
    item_vectors = outfit_vectors.copy()
    for place, vector in cut.items():
        item_vectors[place] = vector
    ways = {
        "own picture": (measured.shots.embeddings[asked],),
        "picture of the outfit": (outfit_vectors,),
        "picture of the outfit and garment": (outfit_vectors, item_vectors),
    }
    return {
        "rows": [
            {"indexed_by": name, "snaps": _recalls(measured, asked, snaps, vectors)} for name, vectors in ways.items()
        ],
        "looked_at": round(looked_at / len(photos), 4),
        "cut_out": round(len(cut) / len(photos), 4),
    }


def _recalls(
    measured: Measured, asked: np.ndarray, snaps: np.ndarray, vectors: tuple[np.ndarray, ...]
) -> dict[str, Any]:
    """R@k of the snaps of some products at their positions, these being indexed by one or more vectors each."""
    test, groups = measured.rows("test"), measured.column("group")
    worn_at = positions_of(measured.column("product_type"), measured.column("category"))
    others = np.setdiff1d(test, asked)
    places = np.empty(len(asked), np.int64)
    for position in POSITIONS:
        inside = np.flatnonzero(worn_at[asked] == position)
        if not len(inside):
            continue
        gallery = measured.shots.embeddings[others[worn_at[others] == position]]
        known = [vector[inside] for vector in vectors]
        # a product is where the better of its vectors is
        best = np.max([snaps[inside] @ vector.T for vector in known], axis=0)
        scores = np.concatenate([best, snaps[inside] @ gallery.T], axis=1)
        own = np.diag(scores[:, : len(inside)])
        places[inside] = (scores >= own[:, None] - 1e-6).sum(axis=1)
    return recalls(places, groups[asked], KS)


def _stacked(pictures: list[np.ndarray]) -> Photo:
    """Squares below each other on white, each in the middle."""
    width = max(picture.shape[1] for picture in pictures)
    rows = []
    for picture in pictures:
        row = np.full((picture.shape[0], width, 3), 255, np.uint8)
        left = (width - picture.shape[1]) // 2
        row[:, left : left + picture.shape[1]] = picture
        rows.append(row)
    pixels = np.concatenate(rows)
    return Photo(pixels, (width, pixels.shape[0]), "array")
