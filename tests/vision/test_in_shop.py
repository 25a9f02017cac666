"""Whether a photo shows anything that the shop sells."""

from __future__ import annotations

import numpy as np
import pytest

from vsearch_core.settings import Settings
from vsearch_core.vision import Bundle
from vsearch_core.vision.good_match import InShop

RULE = InShop(cosine=1.0, agreement=0.5, kind=2.0, least=1.0, direction=np.array([1.0, 0.0], np.float32))
OURS, OTHER = np.array([[1.0, 0.0]]), np.array([[-1.0, 0.0]])


def test_similarity_agreement_and_kind_count_together() -> None:
    assert RULE.score(0.5, 0.4, OURS) == pytest.approx(0.5 + 0.2 + 2.0)
    assert RULE.holds(0.5, 0.4, OURS)
    assert not RULE.holds(0.9, 0.9, OTHER)


def test_the_look_that_shows_more_of_it_counts() -> None:
    assert RULE.score(0.5, 0.4, np.concatenate([OTHER, OURS])) == RULE.score(0.5, 0.4, OURS)


def test_a_shop_of_types_that_the_network_does_not_know_is_not_judged_by_it() -> None:
    assert RULE.holds(0.1, None, OTHER)


def test_the_shipped_bundle_has_the_rules_on_two_looks() -> None:
    bundle = Bundle.open(Settings().models / "fashion")
    assert bundle.in_shop is not None
    assert bundle.in_shop.direction.shape == (bundle.dimension,)
    assert set(bundle.sure) >= {"elsewhere"}
