"""`street2shop` and `inshop`: public sets that a person may have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vsearch_core.cli.frame import Command, as_json
from vsearch_core.cli.output import ProgressLine, print_json, say, table
from vsearch_core.errors import VsearchError

if TYPE_CHECKING:
    from studies.public_sets.report import SetReport
    from vsearch_core.vision import FashionModel


def a_set(name: str) -> Callable[..., Command]:
    """Make a function the command that measures a bundle on one set."""

    def command(measure: Callable[..., None]) -> Command:
        measure = as_json(measure)
        for option in (
            click.option("--report", type=Path, metavar="FILE", help="Write what was cleaned, row by row, as CSV."),
            click.option("--bundle", type=Path, help="The bundle to measure; default: the one that ships."),
            click.option("--data", type=Path, required=True, metavar="DIR", help="The set's folder, as published."),
        ):
            measure = option(measure)
        return click.command(name, cls=Command, epilog=f"{name} --data DIR")(measure)

    return command


@a_set("street2shop")
def street2shop(data: Path, bundle: Path | None, report: Path | None, as_json: bool) -> None:
    """Find a shop's products for the street photos of Street2Shop."""
    from studies.public_sets.protocol import figure_row
    from studies.public_sets.street2shop_protocol import evaluate_street2shop

    model = _model(bundle, report)
    figures, cleaned = evaluate_street2shop(data.expanduser(), model, ProgressLine("photos"))
    _write_report(cleaned.report, report)
    if as_json:
        print_json(figures)
        return
    rows = [figure_row(name, of_category) for name, of_category in figures["categories"].items()]
    rows += [figure_row("overall", figures["overall"]), figure_row("merged, 2 to 30", figures["merged"])]
    _tell(cleaned.report, rows, "street items that find a right shop photo among the first k", figures)


@a_set("inshop")
def inshop(data: Path, bundle: Path | None, report: Path | None, as_json: bool) -> None:
    """Run DeepFashion's In-shop Clothes Retrieval benchmark."""
    from studies.public_sets.inshop import evaluate_inshop
    from studies.public_sets.protocol import figure_row

    figures, cleaned = evaluate_inshop(data.expanduser(), _model(bundle, report), ProgressLine("pictures"))
    _write_report(cleaned.report, report)
    if as_json:
        print_json(figures)
        return
    rows = [figure_row("official", figures["official"]), figure_row("merged, 2 to 30", figures["merged"])]
    _tell(cleaned.report, rows, "query pictures that find one of their item among the first k", figures)


COMMANDS = (street2shop, inshop)


def _model(bundle: Path | None, report: Path | None) -> FashionModel:
    from vsearch_core.settings import settings
    from vsearch_core.vision import Bundle, FashionModel

    if report is not None and not report.expanduser().parent.is_dir():
        # said before the hours of work, not after them
        raise VsearchError(f"There is no folder {report.parent} for the report; make it or name another.")
    path = bundle.expanduser() if bundle else settings().models / "fashion"
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
