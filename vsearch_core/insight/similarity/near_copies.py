"""Products whose pictures are nearly the same: the pairs that somebody should look at, the most suspicious first."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd

from vsearch_core.catalogue.duplicates import join_groups
from vsearch_core.contracts import Progress
from vsearch_core.errors import StoreError
from vsearch_core.files import replace_bytes
from vsearch_core.store import Store
from vsearch_core.store.exact import best_of
from vsearch_core.store.groups import SAME_DHASH_BITS

FLOOR = 0.95
"""Cosine from which pairs are kept; a page asks for this or more."""

NEAREST = 10
"""Pairs of one product with those after it: of a picture used a hundred times not every pair is listed."""

RECIPE = 1
"""Counts changes of how pairs are found, so that a table made before is not taken for one made now."""

WEIGHTS = {"product_type": 3, "price": 2, "colour": 1}
"""How much it counts where two labels differ: one picture can hardly be of two types, but may show two colours."""

_BLOCK = 128
_PRICE_TOLERANCE = 0.005


def pairs_path(cache: Path, fingerprint: str, embedder: str) -> Path:
    """Where the pairs of the products named by `fingerprint` are kept."""
    return cache / "near-copies" / f"{fingerprint}-{embedder}-{RECIPE}.parquet"


def find_pairs(store: Store, progress: Progress | None = None) -> pd.DataFrame:
    """Pairs of products with a cosine of `FLOOR` or more, by exact comparison of every product with every other one.

    Of the products that follow one in the catalogue, the `NEAREST` most alike count.

    Products with blank pictures are left out; there is nothing to compare.

    Returns:
        `first`, `second` (ids), `cosine` (float32), `same_file` (the pictures are the same bytes) and `same_outline`
        (the outlines of the pictures, 64-bit dHash, differ in two bits or less); the most alike first.
    """
    embeddings, products = store.embeddings, store.products
    rows = np.flatnonzero(embeddings.any(axis=1))
    found: list[np.ndarray] = []
    scores: list[np.ndarray] = []
    # A matrix product rounds a little differently from the cosines that the store gives: near ones are looked at again.
    error = 2 * embeddings.shape[1] * np.finfo(np.float32).eps
    for start in range(0, len(rows), _BLOCK):
        block = rows[start : start + _BLOCK]
        # Each pair once: with the products that follow in the catalogue.
        for row, rough in zip(block, embeddings[block] @ embeddings[block[0] :].T, strict=True):
            near = np.flatnonzero(rough >= FLOOR - error) + block[0]
            best, cosines = best_of(embeddings, near[near > row], embeddings[row], NEAREST)
            alike = cosines >= FLOOR
            found.append(np.column_stack([np.full(alike.sum(), row), best[alike]]))
            scores.append(cosines[alike])
        if progress is not None:
            progress(start + len(block), len(rows))
    first, second = np.concatenate([*found, np.empty((0, 2), np.int64)]).T
    outlines = products["image_dhash"].to_numpy(np.uint64)
    files, ids = products["image_sha256"].to_numpy(object), products["id"].to_numpy(object)
    table = pd.DataFrame(
        {
            "first": ids[first].astype(str),
            "second": ids[second].astype(str),
            "cosine": np.concatenate([*scores, np.empty(0, np.float32)]),
            "same_file": files[first] == files[second],
            "same_outline": np.bitwise_count(outlines[first] ^ outlines[second]) <= SAME_DHASH_BITS,
        }
    )
    return table.sort_values("cosine", ascending=False, kind="stable", ignore_index=True)


def write_pairs(path: Path, pairs: pd.DataFrame) -> None:
    """Keep the pairs as Parquet, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    pairs.to_parquet(buffer, index=False)
    replace_bytes(path, buffer.getvalue())


def read_pairs(path: Path) -> pd.DataFrame:
    """What `write_pairs` kept.

    Raises:
        StoreError: it cannot be read (code `damaged`).
    """
    try:
        return pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise StoreError(
            f"The pairs in {path} cannot be read ({error}); delete them to look again.", code="damaged"
        ) from error


def with_suspicion(pairs: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    """The pairs with what differs between their labels, the most suspicious first.

    A pair is the more suspicious the closer its pictures are and the more its labels differ: its closeness (0 at
    `FLOOR`, 1 for the same picture) times one plus the `WEIGHTS` of the labels that differ. A label that one of the two
    lacks does not differ.

    Args:
        products: with `id`, `name`, `product_type`, `colour` and `price`.

    Returns:
        The columns of `find_pairs`, those four labels of each (`first_name`, `second_name` …), `differs` (the labels
        that differ, joined with ", "), `same_title` and `suspicion`.
    """
    known = products.set_index("id")[["name", *WEIGHTS]]
    table = pairs.copy()
    for side in ("first", "second"):
        labels = known.loc[table[side]].add_prefix(f"{side}_").reset_index(drop=True)
        table = pd.concat([table.reset_index(drop=True), labels], axis=1)
    differs = {label: _differs(table[f"first_{label}"], table[f"second_{label}"]) for label in WEIGHTS}
    weight = sum((flags * WEIGHTS[label] for label, flags in differs.items()), np.zeros(len(table)))
    closeness = ((table["cosine"].to_numpy(float) - FLOOR) / (1 - FLOOR)).clip(0, 1)
    closeness = np.where(table["same_file"], 1.0, closeness)
    flags = np.column_stack(list(differs.values()))
    names = [label.replace("_", " ") for label in WEIGHTS]
    table["differs"] = [", ".join(name for name, flag in zip(names, row, strict=True) if flag) for row in flags]
    table["same_title"] = (
        table["first_name"].str.casefold().eq(table["second_name"].str.casefold()) & table["first_name"].ne("")
    ).to_numpy(bool)
    table["suspicion"] = np.round(closeness * (1 + weight), 4)
    order = np.lexsort((-table["cosine"].to_numpy(float), -table["suspicion"].to_numpy()))
    return table.iloc[order].reset_index(drop=True)


def group_numbers(pairs: pd.DataFrame) -> np.ndarray:
    """For each pair the number of its group, from 1 in the order of appearance: pairs that share products share it."""
    codes, _ = pd.factorize(pd.concat([pairs["first"], pairs["second"]], ignore_index=True))
    first, second = codes[: len(pairs)], codes[len(pairs) :]
    joined = join_groups(int(codes.max()) + 1 if len(codes) else 0, zip(first, second, strict=True))
    return pd.factorize(joined[first])[0] + 1


def _differs(first: pd.Series, second: pd.Series) -> np.ndarray:
    if pd.api.types.is_numeric_dtype(first):
        a, b = first.to_numpy(float), second.to_numpy(float)
        return np.isfinite(a) & np.isfinite(b) & (np.abs(a - b) > _PRICE_TOLERANCE)
    return ((first != second) & (first != "") & (second != "")).to_numpy(bool)
