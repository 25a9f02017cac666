"""`store build / info / add / remove / fold`."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from vsearch_core.cli.output import ProgressLine, print_json, say, table
from vsearch_core.errors import StoreError
from vsearch_core.settings import settings


def add_commands(commands: Any) -> None:
    """Add this group's commands to the command line."""
    group = commands.add_parser("store", help="make a catalogue searchable, change it, say what is in it")
    verbs = group.add_subparsers(metavar="VERB", required=True)

    build = verbs.add_parser("build", help="a catalogue becomes a store")
    build.add_argument("--catalogue", type=Path, required=True, help="folder in the Kaggle layout, or a CSV")
    build.add_argument("--out", type=Path, required=True, help="the store's folder")
    build.add_argument("--engine", default="annoy", type=engine, help="index engine: annoy (default) or exact")
    build.add_argument(
        "--model",
        default="auto",
        help="the model to search with: auto (default) measures those that ship on simulated snaps of the shop's own "
        "products and takes the better; fashion, general, or the name of one that was imported",
    )
    build.add_argument("--name", help="the shop's name; default: from the catalogue")
    build.add_argument("--json", action="store_true", help="what became of the rows, as one line of JSON")
    build.set_defaults(run=run_build)

    add = verbs.add_parser(
        "add",
        help="add products, or replace them by id",
        description="Add products, or replace them by id, and say what became of each row. The exit status is 1 where "
        "rows were left out, also when others were taken.",
    )
    add.add_argument("--store", type=Path, required=True)
    add.add_argument("--catalogue", type=Path, required=True)
    add.add_argument("--json", action="store_true", help="what became of the rows, as one line of JSON")
    add.set_defaults(run=run_add)

    remove = verbs.add_parser("remove", help="remove products by id")
    remove.add_argument("--store", type=Path, required=True)
    remove.add_argument("ids", nargs="+", metavar="ID")
    remove.set_defaults(run=run_remove)

    fold = verbs.add_parser("fold", help="fold what was added and removed into the main index")
    fold.add_argument("--store", type=Path, required=True)
    fold.set_defaults(run=run_fold)

    tell = verbs.add_parser("info", help="what is in a store")
    tell.add_argument("--store", type=Path, required=True)
    tell.add_argument("--json", action="store_true")
    tell.set_defaults(run=run_info)


def engine(text: str) -> str:
    """The name of an index engine, for argparse."""
    from vsearch_core.store import engine_named

    try:
        engine_named(text)
    except StoreError as error:
        raise argparse.ArgumentTypeError(error.message.rstrip(".")) from error
    return text


def run_build(arguments: argparse.Namespace) -> int:
    """`store build`."""
    from vsearch_core.catalogue import read_catalogue
    from vsearch_core.store import build_store

    catalogue = read_catalogue(arguments.catalogue, name=arguments.name)
    model, choice = _chosen(arguments.model, catalogue)
    report = build_store(
        catalogue,
        model,
        arguments.out,
        engine=arguments.engine,
        progress=ProgressLine("making searchable"),
        cutter=_cutter(model),
        model_choice=choice.sentence,
        good_match=choice.good_match,
    )
    if arguments.json:
        print_json({"store": str(arguments.out), "encoding": catalogue.encoding, **report.record()})
        return 0
    say(f"{arguments.out}: {report.counts['searchable']:,} products of {catalogue.name} can be searched.")
    for line in dict.fromkeys((*report.rows[:1], *report.summary())):
        say(f"  {line}")
    return 0


def run_add(arguments: argparse.Namespace) -> int:
    """`store add`."""
    from vsearch_core.catalogue import read_catalogue
    from vsearch_core.store import add_products, model_of

    catalogue = read_catalogue(arguments.catalogue)
    model = _model(model_of(arguments.store))
    report = add_products(arguments.store, catalogue, model, progress=ProgressLine("adding"), cutter=_cutter(model))
    if arguments.json:
        print_json({"store": str(arguments.store), "encoding": catalogue.encoding, **report.record()})
    else:
        for line in dict.fromkeys((*report.rows, *report.summary())):
            say(line)
    return 1 if report.left_out else 0


def run_remove(arguments: argparse.Namespace) -> int:
    """`store remove`."""
    from vsearch_core.store import remove_products

    say(f"{remove_products(arguments.store, arguments.ids):,} products removed.")
    return 0


def run_fold(arguments: argparse.Namespace) -> int:
    """`store fold`."""
    from vsearch_core.store import fold

    fold(arguments.store)
    say("Folded; the store is one index again.")
    return 0


def run_info(arguments: argparse.Namespace) -> int:
    """`store info`."""
    from vsearch_core.store import info

    found = info(arguments.store)
    if arguments.json:
        print_json(asdict(found))
        return 0
    rows = [(name, value) for name, value in asdict(found).items() if not isinstance(value, dict | list | tuple)]
    say(*table(rows, ("what", "is")))
    for line in found.cleaning:
        say(f"  {line}")
    return 0


def _chosen(wanted: str, catalogue: Any) -> tuple[Any, Any]:
    """The model of that name, or the better one of those that ship, and why it was taken."""
    from vsearch_core.search.engine import BUNDLE, GENERAL, open_finder
    from vsearch_core.search.model_choice import ModelChoice, choose_model

    names = [wanted]
    if wanted == "auto":
        names = [name for name in (BUNDLE, GENERAL) if name == BUNDLE or (settings().models / name).is_dir()]
    models = {name: _model(name) for name in names}
    if len(names) == 1 and models[names[0]].bundle.match is not None:
        return models[names[0]], ModelChoice(names[0], f"{names[0]}: asked for by its name", None, {})
    finder = open_finder(settings().models, threads=settings().threads)
    choice = choose_model(catalogue, models, finder)
    return models[choice.name], choice


def _model(name: str) -> Any:
    from vsearch_core.search.engine import bundle_folder, open_model

    return open_model(bundle_folder(settings().models, name), threads=settings().threads)


def _cutter(model: Any) -> Any:
    from vsearch_core.search.engine import open_cutter

    return open_cutter(model, settings().models, threads=settings().threads)
