"""`train`: makes model bundles."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

from vsearch_core.cli.output import say
from vsearch_core.cli.photos import positive
from vsearch_core.settings import settings


def add_commands(commands: Any) -> Any:
    """Add this group's commands to the command line; what is returned takes further verbs."""
    train = commands.add_parser("train", help="train a model bundle")
    verbs = train.add_subparsers(metavar="MODEL", required=True)
    fashion = verbs.add_parser("fashion", help="product types, attributes and embedding in one network")
    fashion.add_argument("--epochs", type=positive, help="one stage of so many; default: the recipe's stages")
    fashion.add_argument("--seed", type=int, help="default: the recipe's")
    fashion.add_argument(
        "--without-kinds",
        action="store_true",
        help="leave 20 fixed product types out; a bundle in the cache for `evaluate unseen` (default: 3 epochs)",
    )
    fashion.add_argument("--look-closer", action="store_true", help="the recipe for photos from outside")
    fashion.add_argument("--fresh", action="store_true", help="begin anew instead of going on from the last checkpoint")
    add_take_over(fashion)
    fashion.set_defaults(run=run_train)
    finder = verbs.add_parser("finder", help="where the main thing of a picture is, whatever it is")
    finder.add_argument("--fresh", action="store_true", help="begin anew instead of going on from the last checkpoint")
    finder.set_defaults(run=run_finder)
    general = verbs.add_parser("general", help="an encoder of any things, for shops that sell no clothes")
    general.set_defaults(run=run_general)
    return verbs


def add_take_over(parser: argparse.ArgumentParser) -> None:
    """Add the option that both staged trainings have."""
    parser.add_argument(
        "--take-over",
        type=Path,
        metavar="FOLDER",
        help="begin with the epochs of the training whose checkpoints are there, where its stages were the same",
    )


def run_train(arguments: argparse.Namespace) -> int:
    """`train fashion`."""
    from vsearch_core.training.fashion.bundle import write_fashion
    from vsearch_core.training.fashion.recipe import LOOK_CLOSER, Recipe
    from vsearch_core.training.fashion.train import train_fashion

    chosen = settings()
    recipe = LOOK_CLOSER if arguments.look_closer else Recipe()
    if arguments.seed is not None:
        recipe = replace(recipe, seed=arguments.seed)
    epochs, target, command, then = arguments.epochs, chosen.models / "fashion", "train fashion", "evaluate fashion"
    if arguments.look_closer:
        # beside what ships, until it is better
        target, command = chosen.cache / "bundles" / "look-closer", "train fashion --look-closer"
    if arguments.without_kinds:
        from studies.unseen import BUNDLE, EPOCHS, kinds_of
        from vsearch_core.training.shared.material import need_data

        need_data(chosen)
        epochs = epochs or EPOCHS
        recipe = replace(recipe, left_out=kinds_of(chosen))
        target = chosen.cache / "bundles" / BUNDLE
        command, then = f"train fashion --without-kinds --epochs {epochs}", "evaluate unseen"
    if epochs is not None:
        recipe = recipe.shortened(epochs)
    outcome = train_fashion(chosen, recipe, fresh=arguments.fresh, earlier=arguments.take_over, say=say)
    path = write_fashion(outcome, target, command=command)
    say(f"{path} is written; measure it with `python -m vsearch_core {then}`.")
    return 0


def run_finder(arguments: argparse.Namespace) -> int:
    """`train finder`."""
    from vsearch_core.training.finder.train import FinderRecipe, train_finder

    say(f"{train_finder(settings(), FinderRecipe(), fresh=arguments.fresh, say=say)} is written.")
    return 0


def run_general(arguments: argparse.Namespace) -> int:
    """`train general`."""
    from vsearch_core.training.general import train_general

    path = train_general(settings())
    say(f"{path} is written; measure it with `python -m vsearch_core evaluate general`.")
    return 0
