"""A fixed sample of the snaps, each made once for all the bundles that are compared."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd

from vsearch_core.catalogue import read_catalogue
from vsearch_core.catalogue.photos.user import read_user_photos
from vsearch_core.catalogue.sources import TarImages
from vsearch_core.evaluation.predictions import MEASURED, Predictions, Say, joined, predict, reader
from vsearch_core.evaluation.protocols.snaps import SnapMaker
from vsearch_core.settings import Settings
from vsearch_core.vision import FashionModel

EVERY = 5
"""One snap in this many of validation and test is asked, in the catalogue's order."""

_WORKERS = 2


def sampled_snaps(
    settings: Settings,
    models: Sequence[FashionModel],
    shots: pd.DataFrame,
    say: Say,
    *,
    chosen: np.ndarray | None = None,
) -> list[Predictions]:
    """What each of some bundles says of the sampled snaps of validation and test.

    Args:
        shots: the table of `Measured.shots`; chosen: its rows whose snaps are made instead of the sample.

    Raises:
        CatalogueError: the public data sets are not at hand.
    """
    source = read_catalogue(settings.data / "fashion-products").images
    grounds = read_user_photos(settings.data).sort_values("id")
    photo_source = TarImages(settings.data / "clothing-photos" / "images.tar", prefix="images/")
    found: list[list[Predictions]] = [[] for _ in models]
    for part in MEASURED:
        rows = np.flatnonzero((shots["part"] == part).to_numpy())
        wanted = (
            np.arange(0, len(rows), EVERY) if chosen is None else np.searchsorted(rows, np.intersect1d(rows, chosen))
        )
        if not len(wanted):
            continue
        table = shots.iloc[rows].reset_index(drop=True)
        of_part = grounds[grounds["part"] == part].reset_index(drop=True)
        say(f"making {len(wanted):,} snaps of {part} products, and running {len(models)} models on them")
        with ThreadPoolExecutor(_WORKERS) as pool:
            read = reader(photo_source, of_part, SnapMaker.ground_side)
            maker = SnapMaker.of(table, source, [one.pixels for one in pool.map(read, range(len(of_part)))])
            photos = list(pool.map(maker.photo, wanted.tolist()))
        for model, parts in zip(models, found, strict=True):
            parts.append(predict(model, table.iloc[wanted].reset_index(drop=True), photos.__getitem__))
    return [joined(parts) for parts in found]
