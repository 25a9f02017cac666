"""The leaderboard measures every model alike on the ten types, and marks what the first project states."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from app.quality.leaderboard import figure
from vsearch_core.evaluation.protocols.types import TEN_MOST
from vsearch_core.insight.quality.leaderboard import (
    FIRST_PROJECTS,
    OURS,
    TEN,
    THEIRS,
    few_types,
    leaderboard,
    narrowed,
    shared_errors,
    ten_types,
)
from vsearch_core.insight.quality.models import Answers, models_in
from vsearch_core.settings import Settings

Write = Callable[..., Path]

SHOES = ("Casual Shoes", "Sports Shoes")
KNOWN = [("Casual Shoes", "Casual Shoes")] * 6 + [("Sports Shoes", "Casual Shoes")] * 2 + [("Sports Shoes",) * 2] * 2


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a model of (label, first, second …) rows of test pictures, and what else its files say."""

    def make(name: str, rows: list[tuple[str, ...]], *, figures: Any = None, training: Any = None) -> Path:
        folder = tmp_path / name
        (folder / "evaluation").mkdir(parents=True)
        table = pd.DataFrame({"id": [f"made-{row}" for row in range(len(rows))], "part": "test"})
        table["label"] = [row[0] for row in rows]
        for place in range(1, max(map(len, rows))):
            table[f"type_{place}"] = [row[place] for row in rows]
            table[f"probability_{place}"] = [0.6, 0.3, 0.1][place - 1]
        table.to_parquet(folder / "evaluation" / "catalogue.parquet")
        if figures is not None:
            (folder / "evaluation" / "figures.json").write_text(json.dumps(figures))
        if training is not None:
            (folder / "training.json").write_text(json.dumps(training))
        return tmp_path

    return make


def answers(folder: Path, name: str) -> Answers:
    return next(model for model in models_in(folder) if model.name == name).answers("catalogue")


def test_a_model_of_more_types_answers_among_the_compared_ones_alone(write: Write) -> None:
    rows = [
        ("Casual Shoes", "Flats", "Casual Shoes", "Sports Shoes"),
        ("Sports Shoes", "Flats", "Casual Shoes", "Sports Shoes"),
        ("Sports Shoes", "Flats", "Heels", "Sandals"),
        ("Flats", "Flats", "Heels", "Sandals"),
    ]
    found = narrowed(answers(write("fashion", rows), "fashion"), SHOES).table
    assert found["predicted"].tolist() == ["Casual Shoes", "Casual Shoes", "Flats"]
    assert found["right"].tolist() == [True, False, False]
    assert found["probability"].tolist()[:2] == pytest.approx([0.75, 0.75])
    assert found["label_probability"].tolist() == pytest.approx([0.75, 0.25, 0.0])


def test_only_a_model_that_knows_few_types_has_few(write: Write) -> None:
    write("ladder/cnn-2", KNOWN)
    folder = write("fashion", [(*row, "Heels") for row in KNOWN])
    assert few_types(answers(folder, "ladder/cnn-2")) == list(SHOES)
    assert few_types(answers(folder, "fashion")) == []


def test_every_model_is_measured_alike_and_what_the_first_project_states_is_marked(write: Write) -> None:
    beside = {"fashion": {"latency_ms": 2.0, "parameters": 3_000_000, "weights": "ImageNet"}}
    facts = {
        "title": "CNN, 2 layers",
        "parameters": 120_000,
        "latency_ms": 0.5,
        "note": "random weights: not transfer learning",
        "types": {"ten_types_names": list(SHOES)},
    }
    write(
        "ladder/cnn-2",
        KNOWN,
        figures={**facts, "beside": beside},
        training={"minutes": 9, "data": {"fingerprint": "f"}},
    )
    beside = {"fashion": {**beside["fashion"], "latency_ms": 4.0}}
    write("ladder/cnn-4", [(row[0], row[0]) for row in KNOWN], figures={"beside": beside})
    folder = write("fashion", [*((row[0], "Flats", row[0]) for row in KNOWN), ("Flats", "Flats", "Heels")])
    stated = [{"title": "VGG16", "ten": 0.95, "source": "their report"}]
    (folder / FIRST_PROJECTS).write_text(json.dumps(stated))
    board = leaderboard(models_in(folder), folder / FIRST_PROJECTS)
    assert board["model"].tolist() == ["fashion", "ladder/cnn-4", "CNN, 2 layers", "VGG16"]
    assert board["ten"].tolist() == [1.0, 1.0, 0.8, 0.95]
    assert board["whose"].tolist() == [OURS, OURS, OURS, THEIRS]
    small, shipped = board.iloc[2], board.iloc[0]
    assert (small["parameters"], small["minutes"], small["data"]) == (120_000, 9, "f")
    assert small["casual_f1"] == pytest.approx(12 / 14, abs=1e-4)
    assert small["casual_low"] <= small["casual_f1"] <= small["casual_high"]
    assert pd.isna(small["every"])
    assert shipped["every"] == pytest.approx(1 / 11)
    # measured in turn with each of the others: the median stands
    assert (shipped["latency_ms"], shipped["parameters"]) == (3.0, 3_000_000)
    assert len(leaderboard(models_in(folder), folder / "none.json")) == 3


def test_the_chart_keeps_random_weights_and_what_others_state_apart(write: Write) -> None:
    note = {"note": "random weights: not transfer learning"}
    write("ladder/vgg16", KNOWN, figures=note)
    folder = write("fashion", KNOWN)
    stated = [{"title": "VGG16", "ten": 0.95, "source": "x"}, {"title": "Shoes", "casual_f1": 0.85, "source": "x"}]
    (folder / FIRST_PROJECTS).write_text(json.dumps(stated))
    drawn = figure(leaderboard(models_in(folder), folder / FIRST_PROJECTS))
    named = {trace.name: list(trace.y) for trace in drawn.data}
    assert named == {
        "measured here": ["fashion"],
        "measured here, random weights": ["ladder/vgg16"],
        "the first project's own": ["VGG16 (theirs)"],
    }


def test_shared_errors_say_what_two_models_get_wrong_alike(write: Write) -> None:
    labels = ["Casual Shoes"] * 4 + ["Sports Shoes"] * 2
    write("fashion", list(zip(labels, ["Heels", "Heels", "Heels", *labels[3:]], strict=True)))
    folder = write("other", list(zip(labels, ["Heels", "Flats", *labels[2:5], "Flats"], strict=True)))
    found = shared_errors(answers(folder, "fashion"), answers(folder, "other"))
    assert found.wrong == 3
    assert (found.too.value, found.same.value) == (pytest.approx(2 / 3), pytest.approx(1 / 3))
    assert found.either.value == pytest.approx(4 / 6)


def test_the_shipped_models_are_compared_on_the_ten_that_the_shipped_figures_name() -> None:
    models = models_in(Settings().models)
    figures = json.loads((Settings().models / "fashion" / "evaluation" / "figures.json").read_text())["types"]
    assert TEN == TEN_MOST
    assert ten_types(models) == figures["ten_types_names"]
    board = leaderboard(models[:1], Settings().models / "none.json").iloc[0]
    # the figures have every probability, the predictions the first five
    assert board["ten"] == pytest.approx(figures["ten_types"]["value"], abs=2e-3)
    assert board["casual_f1"] == pytest.approx(figures["ten_types_f1_Casual Shoes"]["value"], abs=3e-3)


def test_every_shipped_rung_states_what_its_predictions_say() -> None:
    models = {model.name: model for model in models_in(Settings().results) if model.name.startswith("ladder/")}
    for model in models.values():
        figures = json.loads((model.evaluation / "figures.json").read_text())
        test = model.answers("catalogue").of("test")
        assert test.table["right"].mean() == pytest.approx(figures["types"]["accuracy"]["value"], abs=1e-4)
        assert not model.runs
        assert (model.path / "card.md").is_file()
        if figures["weights"] != "ImageNet" and not model.name.startswith("ladder/cnn"):
            assert figures["note"] == "random weights: not transfer learning"
