"""Figures agree with what can be counted by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vsearch_core.evaluation.metrics import classification_report, mean_figure, nearest, resampled_figure
from vsearch_core.evaluation.threshold import threshold_keeping


def test_the_interval_holds_the_mean_and_is_wider_for_fewer_groups() -> None:
    values = np.tile([0, 1, 1, 1], 100)
    many = mean_figure(values, [str(number) for number in range(400)])
    few = mean_figure(values, [str(number % 8) for number in range(400)])
    assert many.value == few.value == 0.75
    assert many.low < 0.75 < many.high
    assert few.high - few.low > many.high - many.low


def test_one_group_leaves_no_doubt_in_the_bootstrap() -> None:
    figure = resampled_figure(lambda rows: float(len(rows)), ["a"] * 5)
    assert (figure.low, figure.value, figure.high) == (5, 5, 5)


def test_the_report_counts_as_one_would_by_hand() -> None:
    labels, predicted = ["a", "a", "b", "c"], ["a", "b", "b", "b"]
    report = {row["name"]: row for row in classification_report(labels, predicted, ["a", "b", "c"])}
    assert report["a"] == {"name": "a", "precision": 1.0, "recall": 0.5, "f1": 0.6667, "support": 2}
    assert report["b"]["precision"] == pytest.approx(1 / 3, abs=1e-4)
    assert report["c"]["f1"] == 0


@given(st.integers(1, 40), st.integers(1, 8), st.integers(0, 99))
@settings(max_examples=30, deadline=None)
def test_nearest_is_what_sorting_all_cosines_gives(count: int, queries: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    gallery, asked = (random.normal(size=(n, 5)).astype(np.float32) for n in (count, queries))
    k = min(count, 7)
    rows, scores = nearest(asked, gallery, k, block=3)
    assert np.allclose(scores, -np.sort(-(asked @ gallery.T), axis=1)[:, :k], atol=1e-5)
    assert np.allclose(np.take_along_axis(asked @ gallery.T, rows, axis=1), scores, atol=1e-5)


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=60), st.floats(0.05, 1))
def test_the_threshold_keeps_its_share_and_no_higher_one_does(has: list[float], share: float) -> None:
    scores = np.array(has)
    threshold = threshold_keeping(scores, share)
    assert np.mean(scores >= threshold) >= share - 1e-9
    higher = scores[scores > threshold]
    if len(higher):
        assert np.mean(scores >= higher.min()) <= share + 1 / len(scores)
