"""Evaluation tables are read as they are, and say who errs and how."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from vsearch_core.errors import BundleError
from vsearch_core.insight.quality import confusions, costs, report, slices
from vsearch_core.insight.quality.confusions import ELSE
from vsearch_core.insight.quality.leaderboard import leaderboard
from vsearch_core.insight.quality.models import Answers, Model, both, models_in, type_groups
from vsearch_core.settings import Settings

MakeModel = Callable[..., Path]


@pytest.fixture
def make_model(tmp_path: Path) -> MakeModel:
    """Writes a model's evaluation table from (label, predicted) pairs; ids count from 1."""

    def make(name: str, pairs: list[tuple[str, str]], set_name: str = "catalogue", **columns: list) -> Path:
        folder = tmp_path / name / "evaluation"
        folder.mkdir(parents=True, exist_ok=True)
        table = pd.DataFrame(pairs, columns=["label", "type_1"])
        table.insert(0, "id", [f"made-{row}" for row in range(len(table))])
        table.insert(1, "part", "validation")
        table["probability_1"] = np.linspace(0.5, 0.9, len(table)).astype(np.float32)
        for column, values in columns.items():
            table[column] = values
        table.to_parquet(folder / f"{set_name}.parquet")
        return tmp_path

    return make


def answers_of(folder: Path, name: str = "one", set_name: str = "catalogue") -> Answers:
    return next(model for model in models_in(folder) if model.name == name).answers(set_name)


PAIRS = [*[("Tops", "Tops")] * 3, *[("Tops", "Tshirts")] * 2, *[("Tshirts", "Tshirts")] * 4, ("Tshirts", "Dresses")]


def test_every_folder_with_an_evaluation_is_a_model_however_deep_and_fashion_comes_first(make_model: MakeModel) -> None:
    for name in ("ladder/cnn-2", "fashion"):
        folder = make_model(name, PAIRS)
    make_model("ladder/cnn-2", PAIRS, "snaps")
    (folder / "ladder" / "cnn-2" / "evaluation" / "figures.json").write_text(json.dumps({"title": "CNN, 2 layers"}))
    (folder / "ladder" / "empty").mkdir()
    found = models_in(folder)
    assert [(model.name, model.title) for model in found] == [("fashion", "fashion"), ("ladder/cnn-2", "CNN, 2 layers")]
    assert found[1].sets == ("catalogue", "snaps")
    assert not found[1].runs


def test_a_table_without_a_needed_column_is_refused_in_words(make_model: MakeModel, tmp_path: Path) -> None:
    make_model("one", PAIRS)
    path = tmp_path / "one" / "evaluation" / "catalogue.parquet"
    pd.read_parquet(path).drop(columns="label").to_parquet(path)
    with pytest.raises(BundleError, match="no column label"):
        answers_of(tmp_path)


def test_columns_that_nobody_knows_are_kept_and_missing_further_guesses_are_no_problem(make_model: MakeModel) -> None:
    found = answers_of(make_model("one", PAIRS, colour=["Red"] * 5 + ["Blue"] * 5))
    assert list(found.table["colour"].unique()) == ["Red", "Blue"]
    assert report.top_five(found, ["Tops"]) is None
    assert slices.sliceable(found) == ["colour"]


@pytest.fixture(scope="module")
def fashion() -> Model:
    """The model that ships."""
    return models_in(Settings().models)[0]


@pytest.fixture(scope="module")
def stated(fashion: Model) -> dict[str, Any]:
    """The figures that its card is written from, by file."""
    files = {path.stem: path for path in fashion.evaluation.glob("*.json")}
    return {name: json.loads(files[name].read_text()) for name in ("figures", "report", "calibration")}


def test_the_page_shows_the_accuracy_and_the_macro_f1_of_the_card(fashion: Model, stated: dict[str, Any]) -> None:
    for name, protocol in (("catalogue", "types"), ("snaps", "types_on_snaps")):
        figures, test = stated["figures"][protocol], fashion.answers(name).of("test")
        assert report.accuracy(test).as_dict() == figures["every_type_top1"]
        assert report.top_five(test, test.types) == pytest.approx(figures["every_type_top5"]["value"], abs=1e-4)
        macro = report.macro_f1(test, test.types)
        assert macro is not None
        assert macro.as_dict() == figures["macro_f1"]


def test_the_page_shows_each_type_as_the_report_of_the_card(fashion: Model, stated: dict[str, Any]) -> None:
    for name, part in (("catalogue", "shots"), ("snaps", "snaps")):
        table = report.classification_table(fashion.answers(name).of("test"))
        theirs = pd.DataFrame(stated["report"][part]).rename(columns={"name": "type"})
        pd.testing.assert_frame_equal(table, theirs[list(table)])


def test_the_page_shows_the_calibration_error_and_the_bins_of_the_card(fashion: Model, stated: dict[str, Any]) -> None:
    for name, part in (("catalogue", "shots"), ("snaps", "snaps"), ("user_photos", "user_photos")):
        test, figures = fashion.answers(name).of("test"), stated["calibration"][part]
        error = report.calibration_error(test, test.types)
        assert error.as_dict() == figures["after"]
        assert error.low <= error.value <= error.high
        bins = report.reliability(test, test.types)
        pd.testing.assert_frame_equal(bins, pd.DataFrame(figures["reliability_after"])[list(bins)], atol=1e-4)


def test_among_the_ten_types_the_page_shows_the_f1_of_the_card(fashion: Model, stated: dict[str, Any]) -> None:
    figures = stated["figures"]["types"]
    board = leaderboard([fashion], Path("none.json")).iloc[0]
    for short, name in (("casual", "Casual Shoes"), ("sports", "Sports Shoes")):
        shown = [board[f"{short}_{end}"] for end in ("f1", "low", "high")]
        assert shown == [figures[f"ten_types_f1_{name}"][end] for end in ("value", "low", "high")]
    # the page knows the first five types of each picture, and the card all of them
    printed = [f"{board[column]:.1%}" for column in ("ten", "low", "high")]
    assert printed == [f"{figures['ten_types'][end]:.1%}" for end in ("value", "low", "high")]


def test_intervals_hold_their_value() -> None:
    found = models_in(Settings().models)[0].answers("catalogue").of("validation")
    table = report.classification_table(found)
    frequent = table[table["support"] >= 20]
    for name in ("precision", "recall", "f1"):
        assert (frequent[f"{name}_low"] <= frequent[name] + 1e-6).all()
        assert (frequent[f"{name}_high"] >= frequent[name] - 1e-6).all()


def test_a_matrix_counts_predictions_outside_the_group_as_anything_else(make_model: MakeModel) -> None:
    found = answers_of(make_model("one", PAIRS))
    matrix = confusions.confusion_matrix(found, ["Tops", "Tshirts"])
    assert matrix.columns == ("Tops", "Tshirts", ELSE)
    assert matrix.counts.tolist() == [[3, 2, 0], [0, 4, 1]]
    np.testing.assert_allclose(matrix.shares.sum(axis=1), 1)
    assert len(confusions.pictures_of(found, "Tshirts", ELSE, ["Tops", "Tshirts"])) == 1


def test_pairs_count_both_ways_and_their_photos_are_the_surest_first(make_model: MakeModel) -> None:
    found = answers_of(make_model("one", [*PAIRS, ("Tshirts", "Tops")]))
    first = confusions.pairs(found, ["Tops", "Tshirts"]).iloc[0]
    assert first.to_dict() == {
        "label": "Tops",
        "predicted": "Tshirts",
        "count": 2,
        "share": 0.4,
        "support": 5,
        "back": 1,
    }
    photos = confusions.pictures_of(found, "Tops", "Tshirts")
    assert photos["probability"].is_monotonic_decreasing
    assert len(photos) == 2


def test_two_models_are_compared_on_the_pictures_that_both_saw(make_model: MakeModel) -> None:
    make_model("one", PAIRS)
    folder = make_model("two", [(label, label) for label, _ in PAIRS[:8]])
    first, second = both(answers_of(folder, "one"), answers_of(folder, "two"))
    assert list(first.table["id"]) == list(second.table["id"])
    assert len(first) == 8
    differing = confusions.compared_pairs(first, second, ["Tops", "Tshirts"])
    assert differing[["count", "other", "change"]].iloc[0].tolist() == [2, 0, 2]


def test_groups_name_the_shoes_the_most_frequent_and_each_department() -> None:
    found = models_in(Settings().models)[0].answers("catalogue")
    hierarchy = {"Casual Shoes": ("Footwear", "Shoes"), "Sports Shoes": ("Footwear", "Shoes")}
    groups = type_groups(found, hierarchy)
    assert groups["Casual and sports shoes"] == ["Casual Shoes", "Sports Shoes"]
    assert len(groups["The 10 most frequent"]) == 10
    assert set(groups["Footwear"]) == set(hierarchy)


def test_the_most_confused_types_come_first(make_model: MakeModel) -> None:
    found = answers_of(make_model("one", [*PAIRS, *[("Bags", "Bags")] * 9]))
    assert confusions.most_confused(found, ["Bags", "Tops", "Tshirts"]) == ["Tshirts", "Tops", "Bags"]


def test_slices_say_unknown_where_nothing_is_known(make_model: MakeModel) -> None:
    found = answers_of(make_model("one", PAIRS))
    products = pd.DataFrame({"id": ["made-0", "made-9"], "colour": ["Red", ""], "image_width": [60, 225]})
    sliced = slices.with_facts(found, products)
    colours = slices.slice_table(sliced, ["Tops", "Tshirts"], "colour").set_index("value")["count"].to_dict()
    assert colours == {"unknown": 9, "Red": 1}
    assert set(sliced.table["size"]) == {"up to 70 pixels wide", "over 180 pixels wide", "unknown"}


def test_user_photos_are_right_where_the_type_is_of_their_kind_and_cost_where_not(make_model: MakeModel) -> None:
    pairs = [("Shoes", "Heels"), ("Shoes", "Tops"), ("T-Shirt", "Tops"), ("T-Shirt", "Tshirts")]
    folder = make_model("one", PAIRS)
    make_model("one", pairs, "user_photos")
    found = answers_of(folder, "one", "user_photos")
    assert found.table["right"].tolist() == [True, False, False, True]
    assert costs.cost_table([found])[["label", "first", "searches", "share"]].values.tolist() == [
        ["Shoes", "Tops", 1, 0.25],
        ["T-Shirt", "Tops", 1, 0.25],
    ]
    sentence = costs.cost_sentence([found], "Tshirts", "Tops")
    assert sentence == "Tops came first, where Tshirts would have been right, in 1 of 4 photos that people took."


def test_what_the_search_found_counts_before_what_the_model_named(make_model: MakeModel) -> None:
    folder = make_model("one", PAIRS)
    make_model("one", [("Tops", "Tops"), ("Tops", "Tshirts")], "snaps", first_hit_type=["Tshirts", "Tops"])
    found = answers_of(folder, "one", "snaps")
    assert costs.by_hit(found)
    assert costs.wrong_first(found)["first"].tolist() == ["Tshirts"]


def test_a_model_that_is_as_right_as_it_is_sure_has_no_calibration_error(make_model: MakeModel) -> None:
    found = answers_of(make_model("one", [("Tops", "Tops")] * 3 + [("Tops", "Tshirts")]))
    found.table["probability"] = 0.75
    assert report.reliability(found, ["Tops"])["count"].tolist() == [4]
    assert report.calibration_error(found, ["Tops"]).value == pytest.approx(0)


def test_of_no_picture_there_is_no_figure(make_model: MakeModel) -> None:
    found = answers_of(make_model("one", PAIRS))
    assert report.reliability(found, []).empty
    assert np.isnan(report.calibration_error(found, []).value)
    assert np.isnan(report.accuracy(found, []).value)
    assert report.macro_f1(found, found.types) is None, "no type has twenty pictures"
