"""Why a hit is in the answer, in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from vsearch_core.contracts import Analysis, Hit

NEAR_IDENTICAL = 0.97
"""Cosine similarity from which two pictures are called nearly identical."""


def with_reasons(hits: Sequence[Hit], analysis: Analysis) -> tuple[Hit, ...]:
    """The hits with what each has in common with the photo, as far as the catalogue knows it."""
    photo = {name: predictions[0].name for name, predictions in analysis.attributes.items() if predictions}
    photo["product_type"] = analysis.product_type.name
    return tuple(replace(hit, reasons=reasons(hit, photo)) for hit in hits)


def reasons(hit: Hit, photo: dict[str, str]) -> tuple[str, ...]:
    """Plain reasons, the strongest first.

    Args:
        photo: the value of `product_type` and of each attribute in the photo, or of the product that is looked at.
    """
    found = []
    if hit.score >= NEAR_IDENTICAL:
        found.append("near-identical picture")
    if hit.product_type and hit.product_type == photo.get("product_type"):
        found.append("same type")
    for name, words in (("colour", "same colour"), ("gender", "same gender"), ("usage", "same use")):
        if hit.extra.get(name) and hit.extra[name] == photo.get(name):
            found.append(words)
    return tuple(found or ["similar look"])
