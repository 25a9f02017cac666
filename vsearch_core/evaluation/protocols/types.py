"""Product types: every type, the ten most frequent ones, each class, and bands of how many there were to learn from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from vsearch_core.evaluation.statistics import class_scores, classification_report, macro_f1, mean_figure

FEWEST = 20
"""Types with fewer test products than this are left out of the macro F1: one error would move it by points."""

TEN_MOST = 10
SHOWN = ("Casual Shoes", "Sports Shoes")

BANDS = (("frequent", 500, None), ("middling", 50, 499), ("rare", 0, 49))
"""Types by the number of training products: name, fewest, most. A rare type has hardly a test product, so that the
macro F1 of a band is over all of its types that the test part has at all."""


def type_figures(
    labels: np.ndarray,
    probabilities: np.ndarray,
    groups: np.ndarray,
    names: Sequence[str],
    *,
    ten: Sequence[str],
    learned_from: Mapping[str, int],
) -> dict[str, object]:
    """Figures of predicted product types.

    `ten_types` chooses among the ten alone, as `first_of` does with the first five types; `ten_types_free` are the same
    pictures where any type may be answered.

    Args:
        labels: (n,) the shop's product types; probabilities: (n, types) for `names`; groups: (n,) for the intervals.
        ten: the most frequent types of the catalogue; learned_from: training products of each type.
    """
    predicted = best_of(probabilities, names)
    five = np.asarray(names)[np.argsort(-probabilities, axis=1)[:, :5]]
    among = np.isin(labels, ten)
    of_ten = five[np.arange(len(five)), first_of(five, ten)]
    shown = class_scores(labels[among], of_ten[among], ten, groups[among]).f1_of(SHOWN)
    return {
        "every_type_top1": mean_figure(predicted == labels, groups).as_dict(),
        "every_type_top5": mean_figure((five == labels[:, None]).any(axis=1), groups).as_dict(),
        **_macro(labels, predicted, groups),
        "ten_types": mean_figure((of_ten == labels)[among], groups[among]).as_dict(),
        "ten_types_free": mean_figure((predicted == labels)[among], groups[among]).as_dict(),
        "ten_types_names": list(ten),
        **{f"ten_types_f1_{name}": figure.as_dict() for name, figure in shown.items()},
        "bands": band_figures(labels, predicted, groups, learned_from),
    }


def type_report(labels: np.ndarray, predicted: np.ndarray, groups: np.ndarray) -> list[dict]:
    """Precision, recall and F1 with their intervals of every type that occurs, the most frequent first."""
    return classification_report(labels, predicted, list(pd.Series(labels).value_counts().index), groups)


def band_figures(
    labels: np.ndarray, predicted: np.ndarray, groups: np.ndarray, learned_from: Mapping[str, int]
) -> list[dict]:
    """Accuracy and macro F1 of frequent, middling and rare types, a record a band that has any test product."""
    records = []
    trained = np.array([learned_from.get(name, 0) for name in labels])
    for band, fewest, most in BANDS:
        inside = (trained >= fewest) & (trained <= (np.inf if most is None else most))
        if not inside.any():
            continue
        types = sorted(set(labels[inside]))
        # over all pictures: what is wrongly taken for a type of the band costs its precision
        records.append(
            {
                "band": band,
                "fewest_training_products": fewest,
                "most_training_products": most,
                "types": len(types),
                "accuracy": mean_figure((predicted == labels)[inside], groups[inside]).as_dict(),
                "macro_f1": macro_f1(labels, predicted, types, groups).as_dict(),
            }
        )
    return records


def first_of(guesses: np.ndarray, types: Sequence[str]) -> np.ndarray:
    """The place of the first guess that is one of the types, (n,); 0 where none is, so that the answer stays wrong.

    Args:
        guesses: (n, k) names, best first.
    """
    return np.isin(guesses, list(types)).argmax(axis=1)


def frequent_types(labels: np.ndarray, fewest: int = FEWEST) -> list[str]:
    """The types that have `fewest` or more cases, sorted."""
    names, support = np.unique(np.asarray(labels, dtype=str), return_counts=True)
    return names[support >= fewest].tolist()


def best_of(probabilities: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """The most probable name of each row, (n,)."""
    return np.asarray(names)[probabilities.argmax(axis=1)]


def _macro(labels: np.ndarray, predicted: np.ndarray, groups: np.ndarray) -> dict[str, object]:
    """Macro F1 over the types with enough test products; without a figure where there is none."""
    frequent = frequent_types(labels)
    found: dict[str, object] = {"macro_f1_types": len(frequent), "macro_f1_fewest": FEWEST}
    return {**found, "macro_f1": macro_f1(labels, predicted, frequent, groups).as_dict()} if frequent else found
