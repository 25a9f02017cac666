"""`catalogue check / correct`: a catalogue before it becomes a store, and after its labels were reviewed."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from vsearch_core.cli.output import ProgressLine, print_json, say


def add_commands(commands: Any) -> None:
    """Add this group's commands to the command line."""
    group = commands.add_parser("catalogue", help="check a catalogue before it becomes a store, correct its labels")
    verbs = group.add_subparsers(metavar="VERB", required=True)
    check = verbs.add_parser("check", help="the cleaning report: broken, blank, tiny, duplicate, missing")
    check.add_argument("path", type=Path, metavar="PATH", help="folder in the Kaggle layout, or a CSV")
    check.add_argument("--json", action="store_true", help="a line a finding, and a last one that counts the rows")
    check.set_defaults(run=run_check)

    correct = verbs.add_parser("correct", help="apply a review of labels as a new version of the catalogue")
    correct.add_argument("--catalogue", type=Path, required=True, help="folder in the Kaggle layout, or a CSV")
    correct.add_argument(
        "--corrections", type=Path, required=True, help="CSV with id, from, to, verdict, reviewer, time"
    )
    correct.add_argument("--out", type=Path, required=True, help="the new version's folder")
    correct.set_defaults(run=run_correct)


def run_check(arguments: argparse.Namespace) -> int:
    """`catalogue check`."""
    from vsearch_core.catalogue import read_catalogue
    from vsearch_core.catalogue.cleaning import check_catalogue

    catalogue = read_catalogue(arguments.path)
    report = check_catalogue(catalogue, progress=ProgressLine("checking"))
    if arguments.json:
        for finding in report.findings.to_dict("records"):
            print_json(finding)
        rows = {"id": "", "problem": "rows", "detail": report.rows[0], "done": "", "encoding": catalogue.encoding}
        print_json({**rows, **report.row_counts()})
        return 0
    for line in dict.fromkeys((*report.rows[:1], *report.summary())):
        say(line)
    return 0


def run_correct(arguments: argparse.Namespace) -> int:
    """`catalogue correct`."""
    from vsearch_core.catalogue.correct import LOG, correct_catalogue

    done = correct_catalogue(arguments.catalogue, arguments.corrections, arguments.out)
    left = f"{done.kept:,} kept as they were, {done.ambiguous:,} ambiguous"
    say(f"{done.path} is version {done.version} of the catalogue: {done.changed:,} product types corrected, {left}.")
    say(f"What was changed, by whom and when is in {done.path / LOG}.")
    return 0
