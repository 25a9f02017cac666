"""Pairs are what they are called, and a coin is right half of the time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from vsearch_core.evaluation.protocols.verification import (
    Pairs,
    best_threshold,
    make_pairs,
    roc_figures,
    verification_figures,
)


def test_the_others_are_of_another_group_and_hard_ones_alike_in_type_and_colour() -> None:
    count = 40
    random = np.random.default_rng(0)
    # each product's embedding is its own axis: the cosine with a first picture then says which product it was
    gallery = np.eye(count, dtype=np.float32)
    groups = (np.arange(count) // 2).astype(str)
    kinds, colours = random.choice(["shoe", "belt"], count), random.choice(["red", "blue"], count)
    kinds[-1] = "hat"
    weights = (np.arange(count) + 1).astype(np.float32)
    first = np.tile(weights, (count, 1))
    rows = np.arange(count)
    pairs = make_pairs(first, rows, rows, gallery, among=rows, groups=groups, kinds=kinds, colours=colours)
    assert (pairs.same == weights).all()
    easy = pairs.easy.astype(int) - 1
    assert (groups[easy] != groups).all()
    assert np.isnan(pairs.hard[-1])
    there = ~np.isnan(pairs.hard)
    hard = pairs.hard[there].astype(int) - 1
    assert (groups[hard] != groups[there]).all()
    assert (kinds[hard] == kinds[there]).all()
    assert (colours[hard] == colours[there]).all()


def test_the_same_seed_draws_the_same_pairs() -> None:
    random = np.random.default_rng(1)
    gallery = random.normal(size=(30, 8)).astype(np.float32)
    rows, names = np.arange(30), np.array(["x"] * 30)
    first, second = (
        make_pairs(gallery, rows, rows, gallery, among=rows, groups=rows.astype(str), kinds=names, colours=names)
        for _ in range(2)
    )
    assert (first.easy == second.easy).all()
    assert (first.hard == second.hard).all()


@given(
    st.lists(st.floats(-1, 1, width=32), min_size=1, max_size=40),
    st.lists(st.floats(-1, 1, width=32), min_size=1, max_size=40),
)
@settings(max_examples=60, deadline=None)
def test_no_threshold_is_better_than_the_best(same: list[float], different: list[float]) -> None:
    ours, theirs = np.array(same), np.array(different)

    def right(threshold: float) -> int:
        return int((ours >= threshold).sum() + (theirs < threshold).sum())

    every = [*ours, *theirs, 2.0]
    assert right(best_threshold(ours, theirs)) >= max(right(one) for one in every)


def test_pairs_that_lie_apart_are_told_apart_without_error() -> None:
    groups = np.arange(50).astype(str)
    random = np.random.default_rng(0)
    pairs = Pairs(random.uniform(0.8, 1, 50), random.uniform(0, 0.2, 50), random.uniform(0, 0.5, 50), groups)
    figures = verification_figures(pairs, pairs)
    for difficulty in ("easy", "hard"):
        assert figures[difficulty]["accuracy"]["value"] == 1
        assert figures[difficulty]["roc_auc"]["value"] == 1
        assert figures[difficulty]["equal_error_rate"]["value"] == 0
        assert figures[difficulty]["accuracy"]["count"] == 100


def test_a_coin_is_right_half_of_the_time() -> None:
    random = np.random.default_rng(0)
    groups = np.arange(4000).astype(str)
    pairs = Pairs(*(random.uniform(size=4000) for _ in range(3)), groups)
    figures = verification_figures(pairs, pairs)["easy"]
    assert figures["accuracy"]["value"] == pytest.approx(0.5, abs=0.03)
    assert figures["roc_auc"]["value"] == pytest.approx(0.5, abs=0.03)
    assert figures["equal_error_rate"]["value"] == pytest.approx(0.5, abs=0.03)


@given(st.integers(0, 99), st.integers(4, 60))
@settings(max_examples=20, deadline=None)
def test_the_area_is_that_of_scikit_learn(seed: int, count: int) -> None:
    random = np.random.default_rng(seed)
    truth = np.arange(count) % 2
    scores = np.round(random.normal(size=count) + truth, 1)
    weights = random.integers(1, 4, size=count).astype(float)
    area, error = roc_figures(truth, scores, weights)
    assert area == pytest.approx(roc_auc_score(truth, scores, sample_weight=weights))
    assert 0 <= error <= 1
