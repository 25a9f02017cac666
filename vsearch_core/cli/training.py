"""`train`: makes model bundles."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from vsearch_core.cli.frame import group
from vsearch_core.cli.output import say, step

train = group("train", help="Train a model bundle.")

seed = click.option("--seed", type=int, help="Default: the recipe's.")
fresh = click.option("--fresh", is_flag=True, help="Begin anew instead of going on from the last checkpoint.")
take_over = click.option(
    "--take-over",
    type=Path,
    metavar="FOLDER",
    help="Begin with the epochs of the training whose checkpoints are there, where its stages were the same.",
)


@train.command(epilog="train fashion")
@click.option("--epochs", type=click.IntRange(min=1), help="One stage of this many; default: the recipe's stages.")
@seed
@click.option("--look-closer", is_flag=True, help="The recipe for photos from outside.")
@fresh
@take_over
def fashion(epochs: int | None, seed: int | None, look_closer: bool, fresh: bool, take_over: Path | None) -> None:
    """Learn product types, attributes and embedding in one network."""
    from vsearch_core.settings import settings
    from vsearch_core.training.fashion.bundle import write_fashion
    from vsearch_core.training.fashion.recipe import LOOK_CLOSER, Recipe
    from vsearch_core.training.fashion.train import train_fashion

    chosen = settings()
    recipe, target, command = Recipe(), chosen.models / "fashion", "train fashion"
    if look_closer:
        # beside what ships, until it is better
        recipe, target, command = LOOK_CLOSER, chosen.cache / "bundles" / "look-closer", "train fashion --look-closer"
    if seed is not None:
        recipe = replace(recipe, seed=seed)
    if epochs is not None:
        recipe = recipe.shortened(epochs)
    outcome = train_fashion(chosen, recipe, fresh=fresh, earlier=take_over, say=step)
    path = write_fashion(outcome, target, command=f"python -m vsearch_core {command}")
    say(f"{path} is written; measure it with `python -m vsearch_core evaluate fashion`.")


@train.command(epilog="train finder")
@fresh
def finder(fresh: bool) -> None:
    """Learn where the main thing of a picture is, whatever it is."""
    from vsearch_core.settings import settings
    from vsearch_core.training.finder.train import FinderRecipe, train_finder

    say(f"{train_finder(settings(), FinderRecipe(), fresh=fresh, say=step)} is written.")


@train.command(epilog="train general")
def general() -> None:
    """Make an encoder of any things, for shops that sell no clothes."""
    from vsearch_core.settings import settings
    from vsearch_core.training.general import train_general

    path = train_general(settings())
    say(f"{path} is written; measure it with `python -m vsearch_core evaluate general`.")


@train.command(epilog="train detector --until 4")
@seed
@click.option(
    "--until",
    type=click.IntRange(min=1),
    metavar="EPOCH",
    help="Stop after this one and write the bundle; go on another time.",
)
@fresh
@take_over
def detector(seed: int | None, until: int | None, fresh: bool, take_over: Path | None) -> None:
    """Learn to find every garment in a photo, with its label, position and box."""
    from vsearch_core.settings import settings
    from vsearch_core.training.detector.bundle import write_detector
    from vsearch_core.training.detector.recipe import DetectorRecipe
    from vsearch_core.training.detector.train import train_detector

    chosen = settings()
    recipe = DetectorRecipe() if seed is None else DetectorRecipe(seed=seed)
    outcome = train_detector(chosen, recipe, say=step, fresh=fresh, until=until, earlier=take_over)
    command = "python -m vsearch_core train detector" + ("" if until is None else f" --until {until}")
    path = write_detector(outcome, chosen.models / "detector", command=command)
    say(f"{path} is written; measure it with `python -m vsearch_core evaluate detector`.")


@train.command("out-of-sample", epilog="train out-of-sample --fold 1")
@click.option("--fold", type=click.IntRange(min=1), help="Train one fold alone; default: all that are missing.")
def out_of_sample(fold: int | None) -> None:
    """Learn what networks say of the products that they were not shown."""
    from vsearch_core.settings import settings
    from vsearch_core.training.out_of_sample.train import train_out_of_sample

    path = train_out_of_sample(settings(), fold=fold, say=step)
    if path is not None:
        say(f"{path} is written.")
