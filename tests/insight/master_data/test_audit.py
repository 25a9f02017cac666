"""The audit by eye as the page shows it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from vsearch_core.errors import BundleError
from vsearch_core.insight.master_data.audit import WHOSE, read_audit
from vsearch_core.settings import Settings
from vsearch_core.vision import Bundle


def test_the_audit_that_ships_is_told_in_a_sentence_and_tables() -> None:
    found = read_audit(Settings().results, Settings().models)
    assert found is not None
    assert f"{found.looked_at:,} were looked at" in found.sentence()
    assert set(found.verdicts["verdict"]) <= set(WHOSE)
    of_sample = found.shares[found.shares["of"] == "Every type"]
    assert of_sample["value"].sum() == pytest.approx(1, abs=0.002)
    assert (found.accuracies["low"] <= found.accuracies["high"]).all()


def test_an_audit_of_an_earlier_network_says_so(tmp_path: Path) -> None:
    shutil.copytree(Settings().results / "audit", tmp_path / "audit")
    (tmp_path / "fashion").symlink_to(Settings().models / "fashion")
    path = tmp_path / "audit" / "summary.json"
    summary = json.loads(path.read_text())

    def sentence(model: str) -> str:
        path.write_text(json.dumps({**summary, "model": model}))
        found = read_audit(tmp_path, tmp_path)
        assert found is not None
        return found.sentence()

    assert "on which an earlier network and" in sentence("another")
    assert "on which the network and" in sentence(Bundle.open(tmp_path / "fashion").fingerprint)


def test_without_an_audit_there_is_none(tmp_path: Path) -> None:
    assert read_audit(tmp_path, tmp_path) is None


@pytest.mark.parametrize("content", ["{", "[]", json.dumps({"disagreements": 3})])
def test_a_broken_audit_is_refused_in_words(tmp_path: Path, content: str) -> None:
    shutil.copytree(Settings().results / "audit", tmp_path / "audit")
    (tmp_path / "audit" / "summary.json").write_text(content)
    with pytest.raises(BundleError, match="write it anew") as caught:
        read_audit(tmp_path, tmp_path)
    assert caught.value.code == "bad_audit"
