"""`data fetch / split` and `setup`: what the product stands on."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from vsearch_core.cli.output import ProgressLine, say
from vsearch_core.errors import VsearchError
from vsearch_core.settings import settings


def add_commands(commands: Any) -> None:
    """Add this group's commands to the command line."""
    group = commands.add_parser("data", help="get the public data sets, make the split")
    verbs = group.add_subparsers(metavar="VERB", required=True)

    fetch = verbs.add_parser("fetch", help="get the public data sets")
    fetch.add_argument("names", nargs="*", metavar="SET", help="default: all of them")
    fetch.add_argument("--to", type=Path, help="folder; default: <cache>/data")
    fetch.set_defaults(run=run_fetch)

    split = verbs.add_parser("split", help="make the committed split anew (train, validation, test)")
    split.add_argument("--out", type=Path, help="folder; default: splits/ of the repository")
    split.add_argument("--backgrounds", action="store_true", help="only the one of the backgrounds")
    split.set_defaults(run=run_split)

    setup = commands.add_parser("setup", help="make the shop that the app opens")
    setup.add_argument("--again", action="store_true", help="build it anew even if it is there")
    setup.set_defaults(run=run_setup)


def run_fetch(arguments: argparse.Namespace) -> int:
    """`data fetch`."""
    from vsearch_core.catalogue.fetch import DATA_SETS, fetch

    target = arguments.to or settings().cache / "data"
    status = 0
    for name in arguments.names or DATA_SETS:
        try:
            say(f"{name}: {fetch(name, target, settings(), progress=ProgressLine(f'fetching {name}, bytes'))}")
        except VsearchError as error:
            say(f"{name}: {error.message}", error=True)
            status = 1
    return status


def run_split(arguments: argparse.Namespace) -> int:
    """`data split`."""
    from vsearch_core.catalogue.photos.backgrounds import has_backgrounds, write_backgrounds_split
    from vsearch_core.catalogue.split import SPLITS, write_splits

    folder = arguments.out or SPLITS
    if not arguments.backgrounds:
        for line in write_splits(settings().data, folder):
            say(line)
        if not has_backgrounds(settings().data):
            say("backgrounds: left as they are, the pictures from outside are not at hand")
            return 0
    say(write_backgrounds_split(settings().data, folder))
    return 0


def run_setup(arguments: argparse.Namespace) -> int:
    """`setup`."""
    from vsearch_core.setup import prepare

    lines: dict[str, ProgressLine] = {}

    def progress(what: str, done: int, total: int) -> None:
        lines.setdefault(what, ProgressLine(what))(done, total)

    say(f"The shop is ready: {prepare(settings(), progress=progress, again=arguments.again)}")
    return 0
