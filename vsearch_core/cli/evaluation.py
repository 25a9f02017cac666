"""`evaluate`: the figures of model bundles, by the protocols of `vsearch_core/evaluation`."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from vsearch_core.cli.frame import Command, as_json, group
from vsearch_core.cli.output import StageLines, print_figures, print_json, say, step, table
from vsearch_core.errors import BundleError, VsearchError

PROTOCOLS = {
    "types": (
        ("types", "types_on_snaps", "attributes"),
        "Measure product types and attributes, on shots and on snaps.",
    ),
    "snaps": (("snaps",), "Search the whole catalogue with simulated phone photos."),
    "user-photos": (("user_photos",), "Search the whole catalogue with photos that people sent."),
    "twins": (("twins", "published_form"), "Find the same title with another picture."),
    "verification": (("verification",), "Tell the same product from a different one."),
    "calibration": (("calibration",), "Measure whether the probabilities can be taken at their word."),
}
"""Verb to the protocols that it prints, and what it is."""

NEED_TYPES = ("types", "calibration")
"""Those that an encoder of any things has no answer to."""


evaluate = group("evaluate", help="Measure a model bundle, and set what depends on it.")

Part = Literal["validation", "test"]
one_bundle = click.option("--bundle", type=Path, metavar="PATH", help="Default: the one that ships.")


@evaluate.command("all", epilog="evaluate all")
def everything() -> None:
    """Run `fashion`, and then make the store anew: all that depends on the bundle."""
    from vsearch_core.evaluation.fashion import evaluate_fashion
    from vsearch_core.settings import settings
    from vsearch_core.setup import prepare

    print_figures(evaluate_fashion(settings(), say=step))
    say(f"The shop is ready: {prepare(settings(), progress=StageLines(), again=True)}")


@evaluate.command(epilog="evaluate fashion")
def fashion() -> None:
    """Measure the bundle that ships by every protocol: figures, calibration, card."""
    from vsearch_core.evaluation.fashion import evaluate_fashion
    from vsearch_core.settings import settings

    print_figures(evaluate_fashion(settings(), say=step))


def _protocol(verb: str, protocols: tuple[str, ...], words: str) -> Command:
    """Make the command that prints the figures of some protocols and writes nothing."""

    @click.command(verb, cls=Command, help=words, epilog=f"evaluate {verb} --part validation --json")
    @one_bundle
    @click.option("--part", type=click.Choice(("validation", "test")), default="test", help="Of the split.")
    @as_json
    def measured(bundle: Path | None, part: Part, as_json: bool) -> None:
        from vsearch_core.evaluation import measure
        from vsearch_core.evaluation.predictions import model_of
        from vsearch_core.settings import settings

        model = model_of(settings(), bundle)
        if verb in NEED_TYPES and not any(model.bundle.attributes.values()):
            raise BundleError(
                f"{model.name} did not learn the catalogue's types and attributes, so there are no figures of them; "
                "measure what it finds with `evaluate snaps`, `user-photos`, `twins`, `verification` or `outside`."
            )
        found = measure.measure(settings(), model, step, part=part)
        figures = {name: measure.PROTOCOLS[name](found) for name in protocols}
        if as_json:
            print_json({"bundle": model.name, "model": model.fingerprint, "part": part, **figures})
        else:
            print_figures(figures)

    return measured


evaluate.add(*(_protocol(verb, protocols, words) for verb, (protocols, words) in PROTOCOLS.items()))


@evaluate.command(epilog="evaluate looking")
def looking() -> None:
    """Choose the second look and the rules on it, on validation; `fashion` does."""
    from vsearch_core.evaluation.measure import measure
    from vsearch_core.evaluation.predictions import model_of
    from vsearch_core.evaluation.rules.looking import write_looking
    from vsearch_core.settings import settings

    found = write_looking(measure(settings(), model_of(settings()), step), settings().models)
    print_figures({name: value for name, value in found.items() if name != "in_shop"})
    print_figures({"in_shop": {name: value for name, value in found["in_shop"].items() if name != "direction"}})


@evaluate.command(epilog="evaluate general --bundle my-encoder")
@click.option(
    "--bundle",
    "bundles",
    multiple=True,
    metavar="NAME",
    help="Measure an imported one beside those that ship, and write nothing (may be given several times).",
)
def general(bundles: tuple[str, ...]) -> None:
    """Measure the encoder of any things, on another shop's products."""
    from vsearch_core.evaluation.general import evaluate_general
    from vsearch_core.settings import settings

    print_figures(evaluate_general(settings(), say=step, beside=bundles))


@evaluate.command(epilog="evaluate outside --split validation")
@one_bundle
@click.option(
    "--split",
    type=click.Choice(("validation", "test")),
    default="test",
    help="Validation for choosing, test for telling.",
)
@click.option("--write", is_flag=True, help="Keep the figures of test with the bundle, and its card.")
@as_json
def outside(bundle: Path | None, split: Part, write: bool, as_json: bool) -> None:
    """Measure on pictures that share nothing with what the models learned from."""
    from vsearch_core.evaluation.cards.fashion import write_card
    from vsearch_core.evaluation.measure import measure
    from vsearch_core.evaluation.outside.evaluate import one_look, outside_figures, serving_search, write_outside
    from vsearch_core.evaluation.predictions import model_of
    from vsearch_core.settings import settings

    if write and split != "test":
        raise VsearchError("Only figures of the part test are kept with a bundle; leave --split or --write out.")
    model = model_of(settings(), bundle)
    measured = measure(settings(), model, step, part=split)
    figures = outside_figures(measured, serving_search(settings(), model))
    figures["one_look"] = outside_figures(measured, one_look(model))
    if write:
        write_outside(model.bundle.path, model.fingerprint, figures)
        if (model.bundle.path / "evaluation" / "figures.json").is_file():
            # a card is of the figures of `evaluate fashion`, which an encoder from elsewhere has none of
            write_card(model.bundle.path, settings().results)
    if as_json:
        print_json({"bundle": model.name, "model": model.fingerprint, "part": split, **figures})
    else:
        print_figures(figures)


@evaluate.command(epilog="evaluate codes --json")
@click.option("--write", is_flag=True, help="Keep the figures in results/codes.json.")
@as_json
def codes(write: bool, as_json: bool) -> None:
    """Measure how barcodes and square codes are read, on photos from outside."""
    from vsearch_core.evaluation.outside.codes import code_figures
    from vsearch_core.files import replace_json
    from vsearch_core.settings import settings

    figures = code_figures(settings().data)
    if write:
        replace_json(settings().results / "codes.json", figures)
    if as_json:
        print_json(figures)
    else:
        print_figures(figures)


@evaluate.command(epilog="evaluate detector --sheet sheet.jpg")
@click.option(
    "--sheet",
    type=Path,
    metavar="PICTURE",
    help="Write this picture instead: user photos of validation with the boxes that are found, to look at.",
)
def detector(sheet: Path | None) -> None:
    """Choose the detector's thresholds on validation, measure it on test, write its card."""
    from vsearch_core.evaluation.detector.evaluate import evaluate_detector
    from vsearch_core.settings import settings

    if sheet is not None:
        _write_sheet(sheet)
        return
    figures = evaluate_detector(settings(), say=step)
    rows = [
        [position, f"{one['value']:.3f}", f"{one['low']:.3f} to {one['high']:.3f}", one["count"]]
        for position, one in {**figures["average_precision"], "mean": figures["mean"]}.items()
    ]
    say(*table(rows, ["position", "AP at IoU 0.5", "95 %", "cases"]))
    say(f"one photo: {figures['latency']['median_ms']} ms")


def _write_sheet(path: Path) -> None:
    import numpy as np

    from vsearch_core.evaluation.detector.sheet import sheet
    from vsearch_core.files import replace_bytes
    from vsearch_core.images import encode_jpeg
    from vsearch_core.settings import settings

    replace_bytes(path, encode_jpeg(np.asarray(sheet(settings())), quality=90))
    say(f"{path} is written.")
