"""Measured figures as rows for charts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from vsearch_core.insight.similarity.protocols import as_table, beside_first_projects, read_protocols
from vsearch_core.settings import Settings

ONE = {"value": 0.9, "low": 0.85, "high": 0.94, "count": 120}


def write(models: Path, name: str, content: Any) -> None:
    path = models / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))


def test_nothing_measured_is_nothing_to_show(tmp_path: Path) -> None:
    assert read_protocols(tmp_path, tmp_path) == ([], [])
    assert all(ours is None for _, ours in beside_first_projects(tmp_path))


def test_figures_come_in_the_words_of_the_card_with_their_targets(tmp_path: Path) -> None:
    figures = {"command": "evaluate it", "types": {"ten_types": ONE, "macro_f1_types": 51, "timing": {"ms": 0.5}}}
    write(tmp_path, "fashion/evaluation/figures.json", figures)
    (protocol,), problems = read_protocols(tmp_path, tmp_path)
    assert problems == []
    ours, theirs = protocol.figures
    assert (ours.row, ours.value, ours.low, ours.high, ours.count, ours.target, ours.theirs) == (
        "Ten types, chosen among the ten", 0.9, 0.85, 0.94, 120, 0.98, False,
    )  # fmt: skip
    assert (theirs.theirs, theirs.low, theirs.value) == (True, None, 0.95)
    assert protocol.command == "evaluate it"
    assert as_table(protocol.figures)["whose"].tolist() == ["ours", "theirs, on their own data"]


def test_our_figure_stands_beside_a_first_project_only_where_it_was_measured(tmp_path: Path) -> None:
    write(tmp_path, "fashion/evaluation/figures.json", {"types": {"ten_types": ONE}})
    found = {project.name: ours for project, ours in beside_first_projects(tmp_path)}
    vgg = found.pop("VGG16, fine-tuned")
    assert vgg is not None
    assert vgg.value == 0.9
    assert len(found) >= 4
    assert all(ours is None for ours in found.values())


def test_a_study_has_a_row_for_what_was_compared_and_a_group_for_what_it_was_measured_on(tmp_path: Path) -> None:
    rows = [
        {"method": "triplet", "training": {"minutes": 0.5}, "snaps": {"r_at_1": ONE}, "verification": {"easy": ONE}},
        {"method": "siamese", "training": {"minutes": 0.5}, "snaps": {"r_at_1": ONE}, "verification": {"easy": ONE}},
    ]
    theirs = [{"name": "Siamese network", "metric": "same or different product", "value": 0.5, "whose": "theirs"}]
    write(tmp_path, "studies/methods.json", {"title": "Methods", "rows": rows, "first_projects": theirs})
    (study,), _ = read_protocols(tmp_path, tmp_path)
    assert (study.title, study.groups) == ("Methods", ("Snaps", "Verification"))
    ours = [(one.row, one.group, one.metric) for one in study.figures if not one.theirs]
    assert ours[:2] == [("triplet", "Snaps", "R@1"), ("triplet", "Verification", "Easy")]
    assert [(one.group, one.value) for one in study.figures if one.theirs] == [("Verification", 0.5)]


def test_a_study_of_another_shape_still_shows_its_figures(tmp_path: Path) -> None:
    write(tmp_path, "studies/raw.json", {"what": {"deeper": {"at_5": ONE}}, "minutes": 12.5, "list": ["x"]})
    (study,), _ = read_protocols(tmp_path, tmp_path)
    assert [one.row for one in study.figures] == ["What Deeper Right@5"]


def test_a_broken_file_is_named_and_the_others_are_shown(tmp_path: Path) -> None:
    write(tmp_path, "studies/broken.json", "{")
    write(tmp_path, "studies/list.json", [1])
    write(tmp_path, "fashion/evaluation/figures.json", {"snaps": {"r_at_1": ONE}})
    protocols, problems = read_protocols(tmp_path, tmp_path)
    assert [one.key for one in protocols] == ["snaps"]
    assert [problem.split()[0] for problem in problems] == ["broken.json", "list.json"]


def test_the_figures_that_ship_are_shown_with_their_intervals() -> None:
    protocols, problems = read_protocols(Settings().models, Settings().results)
    assert problems == []
    types = next(one for one in protocols if one.key == "types")
    measured = [one for one in types.figures if one.low is not None and one.high is not None]
    assert measured
    assert all(0 <= one.low <= one.value <= one.high <= 1 for one in measured if one.low is not None and one.high)
