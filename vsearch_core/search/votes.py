"""What a photo shows, told by the products that it finds: where the model has no words for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from vsearch_core.contracts import Analysis, Hit, Prediction

VOTERS = 10
"""So many of the first hits vote."""

SHARPNESS = 0.05
"""A hit that is this much less similar counts for 1/e of another one."""

UNKNOWN = "Unknown"
"""What a photo shows where no hit knows what it is."""


def told_by(hits: Sequence[Hit], analysis: Analysis) -> Analysis:
    """The analysis with product types and categories that the first hits have, by their similarity.

    The weights are a softmax over cosines, as in nearest-neighbour classification (Wu et al., Unsupervised Feature
    Learning via Non-Parametric Instance Discrimination, arXiv 1805.01978). One with product types is left as it is.
    """
    if analysis.product_types:
        return analysis
    voters = hits[:VOTERS]
    types, categories = _ranked(voters, lambda hit: hit.product_type), _ranked(voters, lambda hit: hit.category)
    return replace(analysis, product_types=types or categories or _nothing(), categories=categories or _nothing())


def _ranked(voters: Sequence[Hit], value: Callable[[Hit], str]) -> tuple[Prediction, ...]:
    if not any(value(hit) for hit in voters):
        return ()
    scores = np.array([hit.score for hit in voters])
    weights = np.exp((scores - scores.max()) / SHARPNESS)
    shares: dict[str, float] = {}
    for hit, weight in zip(voters, weights / weights.sum(), strict=True):
        name = value(hit) or UNKNOWN
        shares[name] = shares.get(name, 0.0) + float(weight)
    best = sorted(shares.items(), key=lambda one: -one[1])
    return tuple(Prediction(name, share) for name, share in best)


def _nothing() -> tuple[Prediction, ...]:
    return (Prediction(UNKNOWN, 0.0),)
