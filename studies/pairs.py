"""Backbone x distance x accuracy@k in one table: what is gained by the network, and what by the distance."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from studies.distances import DISTANCES, nearest_by
from studies.kept import Kept, kept
from studies.methods.compare import METHODS, bundle_name
from vsearch_core.errors import BundleError
from vsearch_core.evaluation.predictions import Say
from vsearch_core.evaluation.protocols.twins import same_picture
from vsearch_core.evaluation.statistics import mean_figure
from vsearch_core.evaluation.studies import FIRST_PROJECTS, write_study
from vsearch_core.settings import Settings

DEPTHS = (1, 5, 10)
QUERIES = 500
SEED = 2026

_ASKED = ("shots", "user_photos")


def studied_bundles(settings: Settings) -> list[Path]:
    """Raw features, the classic methods that were trained on this machine, and the network that ships.

    Raises:
        BundleError: there is no raw bundle, beside which the others are read.
    """
    made = settings.cache / "bundles"
    if not (made / "raw" / "labels.json").is_file():
        raise BundleError(f"There is no bundle in {made / 'raw'}; make it with `python -m studies train raw`.")
    methods = [made / bundle_name(method) for method in METHODS]
    there = [path for path in methods if (path / "labels.json").is_file()]
    return [made / "raw", *there, settings.models / "fashion"]


def study_distances(settings: Settings, *, say: Say = print) -> list[str]:
    """Measure every bundle by every distance; writes `results/studies/distances.json`.

    Returns:
        The table, a line each.

    Raises:
        CatalogueError: the public data sets are not at hand.
        BundleError: there is no raw bundle.
    """
    rows: list[dict] = []
    models = {}
    for path in studied_bundles(settings):
        measured = kept(settings, path, say=say)
        models[path.name] = measured.model.fingerprint
        for distance in DISTANCES:
            say(f"distances: {path.name} by {distance}")
            rows.append({"backbone": path.name, "distance": distance, **by_distance(measured, distance)})
    write_study(
        settings,
        "distances",
        title="Backbone and distance",
        about="The share of right product types among the first k: for catalogue shots of part test (a seeded "
        f"sample of {QUERIES:,}, their own picture left out) and the share of right kinds for user photos of part "
        "test. The gallery is the whole catalogue; embeddings are L2-normalised, so cosine and Euclidean distance "
        "put products in the same order.",
        split="part test of splits/catalogue.csv and splits/photos.csv",
        models=models,
        rows=rows,
        first_projects=[one for one in FIRST_PROJECTS if one["metric"] == "right among the first ten"],
    )
    return [
        f"{row['backbone']} by {row['distance']}: "
        + ", ".join(f"{asked} @{k} {row[asked][f'at_{k}']['value']:.3f}" for asked in _ASKED for k in DEPTHS)
        for row in rows
    ]


def by_distance(measured: Kept, distance: str) -> dict[str, dict]:
    """Accuracy@k of a bundle by one distance: `shots` and `user_photos`, each `at_1`, `at_5` and `at_10`."""
    gallery, threads = measured.shots.embeddings, measured.settings.threads
    kinds, pictures = measured.column("product_type"), measured.column("picture")
    chosen = np.sort(np.random.default_rng(SEED).permutation(measured.rows("test"))[:QUERIES])
    own = same_picture(pictures, chosen)
    deepest = max(DEPTHS) + max(len(copies) for copies in own)
    found = nearest_by(distance, gallery[chosen], gallery, min(deepest, len(gallery)), threads=threads)
    others = np.stack([rows[~np.isin(rows, copies)][: max(DEPTHS)] for rows, copies in zip(found, own, strict=True)])
    photos = measured.photos.of("test")
    hits = nearest_by(distance, photos.embeddings, gallery, max(DEPTHS), threads=threads)
    right = np.stack([np.isin(kinds[rows], list(one)) for rows, one in zip(hits, photos.table["right"], strict=True)])
    return {
        "shots": _at(kinds[others] == kinds[chosen][:, None], measured.column("group")[chosen]),
        "user_photos": _at(right, photos.table["sender_id"].to_numpy()),
    }


def _at(right: np.ndarray, groups: np.ndarray) -> dict[str, dict]:
    return {f"at_{k}": mean_figure(right[:, :k].mean(axis=1), groups).as_dict() for k in DEPTHS}
