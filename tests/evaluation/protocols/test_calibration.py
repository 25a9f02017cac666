"""A temperature makes probabilities those that can be taken at their word, and changes no answer."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vsearch_core.evaluation.protocols.calibration import (
    Answers,
    calibration_figures,
    choose_temperature,
    fit_temperature,
    right_types,
)
from vsearch_core.vision.temperature import tempered


def _softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def _answers(count: int, temperature: float, seed: int = 0) -> Answers:
    """Answers that are right as often as their true probabilities say, told with logits times `temperature`."""
    random = np.random.default_rng(seed)
    logits = random.normal(0, 1.5, size=(count, 6))
    true = _softmax(logits)
    right = (random.random((count, 1)) < true.cumsum(axis=1)).argmax(axis=1)
    told = _softmax(logits * temperature).astype(np.float32)
    return Answers(told, np.eye(6, dtype=bool)[right], np.arange(count).astype(str))


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.5])
def test_the_temperature_that_spoiled_the_answers_is_found(temperature: float) -> None:
    answers = _answers(6000, temperature)
    found = fit_temperature([answers])
    assert found == pytest.approx(temperature, rel=0.06)
    assert answers.at(found).error().value < 0.025
    if temperature != 1:
        assert answers.error().value > 0.08


def test_sets_count_the_same_whatever_their_size() -> None:
    small, large = _answers(2000, 1.0, seed=1), _answers(20000, 3.0, seed=2)
    together = fit_temperature([small, large])
    assert together == pytest.approx(fit_temperature([large, small]), rel=1e-3)
    assert 1.05 < together < 2.6


def test_several_right_types_count_together() -> None:
    # unsure between two right types is not unsure at all: cooler would be no better, and only the third type errs
    told = np.tile([[0.45, 0.45, 0.1]], (1000, 1)).astype(np.float32)
    right = np.tile([[True, True, False]], (1000, 1))
    right[:100] = [False, False, True]
    found = fit_temperature([Answers(told, right, np.arange(1000).astype(str))])
    assert found == pytest.approx(1, abs=0.02)


@given(st.integers(0, 999), st.floats(0.2, 5))
@settings(max_examples=40, deadline=None)
def test_a_temperature_keeps_the_order_and_the_sum(seed: int, temperature: float) -> None:
    random = np.random.default_rng(seed)
    probabilities = _softmax(random.normal(0, 20, size=(5, 8))).astype(np.float32)
    found = tempered(probabilities, temperature)
    assert found.dtype == np.float32
    assert found.shape == probabilities.shape
    assert np.allclose(found.sum(axis=1), 1, atol=1e-5)
    assert (found.argmax(axis=1) == probabilities.argmax(axis=1)).all()
    assert (np.diff(np.take_along_axis(found, np.argsort(probabilities, axis=1), axis=1), axis=1) >= 0).all()


def test_at_one_nothing_changes_and_above_it_answers_are_less_sure() -> None:
    probabilities = np.array([0.7, 0.2, 0.1], np.float32)
    assert (tempered(probabilities, 1.0) == probabilities).all()
    assert tempered(probabilities, 2.0)[0] < 0.7 < tempered(probabilities, 0.5)[0]


def test_the_error_is_what_one_counts_by_hand() -> None:
    # eight answers at 0.9, six right; two at 0.6, one right
    told = np.array([[0.9, 0.1]] * 8 + [[0.6, 0.4]] * 2)
    right = right_types([["a"]] * 6 + [["b"]] * 2 + [["a"], ["b"]], ["a", "b"])
    answers = Answers(told, right, np.arange(10).astype(str))
    assert answers.error().value == pytest.approx(0.8 * 0.15 + 0.2 * 0.1)
    bins = answers.reliability()
    assert [(row["count"], row["confidence"], row["accuracy"]) for row in bins] == [(2, 0.6, 0.5), (8, 0.9, 0.75)]
    assert all(row["from"] <= row["confidence"] <= row["to"] for row in bins)


def test_types_that_the_network_does_not_know_are_never_right() -> None:
    assert right_types([{"a", "zeppelin"}, ["zeppelin"]], ["a", "b"]).tolist() == [[True, False], [False, False]]


def test_the_figures_tell_before_and_after() -> None:
    answers = _answers(3000, 2.5)
    shots = calibration_figures({"shots": answers}, {"shots": answers.at(2.5)})["shots"]
    assert shots["after"]["value"] < shots["before"]["value"]
    assert sum(row["count"] for row in shots["reliability_after"]) == 3000


def test_the_sets_to_fit_on_are_those_that_serve_all_best() -> None:
    sets = {"odd": _answers(500, 0.4, seed=1), "one": _answers(3000, 2.0, seed=2), "two": _answers(3000, 2.0, seed=3)}
    temperature, names = choose_temperature(sets)
    assert temperature == pytest.approx(2, rel=0.1)
    assert "odd" not in names


def test_categories_may_need_another_temperature_than_their_types() -> None:
    random = np.random.default_rng(7)
    # four types in two categories: sure of the category as it should be, and far too sure of the type in it
    category = random.dirichlet([2.0, 2.0], size=4000)
    inside = np.tile([0.97, 0.03], (4000, 1))
    told = np.concatenate([category[:, :1] * inside, category[:, 1:] * inside], axis=1)
    of = (random.random(4000) < category[:, 1]).astype(int)
    truth = 2 * of + (random.random(4000) < 0.5)
    answers = Answers(told, np.eye(4, dtype=bool)[truth], np.arange(4000).astype(str))
    members = np.repeat(np.eye(2), 2, axis=0)
    assert fit_temperature([answers], members) == pytest.approx(1, rel=0.1)
    assert fit_temperature([answers]) > 1.3
    assert choose_temperature({"photos": answers}, members)[0] == pytest.approx(1, rel=0.1)


def test_types_of_one_category_are_summed() -> None:
    told = np.array([[0.4, 0.35, 0.25]])
    answers = Answers(told, np.array([[False, True, False]]), np.array(["one"]))
    category = answers.summed(np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]]))
    assert not answers.correct[0]
    assert category.correct[0]
    assert category.confidence[0] == pytest.approx(0.75)
