"""The figures of the page Model quality: those of the card, by the same functions, of any chosen types."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from vsearch_core.evaluation import statistics
from vsearch_core.evaluation.protocols.types import FEWEST, type_report
from vsearch_core.evaluation.statistics import Figure, mean_figure
from vsearch_core.insight.quality.models import Answers

_NO_TYPES = [f"{score}{end}" for score in ("precision", "f1") for end in ("", "_low", "_high")]


def classification_table(answers: Answers) -> pd.DataFrame:
    """Precision, recall and F1 of every label, with 95 % intervals bootstrapped by title group or sender.

    Precision is over all pictures of the set. For user photos, whose labels are not product types, there is neither
    precision nor F1 (NaN).

    Returns:
        `type`, `precision`, `recall`, `f1`, each with `…_low` and `…_high` (0..1), and `support`, most frequent first.
    """
    table = answers.table
    labels, groups = table["label"].to_numpy(dtype=object), table["group"].to_numpy(dtype=object)
    predicted = table["predicted"].to_numpy(dtype=object)
    if not answers.typed:
        # any type of its kind is as good as the label
        predicted = np.where(table["right"].to_numpy(dtype=bool), labels, "")
    rows = pd.DataFrame(type_report(labels, predicted, groups)).rename(columns={"name": "type"})
    if not answers.typed:
        rows[_NO_TYPES] = np.nan
    return rows


def accuracy(answers: Answers, types: Sequence[str] | None = None) -> Figure:
    """How many pictures of these labels got the right type, chosen among all that the model knows."""
    found = answers if types is None else answers.labelled(types)
    return mean_figure(found.table["right"].to_numpy(), found.table["group"].to_numpy(dtype=object))


def top_five(answers: Answers, types: Sequence[str]) -> float | None:
    """How many pictures have their label among the first five; None where labels are not types or only one is given."""
    table = answers.labelled(types).table
    if not answers.typed or "type_5" not in table or not len(table):
        return None
    five = table[[f"type_{place}" for place in range(1, 6)]].to_numpy()
    return float((five == table[["label"]].to_numpy()).any(axis=1).mean())


def macro_f1(answers: Answers, types: Sequence[str], fewest: int = FEWEST) -> Figure | None:
    """Mean F1 over those of the types that have `fewest` or more pictures; None where none has."""
    table = answers.table
    support = table["label"].value_counts()
    frequent = sorted(name for name in types if support.get(name, 0) >= fewest)
    if not answers.typed or not frequent:
        return None
    labels, predicted, groups = (table[name].to_numpy(dtype=object) for name in ("label", "predicted", "group"))
    return statistics.macro_f1(labels, predicted, frequent, groups)


def calibration_error(answers: Answers, types: Sequence[str]) -> Figure:
    """Expected calibration error over the pictures with these labels; NaN where there is none."""
    return statistics.calibration_error(*_confidence(answers, types))


def reliability(answers: Answers, types: Sequence[str]) -> pd.DataFrame:
    """How often the model is right where it says that it is so sure.

    Returns:
        A row for each bin of the probability that has pictures: `from`, `to`, `count`, `confidence` (mean probability),
        `accuracy` with `low` and `high` (95 %).
    """
    columns = ["from", "to", "count", "confidence", "accuracy", "low", "high"]
    return pd.DataFrame(statistics.reliability(*_confidence(answers, types)), columns=columns)


def _confidence(answers: Answers, types: Sequence[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    table = answers.labelled(types).table
    # float32, as the evaluation has it: a probability at the edge of a bin falls into the same one
    return table["probability"].to_numpy(np.float32), table["right"].to_numpy(bool), table["group"].to_numpy(object)
