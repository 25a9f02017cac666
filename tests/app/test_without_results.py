"""Where the measured evidence was not brought along, the pages say so and show what else there is."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

_SAID = "There are no measured figures of the studies"


def _protocols() -> None:
    from app.similarity import protocols

    protocols.show()


def _worth() -> None:
    from app.master_data import worth

    worth.show(None)


def _leaderboard() -> None:
    from app.quality import leaderboard

    leaderboard.show()


@pytest.mark.parametrize("section", [_protocols, _worth, _leaderboard])
def test_a_section_without_measured_evidence_says_so(
    section: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VSEARCH_RESULTS", str(tmp_path / "none"))
    monkeypatch.setattr("app.quality.data.this_shop", lambda: None)
    page = AppTest.from_function(section, default_timeout=60).run()  # type: ignore[arg-type]
    assert not page.exception
    assert sum(_SAID in caption.value for caption in page.caption) == 1
