"""What is measured: any way of looking at a photo and finding products for it, behind one small interface."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from vsearch_core.contracts import Photo
from vsearch_core.evaluation.outside.layers import Edges
from vsearch_core.search.reading import LOOK_SIDE
from vsearch_core.store.exact import highest
from vsearch_core.vision import FashionModel
from vsearch_core.vision.good_match import GoodMatch, agreement
from vsearch_core.vision.looks import Looks
from vsearch_core.vision.temperature import tempered


@dataclass(frozen=True)
class Answer:
    """What a search says of one photo.

    `scores` (n,) float32: of every product of the gallery, the best the highest; `types` (types,) float32: the
    probabilities of product types that serving shows; `main`: the box in the photo that was searched besides the whole;
    `embeddings` (looks, d).
    """

    scores: np.ndarray
    types: np.ndarray
    main: Edges | None = None
    embeddings: np.ndarray | None = None

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

    def search(self, photos: Sequence[Photo], gallery: np.ndarray) -> list[Answer]:
        """What some photos find in a gallery (n, d) of `embed_catalogue`."""
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

    def search(self, photos: Sequence[Photo], gallery: np.ndarray) -> list[Answer]:
        """Cosines of whole pictures."""
        outputs = self.model.run_many(photos)
        return [
            Answer(gallery @ one["embedding"], tempered(one["product_type"][None], self._temperature)[0])
            if self.product_types
            else Answer(gallery @ one["embedding"], np.empty(0, np.float32))
            for one in outputs
        ]

    def is_good(self, answer: Answer, types: Sequence[str]) -> bool:
        """By the rule that was chosen on validation photos."""
        if self._rule is None or not types:
            return bool(types)
        probabilities = dict(zip(self.product_types, answer.types.tolist(), strict=True))
        return self._rule.holds(float(answer.scores.max()), agreement(probabilities, types))


class TwoLooks(WholePicture):
    """The search that serves: the whole picture and its main thing; each product counts by its better look."""

    name = "two looks"

    def __init__(self, looks: Looks, rule: GoodMatch | None = None, temperature: float | None = None) -> None:
        super().__init__(looks.model, rule, temperature)
        self.looks, self.max_side = looks, max(LOOK_SIDE, self.max_side)
        self.trims = looks.model.bundle.trims

    def embed_catalogue(self, photos: Sequence[Photo]) -> np.ndarray:
        """The embeddings of pictures as a store's build shows them to the model."""
        return self.model.embed([self.model.prepared(photo) for photo in photos])

    def search(self, photos: Sequence[Photo], gallery: np.ndarray) -> list[Answer]:
        """The better cosine of both looks."""
        answers = []
        for analysis, _ in self.looks.analyse_many(photos):
            named = {one.name: one.probability for one in analysis.product_types}
            types = np.array([named[name] for name in self.product_types], np.float32)
            box = None if analysis.main is None else analysis.main.box
            answers.append(Answer((gallery @ analysis.embeddings.T).max(axis=1), types, box, analysis.embeddings))
        return answers

    def is_good(self, answer: Answer, types: Sequence[str]) -> bool:
        """By the rules for what the shop sells and for a good match."""
        ours = self.model.bundle.in_shop
        if ours is not None and types and answer.embeddings is not None:
            probabilities = dict(zip(self.product_types, answer.types.tolist(), strict=True))
            if not ours.holds(float(answer.scores.max()), agreement(probabilities, types), answer.embeddings):
                return False
        return super().is_good(answer, types)
