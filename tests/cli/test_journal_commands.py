"""`journal` on the command line: says what is kept, deletes what is over, hands the rest out."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from vsearch_core.cli.main import main
from vsearch_core.contracts import Analysis, SearchResult
from vsearch_core.database import open_database
from vsearch_core.journal import Encoded, Journal, PhotoFolder, Request
from vsearch_core.journal.bulk import insert_many
from vsearch_core.journal.rows import event_row, query_row
from vsearch_core.settings import settings

NOW = datetime.now(UTC)


@pytest.fixture(autouse=True)
def _two_queries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A journal with two queries, of which one has a photo that is over."""
    monkeypatch.setenv("VSEARCH_CACHE", str(tmp_path))
    monkeypatch.delenv("VSEARCH_JOURNAL_URL", raising=False)
    settings.cache_clear()
    answer = SearchResult(Analysis((), (), {}, np.zeros(4, np.float32)), (), False)
    photo = Encoded.of(np.zeros((20, 30, 3), np.uint8))
    PhotoFolder(settings().photos_path).write(photo)
    rows = [
        query_row(answer, Request(source="cli", session="s", model="m"), time=NOW - timedelta(days=day))
        for day in (50, 1)
    ]
    rows[0]["photo"] = photo.hash
    kept = photo.row(time=rows[0]["time"], days=30, consent="1", embedding=None)
    insert_many(open_database(settings().database_url), rows, (), [kept])


def test_a_purge_deletes_what_is_over_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["journal", "info", "--json"]) == 0
    before = json.loads(capsys.readouterr().out)
    assert (before["queries"], before["photos"], before["keep_days"]) == (2, 1, 30)
    assert before["photo_bytes"] > 0
    assert main(["journal", "purge"]) == 0
    assert capsys.readouterr().out.startswith("Deleted 1 photo whose time was over, 0 entries")
    assert main(["journal", "info"]) == 0
    assert "2 queries,\n0 events and 0 kept photos." in capsys.readouterr().out
    assert not [file for file in settings().photos_path.rglob("*") if file.is_file()]


def test_an_export_goes_where_it_is_asked_for_or_says_why_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["journal", "export", "--out", str(tmp_path / "out"), "--format", "csv"]) == 0
    assert "queries.csv: 2 rows" in capsys.readouterr().out
    (tmp_path / "file").touch()
    assert main(["journal", "export", "--out", str(tmp_path / "file")]) == 1
    assert "name another with --out" in capsys.readouterr().err


def test_what_is_dated_wrongly_is_left_out_and_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = SearchResult(Analysis((), (), {}, np.zeros(4, np.float32)), (), False)
    ahead = query_row(answer, Request(source="cli", session="s", model="m"), time=NOW + timedelta(days=22_000))
    asked = query_row(answer, Request(source="cli", session="s", model="m"), time=NOW - timedelta(days=2))
    early = event_row(asked["id"], "none_of_these", time=NOW - timedelta(days=3), session="s")
    insert_many(open_database(settings().database_url), [ahead, asked], [early])
    assert main(["journal", "info", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["queries"], found["queries_ahead"], found["events_untimed"]) == (4, 1, 1)
    assert found["last"] == (NOW - timedelta(days=1)).isoformat()
    assert main(["journal", "info"]) == 0
    assert "1 search lies in the future and is left out" in capsys.readouterr().out
    assert main(["journal", "export", "--out", str(tmp_path / "out"), "--json"]) == 0
    written = json.loads(capsys.readouterr().out)
    assert written == {"queries.parquet": 3, "events.parquet": 0, "left_out": {"queries": 1, "events": 1}}
    assert main(["journal", "export", "--out", str(tmp_path / "out")]) == 0
    assert "Left out: 1 queries and 1 events." in capsys.readouterr().out


def test_what_waits_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    answer = SearchResult(Analysis((), (), {}, np.zeros(4, np.float32)), (), False)
    database = open_database(settings().database_url, timeout_s=0.1)
    journal = Journal(database)
    with database.begin(write_lock=True):
        journal.record(answer, Request(source="cli", session="s", model="m"))
        journal.close()
    assert main(["journal", "info"]) == 0
    assert "1 more of programs that ended wait in" in capsys.readouterr().out
