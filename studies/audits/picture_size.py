"""What a small picture costs: accuracy by the size of the picture, and of large pictures that are made small first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pandas as pd

from vsearch_core import images
from vsearch_core.catalogue import read_catalogue
from vsearch_core.contracts import Photo
from vsearch_core.errors import CatalogueError
from vsearch_core.evaluation.predictions import Say, model_of, predict, reader
from vsearch_core.evaluation.protocols.types import best_of
from vsearch_core.evaluation.statistics import mean_figure
from vsearch_core.settings import Settings

SMALL_SIDE, SMALL_QUALITY = 80, 75
"""Longer side in pixels and JPEG quality of the catalogue's small pictures (60x80)."""

_COMMON = 100
"""Sizes with fewer products than this have no line of their own."""


def measure_picture_size(settings: Settings, table: pd.DataFrame, say: Say = print) -> dict[str, Any]:
    """Accuracy of the bundle that ships by picture size.

    Only the pictures with more than `SMALL_SIDE` pixels are run, made as small as the small ones are.

    Args:
        table: catalogue products with `id`, `label`, `predicted` (of the pictures as they are) and `group`.

    Raises:
        CatalogueError: the public data sets are not at hand.
        BundleError: there is no bundle.
    """
    if not settings.has_data:
        raise CatalogueError(
            f"Pictures are measured on the public data sets and {settings.data} has none; "
            "get them with `python -m vsearch_core data fetch` or set VSEARCH_DATA."
        )
    model = model_of(settings)
    catalogue = read_catalogue(settings.data / "fashion-products")
    table = table.merge(catalogue.products[["id", "image"]], on="id", validate="one_to_one")
    whole = reader(catalogue.images, table, 2 * model.bundle.side)
    with ThreadPoolExecutor(settings.threads) as pool:
        sizes = np.array(list(pool.map(lambda row: whole(row).original_size, range(len(table)))))
    large = np.flatnonzero(sizes.max(axis=1) > SMALL_SIDE)
    say(f"running the network on {len(large):,} large pictures, made small")
    shrunk = predict(model, table.iloc[large].reset_index(drop=True), lambda row: made_small(whole(int(large[row]))))
    right_small = best_of(shrunk.types, model.bundle.product_types) == table["label"].to_numpy()[large]
    right = (table["label"] == table["predicted"]).to_numpy()
    return size_figures(table.assign(width=sizes[:, 0], height=sizes[:, 1]), right, large, right_small)


def size_figures(table: pd.DataFrame, right: np.ndarray, large: np.ndarray, right_small: np.ndarray) -> dict[str, Any]:
    """Figures with 95 % intervals by title group.

    Args:
        table: (n) with `width`, `height` (pixels) and `group`.
        right: (n,) whether the type is right; large: (m,) rows of large pictures; right_small: (m,) made small.
    """
    groups = table["group"].to_numpy()
    names = (table["width"].astype(str) + "x" + table["height"].astype(str)).to_numpy()
    common = pd.Series(names).value_counts()
    small = np.setdiff1d(np.arange(len(table)), large)
    lost = right[large].astype(np.float64) - right_small
    return {
        "by_size": [
            {"size": str(size), **mean_figure(right[names == size], groups[names == size]).as_dict()}
            for size in common.index[common >= _COMMON]
        ],
        "small": mean_figure(right[small], groups[small]).as_dict(),
        "large": mean_figure(right[large], groups[large]).as_dict(),
        "large_made_small": mean_figure(right_small, groups[large]).as_dict(),
        "lost_by_making_small": mean_figure(lost, groups[large]).as_dict(),
    }


def made_small(photo: Photo) -> Photo:
    """A picture as the catalogue's small ones are: its longer side `SMALL_SIDE` pixels, saved as JPEG."""
    return images.decode(images.encode_jpeg(photo.pixels, max_side=SMALL_SIDE, quality=SMALL_QUALITY))
