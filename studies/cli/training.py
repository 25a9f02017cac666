"""`train`: makes the bundles that studies compare, in the cache; none of them ships."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from vsearch_core.cli.frame import checked, group
from vsearch_core.cli.output import say, step
from vsearch_core.cli.training import fresh, seed, take_over

train = group("train", help="Train a bundle to compare with.")


def minutes(text: str) -> float:
    """A number of minutes above 0.

    Raises:
        ValueError: it is not one.
    """
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 1e6:
        raise ValueError(f"{text!r} is not a number of minutes above 0")
    return value


def method(text: str) -> str:
    """The name of a method, as it is.

    Raises:
        ValueError: there is none of this name.
    """
    from studies.methods.compare import METHODS

    if text not in METHODS:
        raise ValueError(f"there is no method {text!r}; the methods are {', '.join(METHODS)}")
    return text


def architecture(text: str) -> str:
    """The name of a classifier, as it is.

    Raises:
        ValueError: there is none of this name.
    """
    from studies.ladder.recipe import LADDER

    if text not in LADDER:
        raise ValueError(f"there is no architecture {text!r}; there are {', '.join(LADDER)}")
    return text


MINUTES = checked("number", minutes, ValueError)
of_training = click.option("--minutes", type=MINUTES, help="Of training steps for each method; default: 6.")


@train.command(epilog="train raw")
def raw() -> None:
    """Take ImageNet features as they are, to compare with."""
    from studies.methods.raw import train_raw
    from vsearch_core.settings import settings

    say(f"{train_raw(settings(), say=step)} is written.")


@train.command(epilog="train embedding --method triplet --minutes 3")
@click.option(
    "--method",
    required=True,
    type=checked("name", method, ValueError),
    help="normalised-softmax, siamese, triplet or pretrained.",
)
@click.option("--dimension", type=click.IntRange(min=1), help="Of the embedding; default: 256.")
@of_training
@seed
def embedding(method: str, **given: float | None) -> None:
    """Learn an embedding by one of the classic methods."""
    _train([method], given)


@train.command(epilog="train methods --minutes 3")
@of_training
@seed
def methods(**given: float | None) -> None:
    """Learn an embedding by every classic method, one after the other."""
    from studies.methods.compare import METHODS

    _train(METHODS, given)


@train.command(epilog="train types --architecture cnn-4 --minutes 10")
@click.option(
    "--architecture",
    required=True,
    type=checked("name", architecture, ValueError),
    help="cnn-2, cnn-4, cnn-4-augmented, resnet50, mobilenetv2 or vgg16.",
)
@click.option("--minutes", type=MINUTES, help="Of the whole processor; default: 45 (on the wall 45 at most).")
@seed
def types(architecture: str, **given: float | None) -> None:
    """Learn the ten most frequent types, as the first project did."""
    from studies.ladder.recipe import LADDER, LadderRecipe
    from studies.ladder.train import train_types
    from vsearch_core.settings import settings

    figures = train_types(settings(), LadderRecipe(LADDER[architecture], **_said(given)), say=step)
    right, note = figures["types"]["accuracy"], figures["note"]
    say(
        f"{figures['title']}: {right['value']:.1%} ({right['low']:.1%} to {right['high']:.1%}) of "
        f"{right['count']:,} test shots of the ten types are right{f' ({note})' if note else ''}."
    )


@train.command("without-kinds", epilog="train without-kinds --epochs 2")
@click.option("--epochs", type=click.IntRange(min=1), help="Of its one stage; default: 3.")
@seed
@fresh
@take_over
def without_kinds(epochs: int | None, seed: int | None, fresh: bool, take_over: Path | None) -> None:
    """Train the network that ships without 20 fixed product types, for `unseen`."""
    from studies.unseen import BUNDLE, EPOCHS, kinds_of
    from vsearch_core.settings import settings
    from vsearch_core.training.fashion.bundle import write_fashion
    from vsearch_core.training.fashion.recipe import Recipe
    from vsearch_core.training.fashion.train import train_fashion
    from vsearch_core.training.shared.material import need_data

    chosen, epochs = settings(), epochs or EPOCHS
    need_data(chosen)
    recipe = replace(Recipe(**_said({"seed": seed})), left_out=kinds_of(chosen)).shortened(epochs)
    outcome = train_fashion(chosen, recipe, fresh=fresh, earlier=take_over, say=step)
    command = f"python -m studies train without-kinds --epochs {epochs}"
    path = write_fashion(outcome, chosen.cache / "bundles" / BUNDLE, command=command)
    say(f"{path} is written; measure it with `python -m studies unseen`.")


def _train(methods: Sequence[str], given: dict[str, float | None]) -> None:
    from studies.methods.train import MethodRecipe, train_embedding
    from vsearch_core.settings import settings

    for name in methods:
        say(f"{train_embedding(settings(), MethodRecipe(name, **_said(given)), say=step)} is written.")


def _said(given: dict[str, Any]) -> dict[str, Any]:
    """The options that were given, so that a recipe's own values stand for the others."""
    return {name: value for name, value in given.items() if value is not None}
