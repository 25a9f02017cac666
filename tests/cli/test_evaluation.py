"""`evaluate` takes any bundle, and says in one sentence what it lacks."""

from __future__ import annotations

from pathlib import Path

import pytest

from vsearch_core.cli.evaluation import PROTOCOLS, evaluate
from vsearch_core.cli.main import main
from vsearch_core.evaluation import measure
from vsearch_core.settings import settings


@pytest.fixture(autouse=True)
def _no_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VSEARCH_DATA", str(tmp_path / "no-data"))
    settings.cache_clear()


def test_every_protocol_has_a_verb() -> None:
    told = {name for names, _ in PROTOCOLS.values() for name in names}
    assert told == set(measure.PROTOCOLS)


@pytest.mark.parametrize("verb", [*PROTOCOLS, "fashion", "all"])
def test_without_the_public_data_there_are_no_figures(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", verb]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "data fetch" in captured.err


@pytest.mark.parametrize("verb", list(PROTOCOLS))
def test_a_bundle_that_is_not_there_is_named(verb: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", verb, "--bundle", str(tmp_path / "none"), "--json"]) == 1
    assert str(tmp_path / "none") in capsys.readouterr().err


def test_figures_are_of_the_test_part_where_nothing_is_said() -> None:
    chosen = evaluate.commands["twins"].make_context("twins", []).params
    assert chosen == {"part": "test", "bundle": None, "as_json": False}
