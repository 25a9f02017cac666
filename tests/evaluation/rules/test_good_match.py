"""The rule of a good match keeps nine in ten right answers and lets as few others pass as it can."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vsearch_core.evaluation.predictions import Predictions
from vsearch_core.evaluation.rules.good_match import (
    KEPT,
    NEAR_COPY,
    WEIGHTS,
    Evidence,
    choose_item_threshold,
    choose_threshold,
    choose_weight,
    evidence,
    threshold_keeping,
)
from vsearch_core.vision.good_match import GoodMatch

NAMES = ("Shirts", "Tops", "Jeans")


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=60), st.floats(0.05, 1))
def test_the_threshold_keeps_its_share_and_no_higher_one_does(has: list[float], share: float) -> None:
    scores = np.array(has)
    threshold = threshold_keeping(scores, share)
    assert np.mean(scores >= threshold) >= share - 1e-9
    higher = scores[scores > threshold]
    if len(higher):
        assert np.mean(scores >= higher.min()) <= share + 1 / len(scores)


def test_agreement_counts_only_where_it_helps() -> None:
    random = np.random.default_rng(0)
    has = Evidence(random.uniform(0.6, 1, 500), random.uniform(0.5, 1, 500))
    alike = Evidence(random.uniform(0.6, 1, 500), random.uniform(0, 0.4, 500))
    weight, threshold = choose_weight(has, alike)
    assert weight > 0
    assert (has.score(weight) >= threshold).mean() >= KEPT - 0.01
    alone = (alike.cosine >= threshold_keeping(has.cosine)).mean()
    assert (alike.score(weight) >= threshold).mean() < 0.6 * alone
    # where agreement says nothing at all, similarity decides by itself
    far = Evidence(random.uniform(0, 0.5, 500), np.full(500, 0.7))
    assert choose_weight(Evidence(has.cosine, np.full(500, 0.7)), far)[0] == WEIGHTS[0]


def test_a_near_copy_needs_no_agreement() -> None:
    random = np.random.default_rng(2)
    has = Evidence(random.uniform(0.8, 1, 500), np.full(500, 0.9))
    has_not = Evidence(random.uniform(0.8, 1, 500), np.zeros(500))
    weight, threshold = choose_weight(has, has_not)
    assert threshold <= NEAR_COPY
    assert GoodMatch(0.9, weight, threshold).holds(NEAR_COPY, 0.0)


def _photos(rows: list[tuple[str, list[float], list[float]]]) -> Predictions:
    """Photos by part, embedding and type probabilities; all of them show shirts."""
    table = pd.DataFrame({"part": [row[0] for row in rows], "right": [frozenset({"Shirts"})] * len(rows)})
    embeddings, types = (np.array([row[place] for row in rows], np.float32) for place in (1, 2))
    return Predictions(table, types, {}, embeddings)


def test_without_its_kind_a_photo_is_judged_by_what_is_left() -> None:
    gallery = np.eye(3, dtype=np.float32)
    kinds = np.array(["Shirts", "Tops", "Zeppelins"])
    photos = _photos([("test", [0.9, 0.4, 0.1], [0.8, 0.15, 0.05])])
    has, has_not = evidence(photos, gallery, kinds, NAMES, 1.0)
    assert has.cosine[0] == pytest.approx(0.9)
    # a type that the network does not know is never probable
    assert has.agreement[0] == pytest.approx((0.8 + 0.15) / 3)
    assert has_not.cosine[0] == pytest.approx(0.4)


def test_what_is_written_is_chosen_on_validation_and_told_for_both_parts() -> None:
    random = np.random.default_rng(1)
    kinds = np.array(["Shirts"] * 20 + ["Tops"] * 20)
    gallery = random.normal(size=(40, 4)) + np.where(kinds == "Shirts", 3, -3)[:, None] * [1, 0, 0, 0] + [0, 4, 0, 0]
    gallery = (gallery / np.linalg.norm(gallery, axis=1, keepdims=True)).astype(np.float32)
    rows = [
        (part, list(gallery[number % 20] + random.normal(0, 0.05, 4)), [0.9, 0.05, 0.05])
        for part in ("validation", "test")
        for number in range(40)
    ]
    shots = Predictions(pd.DataFrame({"product_type": kinds}), np.zeros((40, 3), np.float32), {}, gallery)
    found = choose_threshold(_photos(rows), shots, NAMES, 1.3)
    for part in ("validation", "test"):
        rates, alone = found["rates"][part], found["rates_by_cosine"][part]
        assert rates["called_good_when_right"] > 0.8
        assert rates["called_good_when_shop_has_not"] <= alone["called_good_when_shop_has_not"]
        assert rates["photos"] == 40
    assert set(found["agreement"]) == {"weight", "together"}


def test_a_garment_is_judged_among_what_is_worn_in_its_place() -> None:
    gallery = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1]], np.float32)
    kinds, worn_at = np.array(["Shirts", "Tops", "Jeans"]), np.array(["upper", "upper", "lower"])
    garments = _photos([("test", [0.5, 0.4, 0.9], [0.8, 0.15, 0.05])])
    garments = replace(garments, table=garments.table.assign(position="upper"))
    has, has_not = evidence(garments, gallery, kinds, NAMES, 1.0, worn_at)
    assert has.cosine.tolist() == pytest.approx([0.5]), "the jeans are nearer, and not searched"
    assert has.agreement.tolist() == pytest.approx([(0.8 + 0.15) / 2])
    assert has_not.cosine.tolist() == pytest.approx([0.4])
    only_shirts = np.array(["upper", "lower", "lower"])
    assert len(evidence(garments, gallery, kinds, NAMES, 1.0, only_shirts)[1].cosine) == 0, "nothing else is worn there"


def test_garments_have_a_rule_of_their_own_beside_that_of_photos() -> None:
    random = np.random.default_rng(1)
    kinds = np.array(["Shirts"] * 20 + ["Tops"] * 20)
    gallery = random.normal(size=(40, 4)) + np.where(kinds == "Shirts", 3, -3)[:, None] * [1, 0, 0, 0]
    gallery = (gallery / np.linalg.norm(gallery, axis=1, keepdims=True)).astype(np.float32)
    rows = [
        (part, list((0.5 + number / 400) * gallery[number % 20]), [0.9, 0.05, 0.05])
        for part in ("validation", "test")
        for number in range(40)
    ]
    garments = _photos(rows)
    garments = replace(garments, table=garments.table.assign(position="upper"))
    table = pd.DataFrame({"product_type": kinds, "category": "Topwear"})
    shots = Predictions(table, np.zeros((40, 3), np.float32), {}, gallery)
    found = choose_item_threshold(garments, shots, NAMES, 1.0, GoodMatch(0.9, 0.5, 1.4))
    for part in ("validation", "test"):
        assert found["rates"][part]["called_good_when_right"] >= KEPT
        assert found["rates_by_photo_rule"][part]["called_good_when_right"] == 0
    assert found["good_match"] == pytest.approx(0.51, abs=0.01)
