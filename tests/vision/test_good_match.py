"""A best hit is a good match when it looks alike and is what the photo shows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vsearch_core.vision.good_match import AGREEING, GoodMatch, agreement

SHARES = {"Shirts": 0.7, "Tops": 0.2, "Jeans": 0.1}


def test_agreement_is_the_mean_probability_of_the_first_hits() -> None:
    assert agreement(SHARES, ["Shirts"]) == pytest.approx(0.7)
    assert agreement(SHARES, ["Shirts", "Jeans"]) == pytest.approx(0.4)
    assert agreement(SHARES, ["Shirts"] * AGREEING + ["Jeans"]) == pytest.approx(0.7)


def test_a_shop_of_other_things_has_no_agreement() -> None:
    assert agreement(SHARES, ["Shirts", "Lamps"]) is None
    assert agreement(SHARES, []) is None


def test_where_agreement_is_not_known_similarity_decides() -> None:
    rule = GoodMatch(0.7, weight=0.5, together=0.9)
    assert rule.holds(0.71, None)
    assert not rule.holds(0.69, None)
    assert GoodMatch(0.7).holds(0.71, 0.0)


@given(st.floats(-1, 1), st.floats(0, 1))
def test_more_agreement_is_never_a_worse_match(cosine: float, share: float) -> None:
    rule = GoodMatch(0.7, weight=0.5, together=0.9)
    assert rule.holds(cosine, 1.0) >= rule.holds(cosine, share) >= rule.holds(cosine, 0.0)
