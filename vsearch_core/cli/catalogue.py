"""`catalogue check / correct`: a catalogue before it becomes a store, and after its labels were reviewed."""

from __future__ import annotations

from pathlib import Path

import click

from vsearch_core.cli.frame import as_json, group
from vsearch_core.cli.output import ProgressLine, print_json, say

catalogue = group("catalogue", help="Check a catalogue before it becomes a store, correct its labels.")


@catalogue.command(epilog="catalogue check shop.csv")
@click.argument("path", type=Path)
@as_json
def check(path: Path, as_json: bool) -> None:
    """Tell what is broken, blank, tiny, double or missing in PATH.

    PATH is a folder in the Kaggle layout, or a CSV. In JSON it is a record a finding, and a last one that counts the
    rows.
    """
    from vsearch_core.catalogue import read_catalogue
    from vsearch_core.catalogue.cleaning import check_catalogue

    found = read_catalogue(path)
    report = check_catalogue(found, progress=ProgressLine("checking"))
    if as_json:
        for finding in report.findings.to_dict("records"):
            print_json(finding)
        rows = {"id": "", "problem": "rows", "detail": report.rows[0], "done": "", "encoding": found.encoding}
        print_json({**rows, **report.row_counts()})
        return
    say(*dict.fromkeys((*report.rows[:1], *report.summary())))


@catalogue.command(epilog="catalogue correct --catalogue shop.csv --corrections corrections.csv --out corrected")
@click.option("--catalogue", type=Path, required=True, help="Folder in the Kaggle layout, or a CSV.")
@click.option("--corrections", type=Path, required=True, help="CSV with id, from, to, verdict, reviewer, time.")
@click.option("--out", type=Path, required=True, help="The new version's folder.")
def correct(catalogue: Path, corrections: Path, out: Path) -> None:
    """Apply a review of labels as a new version of the catalogue."""
    from vsearch_core.catalogue.correct import LOG, correct_catalogue

    done = correct_catalogue(catalogue, corrections, out)
    left = f"{done.kept:,} kept as they were, {done.ambiguous:,} ambiguous"
    say(f"{done.path} is version {done.version} of the catalogue: {done.changed:,} product types corrected, {left}.")
    say(f"What was changed, by whom and when is in {done.path / LOG}.")
