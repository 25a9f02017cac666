"""The detector's card says what its bundle's files say, and nothing that was not done."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from vsearch_core.evaluation.cards.detector import write_detector_card
from vsearch_core.settings import ROOT

BUNDLE = ROOT / "models" / "detector"


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A copy of the bundle that ships."""
    return shutil.copytree(BUNDLE, tmp_path / "detector")


def change(path: Path, **values: Any) -> None:
    """Replace some values of a JSON file."""
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **values}), encoding="utf-8")


def test_the_committed_card_is_the_one_that_its_files_give(bundle: Path) -> None:
    assert write_detector_card(bundle).read_text(encoding="utf-8") == (BUNDLE / "card.md").read_text(encoding="utf-8")


def test_a_stage_that_was_not_come_to_is_not_told(bundle: Path) -> None:
    training = json.loads((bundle / "training.json").read_text(encoding="utf-8"))
    epoch, first = training["history"][0], training["recipe"]["stages"][0]
    change(bundle / "training.json", history=[epoch] * first["epochs"])
    assert "Stage 2" not in write_detector_card(bundle).read_text(encoding="utf-8")
    data = {**training["data"], "user_photos_boxed": 123}
    change(bundle / "training.json", history=[epoch] * (first["epochs"] + 1), data=data)
    card = write_detector_card(bundle).read_text(encoding="utf-8")
    assert "Stage 2: 1 epochs" in card
    assert "in 123 of which one" in card


def test_what_was_seen_of_other_weights_is_not_told(bundle: Path) -> None:
    change(bundle / "evaluation" / "by_eye.json", model="another", words="seen of another one")
    assert "seen of another one" not in write_detector_card(bundle).read_text(encoding="utf-8")


def test_the_card_says_whether_the_weights_are_kept(bundle: Path) -> None:
    assert "There is no `weights.npz`" in write_detector_card(bundle).read_text(encoding="utf-8")
    (bundle / "weights.npz").write_bytes(bytes(4_200_000))
    assert "`weights.npz` has the weights, 4.2 MB" in write_detector_card(bundle).read_text(encoding="utf-8")
