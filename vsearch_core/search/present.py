"""How hits are shown to a person: grouped, and with their similarity in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from vsearch_core.contracts import Hit

_WORDS = ((0.97, "nearly the same"), (0.85, "very similar"), (0.7, "similar"), (0.5, "somewhat similar"))


@dataclass(frozen=True)
class HitGroup:
    """One product as a person sees it: its best hit and the colour variants and near-copies behind it."""

    best: Hit
    others: tuple[Hit, ...] = ()


def group_hits(hits: Sequence[Hit], limit: int) -> list[HitGroup]:
    """The first `limit` products, each with its variants; hits without a group stand alone.

    Args:
        hits: best first; ask for several times `limit` so that enough groups are among them.
    """
    members: dict[str, list[Hit]] = {}
    for hit in hits:
        members.setdefault(hit.group or f"id:{hit.id}", []).append(hit)
    return [HitGroup(best, tuple(others)) for best, *others in members.values()][:limit]


def enough_groups(hits: Sequence[Hit], limit: int, more: Callable[[int], Sequence[Hit]]) -> list[HitGroup]:
    """The first `limit` products, however many variants stand before them.

    Args:
        hits: best first, a first guess of how many are needed.
        more: called with a number of hits, gives that many, or fewer where no more exist.
    """
    groups = group_hits(hits, limit)
    while len(groups) < limit:
        wider = more(4 * max(len(hits), limit))
        if len(wider) <= len(hits):
            break
        hits, groups = wider, group_hits(wider, limit)
    return groups


def similarity_words(score: float) -> str:
    """A cosine similarity (-1..1) in words."""
    return next((words for least, words in _WORDS if score >= least), "only remotely similar")


def similarity_share(score: float) -> float:
    """How full a bar is beside the words: all of it for the first of them, nothing for the last."""
    return sum(score >= least for least, _ in _WORDS) / len(_WORDS)
