"""What is in a store, for a person to read and for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from vsearch_core.catalogue.cleaning import CleaningReport
from vsearch_core.store.store import Store


@dataclass(frozen=True)
class StoreInfo:
    """A store in figures. Counts are of products that can be found; `bytes` is the size on disk.

    `cut_out` counts those that were cut out of their pictures too, for the search by garment.

    `cleaning` sums up in sentences what was found in the catalogues; the reports themselves are `Store.cleaning`. Times
    are UTC in ISO 8601.
    """

    path: str
    name: str
    sample: bool
    currency: str
    products: int
    departments: Mapping[str, int]
    categories: Mapping[str, int]
    product_types: Mapping[str, int]
    columns: Sequence[str]
    segments: int
    removed: int
    cut_out: int
    engine: str
    engine_choice: str
    model: str
    model_choice: str
    fingerprint: str
    dimension: int
    bytes: int
    created: str
    updated: str
    version: str
    cleaning: Sequence[str]

    def to_json(self) -> dict[str, Any]:
        """The same as JSON's own types."""
        return asdict(self)


def info(store: Path | Store) -> StoreInfo:
    """Looks into a store; one that is open already is not opened again.

    Raises:
        StoreError: as for `Store.open`.
    """
    if isinstance(store, Path):
        store = Store.open(store)
    manifest = store.manifest
    counts = store.facets(["department", "category", "product_type"])
    return StoreInfo(
        path=str(store.path),
        name=store.name,
        sample=store.sample,
        currency=store.currency,
        products=len(store),
        departments=counts["department"],
        categories=counts["category"],
        product_types=counts["product_type"],
        columns=[str(column) for column in store.products.columns],
        segments=len(manifest.segments),
        removed=sum(len(segment.removed) for segment in manifest.segments),
        cut_out=sum(int(segment.living[segment.items.rows].sum()) for segment in store.segments),
        engine=manifest.engine,
        engine_choice=manifest.engine_choice,
        model=manifest.embedder.name,
        model_choice=manifest.model_choice,
        fingerprint=manifest.embedder.fingerprint,
        dimension=manifest.embedder.dimension,
        bytes=sum(file.bytes for segment in manifest.segments for file in segment.files.values()),
        created=manifest.created,
        updated=manifest.updated,
        version=manifest.version,
        cleaning=_sentences(store.cleaning),
    )


def _sentences(reports: Sequence[CleaningReport]) -> list[str]:
    return [
        f"Added later: {sentence}" if number else sentence
        for number, report in enumerate(reports)
        for sentence in report.summary()
    ]
