"""What user photos find is judged by their label's right kinds."""

from __future__ import annotations

import numpy as np
import pytest

from vsearch_core.evaluation.protocols.user_photos import macro_figure, user_photo_figures


def test_the_first_hit_and_the_first_ten_are_judged_by_kind() -> None:
    gallery = np.eye(12, dtype=np.float32)
    kinds = np.array(["Shirts"] * 3 + ["Jeans"] * 9)
    # the first photo is nearest to a shirt, the second to jeans; then all others, in order
    photos = np.stack([np.linspace(1, 0.1, 12), np.linspace(0.1, 1, 12)]).astype(np.float32)
    right = np.array([frozenset({"Shirts", "Tops"}), frozenset({"Shirts"})])
    figures = user_photo_figures(
        photos,
        np.array(["Tops", "Jeans"]),
        right,
        np.array(["Shirt", "Shirt"]),
        np.array(["one", "two"]),
        gallery=gallery,
        kinds=kinds,
    )
    assert figures["type_is_right_kind"]["value"] == 0.5
    assert figures["first_hit_right_kind"]["value"] == 0.5
    # three shirts in the first ten of the one, one in those of the other
    assert figures["first_ten_right_kind"]["value"] == pytest.approx((3 + 1) / 20)
    assert figures["by_label"] == [
        {
            "label": "Shirt",
            "photos": 2,
            "type_is_right_kind": 0.5,
            "first_hit_right_kind": 0.5,
            "first_ten_right_kind": 0.2,
        }
    ]


def test_every_label_counts_the_same_in_the_macro_mean() -> None:
    values = np.array([1.0] * 90 + [0.0] * 10)
    labels, senders = np.array(["often"] * 90 + ["seldom"] * 10), np.arange(100).astype(str)
    figure = macro_figure(values, labels, senders)
    assert figure.value == 0.5
    assert figure.low == figure.high == 0.5


def test_a_label_that_is_not_drawn_leaves_a_mean_of_the_others() -> None:
    figure = macro_figure(np.array([1.0, 0.0]), np.array(["a", "b"]), np.array(["one", "two"]))
    assert (figure.low, figure.value, figure.high) == (0, 0.5, 1)
