"""What a photo shows is told by the products that it finds, where the model has no words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from vsearch_core.contracts import Analysis, Hit, Prediction
from vsearch_core.search.votes import UNKNOWN, told_by

SILENT = Analysis((), (), {}, np.zeros(4, np.float32))


def hit(score: float, product_type: str, category: str = "Food") -> Hit:
    return Hit(str(score), score, "a", product_type, category, "a.jpg")


def test_the_more_similar_products_count_more() -> None:
    told = told_by([hit(0.9, "Apples"), hit(0.6, "Pears"), hit(0.59, "Pears")], SILENT)
    assert [one.name for one in told.product_types] == ["Apples", "Pears"]
    assert sum(one.probability for one in told.product_types) == 1
    assert told.categories == (Prediction("Food", 1.0),)


def test_products_without_a_type_are_told_by_their_category() -> None:
    told = told_by([hit(0.9, ""), hit(0.8, "")], SILENT)
    assert told.product_type.name == "Food"


def test_nothing_known_is_said_as_such() -> None:
    assert told_by([hit(0.9, "", "")], SILENT).product_type.name == UNKNOWN
    assert told_by([], SILENT).product_type.name == UNKNOWN


def test_a_model_with_words_keeps_them() -> None:
    told = replace(SILENT, product_types=(Prediction("Shirts", 0.8),))
    assert told_by([hit(0.9, "Apples")], told) is told
