"""`evaluate`: the figures of model bundles, by the protocols of `vsearch_core/evaluation`."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from studies.cli import audits
from vsearch_core.cli.output import ProgressLine, print_json, say, table
from vsearch_core.errors import BundleError
from vsearch_core.settings import settings

PROTOCOLS = {
    "types": (("types", "types_on_snaps", "attributes"), "product types and attributes, on shots and on snaps"),
    "snaps": (("snaps",), "simulated phone photos against the whole catalogue"),
    "user-photos": (("user_photos",), "photos that people sent against the whole catalogue"),
    "twins": (("twins", "published_form"), "the same title with another picture"),
    "verification": (("verification",), "same or different product"),
    "calibration": (("calibration",), "whether the probabilities can be taken at their word"),
}
"""Verb to the protocols that it prints, and what it is."""

NEED_TYPES = ("types", "calibration")
"""Those that an encoder of any things has no answer to."""


def add_commands(commands: Any) -> Any:
    """Add this group's commands to the command line; what is returned takes further verbs."""
    evaluate = commands.add_parser("evaluate", help="measure a model bundle, and set what depends on it")
    verbs = evaluate.add_subparsers(metavar="WHAT", required=True)
    everything = verbs.add_parser("all", help="`fashion`, and then the store anew: all that depends on the bundle")
    everything.set_defaults(run=run_all)
    fashion = verbs.add_parser("fashion", help="the bundle that ships, by every protocol: figures, calibration, card")
    fashion.set_defaults(run=run_fashion)
    for verb, (_, words) in PROTOCOLS.items():
        protocol = verbs.add_parser(verb, help=words)
        protocol.add_argument("--bundle", type=Path, metavar="PATH", help="default: the one that ships")
        protocol.add_argument("--part", choices=("validation", "test"), default="test", help="of the split")
        protocol.add_argument("--json", action="store_true")
        protocol.set_defaults(run=run_protocol, verb=verb)
    looking = verbs.add_parser(
        "looking", help="choose the second look and the rules on it, on validation; `fashion` does"
    )
    looking.set_defaults(run=run_looking)
    general = verbs.add_parser("general", help="the encoder of any things, on another shop's products")
    general.add_argument(
        "--bundle",
        action="append",
        default=[],
        metavar="NAME",
        help="measure an imported one beside those that ship, and write nothing (may be given several times)",
    )
    general.set_defaults(run=run_general)
    outside = verbs.add_parser("outside", help="pictures that share nothing with what the models learned from")
    outside.add_argument("--bundle", type=Path, metavar="PATH", help="default: the one that ships")
    outside.add_argument(
        "--split", choices=("validation", "test"), default="test", help="validation for choosing, test for telling"
    )
    outside.add_argument("--write", action="store_true", help="keep the figures of test with the bundle, and its card")
    outside.add_argument("--json", action="store_true")
    outside.set_defaults(run=run_outside)
    audits.add_verb(verbs)
    return verbs


def run_fashion(arguments: argparse.Namespace) -> int:
    """`evaluate fashion`."""
    from vsearch_core.evaluation.fashion import evaluate_fashion

    print_figures(evaluate_fashion(settings(), say=say))
    return 0


def run_all(arguments: argparse.Namespace) -> int:
    """`evaluate all`."""
    from vsearch_core.setup import prepare

    run_fashion(arguments)
    lines: dict[str, ProgressLine] = {}

    def progress(what: str, done: int, total: int) -> None:
        lines.setdefault(what, ProgressLine(what))(done, total)

    say(f"The shop is ready: {prepare(settings(), progress=progress, again=True)}")
    return 0


def run_protocol(arguments: argparse.Namespace) -> int:
    """`evaluate types` and the other protocols: print the figures, write nothing."""
    from vsearch_core.evaluation import measure
    from vsearch_core.evaluation.predictions import model_of

    model = model_of(settings(), arguments.bundle)
    if arguments.verb in NEED_TYPES and not any(model.bundle.attributes.values()):
        raise BundleError(
            f"{model.name} did not learn the catalogue's types and attributes, so there are no figures of them; "
            "measure what it finds with `evaluate snaps`, `user-photos`, `twins`, `verification` or `outside`."
        )
    measured = measure.measure(settings(), model, _silent if arguments.json else say, part=arguments.part)
    figures = {name: measure.PROTOCOLS[name](measured) for name in PROTOCOLS[arguments.verb][0]}
    if arguments.json:
        print_json({"bundle": model.name, "model": model.fingerprint, "part": arguments.part, **figures})
        return 0
    print_figures(figures)
    return 0


def run_looking(arguments: argparse.Namespace) -> int:
    """`evaluate looking`."""
    from vsearch_core.evaluation.measure import measure
    from vsearch_core.evaluation.predictions import model_of
    from vsearch_core.evaluation.rules.looking import write_looking

    found = write_looking(measure(settings(), model_of(settings()), say), settings().models)
    print_figures({name: value for name, value in found.items() if name != "in_shop"})
    print_figures({"in_shop": {name: value for name, value in found["in_shop"].items() if name != "direction"}})
    return 0


def run_general(arguments: argparse.Namespace) -> int:
    """`evaluate general`."""
    from vsearch_core.evaluation.general import evaluate_general

    print_figures(evaluate_general(settings(), say=say, beside=arguments.bundle))
    return 0


def run_outside(arguments: argparse.Namespace) -> int:
    """`evaluate outside`: print the figures, and write them where that is asked for."""
    from vsearch_core.errors import VsearchError
    from vsearch_core.evaluation.cards.fashion import write_card
    from vsearch_core.evaluation.measure import measure
    from vsearch_core.evaluation.outside.evaluate import one_look, outside_figures, serving_search, write_outside
    from vsearch_core.evaluation.predictions import model_of

    if arguments.write and arguments.split != "test":
        raise VsearchError("Only figures of the part test are kept with a bundle; leave --split or --write out.")
    model = model_of(settings(), arguments.bundle)
    tell = _silent if arguments.json else say
    measured = measure(settings(), model, tell, part=arguments.split)
    figures = outside_figures(measured, serving_search(settings(), model))
    figures["one_look"] = outside_figures(measured, one_look(model))
    if arguments.write:
        write_outside(model.bundle.path, model.fingerprint, figures)
        if (model.bundle.path / "evaluation" / "figures.json").is_file():
            # a card is of the figures of `evaluate fashion`, which an encoder from elsewhere has none of
            write_card(model.bundle.path, settings().results)
    if arguments.json:
        print_json({"bundle": model.name, "model": model.fingerprint, "part": arguments.split, **figures})
        return 0
    print_figures(figures)
    return 0


def print_figures(figures: Mapping[str, Any]) -> None:
    """Figures as a person reads them: a line each, and the tables behind them."""
    tables = []
    for place, value in _flat(figures, ""):
        if isinstance(value, list) and value and isinstance(value[0], dict):
            tables.append((place, value))
        else:
            say(f"{place}: {_words(value)}")
    for place, records in tables:
        say("", place)
        say(*table([[_words(cell) for cell in record.values()] for record in records], list(records[0])))


def _flat(value: Mapping[str, Any], place: str) -> Iterator[tuple[str, Any]]:
    for name, inner in value.items():
        if isinstance(inner, Mapping) and "low" not in inner:
            yield from _flat(inner, f"{place}{name}.")
        else:
            yield f"{place}{name}", inner


def _words(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"{value['value']:.4f} (95 % {value['low']:.4f} to {value['high']:.4f}, n={value['count']:,})"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _silent(line: str) -> None:
    """Nothing is said where the output is JSON."""
