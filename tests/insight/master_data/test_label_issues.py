"""Wrong labels that were planted are found, with words that say why; what nobody can judge is left alone."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from vsearch_core.errors import BundleError, MissingDependency
from vsearch_core.evaluation.out_of_sample import SHOWN, read_out_of_sample
from vsearch_core.insight.master_data.label_issues import (
    COLUMNS,
    COPIES_DISAGREE,
    LABEL_ERROR,
    label_issues,
)

TYPES = ("Jeans", "Shirts", "Tops", "Tshirts", "Watches")
WRONG = {"0": "Watches", "7": "Shirts", "13": "Jeans"}
"""Products whose label is another than what their picture shows."""

Tables = tuple[pd.DataFrame, pd.DataFrame]


@pytest.fixture
def tables() -> Tables:
    """Products and predictions of 500 products: 100 of each type, three with a wrong label, one like nothing."""
    random = np.random.default_rng(1)
    rows, products = [], []
    for number in range(500):
        id, shown = str(number), TYPES[number % 5]
        label = WRONG.get(id, shown)
        sure = 0.97 if id in WRONG else random.uniform(0.7, 0.98)
        given = dict(zip(TYPES, np.full(5, (1 - sure) / 4), strict=True)) | {shown: sure}
        if id == "99":
            given = dict.fromkeys(TYPES, 0.2)
        rows.append(_row(id, label, number % 3 + 1, given, distance=0.9 if id == "99" else random.uniform(0.1, 0.3)))
        products.append({"id": id, "name": f"Product {number}", "product_type": label})
    return pd.DataFrame(products), pd.DataFrame(rows)


def test_planted_label_errors_are_found_and_nothing_else_is_called_one(tables: Tables) -> None:
    issues = label_issues(*tables)
    assert list(issues.columns) == list(COLUMNS)
    errors = issues[issues["kind"] == LABEL_ERROR].set_index("id")
    assert set(errors.index) == set(WRONG)
    assert errors.loc["0", "suggested"] == "Jeans"
    assert errors.loc["0", "label"] == "Watches"
    assert issues["score"].is_monotonic_decreasing
    assert issues["score"].between(0, 1).all()
    assert "gives Jeans" in errors.loc["0", "evidence"]
    assert errors.loc["0", "evidence"].count("nearest products") == 1
    assert errors.loc["0", "neighbours_said"]


def test_a_title_speaks_for_the_type_that_it_names(tables: Tables) -> None:
    products, predictions = tables

    def titled(id: str, title: str) -> pd.DataFrame:
        named = products.assign(name=products["name"].where(products["id"] != id, title))
        return label_issues(named, predictions).set_index("id")

    alone = label_issues(products, predictions).set_index("id")
    assert "7" not in titled("7", "Blue Shirt").index, "the title names the label, and the network is thought wrong"
    assert titled("7", "Blue Top").at["7", "score"] > alone.at["7", "score"]
    assert "The title names Tops." in titled("7", "Blue Top").at["7", "evidence"]


def test_a_title_that_names_the_most_probable_type_is_enough_where_the_network_is_less_sure(tables: Tables) -> None:
    products, predictions = tables
    row = predictions["id"] == "42"
    predictions.loc[row, ["type_1", "probability_1", "type_2", "probability_2"]] = ["Jeans", 0.5, "Tops", 0.3]
    predictions.loc[row, "label_probability"] = 0.3
    assert "42" not in label_issues(products, predictions)["id"].to_list()
    products.loc[products["id"] == "42", "name"] = "Slim Fit Jeans"
    issue = label_issues(products, predictions).set_index("id").loc["42"]
    assert (issue["kind"], issue["suggested"]) == (LABEL_ERROR, "Jeans")


def test_near_identical_pictures_with_two_labels_are_an_issue_of_both(tables: Tables) -> None:
    copies = pd.DataFrame({"first": ["20", "30"], "second": ["21", "35"], "difference": [0.01, 0.0]})
    issues = label_issues(*tables, copies).set_index("id")
    pair = issues.loc[["20", "21"]]
    assert set(pair["kind"]) == {COPIES_DISAGREE}
    assert pair.loc["20", "copy_ids"] == ("21",)
    assert pair.loc["20", "suggested"] == "Shirts"
    assert pair.loc["21", "suggested"] == "Jeans"
    assert "Nearly the same picture carries another label: 21 (Shirts)." in pair.loc["20", "evidence"]
    assert "30" not in issues.index, "both are Jeans"


def test_a_copy_with_another_label_makes_a_label_error_the_more_suspicious_and_is_told(tables: Tables) -> None:
    alone = label_issues(*tables).set_index("id").loc["0"]
    copies = pd.DataFrame({"first": ["0", "0", "0"], "second": ["5", "10", "15"], "difference": [0.0, 0.0, 0.0]})
    among = label_issues(*tables, copies).set_index("id").loc["0"]
    assert among["kind"] == LABEL_ERROR
    assert among["copy_ids"] == ("5", "10", "15")
    assert "5 (Jeans), 10 (Jeans), 15 (Jeans)" in among["evidence"]
    assert alone["copy_ids"] == ()


def test_a_picture_like_nothing_fits_no_type(tables: Tables) -> None:
    strange = label_issues(*tables).query("kind == 'fits no type'")
    assert strange["id"].iloc[0] == "99"
    assert len(strange) <= 5
    assert "No type is probable" in strange["evidence"].iloc[0]
    products, predictions = tables
    named = products.assign(name=products["name"].where(products["id"] != "99", "Steel Watch"))
    again = label_issues(named, predictions).set_index("id").loc["99"]
    assert again["score"] < strange["score"].iloc[0]
    assert "The title names Watches" in again["evidence"]


def test_products_that_were_relabelled_or_are_gone_are_left_out(tables: Tables) -> None:
    products, predictions = tables
    mended = products.assign(product_type=products["product_type"].where(products["id"] != "0", "Jeans"))
    assert set(label_issues(mended, predictions).query("kind == 'label error'")["id"]) == set(WRONG) - {"0"}
    assert label_issues(products[:0], predictions).empty
    assert list(label_issues(products[:0], predictions).columns) == list(COLUMNS)


def test_a_type_that_the_other_folds_hardly_had_is_not_judged(tables: Tables) -> None:
    products, predictions = tables
    rare = predictions["id"].isin(["2", "3"])
    predictions.loc[rare, "label"] = products.loc[rare, "product_type"] = "Umbrellas"
    predictions.loc[rare, "label_probability"] = 0.0
    assert set(label_issues(products, predictions).query("kind == 'label error'")["id"]) == set(WRONG)


def test_predictions_without_votes_and_distances_do(tables: Tables) -> None:
    products, predictions = tables
    issues = label_issues(products, predictions.drop(columns=["votes_label", "votes_suggested", "distance"]))
    assert set(issues.query("kind == 'label error'")["id"]) == set(WRONG)
    assert not issues["evidence"].str.contains("nearest").any()
    assert not issues["neighbours_said"].any()


def test_without_cleanlab_it_says_how_to_get_it(tables: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cleanlab.filter", None)
    with pytest.raises(MissingDependency, match="pip install cleanlab"):
        label_issues(*tables)


def test_missing_predictions_are_told_with_the_command_that_makes_them(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="train out-of-sample") as caught:
        read_out_of_sample(tmp_path)
    assert caught.value.code == "no_out_of_sample"


@pytest.mark.parametrize("write", [lambda path: path.write_bytes(b"no parquet"), lambda path: None])
def test_broken_predictions_are_refused_in_words(tmp_path: Path, tables: Tables, write: Callable) -> None:
    folder = tmp_path / "out_of_sample"
    folder.mkdir()
    (folder / "training.json").write_text("{}", encoding="utf-8")
    pd.DataFrame({"first": [], "second": []}).to_parquet(folder / "copies.parquet")
    tables[1].drop(columns="fold").to_parquet(folder / "predictions.parquet")
    write(folder / "predictions.parquet")
    with pytest.raises(BundleError, match="anew") as caught:
        read_out_of_sample(tmp_path)
    assert caught.value.code == "bundle_broken"


def _row(id: str, label: str, fold: int, given: dict[str, float], *, distance: float) -> dict[str, object]:
    ranked = sorted(given, key=lambda name: -given[name])[:SHOWN]
    row: dict[str, object] = {"id": id, "label": label, "fold": fold, "label_probability": given[label]}
    for place, name in enumerate(ranked, start=1):
        row |= {f"type_{place}": name, f"probability_{place}": given[name]}
    wrong = ranked[0] != label
    return {**row, "votes_label": 2 if wrong else 18, "votes_suggested": 17 if wrong else 1, "distance": distance}
