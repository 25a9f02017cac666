"""Which types a model takes for which: the matrix, and the pairs that it confuses most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from vsearch_core.insight.quality.models import Answers

ELSE = "anything else"


@dataclass(frozen=True)
class Matrix:
    """Counts (rows, columns): how often a picture with the label of its row was taken for the type of its column.

    `columns` has the rows' types first where they are types too, then `ELSE`, for predictions outside the group.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    counts: np.ndarray

    @property
    def shares(self) -> np.ndarray:
        """Each count over its row's sum, 0 where the row is empty."""
        sums = self.counts.sum(axis=1, keepdims=True)
        return np.divide(self.counts, sums, out=np.zeros(self.counts.shape), where=sums > 0)


def confusion_matrix(answers: Answers, types: Sequence[str], columns: Sequence[str] | None = None) -> Matrix:
    """The matrix of one group of labels.

    Args:
        types: labels, a row each.
        columns: predicted types; by default the same ones. Predictions of others are counted under `ELSE`.
    """
    shown = list(types if columns is None else columns)
    of_group = answers.table[answers.table["label"].isin(list(types))]
    predicted = of_group["predicted"].where(of_group["predicted"].isin(shown), ELSE)
    table = pd.crosstab(of_group["label"], predicted).reindex(index=list(types), columns=[*shown, ELSE], fill_value=0)
    return Matrix(tuple(types), (*shown, ELSE), table.to_numpy(dtype=np.int64))


def most_confused(answers: Answers, types: Sequence[str], number: int | None = None) -> list[str]:
    """The types that take part in most errors within their group, the worst first.

    An error counts for the label and, where it is of the group, for the type that it was taken for.
    """
    wrong = answers.table[~answers.table["right"] & answers.table["label"].isin(list(types))]
    errors = wrong["label"].value_counts().add(wrong["predicted"].value_counts(), fill_value=0)
    ranked = errors.reindex(list(types), fill_value=0).sort_values(ascending=False, kind="stable")
    return list(ranked.index[:number])


def predicted_types(answers: Answers, types: Sequence[str], number: int) -> list[str]:
    """The types that pictures with these labels are most often taken for, at most `number` of them."""
    return list(answers.table.loc[answers.table["label"].isin(list(types)), "predicted"].value_counts().index[:number])


def pairs(answers: Answers, types: Sequence[str]) -> pd.DataFrame:
    """Every pair of a label and a wrong type that occurs in the group, the most frequent first.

    Returns:
        `label`, `predicted`, `count`, `share` of the label's pictures, `support` (the label's pictures) and `back`: how
        often the pair was confused the other way round.
    """
    of_group = answers.table[answers.table["label"].isin(list(types))]
    wrong = answers.table[~answers.table["right"]]
    counts = wrong.groupby(["label", "predicted"], sort=True).size()
    found = counts[counts.index.get_level_values("label").isin(list(types))].rename("count").reset_index()
    support = of_group["label"].value_counts()
    found["support"] = found["label"].map(support).astype(int)
    found["share"] = found["count"] / found["support"]
    found["back"] = [int(counts.get((b, a), 0)) for a, b in zip(found["label"], found["predicted"], strict=True)]
    ordered = found.sort_values(["count", "share"], ascending=False, kind="stable").reset_index(drop=True)
    return ordered[["label", "predicted", "count", "share", "support", "back"]]


def compared_pairs(first: Answers, second: Answers, types: Sequence[str]) -> pd.DataFrame:
    """The pairs of two models together: `count` of the first, `other` of the second, `change` = first less second.

    The pairs whose counts differ most come first.
    """
    keys = ["label", "predicted"]
    left, right = pairs(first, types), pairs(second, types)
    joined = left.merge(right[[*keys, "count"]].rename(columns={"count": "other"}), on=keys, how="outer")
    joined[["count", "other", "back"]] = joined[["count", "other", "back"]].fillna(0).astype(int)
    joined["support"] = joined["label"].map(first.table["label"].value_counts()).fillna(0).astype(int)
    joined["share"] = joined["count"] / joined["support"].clip(lower=1)
    joined["change"] = joined["count"] - joined["other"]
    order = joined["change"].abs().sort_values(ascending=False, kind="stable").index
    return joined.loc[order].reset_index(drop=True)


def pictures_of(answers: Answers, label: str, predicted: str, columns: Sequence[str] = ()) -> pd.DataFrame:
    """The rows of one cell, the most confident first; `ELSE` stands for every type that is not among `columns`."""
    table = answers.table[answers.table["label"] == label]
    same = ~table["predicted"].isin(list(columns)) if predicted == ELSE else table["predicted"] == predicted
    return table[same].sort_values("probability", ascending=False, kind="stable").reset_index(drop=True)
