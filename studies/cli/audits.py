"""`audit`: what the looked-at disagreements say."""

from __future__ import annotations

from typing import Any

import click

from vsearch_core.cli.frame import Command, as_json
from vsearch_core.cli.output import print_figures, print_json, say, step, table


@click.command(cls=Command, epilog="audit --json")
@click.option(
    "--pictures",
    is_flag=True,
    help="Also measure what small pictures cost, and how far a suspected label is wrong (needs data and store).",
)
@click.option(
    "--begin",
    is_flag=True,
    help="Begin an audit of the network that ships: list what is to be looked at, and take the verdicts on another "
    "network away (the repository's history has them).",
)
@as_json
def audit(pictures: bool, begin: bool, as_json: bool) -> None:
    """Tell how much of what is wrong on validation is the data's error."""
    from studies.audits import disagreements
    from vsearch_core.settings import settings

    if begin:
        drawn = disagreements.begin(settings())
        # in the order of the alphabet: whoever judges is not to know which is the label
        pairs = [sorted(pair) for pair in zip(drawn["label"], drawn["predicted"], strict=True)]
        listed = [{"id": one, "types": pair} for one, pair in zip(drawn["id"], pairs, strict=True)]
        if as_json:
            print_json({"to_look_at": listed})
        else:
            say(*table([[one["id"], *one["types"]] for one in listed], ["id", "either", "or"]))
        return
    found = disagreements.audit(settings(), _measured() if pictures else None)
    if as_json:
        print_json(found)
    else:
        print_figures(found)


def _measured() -> dict[str, Any]:
    from studies.audits.disagreements import audited, check_ships
    from studies.audits.picture_size import measure_picture_size
    from studies.audits.suspicion import audit_suspicion
    from vsearch_core.settings import settings

    check_ships(settings())
    suspicion = audit_suspicion(settings())
    _, answers, _ = audited(settings())
    return {"picture_size": measure_picture_size(settings(), answers, step), "suspicion": suspicion}
