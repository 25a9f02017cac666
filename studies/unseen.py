"""Twenty kinds that a network is not shown at all, to see what its embedding is worth in other shops."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

import numpy as np

from studies.kept import Kept, kept
from studies.retrieval import in_words
from vsearch_core.catalogue import read_catalogue
from vsearch_core.errors import BundleError
from vsearch_core.evaluation.predictions import Say
from vsearch_core.evaluation.protocols.snaps import snap_figures
from vsearch_core.evaluation.protocols.twins import same_picture, twin_figures
from vsearch_core.evaluation.statistics import mean_figure, nearest
from vsearch_core.evaluation.studies import write_study
from vsearch_core.settings import Settings

COUNT = 20
FEWEST = 50
"""Kinds with fewer products give too few test products to measure anything on."""

BUNDLE = "fashion-unseen"
"""In `<cache>/bundles`: the network that was not shown these kinds."""

EPOCHS = 3
"""The recipe of the shipped network takes most of an hour; a few epochs show the same, less sharply."""

_SALT = "unseen kinds"


def unseen_kinds(products: Mapping[str, int]) -> tuple[str, ...]:
    """The kinds that are left out: the first of all large enough ones in the order of a hash of their names.

    The rule was fixed before any training; it looks at nothing but names and sizes.

    Args:
        products: number of products of each product type, over the whole catalogue.

    Returns:
        `COUNT` names, sorted; all that are large enough where there are fewer.
    """
    large = [name for name, count in products.items() if count >= FEWEST]
    drawn = sorted(large, key=lambda name: hashlib.sha256(f"{_SALT} {name}".encode()).hexdigest())
    return tuple(sorted(drawn[:COUNT]))


def kinds_of(settings: Settings) -> tuple[str, ...]:
    """The kinds that are left out of the real catalogue.

    Raises:
        CatalogueError: it is not at hand.
    """
    products = read_catalogue(settings.data / "fashion-products").products
    return unseen_kinds(products["product_type"].value_counts().to_dict())


def study_unseen(settings: Settings, *, say: Say = print) -> list[str]:
    """Retrieval on kinds that the network was not shown, against raw features; writes `results/studies/unseen.json`.

    Returns:
        The figures, a line each.

    Raises:
        CatalogueError: the public data sets are not at hand.
        BundleError: one of the bundles is missing, or has other kinds left out.
    """
    made = settings.cache / "bundles"
    paths = {
        "not shown these kinds": made / BUNDLE,
        "raw features": made / "raw",
        "shipped network, shown them": settings.models / "fashion",
    }
    for path in paths.values():
        if not (path / "training.json").is_file():
            raise BundleError(
                f"There is no bundle in {path}; make it with `python -m studies train raw` and "
                "`python -m studies train without-kinds`."
            )
    recipe = json.loads((made / BUNDLE / "training.json").read_text(encoding="utf-8"))
    epochs = sum(stage["epochs"] for stage in recipe["recipe"]["stages"])
    rows, lines, models = [], [], {}
    kinds = kinds_of(settings)
    for name, path in paths.items():
        measured = kept(settings, path, say=say)
        if tuple(recipe["recipe"]["left_out"]) != kinds:
            raise BundleError(
                f"The bundle in {made / BUNDLE} was trained without other kinds; make it anew with "
                "`python -m studies train without-kinds`."
            )
        figures = kind_figures(measured, kinds)
        models[name] = measured.model.fingerprint
        rows.append({"network": name, **figures})
        lines.append(f"{name}: {in_words(figures)}")
        say(lines[-1])
    write_study(
        settings,
        "unseen",
        title="Unseen kinds",
        about=f"The recipe of the shipped network, shortened to {epochs} epochs and without all products and user "
        f"photos of {len(kinds)} product types, asked for exactly these. Raw features are ImageNet MobileNetV2 as "
        "it is.",
        split="part test of splits/catalogue.csv, the products of these kinds; the gallery is the whole catalogue",
        training={"epochs": epochs, "minutes": recipe["minutes"], "command": recipe["command"]},
        models=models,
        kinds=kinds,
        rows=rows,
    )
    return lines


def kind_figures(measured: Kept, kinds: tuple[str, ...]) -> dict[str, dict]:
    """Retrieval with the test products of some kinds in the whole catalogue.

    Returns:
        `shots` (their own picture left out) and `snaps` with the share of the right type among the first ten, `snaps`
        with the exact product too, and `twins`.
    """
    types, pictures = measured.column("product_type"), measured.column("picture")
    titles, groups = measured.column("title"), measured.column("group")
    test = measured.rows("test")
    inside = np.isin(types[test], kinds)
    rows, gallery = test[inside], measured.shots.embeddings
    own = same_picture(pictures, rows)
    found, _ = nearest(gallery[rows], gallery, min(len(gallery), 10 + max(len(copies) for copies in own)))
    others = np.stack([hits[~np.isin(hits, copies)][:10] for hits, copies in zip(found, own, strict=True)])
    snaps = snap_figures(
        measured.snaps.of("test").embeddings[inside],
        rows,
        gallery,
        kinds=types,
        titles=titles,
        pictures=pictures,
        groups=groups,
    )
    twins = twin_figures(gallery, titles, pictures, groups, rows)
    right = (types[others] == types[rows][:, None]).mean(axis=1)
    return {
        "shots": {"first_ten_right_type": mean_figure(right, groups[rows]).as_dict()},
        "snaps": {name: snaps[name] for name in ("r_at_1", "r_at_10", "first_ten_right_type")},
        "twins": {name: twins[name] for name in ("r_at_1", "r_at_10")},
    }
