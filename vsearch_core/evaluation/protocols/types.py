"""Product types: every type, the ten most frequent ones, each class, and bands of how many there were to learn from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from vsearch_core.evaluation.statistics import class_scores, classification_report, mean_figure, weighted_figure

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

    `ten_types` chooses among the ten alone; `ten_types_free` are the same pictures where any type may be answered.

    Args:
        labels: (n,) the shop's product types; probabilities: (n, types) for `names`; groups: (n,) for the intervals.
        ten: the most frequent types of the catalogue; learned_from: training products of each type.
    """
    predicted = best_of(probabilities, names)
    five = np.asarray(names)[np.argsort(-probabilities, axis=1)[:, :5]]
    among = np.isin(labels, ten)
    place = {name: number for number, name in enumerate(names)}
    known = [name for name in ten if name in place]
    of_ten = best_of(probabilities[:, [place[name] for name in known]], known)
    ten_scores = class_scores(labels[among], of_ten[among], ten, groups[among])
    shown = {
        f"ten_types_f1_{name}": weighted_figure(
            ten_scores.f1[:, list(ten).index(name)], int(ten_scores.support[list(ten).index(name)])
        ).as_dict()
        for name in SHOWN
        if name in ten
    }
    return {
        "every_type_top1": mean_figure(predicted == labels, groups).as_dict(),
        "every_type_top5": mean_figure((five == labels[:, None]).any(axis=1), groups).as_dict(),
        **_macro(labels, predicted, groups),
        "ten_types": mean_figure((of_ten == labels)[among], groups[among]).as_dict(),
        "ten_types_free": mean_figure((predicted == labels)[among], groups[among]).as_dict(),
        "ten_types_names": list(ten),
        **shown,
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
        scores = class_scores(labels, predicted, types, groups)
        records.append(
            {
                "band": band,
                "fewest_training_products": fewest,
                "most_training_products": most,
                "types": len(types),
                "accuracy": mean_figure((predicted == labels)[inside], groups[inside]).as_dict(),
                "macro_f1": weighted_figure(scores.macro_f1, int(inside.sum())).as_dict(),
            }
        )
    return records


def best_of(probabilities: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """The most probable name of each row, (n,)."""
    return np.asarray(names)[probabilities.argmax(axis=1)]


def _macro(labels: np.ndarray, predicted: np.ndarray, groups: np.ndarray) -> dict[str, object]:
    """Macro F1 over the types with enough test products; without a figure where there is none."""
    support = pd.Series(labels).value_counts()
    frequent = sorted(support.index[support >= FEWEST])
    found: dict[str, object] = {"macro_f1_types": len(frequent), "macro_f1_fewest": FEWEST}
    if frequent:
        scores = class_scores(labels, predicted, frequent, groups)
        found["macro_f1"] = weighted_figure(scores.macro_f1, int(scores.support.sum())).as_dict()
    return found
