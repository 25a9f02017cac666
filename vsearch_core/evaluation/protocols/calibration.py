"""Calibration: how far a probability can be taken at its word, and the temperature that makes it so.

One temperature divides the logits (Guo et al., On Calibration of Modern Neural Networks, arXiv 1706.04599); it is
fitted on validation by the likelihood. A picture may have several right types: its likelihood is the sum of theirs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar

from vsearch_core.evaluation.statistics import Figure, calibration_error, expected_error, reliability
from vsearch_core.vision.temperature import tempered

_TEMPERATURES = (0.1, 10.0)
_LEAST = 1e-12


@dataclass(frozen=True)
class Answers:
    """Probabilities (n, types), `right` (n, types) booleans, at least one a row, and `groups` (n,)."""

    probabilities: np.ndarray
    right: np.ndarray
    groups: np.ndarray

    def at(self, temperature: float, members: np.ndarray | None = None) -> Answers:
        """The same with probabilities of another temperature, `summed` where `members` are given."""
        other = Answers(tempered(self.probabilities, temperature), self.right, self.groups)
        return other if members is None else other.summed(members)

    def summed(self, members: np.ndarray) -> Answers:
        """Answers to a coarser question: members (types, kinds) are 1 where a type is of a kind."""
        return Answers(self.probabilities @ members, self.right @ members > 0, self.groups)

    @property
    def confidence(self) -> np.ndarray:
        """The probability of the predicted type, (n,)."""
        return self.probabilities.max(axis=1)

    @property
    def correct(self) -> np.ndarray:
        """Whether the predicted type is right, (n,)."""
        return self.right[np.arange(len(self.right)), self.probabilities.argmax(axis=1)]

    def error(self) -> Figure:
        """The expected calibration error."""
        return calibration_error(self.confidence, self.correct, self.groups)

    def reliability(self) -> list[dict[str, float]]:
        """The bins behind it."""
        return reliability(self.confidence, self.correct, self.groups)


def right_types(rights: Sequence[Sequence[str] | frozenset[str]], names: Sequence[str]) -> np.ndarray:
    """For each row, which of `names` are right: (n, types) booleans."""
    place = {name: number for number, name in enumerate(names)}
    matrix = np.zeros((len(rights), len(names)), bool)
    for row, right in enumerate(rights):
        matrix[row, [place[name] for name in right if name in place]] = True
    return matrix


def fit_temperature(sets: Sequence[Answers], members: np.ndarray | None = None) -> float:
    """The temperature with the best likelihood, each set counting the same whatever its size.

    Args:
        members: as for `Answers.summed`, where the likelihood is that of kinds and not of types.
    """

    def loss(logarithm: float) -> float:
        temperature = float(np.exp(logarithm))
        return float(np.mean([_nll(answers.at(temperature, members)) for answers in sets]))

    found = minimize_scalar(loss, bounds=tuple(np.log(_TEMPERATURES)), method="bounded", options={"xatol": 1e-4})
    return float(np.exp(found.x))


def choose_temperature(sets: Mapping[str, Answers], members: np.ndarray | None = None) -> tuple[float, tuple[str, ...]]:
    """Decide on validation which sets to fit on: those whose temperature gives the least error, meaned over all sets.

    Args:
        members: as for `fit_temperature`.

    Returns:
        The temperature, and the names of the sets that it was fitted on.
    """
    tried = []
    for names in (chosen for size in range(1, len(sets) + 1) for chosen in combinations(sets, size)):
        temperature = fit_temperature([sets[name] for name in names], members)
        errors = [
            expected_error(told.confidence, told.correct)
            for told in (answers.at(temperature, members) for answers in sets.values())
        ]
        tried.append((float(np.mean(errors)), temperature, names))
    _, temperature, names = min(tried)
    return temperature, names


def calibration_figures(before: Mapping[str, Answers], after: Mapping[str, Answers]) -> dict[str, Any]:
    """Error and reliability of each set of test pictures, `before` and `after` the temperature."""
    return {
        name: {
            "before": before[name].error().as_dict(),
            "after": after[name].error().as_dict(),
            "reliability_before": before[name].reliability(),
            "reliability_after": after[name].reliability(),
        }
        for name in before
    }


def _nll(answers: Answers) -> float:
    return float(-np.log((answers.probabilities * answers.right).sum(axis=1) + _LEAST).mean())
