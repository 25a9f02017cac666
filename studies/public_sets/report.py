"""What can be found in a published photo set, and the report of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from vsearch_core.catalogue.cleaning import (
    BLANK,
    BROKEN_ROW,
    IDENTICAL,
    MISSING,
    TINY,
    TINY_SIDE,
    UNREADABLE,
    CleaningReport,
)

CLIPPED, EMPTY_BOX, NO_BOX = "box over the edge", "empty box", "no box"
SEVERAL_BOXES, SEVERAL_CATEGORIES = "several boxes", "several categories"
SEVERAL_PRODUCTS, TWICE = "several products", "listed twice"
PLACEHOLDER, UNLISTED, IN_BOTH = "placeholder image", "not in the list of photos", "in training and test"
NO_ANSWER, COUNT, NO_LIST = "no right answer at hand", "wrong count", "missing list"

SENTENCES: Mapping[str, str] = {
    MISSING: "Photos that are missing: {number:,}; left out.",
    UNREADABLE: "Photos that cannot be read: {number:,}; left out.",
    BLANK: "Photos, or their boxes, of nearly one colour: {number:,}; left out.",
    PLACEHOLDER: "Photos that are one file for many products, as of a lost photo: {number:,}; left out.",
    EMPTY_BOX: "Boxes that are empty or outside their photo: {number:,}; see each for what was done.",
    CLIPPED: "Boxes over the edge of their photo: {number:,}; clipped to it.",
    NO_BOX: "Photos that should have a box and have none: {number:,}; see each for what was done.",
    SEVERAL_BOXES: "Photos with several boxes for one product: {number:,}; the largest was kept.",
    SEVERAL_CATEGORIES: "Products under several categories: {number:,}; the one with most of their photos was kept.",
    SEVERAL_PRODUCTS: "Photos listed for several products: {number:,}; see each for what was done.",
    TWICE: "Rows that came before: {number:,}; kept once.",
    UNLISTED: "Photos that the list of photos does not have: {number:,}; kept where the file is there.",
    IN_BOTH: "Products in training and in test: {number:,}; kept.",
    IDENTICAL: "Photos that are the same file as another: {number:,}; kept in the official figures.",
    TINY: f"Pictures with a side under {TINY_SIDE} pixels: {{number:,}}; kept.",
    BROKEN_ROW: "Rows that could not be read: {number:,}; left out.",
    COUNT: "Lists with another number of rows than they say: {number:,}; read whole.",
    NO_LIST: "Lists that are not there: {number:,}; see each for what was done.",
    NO_ANSWER: "Queries whose product has no picture to be found: {number:,}; left out of the retrieval.",
}
"""What a finding may be, in the order of the summary, and its sentence."""

OUT = "left out"
WHOLE = "the whole picture was kept"


class Finding(NamedTuple):
    """One thing found: the id of a photo, product or row, one of `SENTENCES`, and what was done."""

    id: str
    problem: str
    detail: str
    done: str = OUT


class SetReport(CleaningReport):
    """What was found in a published set and done about it; `counts` has `rows`, `kept rows`, `photos`, `pictures`,
    `products` and for each problem the number of its findings."""

    def summary(self) -> list[str]:
        """The report in plain sentences."""
        counts = self.counts
        lines = [
            f"{counts['kept rows']:,} of {counts['rows']:,} listed rows are kept: {counts['pictures']:,} pictures "
            f"of {counts['products']:,} products."
        ]
        lines += [words.format(number=counts[name]) for name, words in SENTENCES.items() if counts.get(name, 0)]
        return lines if len(lines) > 1 else [*lines, "Nothing wrong was found."]


def set_report(counts: Mapping[str, int], findings: Sequence[Finding]) -> SetReport:
    """The report of these findings; `counts` are of what was kept."""
    frame = pd.DataFrame(list(findings), columns=list(Finding._fields), dtype=str)
    found = frame["problem"].value_counts()
    return SetReport(frame, {**counts, **{problem: int(found.get(problem, 0)) for problem in SENTENCES}})
