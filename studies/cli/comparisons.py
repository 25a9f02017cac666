"""Further verbs of `train` and `evaluate`: studies of methods, which do not change the bundle that ships."""

from __future__ import annotations

import argparse
from typing import Any

from vsearch_core.cli.output import say
from vsearch_core.cli.photos import positive
from vsearch_core.settings import settings


def add_verbs(train: Any, evaluate: Any) -> None:
    """Add the studies' verbs to the two commands."""
    raw = train.add_parser("raw", help="ImageNet features as they are, as a bundle in the cache to compare with")
    raw.set_defaults(run=run_raw)

    one = train.add_parser("embedding", help="an embedding by one of the classic methods, as a bundle in the cache")
    one.add_argument("--method", required=True, type=method, help="normalised-softmax, siamese, triplet or pretrained")
    one.add_argument("--dimension", type=positive, help="of the embedding (default 256)")
    every = train.add_parser("methods", help="every classic method, one after the other")
    for parser, run in ((one, run_embedding), (every, run_methods)):
        parser.add_argument("--minutes", type=minutes, help="of training steps for each method (default 6)")
        parser.add_argument("--seed", type=int, help="default: the recipe's")
        parser.set_defaults(run=run)

    for name, text, study in (
        ("methods", "the classic methods on one protocol, beside the network that ships", run_compare),
        ("dimensions", "embeddings of 64 to 2048 dimensions on the same features", run_dimensions),
        ("imbalance", "plain loss, balanced sampling and logit adjustment for rare types", run_imbalance),
        ("study", "every bundle by every distance, in one table", run_study),
        ("unseen", "retrieval on kinds that the network was not shown", run_unseen),
        ("cascade", "searching only where a photo can be; sets the bundle's rule for it", run_cascade),
        ("outfits", "what cutting products out of pictures of outfits is worth", run_outfits),
        ("shift", "how far what people send lies from the catalogue, and what it costs", run_shift),
    ):
        evaluate.add_parser(name, help=text).set_defaults(run=study)


def method(text: str) -> str:
    """The name of a method, for argparse."""
    from studies.methods.compare import METHODS

    if text not in METHODS:
        raise argparse.ArgumentTypeError(f"there is no method {text!r}; the methods are {', '.join(METHODS)}")
    return text


def minutes(text: str) -> float:
    """A number of minutes above 0, for argparse."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 1e6:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of minutes above 0")
    return value


def run_raw(arguments: argparse.Namespace) -> int:
    """`train raw`."""
    from studies.methods.raw import train_raw

    say(f"{train_raw(settings(), say=say)} is written.")
    return 0


def run_embedding(arguments: argparse.Namespace) -> int:
    """`train embedding --method …`."""
    return _train([arguments.method], arguments)


def run_methods(arguments: argparse.Namespace) -> int:
    """`train methods`."""
    from studies.methods.compare import METHODS

    return _train(METHODS, arguments)


def run_compare(arguments: argparse.Namespace) -> int:
    """`evaluate methods`."""
    from studies.methods.compare import compare_methods

    return _tell(compare_methods(settings(), say=say))


def run_dimensions(arguments: argparse.Namespace) -> int:
    """`evaluate dimensions`."""
    from studies.dimensions import study_dimensions

    return _tell(study_dimensions(settings(), say=say))


def run_imbalance(arguments: argparse.Namespace) -> int:
    """`evaluate imbalance`."""
    from studies.imbalance import study_imbalance

    return _tell(study_imbalance(settings(), say=say))


def run_study(arguments: argparse.Namespace) -> int:
    """`evaluate study`."""
    from studies.pairs import study_distances

    return _tell(study_distances(settings(), say=say))


def run_unseen(arguments: argparse.Namespace) -> int:
    """`evaluate unseen`."""
    from studies.unseen import study_unseen

    return _tell(study_unseen(settings(), say=say))


def run_cascade(arguments: argparse.Namespace) -> int:
    """`evaluate cascade`."""
    from studies.cascade import study_cascade

    return _tell(study_cascade(settings(), say=say))


def run_outfits(arguments: argparse.Namespace) -> int:
    """`evaluate outfits`."""
    from studies.outfits import study_outfits

    return _tell(study_outfits(settings(), say=say))


def run_shift(arguments: argparse.Namespace) -> int:
    """`evaluate shift`."""
    from studies.shift import study_shift

    return _tell(study_shift(settings(), say=say))


def _train(methods: Any, arguments: argparse.Namespace) -> int:
    from studies.methods.train import MethodRecipe, train_embedding

    given = {name: getattr(arguments, name, None) for name in ("minutes", "dimension", "seed")}
    chosen = {name: value for name, value in given.items() if value is not None}
    for name in methods:
        say(f"{train_embedding(settings(), MethodRecipe(name, **chosen), say=say)} is written.")
    return 0


def _tell(lines: list[str]) -> int:
    say(*lines)
    return 0
