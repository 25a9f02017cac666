"""Further verbs of `evaluate`: public sets that a person may have."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vsearch_core.cli.output import ProgressLine, print_json, say, table
from vsearch_core.errors import VsearchError
from vsearch_core.settings import settings

if TYPE_CHECKING:
    from studies.public_sets.report import SetReport
    from vsearch_core.vision import FashionModel


def add_verbs(evaluate: Any) -> None:
    """Add the sets' verbs to the command."""
    sets = {
        "street2shop": ("Street2Shop: street photos against a shop's", run_street2shop),
        "inshop": ("DeepFashion's In-shop Clothes Retrieval benchmark", run_inshop),
    }
    for name, (words, run) in sets.items():
        parser = evaluate.add_parser(name, help=words)
        parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="the set's folder, as published")
        parser.add_argument("--bundle", type=Path, help="the bundle to measure; default: the one that ships")
        parser.add_argument("--report", type=Path, metavar="FILE", help="write what was cleaned, row by row, as CSV")
        parser.add_argument("--json", action="store_true", help="the figures as one JSON line")
        parser.set_defaults(run=run)


def run_street2shop(arguments: argparse.Namespace) -> int:
    """`evaluate street2shop`."""
    from studies.public_sets.protocol import figure_row
    from studies.public_sets.street2shop_protocol import evaluate_street2shop

    figures, cleaned = evaluate_street2shop(arguments.data.expanduser(), _model(arguments), ProgressLine("photos"))
    _write_report(cleaned.report, arguments.report)
    if arguments.json:
        print_json(figures)
        return 0
    rows = [figure_row(name, of_category) for name, of_category in figures["categories"].items()]
    rows += [figure_row("overall", figures["overall"]), figure_row("merged, 2 to 30", figures["merged"])]
    _tell(cleaned.report, rows, "street items that find a right shop photo among the first k", figures)
    return 0


def run_inshop(arguments: argparse.Namespace) -> int:
    """`evaluate inshop`."""
    from studies.public_sets.inshop import evaluate_inshop
    from studies.public_sets.protocol import figure_row

    figures, cleaned = evaluate_inshop(arguments.data.expanduser(), _model(arguments), ProgressLine("pictures"))
    _write_report(cleaned.report, arguments.report)
    if arguments.json:
        print_json(figures)
        return 0
    rows = [figure_row("official", figures["official"]), figure_row("merged, 2 to 30", figures["merged"])]
    _tell(cleaned.report, rows, "query pictures that find one of their item among the first k", figures)
    return 0


def _model(arguments: argparse.Namespace) -> FashionModel:
    from vsearch_core.vision import Bundle, FashionModel

    if arguments.report is not None and not arguments.report.expanduser().parent.is_dir():
        # said before the hours of work, not after them
        raise VsearchError(f"There is no folder {arguments.report.parent} for the report; make it or name another.")
    path = arguments.bundle.expanduser() if arguments.bundle else settings().models / "fashion"
    return FashionModel(Bundle.open(path), threads=settings().threads)


def _write_report(report: SetReport, path: Path | None) -> None:
    from vsearch_core.files import replace_bytes
    from vsearch_core.table_files import as_csv

    if path is not None:
        replace_bytes(path.expanduser(), as_csv(report.findings))


def _tell(report: SetReport, rows: list[list[str]], what: str, figures: Mapping[str, Any]) -> None:
    from studies.public_sets.protocol import KS

    for line in report.summary():
        say(line)
    say("", f"Share of {what}, with 95 % intervals:", "")
    say(*table(rows, ("", "queries", "gallery", *(f"R@{k}" for k in KS))))
    say("", f"Bundle {figures['bundle']} ({figures['model']}); {figures['inference_ms']:.1f} ms a picture to embed.")
