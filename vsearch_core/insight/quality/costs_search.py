"""What the search puts first for the photos of an evaluation: the kind of the first product that it finds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from vsearch_core.catalogue.table import ImageSource
from vsearch_core.contracts import Progress
from vsearch_core.images import decode
from vsearch_core.store import Store
from vsearch_core.vision import FashionModel

_BATCH = 32


def first_hits(
    ids: Sequence[str], photos: ImageSource, model: FashionModel, store: Store, progress: Progress | None = None
) -> pd.DataFrame:
    """Search with every photo.

    Args:
        ids: of photos that `photos` has as `<id>.jpg`.

    Returns:
        `id` and `first_hit_type`, the product type of the first product.
    """
    found: list[str] = []
    for start in range(0, len(ids), _BATCH):
        read = [
            decode(photos.read(f"{name}.jpg"), max_side=2 * model.bundle.side) for name in ids[start : start + _BATCH]
        ]
        embeddings = np.stack([outputs["embedding"] for outputs in model.run_many(read)])
        found += [hits[0].product_type if hits else "" for hits in store.search_many(embeddings, 1)]
        if progress is not None:
            progress(len(found), len(ids))
    return pd.DataFrame({"id": list(ids), "first_hit_type": found})
