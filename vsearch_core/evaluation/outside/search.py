"""What is measured: any way of looking at a photo and finding products for it, behind one small interface."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
import pandas as pd

from vsearch_core.contracts import Analysis, Photo
from vsearch_core.evaluation.outside.layers import Edges
from vsearch_core.search.reading import LOOK_SIDE
from vsearch_core.store.exact import highest
from vsearch_core.vision import FashionModel
from vsearch_core.vision.good_match import GoodMatch, agreement
from vsearch_core.vision.looks import Looks
from vsearch_core.vision.ranking import POOL, Ranker, Ranking
from vsearch_core.vision.temperature import tempered


@dataclass(frozen=True)
class Gallery:
    """The products that are searched: `vectors` (n, d) as the search keeps them, and `table` of n rows.

    The table of a catalogue has `id`, `product_type`, `colour`, `gender` and `group`.
    """

    vectors: np.ndarray
    table: pd.DataFrame

    @cached_property
    def _values(self) -> dict[str, np.ndarray]:
        return {}

    def column(self, name: str) -> np.ndarray:
        """A column of the table, (n,)."""
        if name not in self._values:
            self._values[name] = self.table[name].to_numpy()
        return self._values[name]

    def values(self, columns: Iterable[str], rows: np.ndarray) -> dict[str, np.ndarray]:
        """What some products have in those of the columns that there are."""
        return {name: self.column(name)[rows] for name in columns if name in self.table.columns}


@dataclass(frozen=True)
class Answer:
    """What a search says of one photo.

    `scores` (n,): of every product of the gallery, the best the highest; `types` (types,) float32: the probabilities of
    product types that serving shows; `cosine`: of the best product; `main`: the box in the photo that was searched
    besides the whole; `analysis`: of a search that serves.
    """

    scores: np.ndarray
    types: np.ndarray
    cosine: float
    main: Edges | None = None
    analysis: Analysis | None = None

    def best(self, k: int) -> np.ndarray:
        """The rows of the k best products, best first."""
        return highest(self.scores, k)

    def rank(self, row: int) -> int:
        """The place of a product, from 1; a tie counts against it, but for what rounding does."""
        return int(np.count_nonzero(self.scores >= self.scores[row] - 1e-6))


class Search(Protocol):
    """A way to search that `evaluate outside` can measure.

    `name` says in the figures which one it was; `product_types` are the names behind `Answer.types`; `max_side` says at
    how many pixels it wants its pictures decoded. With `trims`, it does not want catalogue pictures as they are.
    """

    @property
    def name(self) -> str: ...

    @property
    def product_types(self) -> Sequence[str]: ...

    @property
    def max_side(self) -> int: ...

    @property
    def trims(self) -> bool: ...

    def embed_catalogue(self, photos: Sequence[Photo]) -> np.ndarray:
        """What a store keeps of some products' pictures: (n, d) float32, L2-normalised."""
        ...

    def search(self, photos: Sequence[Photo], gallery: Gallery) -> list[Answer]:
        """What some photos find in a gallery of `embed_catalogue`."""
        ...

    def is_good(self, answer: Answer, types: Sequence[str]) -> bool:
        """Whether the best hit would be called a good match.

        Args:
            types: product types of the first hits, best first.
        """
        ...


class WholePicture:
    """The search that looks at the whole picture once."""

    name = "whole picture"
    trims = False

    def __init__(self, model: FashionModel, rule: GoodMatch | None = None, temperature: float | None = None) -> None:
        """
        Args:
            rule, temperature: those that were just chosen; the bundle's own where they are not given.
        """
        self.model = model
        self.product_types = model.bundle.product_types
        self.max_side = 2 * model.bundle.side
        self._rule = rule or model.bundle.match
        self._temperature = model.bundle.temperature if temperature is None else temperature

    def embed_catalogue(self, photos: Sequence[Photo]) -> np.ndarray:
        """The embeddings of whole pictures, as they are."""
        return self.model.embed(photos)

    def search(self, photos: Sequence[Photo], gallery: Gallery) -> list[Answer]:
        """Cosines of whole pictures."""
        answers = []
        for one in self.model.run_many(photos):
            cosines = gallery.vectors @ one["embedding"]
            types = np.empty(0, np.float32)
            if self.product_types:
                types = tempered(one["product_type"][None], self._temperature)[0]
            answers.append(Answer(cosines, types, float(cosines.max())))
        return answers

    def is_good(self, answer: Answer, types: Sequence[str]) -> bool:
        """By the rule that was chosen on validation photos."""
        if self._rule is None or not types:
            return bool(types)
        probabilities = dict(zip(self.product_types, answer.types.tolist(), strict=True))
        return self._rule.holds(answer.cosine, agreement(probabilities, types))


class TwoLooks(WholePicture):
    """The search that serves: the whole picture and its main thing; each product counts by its better look."""

    name = "two looks"

    def __init__(
        self,
        looks: Looks,
        rule: GoodMatch | None = None,
        temperature: float | None = None,
        ranking: Ranking | None = None,
    ) -> None:
        """
        Args:
            rule, temperature, ranking: those that were just chosen; the bundle's own where they are not given.
        """
        super().__init__(looks.model, rule, temperature)
        self.looks, self.max_side = looks, max(LOOK_SIDE, self.max_side)
        self.trims = looks.model.bundle.trims
        self._ranking = ranking or looks.model.bundle.ranking

    def embed_catalogue(self, photos: Sequence[Photo]) -> np.ndarray:
        """The embeddings of pictures as a store's build shows them to the model."""
        return self.model.embed([self.model.prepared(photo) for photo in photos])

    def search(self, photos: Sequence[Photo], gallery: Gallery) -> list[Answer]:
        """The better cosine of both looks, the first of them in the order that serves."""
        answers = []
        for analysis, _ in self.looks.analyse_many(photos):
            named = {one.name: one.probability for one in analysis.product_types}
            types = np.array([named[name] for name in self.product_types], np.float32)
            cosines = (gallery.vectors @ analysis.embeddings.T).max(axis=1)
            scores = cosines
            if self._ranking is not None and self.product_types:
                scores = in_order(cosines, self._ranking.of(analysis), gallery)
            box = None if analysis.main is None else analysis.main.box
            answers.append(Answer(scores, types, float(cosines[scores.argmax()]), box, analysis))
        return answers

    def is_good(self, answer: Answer, types: Sequence[str]) -> bool:
        """By the rules for what the shop sells and for a good match."""
        ours = self.model.bundle.in_shop
        if ours is not None and types and answer.analysis is not None:
            probabilities = dict(zip(self.product_types, answer.types.tolist(), strict=True))
            if not ours.holds(answer.cosine, agreement(probabilities, types), answer.analysis.embeddings):
                return False
        return super().is_good(answer, types)


def in_order(cosines: np.ndarray, ranker: Ranker, gallery: Gallery) -> np.ndarray:
    """Scores (n,) that put the products which look most alike in the order of a ranker, before all others.

    Args:
        cosines: (n,), minus infinity for a product that is not to be found.
    """
    pool = highest(cosines, POOL)
    pool = pool[np.isfinite(cosines[pool])]
    ranks = ranker.scores(cosines[pool], gallery.values(ranker.weights, pool))
    scores = cosines.astype(np.float64)
    # a cosine is 1 at most, so that whatever is not in the pool stays behind it
    scores[pool] = ranks - ranks.min(initial=0.0) + 2.0
    return scores
