"""The rows of a chart stand in the order in which they rank."""

from __future__ import annotations

import pandas as pd
import pytest

from app.common.charts import bars_by, distinct


def test_rows_of_one_type_stand_apart_and_in_the_order_of_the_table() -> None:
    table = pd.DataFrame(
        [("Jackets", "Topwear", 49), ("Flip Flops", "Shoes", 21), ("", "", 9), ("Jackets", "Bottomwear", 3)],
        columns=["product_type", "category", "missed"],
    ).assign(share=0.5)
    names = distinct(table["product_type"], table["category"])
    figure = bars_by(names, table, {"missed": ("no", "#000000", ""), "share": ("of", "#ffffff", "")}, known="share")
    assert names == ["Jackets (Topwear)", "Flip Flops", "not known", "Jackets (Bottomwear)"]
    assert list(figure.layout.yaxis.categoryarray) == names[::-1], "the first on top"
    assert [list(trace.y) for trace in figure.data] == [names, names]


@pytest.mark.parametrize("names", [["2012", "2011"], ["", "", "not known"], ["1e3", "nan", "2020-01-01"]])
def test_names_that_look_like_numbers_or_days_or_are_empty_stay_names(names: list[str]) -> None:
    told = distinct(names)
    assert len(set(told)) == len(names)
    table = pd.DataFrame({"value": [3, 2, 1][: len(names)]})
    figure = bars_by(told, table, {"value": ("n", "#000000", "")}, known="value")
    assert figure.layout.yaxis.type == "category"
    assert list(figure.layout.yaxis.categoryarray) == told[::-1]
