"""The search engine: decodes a photo, analyses it, and finds the most similar products of a store."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import get_args

from vsearch_core import images
from vsearch_core.contracts import ATTRIBUTES, Analysis, Hit, Photo, SearchMode, SearchResult
from vsearch_core.errors import ImageRejected, VsearchError
from vsearch_core.search.reasons import reasons, with_reasons
from vsearch_core.settings import settings
from vsearch_core.store import Filters, Store
from vsearch_core.vision import Bundle, FashionModel
from vsearch_core.vision.good_match import AGREEING, agreement

BUNDLE = "fashion"


class Engine:
    """One model and one store. Open it once per process; it is safe to call from several threads."""

    def __init__(self, store: Store, model: FashionModel) -> None:
        self.store, self.model = store, model

    @classmethod
    def open(cls, store: Path, *, models: Path | None = None, threads: int | None = None) -> Engine:
        """Open a store with the model bundle that ships.

        Args:
            store: folder written by `store build`.
            models: folder of the bundles; the setting `VSEARCH_MODELS` where it is not given.
            threads: processor threads for the model; `VSEARCH_THREADS` where it is not given.

        Raises:
            BundleError: the bundle is missing or broken.
            StoreError: the store is missing, damaged or made with another model.
        """
        chosen = settings()
        model = FashionModel(Bundle.open((models or chosen.models) / BUNDLE), threads=threads or chosen.threads)
        return cls(Store.open(store, embedder=model), model)

    def search(
        self,
        image: bytes | Photo,
        k: int = 5,
        filters: Filters | None = None,
        mode: SearchMode = "all",
    ) -> SearchResult:
        """The k most similar products, ungrouped, and what the photo is.

        Args:
            image: an image file's bytes, or a decoded photo (or a part of one).
            k: how many hits; fewer come back only where the store holds fewer under the filters.

        Raises:
            ImageRejected: the bytes are no picture that can be searched.
            FilterError: a filter names a column that the store does not have.
        """
        started = time.perf_counter()
        photo = self.decode(image)
        decoded = time.perf_counter()
        analysis = self.model.analyse(photo)
        analysed = time.perf_counter()
        result = self.search_analysis(analysis, k, filters, mode)
        timings = {
            "decode": _ms(started, decoded),
            "analyse": _ms(decoded, analysed),
            "search": result.timings_ms["search"],
            "total": _ms(started, time.perf_counter()),
        }
        return replace(result, timings_ms=timings)

    def search_many(
        self,
        pictures: Sequence[bytes | Photo],
        k: int = 5,
        filters: Filters | None = None,
        mode: SearchMode = "all",
    ) -> list[SearchResult | ImageRejected]:
        """Answers to several photos, equal to those of `search`; a photo that cannot be read gives its error."""
        return [
            analysis if isinstance(analysis, ImageRejected) else self._timed(analysis, times, k, filters, mode)
            for analysis, times in self.analyse_many(pictures)
        ]

    def analyse(self, image: bytes | Photo) -> Analysis:
        """What is in a photo.

        Raises:
            ImageRejected: the bytes are no picture that can be searched.
        """
        return self.model.analyse(self.decode(image))

    def analyse_many(
        self, pictures: Sequence[bytes | Photo]
    ) -> list[tuple[Analysis | ImageRejected, dict[str, float]]]:
        """What is in each of several photos, with the milliseconds for `decode` and `analyse` of each."""
        return analyse_many(self.model, pictures)

    def search_analysis(
        self, analysis: Analysis, k: int = 5, filters: Filters | None = None, mode: SearchMode = "all"
    ) -> SearchResult:
        """Search again for a photo that was analysed before, with other filters or another k."""
        started = time.perf_counter()
        partitions = self._partitions(analysis, mode)
        found = self.store.search(analysis.embedding, k, filters=filters, partitions=partitions)
        hits = with_reasons(found, analysis)
        passed = _ms(started, time.perf_counter())
        return SearchResult(
            analysis=analysis,
            hits=hits,
            good_match=self.is_good_match(hits, analysis),
            partitions=tuple(partitions if partitions is not None else self.store.partitions),
            timings_ms={"search": passed, "total": passed},
        )

    def similar(self, product_id: str, k: int = 5, filters: Filters | None = None) -> tuple[Hit, ...]:
        """The products most similar to one of the store, without itself.

        Raises:
            StoreError: there is no such product (code `unknown_product`).
        """
        product = self.store.product(product_id)
        shared = {name: str(product.get(name) or "") for name in ("product_type", *ATTRIBUTES)}
        found = self.store.similar(product_id, k, filters=filters)
        return tuple(replace(hit, reasons=reasons(hit, shared)) for hit in found)

    def is_good_match(self, hits: Sequence[Hit], analysis: Analysis) -> bool:
        """Whether the best hit is a good match by the rule that was chosen on validation photos."""
        rule = self.model.bundle.match
        if rule is None or not hits:
            return bool(hits)
        probabilities = {one.name: one.probability for one in analysis.product_types}
        return rule.holds(hits[0].score, agreement(probabilities, [hit.product_type for hit in hits[:AGREEING]]))

    def decode(self, image: bytes | Photo) -> Photo:
        """A photo as the model needs it; one that is decoded already is taken as it is."""
        return decode_for(self.model, image)

    def _partitions(self, analysis: Analysis, mode: SearchMode) -> list[str] | None:
        if mode == "all":
            return None
        if mode == "top1":
            best = analysis.categories[0].name
            return [best] if best in self.store.partitions else None
        raise VsearchError(f"There is no search mode {mode!r}; the modes are {', '.join(get_args(SearchMode))}.")

    def _timed(
        self, analysis: Analysis, times: dict[str, float], k: int, filters: Filters | None, mode: SearchMode
    ) -> SearchResult:
        result = self.search_analysis(analysis, k, filters, mode)
        search = result.timings_ms["search"]
        return replace(result, timings_ms={**times, "search": search, "total": sum(times.values()) + search})


def decode_for(model: FashionModel, image: bytes | Photo) -> Photo:
    """Decode bytes at twice the side that the model sees: enough for its letterboxing, and quick."""
    return image if isinstance(image, Photo) else images.decode(image, max_side=2 * model.bundle.side)


def analyse_many(
    model: FashionModel, pictures: Sequence[bytes | Photo]
) -> list[tuple[Analysis | ImageRejected, dict[str, float]]]:
    """What is in each of several photos, with its milliseconds for `decode` and `analyse`; needs no store."""
    decoded = [_timed_decode(model, picture) for picture in pictures]
    photos = [photo for photo, _ in decoded if isinstance(photo, Photo)]
    analyses = iter(model.analyse_many(photos))
    answers: list[tuple[Analysis | ImageRejected, dict[str, float]]] = []
    for photo, spent in decoded:
        if isinstance(photo, ImageRejected):
            answers.append((photo, {"decode": spent}))
        else:
            analysis, took = next(analyses)
            answers.append((analysis, {"decode": spent, "analyse": round(took, 3)}))
    return answers


def _timed_decode(model: FashionModel, picture: bytes | Photo) -> tuple[Photo | ImageRejected, float]:
    started = time.perf_counter()
    try:
        photo: Photo | ImageRejected = decode_for(model, picture)
    except ImageRejected as error:
        photo = error
    return photo, _ms(started, time.perf_counter())


def _ms(start: float, end: float) -> float:
    return round((end - start) * 1000, 3)
