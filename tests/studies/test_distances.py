"""Neighbours by every distance are those that scipy's distances say."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from studies.distances import DISTANCES, nearest_by

SCIPY = {"manhattan": "cityblock"}


@pytest.mark.parametrize("distance", DISTANCES)
def test_neighbours_agree_with_scipy(distance: str) -> None:
    random = np.random.default_rng(3)
    queries, gallery = (random.normal(1, 1, (count, 16)).astype(np.float32) for count in (20, 300))
    expected = cdist(queries, gallery, SCIPY.get(distance, distance)).argsort(axis=1, kind="stable")[:, :10]
    assert (nearest_by(distance, queries, gallery, 10) == expected).all()


def test_an_unknown_distance_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="correlation"):
        nearest_by("hamming", np.ones((1, 2)), np.ones((3, 2)), 1)
