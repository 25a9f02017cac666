"""The search engine: decodes a photo, analyses it, and finds the most similar products of a store.

The whole photo is one question (`search`), and each garment in it is one more (`items`): the first does not wait for
the second, and a garment that is found wrongly takes nothing away.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import get_args

from vsearch_core.catalogue.positions import position_of
from vsearch_core.contracts import (
    ATTRIBUTES,
    Analysis,
    Code,
    Hit,
    Item,
    ItemsResult,
    Photo,
    Position,
    SearchMode,
    SearchResult,
)
from vsearch_core.errors import BundleError, ImageRejected, VsearchError
from vsearch_core.search.codes import CodeTable, exact_first
from vsearch_core.search.items import narrowed, searched
from vsearch_core.search.reading import analyse_many, decode_for, decode_large, detect, elapsed_ms
from vsearch_core.search.reasons import reasons, with_reasons
from vsearch_core.search.votes import VOTERS, told_by
from vsearch_core.settings import settings
from vsearch_core.store import Filters, Store, model_of
from vsearch_core.vision import Bundle, FashionModel
from vsearch_core.vision.bundle_files import is_name
from vsearch_core.vision.codes import read_codes
from vsearch_core.vision.crop import Corners, crop
from vsearch_core.vision.detector import Detector
from vsearch_core.vision.finder import Finder
from vsearch_core.vision.good_match import AGREEING, agreement
from vsearch_core.vision.looks import Looks
from vsearch_core.vision.outfits import OutfitEmbedder
from vsearch_core.vision.ranking import Ranker

BUNDLE = "fashion"

GENERAL = "general"
"""The bundle of any things."""

DETECTOR = "detector"
FINDER = "finder"


class Engine:
    """One model, one store, a detector and a finder where there are some. Open it once per process; it is safe to call
    from several threads.
    """

    def __init__(
        self, store: Store, model: FashionModel, detector: Detector | None = None, finder: Finder | None = None
    ) -> None:
        self.store, self.model, self.detector = store, model, detector
        self.looks = Looks(model, finder)
        self._types = frozenset(store.products["product_type"].unique())

    @classmethod
    def open(cls, store: Path, *, models: Path | None = None, threads: int | None = None) -> Engine:
        """Open a store with the model bundles that ship; without a detector's, no garments are found, and without a
        finder's, photos are looked at whole alone.

        Args:
            store: folder written by `store build`.
            models: folder of the bundles; the setting `VSEARCH_MODELS` where it is not given.
            threads: processor threads for the model; `VSEARCH_THREADS` where it is not given.

        Raises:
            BundleError: the model's bundle is missing, or one of the two is broken.
            StoreError: the store is missing, damaged or made with another model.
        """
        chosen = settings()
        folder, threads = models or chosen.models, threads or chosen.threads
        model = open_model(bundle_of_store(folder, store), threads=threads)
        detector, finder = open_detector(folder, threads=threads), open_finder(folder, threads=threads)
        return cls(Store.open(store, embedder=model), model, detector, finder)

    def search(
        self,
        image: bytes | Photo,
        k: int = 5,
        filters: Filters | None = None,
        mode: SearchMode = "all",
        box: Corners | None = None,
    ) -> SearchResult:
        """The k most similar products, ungrouped, and what the photo is.

        Args:
            image: an image file's bytes, or a decoded photo (or a part of one).
            box: x0, y0, x1, y1 in the original's pixels, where a person says what counts: it alone is searched.
            k: how many hits; fewer come back only where the store holds fewer under the filters (with `top1`: in the
                one category that is searched).

        Raises:
            ImageRejected: the bytes are no picture that can be searched.
            FilterError: a filter names a column that the store does not have.
            VsearchError: the box holds nothing of the photo (code `bad_box`).
        """
        started = time.perf_counter()
        photo = self.decode(image)
        decoded = time.perf_counter()
        analysis = self.looks.analyse(photo, box)
        analysed = time.perf_counter()
        result = self.search_analysis(analysis, k, filters, mode)
        timings = {
            "decode": elapsed_ms(started, decoded),
            "analyse": elapsed_ms(decoded, analysed),
            "search": result.timings_ms["search"],
            "total": elapsed_ms(started, time.perf_counter()),
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
        return self._told(self.looks.analyse(self.decode(image)))

    def analyse_many(
        self, pictures: Sequence[bytes | Photo]
    ) -> list[tuple[Analysis | ImageRejected, dict[str, float]]]:
        """What is in each of several photos, with the milliseconds for `decode` and `analyse` of each."""
        return [
            (answer if isinstance(answer, ImageRejected) else self._told(answer), times)
            for answer, times in analyse_many(self.looks, pictures)
        ]

    def codes(self, image: bytes | Photo) -> tuple[Code, ...]:
        """The codes in a photo, each with the products of the store that carry it.

        Raises:
            ImageRejected: the bytes are no picture that can be searched.
        """
        return self._codes.found(read_codes(decode_large(image)))

    def with_codes(
        self, result: SearchResult, image: bytes | Photo, k: int = 5, filters: Filters | None = None
    ) -> SearchResult:
        """An answer with the codes in its photo: the products that carry them come first, under the same filters.

        Raises:
            ImageRejected, FilterError: as for `search`.
        """
        photo = decode_large(image)
        started = time.perf_counter()
        analysis = replace(result.analysis, codes=self.codes(photo))
        result = self._exact_first(replace(result, analysis=analysis), k, filters)
        took = elapsed_ms(started, time.perf_counter())
        return replace(result, timings_ms={**result.timings_ms, "codes": took})

    def search_analysis(
        self, analysis: Analysis, k: int = 5, filters: Filters | None = None, mode: SearchMode = "all"
    ) -> SearchResult:
        """Search again for a photo that was analysed before, with other filters or another k.

        Products whose codes were read in it come first.
        """
        started = time.perf_counter()
        partitions, ranker = self._partitions(analysis, mode), self._ranker(analysis)
        found = self.store.search_looks(analysis.embeddings, k, filters=filters, partitions=partitions, ranker=ranker)
        if mode == "cascade" and partitions is not None and len(found) < k:
            partitions = None
            found = self.store.search_looks(analysis.embeddings, k, filters=filters, ranker=ranker)
        analysis = told_by(found, analysis)
        hits = with_reasons(found, analysis)
        in_shop = self.is_in_shop(hits, analysis)
        result = SearchResult(
            analysis=analysis,
            hits=hits,
            good_match=in_shop and self.is_good_match(hits, analysis),
            in_shop=in_shop,
            partitions=tuple(partitions if partitions is not None else self.store.partitions),
        )
        result = self._exact_first(result, k, filters)
        passed = elapsed_ms(started, time.perf_counter())
        return replace(result, timings_ms={"search": passed, "total": passed})

    def find_items(self, image: bytes | Photo) -> ItemsResult:
        """The garments in a photo, with what the model says of those that can be searched for; none is searched for.

        There are none where there is no detector.

        Raises:
            ImageRejected: as for `search`.
        """
        if self.detector is None:
            return ItemsResult()
        photo = decode_large(image)
        found, took = detect(self.detector, photo)
        started = time.perf_counter()
        items = self._analysed(photo, found)
        return ItemsResult(items, {"detect": took, "items": elapsed_ms(started, time.perf_counter())})

    def items(self, image: bytes | Photo, k: int = 5, filters: Filters | None = None) -> ItemsResult:
        """The garments in a photo, and for the best one of each position and person the k most similar products.

        Raises:
            ImageRejected, FilterError: as for `search`.
        """
        photo = decode_large(image)
        started = time.perf_counter()
        found = self.find_items(photo)
        items = self.search_items(photo, found.items, k, filters)
        passed = elapsed_ms(started, time.perf_counter())
        took = found.timings_ms.get("detect", 0.0)
        return ItemsResult(items, {"detect": took, "items": round(passed - took, 3)} if found.timings_ms else {})

    def search_items(
        self, image: bytes | Photo, items: Sequence[Item], k: int = 5, filters: Filters | None = None
    ) -> tuple[Item, ...]:
        """The items of a photo with the hits of those that are searched for.

        Args:
            items: of the photo, with their person; one with an `analysis`, as after an earlier search, is not looked at
                again, so that other filters or another k take no time.
        """
        chosen = set(searched(items))
        return tuple(
            self._answered(item, item.analysis, k, filters)
            if place in chosen and item.analysis is not None
            else replace(item, hits=())
            for place, item in enumerate(self._analysed(image, items))
        )

    def item(self, image: bytes | Photo, box: Corners, position: Position | None = None) -> Item:
        """What is in a box that a person drew or corrected, as an item to search for.

        Args:
            box: x0, y0, x1, y1 in the original photo's pixels as turned by EXIF.
            position: where it is worn, which decides what is searched; as its type is worn where it is not given.

        Returns:
            An item whose label is the most probable product type, and whose score is its probability.

        Raises:
            VsearchError: the box holds nothing of the photo (code `bad_box`).
            ImageRejected: as for `search`.
        """
        part = crop(decode_large(image), box)
        if part is None:
            raise VsearchError("The box is outside of the photo or too small; draw a larger one.", code="bad_box")
        analysis = self._told(self.model.analyse(part))
        best = analysis.product_type
        at = position or position_of(best.name, analysis.categories[0].name) or "other"
        x0, y0, x1, y1 = (float(edge) for edge in box)
        return Item(best.name, at, best.probability, (x0, y0, x1, y1), analysis=analysis)

    def similar(self, product_id: str, k: int = 5, filters: Filters | None = None) -> tuple[Hit, ...]:
        """The products most similar to one of the store, without itself.

        Raises:
            StoreError: there is no such product (code `unknown_product`).
        """
        product = self.store.product(product_id)
        shared = {name: str(product.get(name) or "") for name in ("product_type", *ATTRIBUTES)}
        found = self.store.similar(product_id, k, filters=filters)
        return tuple(replace(hit, reasons=reasons(hit, shared)) for hit in found)

    def is_good_match(self, hits: Sequence[Hit], analysis: Analysis, *, item: bool = False) -> bool:
        """Whether the best hit is a good match by the rule that was chosen on validation photos.

        Args:
            item: the hits are of a garment in a photo, for which there may be a rule of its own.
        """
        bundle = self.model.bundle
        rule = (bundle.item_match if item else None) or self.store.match or bundle.match
        if rule is None or not hits:
            return bool(hits)
        return rule.holds(hits[0].score, self._agreement(hits, analysis))

    def is_in_shop(self, hits: Sequence[Hit], analysis: Analysis) -> bool:
        """Whether a photo looks like anything that the shop sells, by the rule that was chosen on validation photos."""
        rule = self.model.bundle.in_shop
        if rule is None or not hits:
            return True
        return rule.holds(hits[0].score, self._agreement(hits, analysis), analysis.embeddings)

    def decode(self, image: bytes | Photo) -> Photo:
        """A photo as the model needs it; one that is decoded already is taken as it is."""
        return decode_for(self.model, image)

    @cached_property
    def _codes(self) -> CodeTable:
        return CodeTable(self.store.products)

    def _exact_first(self, result: SearchResult, k: int, filters: Filters | None) -> SearchResult:
        """The answer with the products first whose codes were read, as far as they pass the filters."""
        codes, analysis = result.analysis.codes, result.analysis
        ids = frozenset(product for code in codes for product in code.products)
        given = filters or Filters()
        asked = given.equals.get("id")
        ids = ids & asked if asked else ids
        if not ids:
            return result
        only = Filters({**given.equals, "id": ids}, given.ranges)
        exact = with_reasons(self.store.search_looks(analysis.embeddings, len(ids), filters=only), analysis)
        if not exact:
            return result
        return replace(result, hits=exact_first(result.hits, exact, codes, k), good_match=True, in_shop=True)

    def _told(self, analysis: Analysis) -> Analysis:
        """The analysis in words, where the model has none for it: those of the products that it finds."""
        if analysis.product_types:
            return analysis
        return told_by(self.store.search_looks(analysis.embeddings, VOTERS), analysis)

    def _ranker(self, analysis: Analysis) -> Ranker | None:
        """The order of hits; None where their look alone decides it."""
        rule = self.model.bundle.ranking
        return None if rule is None or not analysis.product_types else rule.of(analysis)

    def _agreement(self, hits: Sequence[Hit], analysis: Analysis) -> float | None:
        probabilities = {one.name: one.probability for one in analysis.product_types}
        return agreement(probabilities, [hit.product_type for hit in hits[:AGREEING]])

    def _partitions(self, analysis: Analysis, mode: SearchMode) -> list[str] | None:
        if mode == "all":
            return None
        if mode == "top1":
            best = analysis.categories[0].name
            return [best] if best in self.store.partitions else None
        if mode == "cascade":
            rule = self.model.bundle.cascade
            there = self.store.partitions
            names = None if rule is None else rule.chosen(analysis.categories, there)
            # A category that the model never learned may be what the photo shows.
            return None if names is None else names + sorted(set(there) - {one.name for one in analysis.categories})
        raise VsearchError(f"There is no search mode {mode!r}; the modes are {', '.join(get_args(SearchMode))}.")

    def _analysed(self, image: bytes | Photo, items: Sequence[Item]) -> tuple[Item, ...]:
        """The items with what the model says of those that are searched for and were not looked at before."""
        new = [place for place in searched(items) if items[place].analysis is None]
        if not new:
            return tuple(items)
        photo = decode_large(image)
        parts = {place: part for place in new if (part := crop(photo, items[place].box)) is not None}
        answers = self.model.analyse_many(list(parts.values()))
        seen = {place: analysis for place, (analysis, _) in zip(parts, answers, strict=True)}
        return tuple(replace(item, analysis=seen.get(place, item.analysis)) for place, item in enumerate(items))

    def _answered(self, item: Item, analysis: Analysis, k: int, filters: Filters | None) -> Item:
        if item.position == "other":
            filters = narrowed(filters, item.label, self._types)
        ranker = self._ranker(analysis)
        found = self.store.search_item(analysis.embedding, k, position=item.position, filters=filters, ranker=ranker)
        analysis = told_by(found, analysis)
        return replace(item, hits=with_reasons(found, analysis), analysis=analysis)

    def _timed(
        self, analysis: Analysis, times: dict[str, float], k: int, filters: Filters | None, mode: SearchMode
    ) -> SearchResult:
        result = self.search_analysis(analysis, k, filters, mode)
        search = result.timings_ms["search"]
        return replace(result, timings_ms={**times, "search": search, "total": round(sum(times.values()) + search, 3)})


def bundle_folder(models: Path, name: str) -> Path:
    """Where the model bundle of a name is: among those that ship, else among those that were imported into the cache.

    Raises:
        BundleError: it is not the name of a model, or there is none of that name.
    """
    if not is_name(name):
        # a store from somewhere else may name anything
        raise BundleError(f"{name!r:.80} is not the name of a model; use one in {models}.", code="bundle_missing")
    places = [models / name, settings().cache / "bundles" / name]
    found = next((place for place in places if place.is_dir()), None)
    if found is None:
        raise BundleError(
            f"There is no model {name}; use one in {models}, or bring it with `bundle import --name {name}`.",
            code="bundle_missing",
        )
    return found


def bundle_of_store(models: Path, store: Path) -> Path:
    """The folder of the bundle that a store names; the one that ships where there is no such one, for the store to say
    that it fits another.

    Raises:
        StoreError: there is no store, or its manifest cannot be read.
    """
    try:
        return bundle_folder(models, model_of(store))
    except BundleError:
        return models / BUNDLE


def open_model(path: Path, *, threads: int) -> FashionModel:
    """A model of a bundle's folder.

    Raises:
        BundleError: there is none, or it is broken.
    """
    return FashionModel(Bundle.open(path), threads=threads)


def open_detector(models: Path, *, threads: int) -> Detector | None:
    """The detector of a folder of bundles; None where there is none.

    Raises:
        BundleError: there is one, and it is broken.
    """
    return Detector.open(models / DETECTOR, threads=threads) if (models / DETECTOR).is_dir() else None


def open_finder(models: Path, *, threads: int) -> Finder | None:
    """The finder of a folder of bundles; None where there is none.

    Raises:
        BundleError: there is one, and it is broken.
    """
    return Finder.open(models / FINDER, threads=threads) if (models / FINDER).is_dir() else None


def open_cutter(model: FashionModel, models: Path, *, threads: int) -> OutfitEmbedder | None:
    """What cuts products out of pictures of worn outfits at a store's build.

    None where there is no detector, or the model does not know garments.

    Raises:
        BundleError: there is one, and it is broken.
    """
    detector = open_detector(models, threads=threads) if model.bundle.product_types else None
    return None if detector is None else OutfitEmbedder(model, detector)
