"""Building and changing stores: every change writes new files first and then replaces the manifest, its commit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from vsearch_core.catalogue.cleaning import CleaningReport
from vsearch_core.catalogue.table import Catalogue
from vsearch_core.contracts import Embedder, ItemEmbedder, Progress
from vsearch_core.errors import StoreError
from vsearch_core.store.delivery import StoredPictures, shared_currency, with_changes, with_known_facts
from vsearch_core.store.engines import AUTO, engine_for
from vsearch_core.store.groups import group_ids
from vsearch_core.store.ingest import ingest
from vsearch_core.store.item_vectors import joined_items
from vsearch_core.store.manifest import EmbedderEntry, Manifest, SegmentEntry, commit, read_manifest
from vsearch_core.store.segment import SegmentWriter, joined
from vsearch_core.store.store import Store
from vsearch_core.store.writing import building, changing

SEED = 7

FOLD_SHARE = 0.1
FOLD_ROWS = 2_000
"""Side segments and removed rows are folded in once they are more than this share of the store and this many rows."""

SIDE_SEGMENTS = 8
"""One more than this many side segments become one, so that many small updates do not make many small files."""


def build_store(
    catalogue: Catalogue,
    embedder: Embedder,
    out: Path,
    *,
    engine: str = AUTO,
    progress: Progress | None = None,
    seed: int = SEED,
    cutter: ItemEmbedder | None = None,
    model_choice: str = "",
    good_match: float | None = None,
) -> CleaningReport:
    """A catalogue becomes a store in the folder `out`; a store that is there already is replaced at once at the end.

    Products without a readable image cannot be found by photo: they are left out and named in the cleaning report. If
    `progress` raises, what was there before stays as it was.

    Args:
        engine: of its indexes, and of those that later changes make; `auto` chooses by the number of pictures.
        cutter: gives products a vector of their own where their pictures show a worn outfit; the embedder's own model.
        model_choice: why this model was taken, in a sentence; good_match: the least cosine of a good match, where the
            model's bundle has no rule of its own.

    Returns:
        What was found in the catalogue; the newest of `Store.cleaning`.

    Raises:
        StoreError: an empty or wholly unreadable catalogue (code `nothing_to_store`), an unknown engine
            (`unknown_engine`), a folder that holds something else (`not_a_store`), a store that another program is
            changing (`locked`), or a disk that cannot be written (`cannot_write`).
    """
    engine_for(engine, 0)  # before any work
    with building(out), SegmentWriter(out) as writer:
        taken = ingest(catalogue, embedder, writer, progress, cutter)
        products = taken.products.assign(group=group_ids(taken.products, taken.embeddings))
        engine, engine_choice = engine_for(engine, len(products))
        entry = writer.finish(products, taken.embeddings, [taken.report], engine=engine, seed=seed, items=taken.items)
        manifest = Manifest(
            name=catalogue.name,
            embedder=EmbedderEntry(embedder.name, embedder.fingerprint, embedder.dimension),
            engine=engine,
            seed=seed,
            sample=catalogue.sample,
            currency=catalogue.currency,
            hierarchy=dict(catalogue.hierarchy),
            segments=(entry,),
            partitions=_partitions(products),
            good_match=good_match,
            model_choice=model_choice,
            engine_choice=engine_choice,
        )
        commit(out, manifest)
    return CleaningReport.from_json(taken.report)


def add_products(
    path: Path,
    catalogue: Catalogue,
    embedder: Embedder,
    progress: Progress | None = None,
    cutter: ItemEmbedder | None = None,
) -> CleaningReport:
    """Adds a catalogue's products to a store; a product whose id the store has already takes its place.

    What the catalogue says nothing of stays: the facts in columns that it does not have, and the picture where the new
    one cannot be read.

    Returns:
        What became of each row; the newest of `Store.cleaning`. Added or replaced are the searchable ones: those with a
        readable image, now or before.

    Raises:
        StoreError: prices in another currency than the shop's (code `other_currency`); or as for `build_store` and
            `Store.open`. Nothing has changed then.
    """
    with changing(path):
        store = Store.open(path, embedder=embedder)
        currency, remarks = shared_currency(store, catalogue)
        catalogue = replace(with_known_facts(catalogue, store), remarks=(*catalogue.remarks, *remarks))
        with SegmentWriter(path) as writer:
            taken = ingest(catalogue, embedder, writer, progress, cutter, StoredPictures(store))
            ids = taken.products["id"].tolist()
            stays = ~store.products["id"].isin(ids).to_numpy(dtype=bool)
            kept = store.products[stays]
            everything = joined([kept, taken.products.assign(group="")])
            vectors = np.concatenate([store.embeddings[stays], taken.embeddings])
            added = taken.products.assign(group=group_ids(everything, vectors, settled=len(kept)))
            report = with_changes(taken.report, store.products, taken.products)
            seed = store.manifest.seed
            entry = writer.finish(added, taken.embeddings, [report], engine=None, seed=seed, items=taken.items)
            segments = (*_without(store, set(ids)), entry)
            hierarchy = {**store.manifest.hierarchy, **catalogue.hierarchy}
            partitions = _partitions(everything)
            changed = replace(store.manifest, segments=segments, hierarchy=hierarchy, partitions=partitions)
            commit(path, replace(changed, currency=currency))
        _fold_if_due(path)
    return CleaningReport.from_json(report)


def remove_products(path: Path, ids: Sequence[str]) -> int:
    """Takes products out of a store; an id that is given twice counts once.

    Returns:
        How many products were removed.

    Raises:
        StoreError: the store does not have one of them (code `unknown_product`), and nothing has changed; or as for
            `Store.open`.
    """
    leaving = set(ids)
    with changing(path):
        store = Store.open(path)
        unknown = sorted(leaving - set(store.products["id"]))
        if unknown:
            more = f" and {len(unknown) - 5} more" if len(unknown) > 5 else ""
            raise StoreError(
                f"The store has no product {', '.join(unknown[:5])}{more}; nothing was removed.", code="unknown_product"
            )
        if leaving:
            kept = store.products[~store.products["id"].isin(leaving)]
            segments = _without(store, leaving)
            commit(path, replace(store.manifest, segments=segments, partitions=_partitions(kept)))
            _fold_if_due(path)
    return len(leaving)


def fold(path: Path) -> None:
    """Makes one base segment of all segments, without the removed products, and new indexes from the kept embeddings.

    Raises:
        StoreError: as for `Store.open`, or another writer is at work (code `locked`).
    """
    with changing(path):
        _merge(path, first=0)


def _fold_if_due(path: Path) -> None:
    manifest = read_manifest(path)
    segments = manifest.segments
    loose = sum(segment.living for segment in segments[1:]) + sum(len(segment.removed) for segment in segments)
    if loose > FOLD_ROWS and loose > FOLD_SHARE * manifest.living:
        _merge(path, first=0)
    elif len(segments) > SIDE_SEGMENTS + 1:
        _merge(path, first=1)


def _merge(path: Path, *, first: int) -> None:
    """Makes one segment of those from number `first` on: a base with indexes if these are all, else a side one."""
    store = Store.open(path)
    before, merged = store.manifest.segments[:first], store.segments[first:]
    living = [np.flatnonzero(segment.living) for segment in merged]
    if not sum(map(len, living)):
        commit(path, replace(store.manifest, segments=before))
        return
    with SegmentWriter(path) as writer:
        for segment, rows in zip(merged, living, strict=True):
            for row in rows:
                writer.add_thumbnail(segment.thumbnail(int(row)))
        products = joined([segment.products.iloc[rows] for segment, rows in zip(merged, living, strict=True)])
        embeddings = np.concatenate([segment.embeddings[rows] for segment, rows in zip(merged, living, strict=True)])
        if first == 0:
            products = products.assign(group=group_ids(products, embeddings))
        reports = [report for segment in merged for report in segment.reports]
        engine = store.manifest.engine if first == 0 else None
        kept = [segment.items.taken(rows) for segment, rows in zip(merged, living, strict=True)]
        items = joined_items(kept, [len(rows) for rows in living])
        entry = writer.finish(products, embeddings, reports, engine=engine, seed=store.manifest.seed, items=items)
        commit(path, replace(store.manifest, segments=(*before, entry)))


def _without(store: Store, ids: set[str]) -> tuple[SegmentEntry, ...]:
    """The store's segments with the living products of these ids marked as removed."""
    entries = []
    for segment in store.segments:
        leaving = segment.products["id"][segment.living & segment.products["id"].isin(ids).to_numpy(dtype=bool)]
        entries.append(replace(segment.entry, removed=(*segment.entry.removed, *leaving)))
    return tuple(entries)


def _partitions(products: pd.DataFrame) -> dict[str, int]:
    return {str(name): int(count) for name, count in products["category"].value_counts(sort=False).sort_index().items()}
