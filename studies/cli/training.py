"""`train types`: the first project's classifiers, to compare with."""

from __future__ import annotations

import argparse
from typing import Any

from studies.cli.studies import minutes
from vsearch_core.cli.output import say
from vsearch_core.settings import settings


def add_verb(train: Any) -> None:
    """Add the verb to `train`."""
    types = train.add_parser("types", help="a classifier of the ten most frequent types, as the first project had them")
    types.add_argument(
        "--architecture",
        required=True,
        type=architecture,
        help="cnn-2, cnn-4, cnn-4-augmented, resnet50, mobilenetv2 or vgg16",
    )
    types.add_argument("--minutes", type=minutes, help="of the whole processor (default 45; on the wall 45 at most)")
    types.add_argument("--seed", type=int, help="default: the recipe's")
    types.set_defaults(run=run_types)


def architecture(text: str) -> str:
    """The name of a classifier, for argparse."""
    from studies.ladder.recipe import LADDER

    if text not in LADDER:
        raise argparse.ArgumentTypeError(f"there is no architecture {text!r}; there are {', '.join(LADDER)}")
    return text


def run_types(arguments: argparse.Namespace) -> int:
    """`train types --architecture …`."""
    from studies.ladder.recipe import LADDER, LadderRecipe
    from studies.ladder.train import train_types

    given = {name: getattr(arguments, name) for name in ("minutes", "seed")}
    chosen = {name: value for name, value in given.items() if value is not None}
    figures = train_types(settings(), LadderRecipe(LADDER[arguments.architecture], **chosen), say=say)
    right = figures["types"]["accuracy"]
    say(
        f"{figures['title']}: {right['value']:.1%} ({right['low']:.1%} to {right['high']:.1%}) of "
        f"{right['count']:,} test shots of the ten types are right{_noted(figures['note'])}."
    )
    return 0


def _noted(note: str) -> str:
    return f" ({note})" if note else ""
