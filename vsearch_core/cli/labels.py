"""`train out-of-sample` and `evaluate cleaning`: what the labels of the catalogue are worth."""

from __future__ import annotations

import argparse
from typing import Any

from vsearch_core.cli.output import say
from vsearch_core.cli.photos import positive
from vsearch_core.settings import settings


def add_verbs(train: Any, evaluate: Any) -> None:
    """Add the verbs to the two commands."""
    folds = train.add_parser("out-of-sample", help="what networks say of the products that they were not shown")
    folds.add_argument("--fold", type=positive, help="train one fold alone; default: all that are missing")
    folds.set_defaults(run=run_out_of_sample)
    worth = evaluate.add_parser("cleaning", help="what dropping clearly wrong labels is worth")
    worth.set_defaults(run=run_cleaning)


def run_out_of_sample(arguments: argparse.Namespace) -> int:
    """`train out-of-sample`."""
    from vsearch_core.training.out_of_sample.train import train_out_of_sample

    path = train_out_of_sample(settings(), fold=arguments.fold, say=say)
    if path is not None:
        say(f"{path} is written.")
    return 0


def run_cleaning(arguments: argparse.Namespace) -> int:
    """`evaluate cleaning`."""
    from studies.audits.label_checks import of_disagreements
    from studies.cleaning import study_cleaning
    from vsearch_core.catalogue import read_catalogue
    from vsearch_core.evaluation.out_of_sample import read_out_of_sample
    from vsearch_core.insight.master_data.label_issues import clearly_wrong, label_issues
    from vsearch_core.training.shared.material import need_data

    chosen = settings()
    need_data(chosen)
    found = read_out_of_sample(chosen.results)
    products = read_catalogue(chosen.data / "fashion-products").products
    issues = label_issues(products, found.predictions, found.copies)
    more = {"validation_disagreements": of_disagreements(chosen, issues)}
    say(*study_cleaning(chosen, clearly_wrong(issues), more=more, say=say))
    return 0
