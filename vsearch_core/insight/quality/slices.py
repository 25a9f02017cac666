"""How well a model does on parts of the catalogue: by colour, gender, season, picture size."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from vsearch_core.evaluation.statistics import mean_figure
from vsearch_core.insight.quality.models import Answers

COLUMNS = {"colour": "Colour", "gender": "Gender", "season": "Season", "usage": "Usage", "size": "Picture size"}
"""What results are sliced by, and how a page calls it."""

UNKNOWN = "unknown"
SIZES = ((70, "up to 70 pixels wide"), (180, "71 to 180 pixels wide"), (10**9, "over 180 pixels wide"))


def with_facts(answers: Answers, products: pd.DataFrame | None) -> Answers:
    """The answers with what is known of their products: the file's own columns first, else the store's.

    Args:
        products: of the store that is set up, with `id` and `image_width`; None where it is another catalogue.
    """
    table = answers.table.copy()
    if products is not None:
        known = products.drop_duplicates("id").set_index("id")
        for column in ("colour", "gender", "season", "usage", "image_width", "name"):
            if column in known and column not in table:
                table[column] = table["id"].map(known[column])
    if "image_width" in table and "size" not in table:
        table["size"] = [size_words(width) for width in table["image_width"]]
    return Answers(answers.model, answers.set, table)


def size_words(width: float) -> str:
    """The class of a picture's width in pixels."""
    return UNKNOWN if pd.isna(width) else next(words for most, words in SIZES if width <= most)


def sliceable(answers: Answers) -> list[str]:
    """Those of `COLUMNS` that are known and have more than one value."""
    return [column for column in COLUMNS if column in answers.table and answers.table[column].nunique() > 1]


def slice_table(answers: Answers, types: Sequence[str], column: str) -> pd.DataFrame:
    """Accuracy for each value of a column, over the pictures with these labels.

    Returns:
        `value`, `accuracy` with `low` and `high` (95 %), `count`, most frequent first.
    """
    table = answers.table[answers.table["label"].isin(list(types))]
    values = table[column].fillna("").replace("", UNKNOWN)
    rows = []
    for value, inside in table.groupby(values, sort=False):
        found = mean_figure(inside["right"].to_numpy(), inside["group"].to_numpy())
        rows.append((str(value), found.value, found.low, found.high, found.count))
    made = pd.DataFrame(rows, columns=["value", "accuracy", "low", "high", "count"])
    return made.sort_values("count", ascending=False, kind="stable").reset_index(drop=True)
