"""`train detector` and `evaluate detector`: the bundle that finds garments in photos."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from vsearch_core.cli.output import say, table
from vsearch_core.cli.photos import positive
from vsearch_core.cli.training import add_take_over
from vsearch_core.files import replace_bytes
from vsearch_core.images import encode_jpeg
from vsearch_core.settings import settings


def add_verbs(train: Any, evaluate: Any) -> None:
    """Add the detector's verbs to the two commands."""
    making = train.add_parser("detector", help="every garment in a photo, with its label, position and box")
    making.add_argument("--seed", type=int, help="default: the recipe's")
    making.add_argument(
        "--until", type=positive, metavar="EPOCH", help="stop after this one and write the bundle; go on another time"
    )
    making.add_argument("--fresh", action="store_true", help="begin anew instead of going on from the last checkpoint")
    add_take_over(making)
    making.set_defaults(run=run_train)
    judging = evaluate.add_parser("detector", help="the detector: thresholds on validation, figures on test, card")
    judging.add_argument(
        "--sheet",
        type=Path,
        metavar="PICTURE",
        help="write this picture instead: user photos of validation with the boxes that are found, to look at",
    )
    judging.set_defaults(run=run_evaluate)


def run_train(arguments: argparse.Namespace) -> int:
    """`train detector`."""
    from vsearch_core.training.detector.bundle import write_detector
    from vsearch_core.training.detector.recipe import DetectorRecipe
    from vsearch_core.training.detector.train import train_detector

    chosen = settings()
    recipe = DetectorRecipe() if arguments.seed is None else DetectorRecipe(seed=arguments.seed)
    outcome = train_detector(
        chosen, recipe, say=say, fresh=arguments.fresh, until=arguments.until, earlier=arguments.take_over
    )
    command = "train detector" if arguments.until is None else f"train detector --until {arguments.until}"
    path = write_detector(outcome, chosen.models / "detector", command=command)
    say(f"{path} is written; measure it with `python -m vsearch_core evaluate detector`.")
    return 0


def run_evaluate(arguments: argparse.Namespace) -> int:
    """`evaluate detector`."""
    from vsearch_core.evaluation.detector.evaluate import evaluate_detector
    from vsearch_core.evaluation.detector.sheet import sheet

    if arguments.sheet is not None:
        replace_bytes(arguments.sheet, encode_jpeg(np.asarray(sheet(settings())), quality=90))
        say(f"{arguments.sheet} is written.")
        return 0
    figures = evaluate_detector(settings(), say=say)
    rows = [
        [position, f"{one['value']:.3f}", f"{one['low']:.3f} to {one['high']:.3f}", one["count"]]
        for position, one in {**figures["average_precision"], "mean": figures["mean"]}.items()
    ]
    say(*table(rows, ["position", "AP at IoU 0.5", "95 %", "cases"]))
    say(f"one photo: {figures['latency']['median_ms']} ms")
    return 0
