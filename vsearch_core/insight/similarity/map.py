"""The map of a catalogue: products laid out in the plane so that those that look alike lie close together."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from vsearch_core.errors import StoreError
from vsearch_core.files import replace_bytes
from vsearch_core.store import Store

MOST = 4_000
"""Products on the map, about: more would hide each other."""

FEWEST_OF_A_TYPE = 3
"""Rare types are on the map too, with at least this many products where they have them."""

RECIPE = 1
"""Counts changes of how maps are made, so that one made before is not taken for one made now."""

ITERATIONS = 1_000
_COMPONENTS = 50
_PERPLEXITY = 30.0
_SEED = 0
_NEIGHBOURS = 5


@dataclass(frozen=True)
class CatalogueMap:
    """`ids` (n,) of products and where they lie: `places` (n, 2) float32 in -1..1, y upwards."""

    ids: tuple[str, ...]
    places: np.ndarray


@dataclass(frozen=True)
class MapFiles:
    """Where a map and its sheet of small pictures are kept."""

    table: Path
    sheet: Path

    @property
    def ready(self) -> bool:
        """Whether both are there."""
        return self.table.is_file() and self.sheet.is_file()


def map_files(cache: Path, fingerprint: str, embedder: str) -> MapFiles:
    """The files of the map of the products named by `fingerprint`, by the embeddings of one model."""
    stem = f"{fingerprint}-{embedder}-{RECIPE}"
    return MapFiles(cache / "maps" / f"{stem}.parquet", cache / "maps" / f"{stem}.jpg")


def chosen_rows(types: pd.Series, drawable: np.ndarray, most: int = MOST) -> np.ndarray:
    """Rows to draw, ascending: of every type its share of about `most`, and at least a few.

    Args:
        types: (n,) product types.
        drawable: boolean (n,): rows that have an embedding.
    """
    rows = np.flatnonzero(drawable)
    if len(rows) <= most:
        return rows
    random = np.random.default_rng(_SEED)
    chosen = []
    for _, places in sorted(types.iloc[rows].groupby(types.iloc[rows].to_numpy()).indices.items()):
        wanted = max(len(places) * most // len(rows), min(len(places), FEWEST_OF_A_TYPE))
        chosen.append(rows[random.permutation(places)[:wanted]])
    return np.sort(np.concatenate(chosen))


def lay_out(embeddings: np.ndarray, *, verbose: int = 0) -> np.ndarray:
    """Places in the plane: principal components, then t-SNE that starts from them; the same input gives the same map.

    Args:
        embeddings: (n, d) L2-normalised float32.
        verbose: 2 has scikit-learn print how far it is, every 50 iterations.

    Returns:
        (n, 2) float32 in -1..1.
    """
    # Imported here: only the process that makes a map pays for it.
    from sklearn.decomposition import PCA
    from sklearn.manifold import TSNE

    count = len(embeddings)
    if count < 5:
        angles = np.linspace(0, 2 * np.pi, count, endpoint=False)
        return (0.5 * np.column_stack([np.cos(angles), np.sin(angles)])).astype(np.float32)
    components = min(_COMPONENTS, *embeddings.shape)
    reduced = PCA(components, random_state=_SEED).fit_transform(embeddings)
    tsne = TSNE(
        perplexity=min(_PERPLEXITY, (count - 1) / 3),
        init="pca",
        max_iter=ITERATIONS,
        n_iter_without_progress=ITERATIONS,
        random_state=_SEED,
        verbose=verbose,
    )
    return scaled(tsne.fit_transform(reduced))


def scaled(places: np.ndarray) -> np.ndarray:
    """Places (n, 2) moved and shrunk alike in both directions into -1..1."""
    low, high = places.min(axis=0), places.max(axis=0)
    half = max(float((high - low).max()) / 2, 1e-9)
    return ((places - (low + high) / 2) / half).astype(np.float32)


def write_map(path: Path, found: CatalogueMap) -> None:
    """Keep a map as Parquet (id, x, y), whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    x, y = found.places.T
    pd.DataFrame({"id": list(found.ids), "x": x, "y": y}).to_parquet(buffer, index=False)
    replace_bytes(path, buffer.getvalue())


def read_map(path: Path) -> CatalogueMap:
    """The map in a file.

    Raises:
        StoreError: it cannot be read (code `damaged`).
    """
    try:
        table = pd.read_parquet(path, columns=["id", "x", "y"])
    except (OSError, ValueError) as error:
        raise StoreError(
            f"The map {path} cannot be read ({error}); delete it to draw it again.", code="damaged"
        ) from error
    return CatalogueMap(tuple(table["id"].astype(str)), table[["x", "y"]].to_numpy(np.float32))


def rows_on_map(found: CatalogueMap, store: Store) -> np.ndarray:
    """The row in `store.products` of every product of the map, int64 (n,).

    Raises:
        StoreError: the map is of other products (code `damaged`).
    """
    rows = pd.Index(store.products["id"]).get_indexer(pd.Index(found.ids))
    if (rows < 0).any():
        raise StoreError("The map is of other products than the store's; delete it to draw it again.", code="damaged")
    return rows.astype(np.int64)


def place_of_photo(found: CatalogueMap, embeddings: np.ndarray, embedding: np.ndarray) -> tuple[float, float]:
    """Where a photo belongs: the median place of the five products of the map that are most like it.

    t-SNE gives no formula for newcomers. The median lies among the products that most of the five are of; a mean would
    lie between two far clusters, in the middle of nothing.

    Args:
        embeddings: (n, d) of the map's products, in its order.
        embedding: (d,) of the photo, of the same model.
    """
    best = np.argsort(-(embeddings @ embedding), kind="stable")[:_NEIGHBOURS]
    x, y = np.median(found.places[best], axis=0)
    return float(x), float(y)
