"""`store build / info / add / remove / fold`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from vsearch_core.cli.frame import as_json, checked, group
from vsearch_core.cli.output import ProgressLine, print_json, say, table
from vsearch_core.errors import StoreError

store = group("store", help="Make a catalogue searchable, change it, say what is in it.")
folder = click.option("--store", type=Path, required=True, help="The store's folder.")


def engine(text: str) -> str:
    """The name of an index engine, or `auto`, as it is.

    Raises:
        StoreError: there is none of this name.
    """
    from vsearch_core.store.engines import engine_for

    engine_for(text, 0)
    return text


@store.command(epilog="store build --catalogue shop.csv --out shop")
@click.option("--catalogue", type=Path, required=True, help="Folder in the Kaggle layout, or a CSV.")
@click.option("--out", type=Path, required=True, help="The store's folder.")
@click.option(
    "--engine",
    default="auto",
    type=checked("name", engine, StoreError),
    help="Index engine: annoy, faiss or exact; auto is annoy up to 20,000 pictures and faiss above.",
)
@click.option(
    "--model",
    default="auto",
    help="The model to search with: auto measures those that ship on simulated snaps of the shop's own products and "
    "takes the better; fashion, general, or the name of one that was imported.",
)
@click.option("--name", help="The shop's name; default: from the catalogue.")
@as_json
def build(catalogue: Path, out: Path, engine: str, model: str, name: str | None, as_json: bool) -> None:
    """Make a catalogue searchable, as a store."""
    from vsearch_core.catalogue import read_catalogue
    from vsearch_core.store import build_store

    products = read_catalogue(catalogue, name=name)
    embedder, choice = _chosen(model, products)
    report = build_store(
        products,
        embedder,
        out,
        engine=engine,
        progress=ProgressLine("making searchable"),
        cutter=_cutter(embedder),
        model_choice=choice.sentence,
        good_match=choice.good_match,
    )
    if as_json:
        print_json({"store": str(out), "encoding": products.encoding, **report.record()})
        return
    say(f"{out}: {report.counts['searchable']:,} products of {products.name} can be searched.")
    say(*(f"  {line}" for line in dict.fromkeys((*report.rows[:1], *report.summary()))))


@store.command(epilog="store add --store shop --catalogue new.csv")
@folder
@click.option("--catalogue", type=Path, required=True, help="Folder in the Kaggle layout, or a CSV.")
@as_json
def add(store: Path, catalogue: Path, as_json: bool) -> int:
    """Add products, or replace them by id, and say what became of each row.

    The exit status is 1 where rows were left out, also when others were taken.
    """
    from vsearch_core.catalogue import read_catalogue
    from vsearch_core.store import add_products, model_of

    products = read_catalogue(catalogue)
    model = _model(model_of(store))
    report = add_products(store, products, model, progress=ProgressLine("adding"), cutter=_cutter(model))
    if as_json:
        print_json({"store": str(store), "encoding": products.encoding, **report.record()})
    else:
        say(*dict.fromkeys((*report.rows, *report.summary())))
    return 1 if report.left_out else 0


@store.command(epilog="store remove --store shop 1163 1164")
@folder
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
def remove(store: Path, ids: tuple[str, ...]) -> None:
    """Remove products by id."""
    from vsearch_core.store import remove_products

    say(f"{remove_products(store, ids):,} products removed.")


@store.command(epilog="store fold --store shop")
@folder
def fold(store: Path) -> None:
    """Fold what was added and removed into the main index."""
    from vsearch_core.store import fold

    fold(store)
    say("Folded; the store is one index again.")


@store.command(epilog="store info --store shop --json")
@folder
@as_json
def info(store: Path, as_json: bool) -> None:
    """Tell what is in a store."""
    from vsearch_core.store import info

    found = info(store)
    if as_json:
        print_json(asdict(found))
        return
    rows = [(name, value) for name, value in asdict(found).items() if not isinstance(value, dict | list | tuple)]
    say(*table(rows, ("what", "is")), *(f"  {line}" for line in found.cleaning))


def _chosen(wanted: str, catalogue: Any) -> tuple[Any, Any]:
    """The model of that name, or the better one of those that ship, and why it was taken."""
    from vsearch_core.search.engine import BUNDLE, GENERAL, open_finder
    from vsearch_core.search.model_choice import ModelChoice, choose_model
    from vsearch_core.settings import settings

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
    from vsearch_core.settings import settings

    return open_model(bundle_folder(settings().models, name), threads=settings().threads)


def _cutter(model: Any) -> Any:
    from vsearch_core.search.engine import open_cutter
    from vsearch_core.settings import settings

    return open_cutter(model, settings().models, threads=settings().threads)
