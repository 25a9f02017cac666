"""`evaluate`: the figures of model bundles."""

from __future__ import annotations

import argparse
from typing import Any

from vsearch_core.settings import settings


def add_commands(commands: Any) -> Any:
    """Add this group's commands to the command line; what is returned takes further verbs."""
    evaluate = commands.add_parser("evaluate", help="measure a model bundle, and set what depends on it")
    verbs = evaluate.add_subparsers(metavar="WHAT", required=True)
    figures = verbs.add_parser("fashion", help="figures on the test part, the 'no good match' similarity, the card")
    figures.set_defaults(run=run_fashion)
    return verbs


def run_fashion(arguments: argparse.Namespace) -> int:
    """`evaluate fashion`."""
    from vsearch_core.evaluation.fashion import evaluate_fashion

    for line in evaluate_fashion(settings(), say=_say):
        print(line)
    return 0


def _say(line: str) -> None:
    print(line, flush=True)
