"""The classification report with 95 % intervals, and how far probabilities can be believed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from vsearch_core.insight.quality.models import Answers

ROUNDS = 400
_SEED = 0


def classification_table(answers: Answers) -> pd.DataFrame:
    """Precision, recall and F1 of every label, with 95 % intervals bootstrapped by title group or sender.

    Precision is over all pictures of the set. For user photos, whose labels are no types, there is neither precision
    nor F1 (NaN).

    Returns:
        `type`, `precision`, `recall`, `f1`, each with `…_low` and `…_high` (0..1), and `support`, most frequent first.
    """
    table = answers.table
    names = answers.types
    place = {name: number for number, name in enumerate(names)}
    label = table["label"].map(place).to_numpy()
    right = table["right"].to_numpy(dtype=bool)
    predicted = table["predicted"].map(place).fillna(-1).to_numpy(dtype=np.int64)
    _, group = np.unique(table["group"].to_numpy(dtype=str), return_inverse=True)
    groups, width = int(group.max()) + 1, len(names)
    hits, support, called = (np.zeros((groups, width), np.float32) for _ in range(3))
    np.add.at(support, (group, label), 1)
    np.add.at(hits, (group[right], label[right]), 1)
    known = predicted >= 0
    np.add.at(called, (group[known], predicted[known]), 1)
    typed = answers.set != "user_photos"
    weights = _weights(groups)
    drawn = [weights @ counts for counts in (hits, support, called)]
    whole = [counts.sum(axis=0, keepdims=True) for counts in (hits, support, called)]
    result = pd.DataFrame({"type": names})
    values, draws_of = _scores(whole, typed), _scores(drawn, typed)
    for name, value, draws in zip(("precision", "recall", "f1"), values, draws_of, strict=True):
        result[name] = value[0]
        result[f"{name}_low"], result[f"{name}_high"] = np.nanpercentile(np.nan_to_num(draws), [2.5, 97.5], axis=0)
        if np.isnan(value).all():
            result[[f"{name}_low", f"{name}_high"]] = np.nan
    result["support"] = whole[1][0].astype(int)
    return result


@dataclass(frozen=True)
class Share:
    """A share with its 95 % interval over `count` pictures."""

    value: float
    low: float
    high: float
    count: int


def share(right: np.ndarray, groups: Sequence[str]) -> Share:
    """Mean of booleans (n,), its interval bootstrapped by group; NaN where there is nothing."""
    if not len(right):
        return Share(float("nan"), float("nan"), float("nan"), 0)
    _, group = np.unique(np.asarray(groups, dtype=str), return_inverse=True)
    sums, sizes = np.bincount(group, np.asarray(right, float)), np.bincount(group)
    weights = _weights(len(sizes))
    means = (weights @ sums) / np.maximum(weights @ sizes, 1)
    low, high = np.percentile(means, [2.5, 97.5])
    return Share(float(np.mean(right)), float(low), float(high), len(right))


def accuracy(answers: Answers, types: Sequence[str] | None = None) -> Share:
    """How many pictures of these labels got the right type, chosen among all that the model knows."""
    table = answers.table if types is None else answers.table[answers.table["label"].isin(list(types))]
    return share(table["right"].to_numpy(), table["group"].to_numpy())


def top_five(answers: Answers, types: Sequence[str]) -> float | None:
    """How many pictures have their label among the first five; None where labels are no types or only one is given."""
    table = answers.table[answers.table["label"].isin(list(types))]
    if answers.set == "user_photos" or "type_5" not in table or not len(table):
        return None
    five = table[[f"type_{place}" for place in range(1, 6)]].to_numpy()
    return float((five == table[["label"]].to_numpy()).any(axis=1).mean())


def macro_f1(report: pd.DataFrame, types: Sequence[str], fewest: int = 20) -> float | None:
    """Mean F1 over those of the types that have `fewest` or more pictures; None where none has."""
    chosen = report[report["type"].isin(list(types)) & (report["support"] >= fewest)]
    return float(chosen["f1"].mean()) if len(chosen) and chosen["f1"].notna().all() else None


def reliability(answers: Answers, types: Sequence[str], bins: int = 10) -> pd.DataFrame:
    """How often the model is right where it says that it is so sure.

    Returns:
        A row for each bin of the probability that has pictures: `from`, `to`, `confidence` (mean probability),
        `right` with `low` and `high` (95 %), `count`.
    """
    table = answers.table[answers.table["label"].isin(list(types))]
    number = np.clip((table["probability"].to_numpy() * bins).astype(int), 0, bins - 1)
    rows = []
    for one in np.unique(number):
        inside = table[number == one]
        found = share(inside["right"].to_numpy(), inside["group"].to_numpy())
        mean = float(inside["probability"].mean())
        rows.append((one / bins, (one + 1) / bins, mean, found.value, found.low, found.high, found.count))
    return pd.DataFrame(rows, columns=["from", "to", "confidence", "right", "low", "high", "count"])


def calibration_error(bins: pd.DataFrame) -> float:
    """Expected calibration error: the bins' mean distance of confidence and being right, weighted by their counts."""
    if bins.empty:
        return float("nan")
    gaps = (bins["confidence"] - bins["right"]).abs()
    return float((gaps * bins["count"]).sum() / bins["count"].sum())


def _weights(groups: int) -> np.ndarray:
    """(ROUNDS, groups) float32: how often each group is drawn in each round."""
    random = np.random.default_rng(_SEED)
    return random.multinomial(groups, np.full(groups, 1 / groups), size=ROUNDS).astype(np.float32)


def _scores(counts: Sequence[np.ndarray], typed: bool) -> tuple[np.ndarray, ...]:
    """Precision, recall and F1 from right answers, labels and predictions, each (…, types)."""
    hits, support, called = counts
    recall = _over(hits, support)
    if not typed:
        nothing = np.full_like(recall, np.nan)
        return nothing, recall, nothing
    return _over(hits, called), recall, _over(2 * hits, support + called)


def _over(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
