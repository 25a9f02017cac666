"""Every command's help shows an example that works, quickly, on every terminal."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Iterator
from typing import get_args

import click
import pytest

from studies.cli.main import main as studies_main
from studies.cli.main import studies
from vsearch_core.cli.frame import Group
from vsearch_core.cli.main import main, vsearch
from vsearch_core.cli.photos import MODES
from vsearch_core.contracts import SearchMode
from vsearch_core.settings import ROOT


def commands(group: click.Group, *path: str) -> Iterator[tuple[str, ...]]:
    """The path of every group and command below a group, and its own."""
    yield path
    for name, command in group.commands.items():
        yield from commands(command, *path, name) if isinstance(command, click.Group) else [(*path, name)]


EVERY = [
    *((main, vsearch, path) for path in commands(vsearch)),
    *((studies_main, studies, path) for path in commands(studies)),
]


@pytest.mark.parametrize(
    ("run", "program", "path"), EVERY, ids=lambda value: " ".join(value) if isinstance(value, tuple) else ""
)
def test_every_help_shows_an_example_that_the_command_line_takes(
    run: object, program: Group, path: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert callable(run)
    assert run([*path, "--help"]) == 0
    *_, heading, example = capsys.readouterr().out.splitlines()
    assert heading == "Example:"
    typed = shlex.split(example.partition("python -m studies" if program is studies else "vsearch")[2])
    assert tuple(typed[: len(path)]) == path
    command: click.Command = program
    context = click.Context(program)
    while isinstance(command, click.Group):
        command = command.commands[typed.pop(0)]
    # reads every value, as running it would, and runs nothing
    assert command.make_context(None, typed, parent=context) is not None


def test_help_is_shown_without_loading_what_commands_work_with() -> None:
    code = """
import sys
from vsearch_core.cli.main import main
main(["--help"]), main(["search", "--help"]), main(["stroe"])
heavy = {"numpy", "pandas", "pydantic", "PIL", "sqlalchemy", "ai_edge_litert"}
print(sorted(heavy & {name.split(".")[0] for name in sys.modules}))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["stroe"], "No such command 'stroe', perhaps 'store'; see `vsearch --help`.\n"),
        (
            ["store", "build", "--catalog", "x"],
            "No such option '--catalog', perhaps '--catalogue'; see `vsearch store build --help`.\n",
        ),
        (["journal"], "Missing command; see `vsearch journal --help`.\n"),
        (["search", "x.jpg", "-k"], "Option '-k' requires an argument; see `vsearch search --help`.\n"),
        (["setup", "now"], "Got unexpected extra argument (now); see `vsearch setup --help`.\n"),
    ],
)
def test_wrong_usage_is_one_sentence_that_says_where_help_is(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err == sentence


def test_the_modes_are_those_of_the_engine() -> None:
    assert get_args(SearchMode) == MODES


def test_the_program_is_called_as_it_was_typed() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "vsearch_core", "search"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.endswith("see `python -m vsearch_core search --help`.\n")
