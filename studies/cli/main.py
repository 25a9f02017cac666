"""Joins the commands into the program `python -m studies`."""

from __future__ import annotations

from collections.abc import Sequence

from studies.cli import audits, comparisons, public_sets, training
from vsearch_core.cli.frame import group, run

studies = group("studies", help="What was compared once, and stays as evidence.")
studies.add(*comparisons.COMMANDS, audits.audit, *public_sets.COMMANDS, training.train)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; see `frame.run`."""
    return run(studies, "python -m studies", arguments)
