"""What colour a dot of the map is: one for each of the most frequent values, or the colour that the value names."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

SHOWN = 12
OTHER = "#c4bcb0"

PALETTE = (
    "#7a2e2e", "#2f6db3", "#3c9a5f", "#e59a1c", "#7d5ab5", "#1aa5a5",
    "#d6437f", "#8a6a2c", "#31405f", "#9cba3c", "#e2663c", "#6f9df2",
)  # fmt: skip
"""Told apart on white, the first ones best."""

SWATCHES = {
    "black": "#1b1b1b", "white": "#f4f4f2", "off white": "#efeadd", "cream": "#f3e8c8", "beige": "#dccba8",
    "skin": "#e6bfa0", "nude": "#e3bc9c", "peach": "#f6b48f", "tan": "#c79a63", "khaki": "#a89a62",
    "camel": "#c19a6b", "brown": "#6e4526", "coffee brown": "#4b2f20", "mushroom brown": "#9c8572",
    "taupe": "#8b7d72", "rust": "#a9441b", "copper": "#b4693a", "bronze": "#93703a", "gold": "#cfa132",
    "mustard": "#d3a017", "yellow": "#f2d21f", "orange": "#ef7d1a", "red": "#cc2027", "burgundy": "#6d1a2d",
    "maroon": "#7a1f2b", "magenta": "#c4157f", "pink": "#ee8fb4", "rose": "#dd5f7d", "fuchsia": "#d3218b",
    "mauve": "#a886a5", "lavender": "#b7a5da", "purple": "#6c3a93", "violet": "#6f42a8", "blue": "#2c62b8",
    "light blue": "#8fbbe6", "navy blue": "#1d2b53", "navy": "#1d2b53", "turquoise blue": "#20b2b8",
    "turquoise": "#20b2b8", "teal": "#157a7a", "sea green": "#3f9d7c", "green": "#2f8b46", "olive": "#6b6f2c",
    "lime green": "#8fce2c", "fluorescent green": "#5fe33a", "grey": "#8e8e8e", "gray": "#8e8e8e",
    "grey melange": "#a9a9a9", "charcoal": "#3c4045", "steel": "#7c8894", "silver": "#c3c7cb", "metallic": "#9aa0a6",
}  # fmt: skip
"""What the usual names of colours look like; a name that is not here is drawn as other."""


@dataclass(frozen=True)
class Colouring:
    """One way to colour: `labels`, `colours` and `counts` of the legend, and the legend's line of each product."""

    labels: list[str]
    colours: list[str]
    counts: list[int]
    codes: list[int]

    def as_dict(self) -> dict[str, list]:
        """For the browser."""
        return {"labels": self.labels, "colours": self.colours, "counts": self.counts, "codes": self.codes}


def most_frequent(values: pd.Series) -> Colouring:
    """The most frequent values each in a colour of its own, everything else together."""
    counts = values[values != ""].value_counts()
    named = list(counts.index[:SHOWN])
    return _coloured(values, named, list(PALETTE[: len(named)]))


def as_named(values: pd.Series) -> Colouring:
    """Each value in the colour that it names; those whose name is not known together."""
    counts = values[values.str.casefold().isin(SWATCHES)].value_counts()
    named = list(counts.index)
    return _coloured(values, named, [SWATCHES[name.casefold()] for name in named])


def _coloured(values: pd.Series, named: list[str], colours: list[str]) -> Colouring:
    codes = pd.Index(named).get_indexer(pd.Index(values))
    codes = np.where(codes < 0, len(named), codes)
    counts = np.bincount(codes, minlength=len(named) + 1).tolist()
    if counts[-1]:
        return Colouring([*named, "Other"], [*colours, OTHER], counts, codes.tolist())
    return Colouring(named, colours, counts[:-1], codes.tolist())
