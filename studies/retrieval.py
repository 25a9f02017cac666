"""The figures by which the studies compare embeddings: the protocols' own, and of each only what is compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from studies.kept import Kept
from vsearch_core.evaluation import measure
from vsearch_core.evaluation.measure import Measured

COMPARED = {
    "snaps": ("r_at_1", "r_at_5", "r_at_10", "r_at_100", "first_ten_right_type"),
    "twins": ("r_at_1", "r_at_10"),
    "published_form": ("r_at_1", "r_at_10"),
    "user_photos": ("first_hit_right_kind", "first_ten_right_kind"),
}


def compared(measured: Measured, *, verification: bool = False) -> dict[str, dict]:
    """The compared figures of a bundle on the test part, by protocol.

    Args:
        verification: also whether two pictures show the same product, easy and hard.
    """
    found = {}
    for protocol, names in COMPARED.items():
        figures = measure.PROTOCOLS[protocol](measured)
        found[protocol] = {name: figures[name] for name in names}
    if verification:
        figures = measure.PROTOCOLS["verification"](measured)
        found["verification"] = {name: figures[name]["accuracy"] for name in ("easy", "hard")}
    return found


def with_head(measured: Kept, head: Callable[[np.ndarray], np.ndarray]) -> Measured:
    """The same pictures with other embeddings.

    Args:
        measured: of a bundle that gives features.
        head: (n, f) features -> (n, d) L2-normalised embeddings.
    """
    sets = {name: getattr(measured, name) for name in ("shots", "photos", "snaps")}
    given = {name: replace(one, embeddings=head(measured.features(name))) for name, one in sets.items()}
    return Measured.of(measured.settings, measured.model, **given)


def in_words(figures: dict[str, dict]) -> str:
    """The compared figures in a line."""
    return ", ".join(
        f"{protocol} {name} {figure['value']:.3f}"
        for protocol, group in figures.items()
        for name, figure in group.items()
    )
