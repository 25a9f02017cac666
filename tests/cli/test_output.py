"""Whatever is in a name or a catalogue, a terminal only shows it; whatever a terminal can hold, it is told."""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vsearch_core.cli import output
from vsearch_core.cli.doctor import Check, render
from vsearch_core.cli.main import main
from vsearch_core.cli.output import LogLines, print_json, say, table, visible
from vsearch_core.settings import ROOT, Settings, settings

ACTING = [
    "\x1b[2Jgone",
    "\x9b2J",
    "a\nb",
    "a\r\nb",
    "a\x85b",
    "a\u2028b",
    "a\vb\fc",
    "\x07\x08\x7f\x00",
    "gpj.\u202exe",
    "\u2066x\u2069",
    "\udcff",
    "\U000e0041",
]

Streams = Callable[[str], tuple[io.BytesIO, io.BytesIO]]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Streams:
    """Puts strict streams of an encoding in the place of standard output and error; gives their bytes."""

    def put(encoding: str) -> tuple[io.BytesIO, io.BytesIO]:
        both = io.BytesIO(), io.BytesIO()
        for name, raw in zip(("stdout", "stderr"), both, strict=True):
            monkeypatch.setattr(sys, name, io.TextIOWrapper(raw, encoding=encoding, errors="strict", newline="\n"))
        return both

    return put


@pytest.mark.parametrize("text", ACTING)
def test_nothing_that_acts_on_a_terminal_is_left(text: str) -> None:
    assert visible(text).isprintable()
    assert "\\" in visible(text)


@pytest.mark.parametrize("text", ["Mützen", "日本語", "کفش‌ها", "👩‍👧", "שלום", "a  b", "price €"])
def test_letters_of_every_language_stay(text: str) -> None:
    assert visible(text) == text


@given(st.text(), st.sampled_from(["utf-8", "ascii", "cp1252", "cp437", "latin-1"]))
def test_a_line_is_a_line_and_json_is_json_on_every_terminal(text: str, encoding: str) -> None:
    kept = sys.stdout
    raw = io.BytesIO()
    sys.stdout = io.TextIOWrapper(raw, encoding=encoding, errors="strict", newline="\n")
    try:
        say(text)
        print_json({"image": text, text: [text]})
    finally:
        sys.stdout.flush()
        sys.stdout.detach()
        sys.stdout = kept
    line, record, end = raw.getvalue().decode(encoding).split("\n")
    assert all(c.isprintable() or c in "\u200c\u200d" for c in line)
    assert record.isprintable()
    assert json.loads(record) == {"image": text, text: [text]}
    assert end == ""


def test_a_table_keeps_its_rows_whatever_is_in_a_cell() -> None:
    lines = table([("1\n2", "\x1b[31mred"), ("3", "x")], ("id", "na\nme"))
    assert lines == ["id    na\\nme", "1\\n2  \\x1b[31mred", "3     x"]


def test_checks_and_log_records_are_lines_too() -> None:
    assert len(render([Check("store", "missing", "a\nb\x1b[2J")]).split("\n")) == 3
    record = logging.LogRecord("x", logging.WARNING, "", 0, "lost %s", ("a\nb\x1b[2J",), None)
    assert LogLines().format(record) == "lost a\\nb\\x1b[2J"


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
@pytest.mark.parametrize("name", ["x\x1b]0;owned\x07\n0 products\u202e.jpg", "Mütze ☂ 帽子.jpg", "odd\udcff.jpg"])
@pytest.mark.parametrize(
    "command",
    [
        ["analyse", "NAME"],
        ["analyse", "NAME", "--json"],
        ["store", "info", "--store", "NAME"],
        ["catalogue", "check", "NAME"],
        ["search", "x.jpg", "--filter", "NAME"],
        ["NAME"],
        ["--help"],
        ["journal", "export", "--out", "/dev/null/NAME"],
        ["data", "fetch", "NAME"],
    ],
    ids=" ".join,
)
def test_every_command_tells_a_strange_name_in_one_line(
    command: list[str], name: str, encoding: str, terminal: Streams, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("VSEARCH_CACHE", str(tmp_path))
    out, err = terminal(encoding)
    status = main([part.replace("NAME", name) for part in command])
    told = (out.getvalue() + err.getvalue()).decode(encoding)
    assert status == (0 if command == ["--help"] else 2 if command[0] == "search" or len(command) == 1 else 1)
    assert all(line.isprintable() for line in told.split("\n"))
    assert "owned" not in told or "\\x1b" in told or "\\u001b" in told
    if "--json" in command:
        assert json.loads(out.getvalue())["image"] == name.encode("utf-8", "surrogateescape").decode(errors="replace")


def test_a_catalogue_s_values_reach_the_terminal_as_text(
    shop: Settings, tmp_path: Path, terminal: Streams, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VSEARCH_CACHE", str(shop.cache))
    settings.cache_clear()
    picture = next((shop.sample_path / "images").glob("*.webp"))
    (tmp_path / "a.jpg").write_bytes(picture.read_bytes())
    rows = 'id,image,name,product_type\n"i\x1b[31m1",a.jpg,"two\nlines\u202e ☂","T\x9b1m"\nb,gone\x1b[2J.jpg,x,y\n'
    (tmp_path / "shop.csv").write_text(rows, encoding="utf-8")
    out, err = terminal("ascii")
    store = str(tmp_path / "store")
    assert main(["store", "build", "--catalogue", str(tmp_path / "shop.csv"), "--out", store]) == 0
    assert main(["store", "info", "--store", store]) == 0
    assert main(["catalogue", "check", str(tmp_path / "shop.csv"), "--json"]) == 0
    assert main(["search", str(tmp_path / "a.jpg"), "--store", store]) == 0
    told = out.getvalue().decode("ascii")
    assert "two\\nlines\\u202e" in told
    assert all(line.isprintable() for line in told.split("\n"))
    assert all(line.isprintable() for line in err.getvalue().decode("ascii").replace("\r", "").split("\n"))


def test_the_command_line_prints_in_one_place_alone() -> None:
    cli = ROOT / "vsearch_core" / "cli"
    own = [
        path.name
        for path in cli.glob("*.py")
        if any(f" {call}(" in path.read_text("utf-8") for call in ("print", "sys.stdout.write", "sys.stderr.write"))
    ]
    assert own == []
    assert output.write.__doc__
