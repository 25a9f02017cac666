"""`python -m studies`: each study runs its function with what it says going to standard error."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

from studies.cli.comparisons import STUDIES
from studies.cli.main import main
from vsearch_core.settings import ROOT


@pytest.mark.parametrize("place", [place for place, _ in STUDIES.values()])
def test_a_study_names_a_function_that_is_there(place: str) -> None:
    module, name = place.split(":")
    tree = ast.parse((ROOT / "studies" / f"{module.replace('.', '/')}.py").read_text("utf-8"))
    assert [node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name]


def test_a_study_prints_its_lines_and_says_its_steps_apart(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from studies import shift

    def study(settings: object, *, say: object) -> list[str]:
        assert callable(say)
        say("asking")
        return ["one", "two"]

    monkeypatch.setattr(shift, "study_shift", study)
    assert main(["shift"]) == 0
    assert capsys.readouterr() == ("one\ntwo\n", "asking\n")


@pytest.mark.parametrize("minutes", ["0", "-1", "nan", "soon"])
def test_minutes_are_above_zero(minutes: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "methods", "--minutes", minutes]) == 2
    assert f"'{minutes}' is not a number of minutes above 0" in capsys.readouterr().err


def test_the_package_runs_as_a_program() -> None:
    done = subprocess.run([sys.executable, "-m", "studies"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "Missing command; see `python -m studies --help`.\n")
