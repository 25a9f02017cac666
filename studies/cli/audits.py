"""`evaluate audit`: what the looked-at disagreements say."""

from __future__ import annotations

import argparse
from typing import Any

from vsearch_core.cli.output import print_json, say, table
from vsearch_core.settings import settings


def add_verb(evaluate: Any) -> None:
    """Add the verb to `evaluate`."""
    verb = evaluate.add_parser("audit", help="how much of what is wrong on validation is the data's error")
    verb.add_argument(
        "--pictures",
        action="store_true",
        help="also measure what small pictures cost, and how far a suspected label is wrong (needs data and store)",
    )
    verb.add_argument(
        "--begin",
        action="store_true",
        help="begin an audit of the network that ships: list what is to be looked at, and take the verdicts on another "
        "network away (the repository's history has them)",
    )
    verb.add_argument("--json", action="store_true")
    verb.set_defaults(run=run_audit)


def run_audit(arguments: argparse.Namespace) -> int:
    """`evaluate audit`."""
    from studies.audits.disagreements import audit, begin
    from vsearch_core.cli.evaluation import print_figures

    if arguments.begin:
        drawn = begin(settings())
        # in the order of the alphabet: whoever judges is not to know which is the label
        pairs = [sorted(pair) for pair in zip(drawn["label"], drawn["predicted"], strict=True)]
        listed = [{"id": one, "types": pair} for one, pair in zip(drawn["id"], pairs, strict=True)]
        if arguments.json:
            print_json({"to_look_at": listed})
        else:
            say(*table([[one["id"], *one["types"]] for one in listed], ["id", "either", "or"]))
        return 0
    found = audit(settings(), _measured(arguments.json) if arguments.pictures else None)
    if arguments.json:
        print_json(found)
    else:
        print_figures(found)
    return 0


def _measured(silent: bool) -> dict[str, Any]:
    from studies.audits.disagreements import audited, check_ships
    from studies.audits.picture_size import measure_picture_size
    from studies.audits.suspicion import audit_suspicion

    check_ships(settings())
    suspicion = audit_suspicion(settings())
    _, answers, _ = audited(settings())
    size = measure_picture_size(settings(), answers, _silent if silent else say)
    return {"picture_size": size, "suspicion": suspicion}


def _silent(line: str) -> None:
    """Nothing is said where the output is JSON."""
