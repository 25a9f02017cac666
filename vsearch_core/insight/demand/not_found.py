"""What is asked for and not found: searches without a good match, and their pictures grouped by look.

A search is not found where no product was a good match, or where the person said that none of these is it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, distinct, func, or_, select

from vsearch_core.database import Database
from vsearch_core.insight.demand.selection import Selection, conditions, fetch
from vsearch_core.journal import Event, Photo, Query
from vsearch_core.journal.photos import embedding_of
from vsearch_core.store import Store

ALIKE = 0.7
"""Mean cosine from which two groups of pictures are one look: the word "similar" begins there."""

MOST_PHOTOS = 2_000
"""So many pictures are grouped by look, those that are asked with most; comparing all pairs of more would take long."""


def photos(
    database: Database, selection: Selection, *, not_found: bool = False, limit: int = MOST_PHOTOS, offset: int = 0
) -> pd.DataFrame:
    """The kept photos of a selection, those that were searched with most (then last) first.

    Args:
        not_found: only searches that were not found.

    Returns:
        `photo` (hash), `searches`, `visits`, `last` (UTC), `product_type` and `category` as predicted, `best_score`
        (of the nearest product, the best of its searches), `answered` (searches with a good match), `model`
        (fingerprint) and `garment` (where it is worn, if a garment was cut out of a photo; else empty).

    Raises:
        DatabaseError: the database cannot be read.
    """
    query = (
        select(
            Query.photo,
            func.count().label("searches"),
            func.count(distinct(Query.session)),
            func.max(Query.time).label("last"),
            func.max(Query.product_type),
            func.max(Query.category),
            func.max(Query.best_score),
            func.count().filter(Query.good_match.is_(True)),
            func.max(Query.model),
            func.max(Query.garment),
        )
        .where(Query.photo.is_not(None), *conditions(selection))
        .group_by(Query.photo)
        .order_by(func.count().desc(), func.max(Query.time).desc(), Query.photo)
        .limit(limit)
        .offset(offset)
    )
    if not_found:
        query = query.where(is_not_found())
    columns = ["photo", "searches", "visits", "last", "product_type", "category", "best_score", "answered", "model"]
    columns += ["garment"]
    table = pd.DataFrame([tuple(row) for row in fetch(database, query)], columns=columns)
    return table.assign(last=pd.to_datetime(table["last"], utc=True))


def photo_count(database: Database, selection: Selection) -> int:
    """How many different kept photos the selection has."""
    query = select(func.count(distinct(Query.photo))).where(Query.photo.is_not(None), *conditions(selection))
    return int(fetch(database, query)[0][0])


def is_not_found() -> ColumnElement[bool]:
    """No good match, or "none of these"."""
    refused = select(Event.query).where(Event.kind == "none_of_these")
    return or_(Query.good_match.is_(False), Query.id.in_(refused))


def not_found_by_type(database: Database, selection: Selection) -> pd.DataFrame:
    """Where the shop has no answer: by predicted type, the most often not found first.

    Returns:
        `product_type`, `category`, `searches`, `no_match` (without a good match), `refused` (with one, but "none of
        these"), `not_found` (their sum), `share` (of the type's searches) and `with_photo` (how many of them have a
        kept photo).

    Raises:
        DatabaseError: the database cannot be read.
    """
    missed = Query.good_match.is_(False)
    every = (
        select(Query.product_type, Query.category, func.count(), func.count().filter(missed))
        .where(*conditions(selection))
        .group_by(Query.product_type, Query.category)
    )
    said_no = (
        select(Event.query.label("query")).where(Event.kind == "none_of_these", Event.sample.is_(selection.sample))
    ).distinct()
    said = said_no.subquery()
    refused = (
        select(Query.product_type, Query.category, func.count())
        .join(said, said.c.query == Query.id)
        .where(Query.good_match.is_(True), *conditions(selection))
        .group_by(Query.product_type, Query.category)
    )
    pictured = (
        select(Query.product_type, Query.category, func.count())
        .where(Query.photo.is_not(None), is_not_found(), *conditions(selection))
        .group_by(Query.product_type, Query.category)
    )
    keys = ["product_type", "category"]
    table = _frame(fetch(database, every), [*keys, "searches", "no_match"])
    table = table.merge(_frame(fetch(database, refused), [*keys, "refused"]), how="left", on=keys)
    table = table.merge(_frame(fetch(database, pictured), [*keys, "with_photo"]), how="left", on=keys)
    counts = ["searches", "no_match", "refused", "with_photo"]
    table[counts] = table[counts].fillna(0).astype(np.int64)
    table["not_found"] = table["no_match"] + table["refused"]
    table["share"] = table["not_found"] / table["searches"]
    ordered = table.sort_values(["not_found", *keys], ascending=[False, True, True], ignore_index=True)
    return ordered[[*keys, "searches", "no_match", "refused", "not_found", "share", "with_photo"]]


@dataclass(frozen=True)
class Look:
    """Pictures that look alike and were not found: one thing that buyers might look for.

    `photos` are hashes, the most typical first; `product_type` is what the model takes most of the searches for;
    `nearest` is the product of the shop that is most like the most typical picture, with its cosine `similarity`.
    """

    number: int
    searches: int
    visits: int
    photos: tuple[str, ...]
    product_type: str
    category: str
    last: pd.Timestamp
    nearest: str
    nearest_name: str
    similarity: float


def embeddings_of(database: Database, hashes: Sequence[str]) -> dict[str, np.ndarray]:
    """The kept photos' embeddings, float32 (d,), L2-normalised; photos without one are left out."""
    found: dict[str, np.ndarray] = {}
    for start in range(0, len(hashes), 500):
        query = select(Photo.hash, Photo.embedding).where(Photo.hash.in_(hashes[start : start + 500]))
        for hash, data in fetch(database, query):
            if data:
                vector = embedding_of(data)
                found[hash] = vector / max(float(np.linalg.norm(vector)), 1e-9)
    return found


def predictions_of(database: Database, hashes: Sequence[str]) -> dict[str, dict[str, float]]:
    """What the model took each kept photo for, in one of its searches: the most probable types."""
    found: dict[str, dict[str, float]] = {}
    for start in range(0, len(hashes), 500):
        some = select(func.max(Query.id)).where(Query.photo.in_(hashes[start : start + 500])).group_by(Query.photo)
        for hash, types in fetch(database, select(Query.photo, Query.product_types).where(Query.id.in_(some))):
            found[hash] = {str(one["name"]): float(one["probability"]) for one in types}
    return found


def looks(table: pd.DataFrame, vectors: dict[str, np.ndarray], store: Store | None = None) -> list[Look]:
    """Groups photos by look, the most searched-for first.

    Args:
        table: from `photos`.
        vectors: from `embeddings_of`; photos without one are left out.
        store: finds the nearest product; it must be of the model that made the embeddings.
    """
    known = table[table["photo"].isin(vectors.keys())].reset_index(drop=True)
    if known.empty:
        return []
    matrix = np.stack([vectors[hash] for hash in known["photo"]])
    groups = _groups(matrix)
    found = []
    for group in np.unique(groups):
        rows = np.flatnonzero(groups == group)
        weight = known["searches"].to_numpy(float)[rows]
        middle = (matrix[rows] * weight[:, None]).sum(axis=0)
        order = rows[np.argsort(-(matrix[rows] @ middle), kind="stable")]
        members = known.iloc[order]
        nearest = store.search(matrix[order[0]], 1) if store is not None and len(store) else []
        found.append(
            Look(
                number=0,
                searches=int(members["searches"].sum()),
                visits=int(members["visits"].sum()),
                photos=tuple(members["photo"]),
                product_type=_most(members, "product_type"),
                category=_most(members, "category"),
                last=members["last"].max(),
                nearest=nearest[0].id if nearest else "",
                nearest_name=nearest[0].name if nearest else "",
                similarity=nearest[0].score if nearest else float("nan"),
            )
        )
    found.sort(key=lambda look: (-look.searches, look.photos[0]))
    return [Look(**{**vars(look), "number": number}) for number, look in enumerate(found, start=1)]


def looks_table(found: Sequence[Look]) -> pd.DataFrame:
    """The looks as a table for download: a line a look."""
    rows: list[dict[str, Any]] = [
        {
            "look": look.number,
            "searches": look.searches,
            "visits": look.visits,
            "photos": len(look.photos),
            "product_type": look.product_type,
            "category": look.category,
            "last": look.last,
            "nearest_product": look.nearest,
            "nearest_name": look.nearest_name,
            "similarity": round(look.similarity, 4),
            "photo": look.photos[0],
        }
        for look in found
    ]
    return pd.DataFrame(rows)


def _groups(matrix: np.ndarray) -> np.ndarray:
    """Agglomerative, by mean cosine: no number of groups has to be known before."""
    if len(matrix) < 2:
        return np.zeros(len(matrix), np.int64)
    from scipy.cluster.hierarchy import fcluster, linkage

    return fcluster(linkage(matrix, method="average", metric="cosine"), t=1 - ALIKE, criterion="distance")


def _most(members: pd.DataFrame, column: str) -> str:
    sums = members.groupby(column)["searches"].sum()
    return str(sums.sort_values(ascending=False, kind="stable").index[0])


def _frame(rows: Sequence[Any], columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame([tuple(row) for row in rows], columns=columns)
