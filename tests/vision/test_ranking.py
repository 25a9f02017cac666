"""The order of hits: how alike a product looks, and how probable the photo finds what the catalogue says of it."""

from __future__ import annotations

import numpy as np
import pytest

from vsearch_core.contracts import Analysis, Prediction
from vsearch_core.vision.ranking import Ranker, Ranking

RANKING = Ranking(0.02, {"product_type": 0.4, "colour": 0.2})

VALUES = {
    "product_type": np.array(["Dresses", "Tops", "Tops"], object),
    "colour": np.array(["Red", "Red", "Blue"], object),
}


def analysis() -> Analysis:
    return Analysis(
        product_types=(Prediction("Tops", 0.9), Prediction("Dresses", 0.1)),
        categories=(Prediction("Apparel", 1.0),),
        attributes={"colour": (Prediction("Red", 0.8), Prediction("Blue", 0.2))},
        embedding=np.array([1.0, 0.0], np.float32),
    )


def ranked(cosines: list[float], values: dict[str, np.ndarray] = VALUES) -> list[int]:
    return np.argsort(-RANKING.of(analysis()).scores(np.array(cosines), values)).tolist()


def test_of_products_that_look_as_much_alike_the_one_of_the_photo_s_type_and_colour_stands_first() -> None:
    assert ranked([0.8, 0.8, 0.8]) == [1, 2, 0]


def test_the_very_product_stands_first_whatever_the_photo_is_taken_for() -> None:
    assert ranked([0.99, 0.85, 0.85])[0] == 0


def test_the_same_difference_counts_more_between_near_copies() -> None:
    ranker = Ranker(0.02, {}, {})
    far, near = (ranker.scores(np.array(pair), {}) for pair in ([0.70, 0.72], [0.95, 0.97]))
    assert near[1] - near[0] > far[1] - far[0] > 0


def test_a_column_that_the_catalogue_lacks_counts_nothing() -> None:
    assert ranked([0.80, 0.82, 0.80], {"colour": VALUES["colour"]}) == [1, 0, 2]
    assert ranked([0.80, 0.82, 0.84], {}) == [2, 1, 0]


@pytest.mark.parametrize("unknown", ["", "Kaftan", None])
def test_a_value_that_the_model_does_not_know_is_neither_favoured_nor_put_back(unknown: str | None) -> None:
    types = np.array(["Tops", unknown, "Dresses"], object)
    scores = RANKING.of(analysis()).scores(np.full(3, 0.8), {"product_type": types})
    assert scores[0] > scores[1] > scores[2]


def test_where_the_model_knows_none_of_the_values_the_look_decides() -> None:
    types = np.array(["Sneaker", "Pump", "Stiefel"], object)
    assert ranked([0.7, 0.9, 0.8], {"product_type": types}) == [1, 2, 0]
