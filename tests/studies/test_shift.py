"""The shift: none between pictures of one kind, more the further they lie apart."""

from __future__ import annotations

import numpy as np
import pytest

from studies import shift
from studies.shift import discrepancy, kernel_width, sent_pictures, shift_rows
from vsearch_core.evaluation.measure import Measured


def _cloud(count: int, moved: float, seed: int) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=(count, 16))
    vectors[:, 0] += moved
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def test_pictures_of_one_distribution_have_no_shift_and_others_more_the_further_apart() -> None:
    shown = _cloud(300, 0, 1)
    width, groups = kernel_width(shown), np.arange(200)
    found = [discrepancy(_cloud(200, moved, 2), shown, width, groups) for moved in (0, 1, 2, 4)]
    assert found[0].low <= 0 <= found[0].high
    assert abs(found[0].value) < 0.005
    values = [one.value for one in found]
    assert values == sorted(values)
    assert found[2].low > 0


def test_the_distance_is_the_one_of_the_formula() -> None:
    sent, shown = _cloud(5, 1, 3), _cloud(4, 0, 4)
    width = 0.9

    def kernel(one: np.ndarray, other: np.ndarray) -> float:
        return float(np.exp(-((one - other) ** 2).sum() / (2 * width**2)))

    inside = np.mean([kernel(sent[i], sent[j]) for i in range(5) for j in range(5) if i != j])
    shots = np.mean([kernel(shown[i], shown[j]) for i in range(4) for j in range(4) if i != j])
    between = np.mean([kernel(one, other) for one in sent for other in shown])
    found = discrepancy(sent, shown, width, np.arange(5))
    assert found.value == pytest.approx(inside + shots - 2 * between, abs=1e-6)


def test_a_picture_is_not_compared_with_the_one_of_the_same_thing() -> None:
    shown = _cloud(200, 0, 5)
    noise = np.random.default_rng(6).normal(size=shown.shape) / 40
    sent = (shown + noise) / np.linalg.norm(shown + noise, axis=1, keepdims=True)
    width, groups = kernel_width(shown), np.arange(200)
    paired = discrepancy(sent.astype(np.float32), shown, width, groups, paired=True)
    assert abs(paired.value) < 1e-3
    assert discrepancy(sent.astype(np.float32), shown, width, groups).value < paired.value


def test_each_category_with_enough_pictures_has_its_distance_and_cost(
    measured: Measured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shift, "FEWEST", 3)
    sent = sent_pictures(measured, "test")
    assert sent["user_photos"].own is None
    assert sent["snaps"].own is not None
    for name, one in sent.items():
        rows = shift_rows(measured, name, one)
        counts = {str(category): int((one.categories == category).sum()) for category in np.unique(one.categories)}
        assert {row["category"]: row["shift"]["count"] for row in rows} == {
            name: count for name, count in counts.items() if count >= 3
        }
        shifts = [row["shift"]["value"] for row in rows]
        assert shifts == sorted(shifts, reverse=True)
        assert all(0 <= row["first_ten_right_kind"]["value"] <= 1 for row in rows)
