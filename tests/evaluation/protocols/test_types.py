"""Figures of types agree with what can be counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from vsearch_core.evaluation.protocols.types import band_figures, type_figures, type_report

NAMES = ("Belts", "Caps", "Casual Shoes", "Sports Shoes")


def _probabilities(answers: list[str], second: str = "Belts") -> np.ndarray:
    rows = np.full((len(answers), len(NAMES)), 0.05)
    for row, name in enumerate(answers):
        rows[row, NAMES.index(second)] += 0.2
        rows[row, NAMES.index(name)] += 0.6
    return rows / rows.sum(axis=1, keepdims=True)


def test_the_ten_are_also_read_where_any_type_may_be_answered() -> None:
    labels = np.array(["Casual Shoes", "Sports Shoes", "Caps"])
    # a belt is not a choice among the two; among all types it is the answer
    probabilities = np.array([[0.5, 0.1, 0.3, 0.1], [0.1, 0.1, 0.2, 0.6], [0.1, 0.8, 0.05, 0.05]])
    figures = type_figures(
        labels,
        probabilities,
        np.array(["1", "2", "3"]),
        NAMES,
        ten=["Casual Shoes", "Sports Shoes"],
        learned_from={},
    )
    assert figures["ten_types"]["value"] == 1
    assert figures["ten_types_free"]["value"] == 0.5
    assert figures["every_type_top1"]["value"] == pytest.approx(2 / 3, abs=1e-4)
    assert figures["every_type_top5"]["value"] == 1
    assert figures["ten_types_f1_Sports Shoes"]["value"] == 1


def test_only_types_with_enough_test_products_count_in_the_macro_f1() -> None:
    labels = np.array(["Belts"] * 20 + ["Caps"] * 19)
    figures = type_figures(labels, _probabilities(["Belts"] * 39), labels.copy(), NAMES, ten=["Belts"], learned_from={})
    assert figures["macro_f1_types"] == 1
    assert figures["macro_f1"]["value"] == pytest.approx(2 * 20 / 59, abs=1e-4)


def test_a_type_that_the_network_does_not_know_is_simply_wrong() -> None:
    labels = np.array(["Zeppelins"] * 20 + ["Belts"] * 20)
    figures = type_figures(
        labels,
        _probabilities(["Belts"] * 40),
        np.arange(40).astype(str),
        NAMES,
        ten=["Zeppelins", "Belts"],
        learned_from={},
    )
    assert figures["ten_types"]["value"] == 0.5
    assert figures["every_type_top1"]["value"] == 0.5


def test_bands_go_by_what_there_was_to_learn_from() -> None:
    labels = np.array(["Belts"] * 4 + ["Caps"] * 2 + ["Casual Shoes"])
    predicted = np.array(["Belts"] * 3 + ["Caps"] * 3 + ["Belts"])
    learned_from = {"Belts": 900, "Caps": 50}
    bands = {row["band"]: row for row in band_figures(labels, predicted, np.arange(7).astype(str), learned_from)}
    assert list(bands) == ["frequent", "middling", "rare"]
    assert bands["frequent"]["accuracy"]["value"] == 0.75
    assert bands["middling"]["accuracy"]["value"] == 1
    # one belt was taken for a cap, which costs the caps their precision
    assert bands["middling"]["macro_f1"]["value"] == pytest.approx(0.8)
    assert bands["rare"]["accuracy"]["value"] == 0


def test_the_report_begins_with_the_most_frequent_type() -> None:
    labels = np.array(["Caps", "Belts", "Belts"])
    assert [row["name"] for row in type_report(labels, labels, np.arange(3).astype(str))] == ["Belts", "Caps"]
