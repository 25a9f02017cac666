"""The studies themselves: each measures, writes its figures as one JSON file, and prints them."""

from __future__ import annotations

from importlib import import_module

import click

from vsearch_core.cli.frame import Command
from vsearch_core.cli.output import say, step

STUDIES = {
    "methods": ("methods.compare:compare_methods", "Compare the classic methods with the network that ships."),
    "dimensions": ("dimensions:study_dimensions", "Compare embeddings of 64 to 2048 dimensions on the same features."),
    "imbalance": ("imbalance:study_imbalance", "Compare plain loss, balanced sampling and logit adjustment."),
    "distances": ("pairs:study_distances", "Compare every bundle by every distance, in one table."),
    "unseen": ("unseen:study_unseen", "Search for kinds that the network was not shown."),
    "cascade": ("cascade:study_cascade", "Search only where a photo can be; sets the bundle's rule for it."),
    "outfits": ("outfits:study_outfits", "Measure what cutting products out of pictures of outfits is worth."),
    "shift": ("shift:study_shift", "Measure how far what people send lies from the catalogue, and what it costs."),
}
"""Command to the function that it runs, in `studies`, and what it does."""


def _command(name: str, place: str, words: str) -> Command:
    """Make the command of one study; its function takes settings and `say`, and returns lines."""

    @click.command(name, cls=Command, help=words, epilog=name)
    def study() -> None:
        from vsearch_core.settings import settings

        module, function = place.split(":")
        say(*getattr(import_module(f"studies.{module}"), function)(settings(), say=step))

    return study


@click.command(cls=Command, epilog="cleaning")
def cleaning() -> None:
    """Measure what dropping clearly wrong labels is worth."""
    from studies.audits.label_checks import of_disagreements
    from studies.cleaning import study_cleaning
    from vsearch_core.catalogue import read_catalogue
    from vsearch_core.evaluation.out_of_sample import read_out_of_sample
    from vsearch_core.insight.master_data.label_issues import clearly_wrong, label_issues
    from vsearch_core.settings import settings
    from vsearch_core.training.shared.material import need_data

    chosen = settings()
    need_data(chosen)
    found = read_out_of_sample(chosen.results)
    products = read_catalogue(chosen.data / "fashion-products").products
    issues = label_issues(products, found.predictions, found.copies)
    more = {"validation_disagreements": of_disagreements(chosen, issues)}
    say(*study_cleaning(chosen, clearly_wrong(issues), more=more, say=step))


COMMANDS = (*(_command(name, place, words) for name, (place, words) in STUDIES.items()), cleaning)
