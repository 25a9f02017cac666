"""Joins the groups of commands into the program `vsearch`."""

from __future__ import annotations

from collections.abc import Sequence

from vsearch_core.cli import bundles, catalogue, data, doctor, evaluation, journal, photos, service, stores, training
from vsearch_core.cli.frame import group, run

vsearch = group("vsearch", help="Visual search for online shops.")
vsearch.add(
    photos.search,
    photos.analyse,
    stores.store,
    data.data,
    data.setup,
    catalogue.catalogue,
    bundles.bundle,
    training.train,
    evaluation.evaluate,
    journal.journal,
    service.serve,
    service.keys,
    doctor.command,
)


def main(arguments: Sequence[str] | None = None, *, name: str = "vsearch") -> int:
    """Run one command; see `frame.run`.

    Args:
        name: what a person typed to get here.
    """
    return run(vsearch, name, arguments)
