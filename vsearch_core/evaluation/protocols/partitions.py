"""Search by partition, for many pictures at once: what each partition would answer, joined for any choice of them.

A partition's best products and how many of its products come before the right one are found once; every way of
choosing partitions is then judged from these.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vsearch_core.store.exact import cosine_blocks, highest
from vsearch_core.vision.cascade import Cascade

DEPTH = 10
_EQUAL = 1e-6


@dataclass(frozen=True)
class Gallery:
    """What is searched: `vectors` (n, d) L2-normalised, `categories` and `kinds` (product types), each (n,)."""

    vectors: np.ndarray
    categories: np.ndarray
    kinds: np.ndarray

    @property
    def names(self) -> list[str]:
        """The partitions, sorted."""
        return [str(name) for name in np.unique(self.categories)]


@dataclass(frozen=True)
class Asked:
    """Pictures that are searched for.

    `embeddings` (q, d); `probabilities` (q, partitions) of the gallery's categories, 0 where the network does not know
    one; `right` (q,) sets of product types; `groups` (q,); `own` (q,) the gallery's row of each one's product, where
    there is one.
    """

    embeddings: np.ndarray
    probabilities: np.ndarray
    right: Sequence[frozenset[str]]
    groups: np.ndarray
    own: np.ndarray | None = None


@dataclass(frozen=True)
class ByPartition:
    """What each of the partitions answers to each picture.

    `scores` (q, partitions, DEPTH) cosines, best first, -inf where a partition has fewer; `hits` of the same shape,
    whether these are of a right kind; `before` (q, partitions) how many come before the right product, a tie counting
    against it; `own` (q,) its partition, -1 where there is none; `sizes` (partitions,).
    """

    scores: np.ndarray
    hits: np.ndarray
    before: np.ndarray
    own: np.ndarray
    sizes: np.ndarray

    @classmethod
    def of(cls, asked: Asked, gallery: Gallery) -> ByPartition:
        """Compare every picture with every product."""
        names = np.array(gallery.names)
        order = np.argsort(gallery.categories, kind="stable")
        vectors, kinds = gallery.vectors[order], gallery.kinds[order]
        edges = (
            np.searchsorted(gallery.categories[order], names),
            np.searchsorted(gallery.categories[order], names, side="right"),
        )
        spans = list(zip(*edges, strict=True))
        count = len(asked.embeddings)
        scores = np.full((count, len(names), DEPTH), -np.inf, np.float32)
        hits = np.zeros(scores.shape, bool)
        before = np.zeros((count, len(names)), np.int64)
        place_of = np.empty(len(order), np.int64)
        place_of[order] = np.arange(len(order))
        # each different answer's kinds are looked up once
        rights = {one: np.isin(kinds, list(one)) for one in set(asked.right)}
        for start, block in cosine_blocks(asked.embeddings, vectors):
            rows = np.arange(start, start + len(block))
            true = None if asked.own is None else place_of[asked.own[rows]]
            least = None if true is None else block[np.arange(len(block)), true] - _EQUAL
            for number, (low, high) in enumerate(spans):
                part = block[:, low:high]
                if least is not None and true is not None:
                    inside = (true >= low) & (true < high)
                    before[rows, number] = (part >= least[:, None]).sum(axis=1) - inside
                deep = min(DEPTH, high - low)
                best = highest(part, deep)
                scores[rows, number, :deep] = np.take_along_axis(part, best, axis=1)
                hits[rows, number, :deep] = [
                    rights[asked.right[int(row)]][places + low] for row, places in zip(rows, best, strict=True)
                ]
        own = np.full(count, -1) if asked.own is None else np.searchsorted(names, gallery.categories[asked.own])
        return cls(scores, hits, before, own, np.array([high - low for low, high in spans]))

    def first_ten(self, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Whether the first hit is of a right kind, and the share of right kinds among the first ten: each (q,).

        Args:
            chosen: (q, partitions) booleans, what is searched for each picture.
        """
        scores = np.where(chosen[:, :, None], self.scores, -np.inf).reshape(len(chosen), -1)
        hits = self.hits.reshape(len(chosen), -1)
        order = np.argsort(-scores, axis=1, kind="stable")[:, :DEPTH]
        right = np.take_along_axis(hits, order, axis=1) & np.isfinite(np.take_along_axis(scores, order, axis=1))
        return right[:, 0], right.mean(axis=1)

    def ranks(self, chosen: np.ndarray) -> np.ndarray:
        """The place, from 1, of the right product, (q,) float; infinite where its partition is not searched."""
        inside = chosen[np.arange(len(chosen)), self.own]
        return np.where(inside, 1.0 + (self.before * chosen).sum(axis=1), np.inf)


def searched(probabilities: np.ndarray, sizes: np.ndarray, rule: Cascade | None, *, top1: bool = False) -> np.ndarray:
    """The partitions that serving searches for each picture, (q, partitions) booleans.

    Args:
        probabilities: (q, partitions), as in `Asked`; sizes: (partitions,) their products.
        rule: of the cascade; everything is searched where it is None.
        top1: the most probable partition alone.
    """
    everything = np.ones(probabilities.shape, bool)
    if top1:
        return np.arange(probabilities.shape[1]) == probabilities.argmax(axis=1)[:, None]
    if rule is None:
        return everything
    order = np.argsort(-probabilities, axis=1, kind="stable")
    reached = np.cumsum(np.take_along_axis(probabilities, order, axis=1), axis=1)
    needed = 1 + (reached < rule.threshold).sum(axis=1)
    place = np.argsort(order, axis=1, kind="stable")
    unknown = (probabilities == 0).all(axis=0)
    chosen = (place < needed[:, None]) | unknown
    unsure = (needed > min(rule.at_most, probabilities.shape[1])) | ((chosen * sizes).sum(axis=1) < DEPTH)
    return np.where(unsure[:, None], everything, chosen)
