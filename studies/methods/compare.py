"""The classic ways of learning an embedding, each re-run on this data, beside the network that ships."""

from __future__ import annotations

import json
from pathlib import Path

from studies.kept import kept
from studies.retrieval import compared, in_words
from vsearch_core.errors import BundleError
from vsearch_core.evaluation.predictions import Say
from vsearch_core.evaluation.studies import FIRST_PROJECTS, write_study
from vsearch_core.settings import Settings

METHODS = ("normalised-softmax", "siamese", "triplet", "pretrained")
DIMENSION = 256

_TOLD = ("command", "minutes", "steps", "machine", "loss_first_and_last_tenth")


def bundle_name(method: str, dimension: int = DIMENSION) -> str:
    """Of a method's bundle in `<cache>/bundles`."""
    return f"{method}-{dimension}"


def compare_methods(settings: Settings, *, say: Say = print) -> list[str]:
    """Measure every method at 256-d, the raw features and the network that ships.

    Writes `results/studies/methods.json`.

    Returns:
        The figures, a line each.

    Raises:
        CatalogueError: the public data sets are not at hand.
        BundleError: a method was not trained yet.
    """
    made = settings.cache / "bundles"
    paths = {method: made / bundle_name(method) for method in METHODS}
    paths |= {"raw features, 1280-d": made / "raw", "shipped network": settings.models / "fashion"}
    for path in paths.values():
        if not (path / "labels.json").is_file():
            raise BundleError(
                f"There is no bundle in {path}; make it with `python -m studies train raw` and "
                "`python -m studies train methods`."
            )
    rows, lines = [], []
    for name, path in paths.items():
        measured = kept(settings, path, say=say)
        figures = compared(measured, verification=True)
        training = {"model": measured.model.fingerprint, **_training(path)}
        rows.append({"method": name, "training": training, **figures})
        lines.append(f"{name}: {in_words(figures)}")
        say(lines[-1])
    write_study(
        settings,
        "methods",
        title="Methods",
        about="Each method starts from the same ImageNet trunk and the same projection, keeps the same layers as they "
        "were, sees the same pictures (a studio shot and a phone snap of each product) for the same minutes of "
        "training, and is measured on one protocol. The shipped network has had more minutes, and types and "
        "attributes to learn from besides.",
        split="trained on part train, measured on part test of splits/; the gallery is the whole catalogue",
        rows=rows,
        first_projects=FIRST_PROJECTS,
    )
    return lines


def _training(path: Path) -> dict[str, object]:
    training = json.loads((path / "training.json").read_text(encoding="utf-8"))
    return {name: training[name] for name in _TOLD if name in training}
