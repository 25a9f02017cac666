"""Figures agree with what can be counted by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import precision_recall_fscore_support

from vsearch_core.evaluation.statistics import (
    BINS,
    calibration_error,
    class_scores,
    classification_report,
    group_weights,
    mean_figure,
    nearest,
    ranks,
    reliability,
    weighted_figure,
)


def test_the_interval_holds_the_mean_and_is_wider_for_fewer_groups() -> None:
    values = np.tile([0, 1, 1, 1], 100)
    many = mean_figure(values, [str(number) for number in range(400)])
    few = mean_figure(values, [str(number % 8) for number in range(400)])
    assert many.value == few.value == 0.75
    assert many.low < 0.75 < many.high
    assert few.high - few.low > many.high - many.low


def test_the_report_counts_as_one_would_by_hand() -> None:
    labels, predicted = np.array(["a", "a", "b", "c"]), np.array(["a", "b", "b", "b"])
    report = {
        row["name"]: row for row in classification_report(labels, predicted, ["a", "b", "c"], ["1", "2", "3", "4"])
    }
    assert report["a"]["precision"] == 1
    assert report["a"]["recall"] == 0.5
    assert report["a"]["f1"] == pytest.approx(2 / 3, abs=1e-4)
    assert report["a"]["support"] == 2
    assert report["b"]["precision"] == pytest.approx(1 / 3, abs=1e-4)
    assert report["c"]["f1"] == 0
    for row in report.values():
        for score in ("precision", "recall", "f1"):
            assert row[f"{score}_low"] <= row[score] <= row[f"{score}_high"]


@given(st.integers(2, 5), st.integers(5, 60), st.integers(0, 99))
@settings(max_examples=20, deadline=None)
def test_the_scores_are_those_of_scikit_learn(classes: int, count: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    names = [f"type {number}" for number in range(classes)]
    labels, predicted = (np.array(names)[random.integers(classes, size=count)] for _ in range(2))
    scores = class_scores(labels, predicted, names, [str(row) for row in range(count)])
    theirs = precision_recall_fscore_support(labels, predicted, labels=names, zero_division=0)
    for ours, other in zip((scores.precision[0], scores.recall[0], scores.f1[0], scores.support), theirs, strict=True):
        assert np.allclose(ours, other)


def test_groups_are_drawn_whole() -> None:
    weights = group_weights(["a", "b", "a", "c"], rounds=50)
    assert (weights[0] == 1).all()
    assert (weights[:, 0] == weights[:, 2]).all()
    assert (weights[:, 0] + weights[:, 1] + weights[:, 3] == 3).all()


def test_a_mean_by_weights_has_the_interval_of_a_mean() -> None:
    values, groups = np.tile([0, 1, 1, 1], 50), np.arange(200).astype(str)
    weights = group_weights(groups, rounds=1000)
    figure = weighted_figure((weights @ values) / weights.sum(axis=1), 200)
    other = mean_figure(values, groups)
    assert (figure.value, figure.count) == (other.value, other.count)
    assert figure.low == pytest.approx(other.low, abs=0.01)
    assert figure.high == pytest.approx(other.high, abs=0.01)


def test_a_rank_counts_what_comes_before_and_ties_against_the_right_one() -> None:
    gallery = np.array([[1, 0], [0.8, 0.6], [0.8, 0.6], [0, 1]], np.float32)
    query = np.array([[1, 0]], np.float32)
    assert ranks(query, gallery, [np.array([0])]).tolist() == [1]
    assert ranks(query, gallery, [np.array([1])]).tolist() == [3]
    assert ranks(query, gallery, [np.array([1, 2])]).tolist() == [2]
    assert ranks(query, gallery, [np.array([3])]).tolist() == [4]
    assert ranks(query, gallery, [np.array([3])], [np.array([0, 1])]).tolist() == [2]


@given(st.integers(3, 30), st.integers(0, 99))
@settings(max_examples=20, deadline=None)
def test_ranks_agree_with_the_nearest_neighbours(count: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    gallery, queries = (random.normal(size=(size, 6)).astype(np.float32) for size in (count, 5))
    rows, _ = nearest(queries, gallery, count)
    right = random.integers(count, size=5)
    expected = [list(found).index(row) + 1 for found, row in zip(rows, right, strict=True)]
    assert ranks(queries, gallery, [np.array([row]) for row in right]).tolist() == expected


@given(st.integers(1, 40), st.integers(1, 8), st.integers(0, 99))
@settings(max_examples=30, deadline=None)
def test_nearest_is_what_sorting_all_cosines_gives(count: int, queries: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    gallery, asked = (random.normal(size=(n, 5)).astype(np.float32) for n in (count, queries))
    k = min(count, 7)
    rows, scores = nearest(asked, gallery, k)
    assert np.allclose(scores, -np.sort(-(asked @ gallery.T), axis=1)[:, :k], atol=1e-5)
    assert np.allclose(np.take_along_axis(asked @ gallery.T, rows, axis=1), scores, atol=1e-5)


def test_a_rare_class_that_a_resample_lacks_does_not_pull_the_macro_f1_down() -> None:
    labels = np.array(["often"] * 40 + ["once", "seldom"])
    scores = class_scores(labels, labels, ["often", "once", "seldom"], np.arange(len(labels)))
    assert not scores.there[1:].all()
    assert (scores.macro_f1 == 1).all()


@given(st.integers(1, 400), st.floats(0, 0.5), st.integers(0, 999))
@settings(max_examples=60, deadline=None)
def test_the_interval_of_the_calibration_error_holds_its_figure(count: int, apart: float, seed: int) -> None:
    random = np.random.default_rng(seed)
    confidence = random.beta(4, 1, size=count)
    error = calibration_error(confidence, random.random(count) < confidence - apart, random.integers(count, size=count))
    assert 0 <= error.low <= error.value <= error.high
    assert error.count == count


def test_the_interval_of_the_calibration_error_holds_what_is_true_about_as_often_as_it_says() -> None:
    # a percentile interval would never hold the 0 of the first, and hold 2 % in every tenth sample
    for apart in (0.0, 0.02):
        held = 0
        for seed in range(60):
            random = np.random.default_rng(seed)
            confidence = random.uniform(0.5, 1, size=600)
            right = random.random(600) < confidence - apart
            error = calibration_error(confidence, right, np.arange(600))
            held += error.low <= apart <= error.high
        assert held >= 52, f"{held} of 60"


def test_confidence_falls_into_fifteen_bins_of_equal_width() -> None:
    assert BINS == 15
    confidence = np.array([0, 1 / 15 - 1e-6, 1 / 15 + 1e-6, 0.5, 1.0])
    bins = reliability(confidence, np.array([False, True, True, False, True]), np.arange(5))
    assert [(one["from"], one["to"], one["count"]) for one in bins] == [
        (0, 0.0667, 2),
        (0.0667, 0.1333, 1),
        (0.4667, 0.5333, 1),
        (0.9333, 1, 1),
    ]
    assert [one["accuracy"] for one in bins] == [0.5, 1, 0, 1]
    assert all(one["low"] <= one["accuracy"] <= one["high"] for one in bins)
