"""The study of the cascade: what it gains and costs, on raw features and on our own embedding.

The published cascade puts a classifier before a search by raw features; the like of it here has raw features as vectors
and the categories of our own network.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from studies.kept import kept
from studies.search_latency import MODES, search_latency
from studies.snap_sample import EVERY, sampled_snaps
from vsearch_core.catalogue.sources import TarImages
from vsearch_core.contracts import Photo
from vsearch_core.errors import BundleError
from vsearch_core.evaluation.measure import Measured
from vsearch_core.evaluation.predictions import Predictions, Say, reader
from vsearch_core.evaluation.protocols.calibration import Answers, right_types
from vsearch_core.evaluation.protocols.cascade import (
    NO_WORSE,
    Chosen,
    World,
    asked_of,
    chosen_rule,
    gallery_of,
    known,
    measures,
    members,
    set_figures,
)
from vsearch_core.evaluation.protocols.street_items import StreetItems, position_rows, street_items
from vsearch_core.evaluation.statistics import mean_figure
from vsearch_core.evaluation.studies import write_study
from vsearch_core.files import replace_json
from vsearch_core.settings import Settings
from vsearch_core.vision.bundle_files import seal

TIMED = 100
"""Validation photos whose way is timed."""

THEIRS = {
    "name": "Cascade of a classifier and a search by raw features",
    "retrieval": 0.697,
    "latency": 0.13,
    "whose": "theirs, on their own data: relative change over their own baseline",
}


def study_cascade(settings: Settings, *, say: Say = print) -> list[str]:
    """Measure the cascade on test, and write its rule to the bundle and `results/studies/cascade.json`.

    Returns:
        The figures, a line each.

    Raises:
        CatalogueError: the public data sets are not at hand.
        BundleError: there is no raw bundle, beside which the shipped one is read.
    """
    raw_path = settings.cache / "bundles" / "raw"
    if not (raw_path / "labels.json").is_file():
        raise BundleError(f"There is no bundle in {raw_path}; make it with `python -m studies train raw`.")
    whole = [kept(settings, path, say=say) for path in (settings.models / "fashion", raw_path)]
    models = [one.model for one in whole]
    snaps = sampled_snaps(settings, models, whole[0].shots.table, say)
    ours, raw = (
        Measured.of(settings, one.model, shots=one.shots, photos=one.photos, snaps=sample)
        for one, sample in zip(whole, snaps, strict=True)
    )
    street = street_items(settings, models, "test", say)
    listed = ours.photos.of("validation").table.iloc[:TIMED]
    source = TarImages(settings.data / "clothing-photos" / "images.tar", prefix="images/")
    read = reader(source, listed, 2 * ours.model.bundle.side)
    return write_cascade(ours, raw, street, [read(row) for row in range(len(listed))], say=say)


def write_cascade(
    ours: Measured, raw: Measured, street: StreetItems, photos: Sequence[Photo], *, say: Say = print
) -> list[str]:
    """The same from what bundles say of the pictures.

    Args:
        ours: of the bundle that ships, raw: of raw features; street: garments of street photos, by both in this order.
        photos: whose way through everything is timed.
    """
    settings, fitted = ours.settings, ours.model.bundle.category_temperature
    rows: list[dict[str, Any]] = []
    changes: list[dict[str, Any]] = []
    rules = {}
    for place, (name, measured) in enumerate((("our embedding", ours), ("raw features", raw))):
        say(f"cascade: {name}")
        gallery = gallery_of(measured)
        rules[name] = chosen_rule(World.of(asked_of(ours, "validation", fitted, vectors=measured), gallery))
        asked = asked_of(ours, "test", fitted, vectors=measured)
        asked["street_items"] = street.asked(place, members(ours, gallery.names), fitted)
        world = World.of(asked, gallery)
        found = {pictures: set_figures(world, pictures, rules[name]) for pictures in asked}
        rows += [
            {"vectors": name, "search": mode, **{pictures: one.figures[mode] for pictures, one in found.items()}}
            for mode in MODES
        ]
        changes += [
            {
                "vectors": name,
                "asked": pictures,
                **change,
                "partitions": round(one.partitions, 2),
                "searched_whole": round(one.whole, 4),
            }
            for pictures, one in found.items()
            for change in one.changes
        ]
        if measured is ours:
            by_category = _by_category(world, ours, rules[name])
            by_position = position_rows(street, asked["street_items"], gallery)
            write_rule(ours, rules[name])
    say("cascade: timing photos")
    latency = search_latency(photos, ours, raw, {name: chosen.rule for name, chosen in rules.items()})
    write_study(
        settings,
        "cascade",
        title="Cascade",
        about="A photo is searched for in the fewest categories whose probabilities sum to a threshold chosen on "
        "validation, in all of them when unsure; beside it the most probable one alone. Categories are always said by "
        "the shipped network, vectors are its own or raw ImageNet features. Relative change is that of the figure "
        "over a search of everything.",
        split="rules chosen on part validation, measured on part test of splits/; the gallery is the whole catalogue, "
        f"and of the snaps every {EVERY}th is asked",
        models={"our embedding": ours.model.fingerprint, "raw features": raw.model.fingerprint},
        rules={name: chosen.as_dict() for name, chosen in rules.items()},
        rows=rows,
        changes=changes,
        by_category=by_category,
        street_items_by_position=by_position,
        category_calibration={part: category_error(ours, part) for part in ("validation", "test")},
        latency=latency,
        no_worse_margin=NO_WORSE,
        theirs=THEIRS,
    )
    return [_line(change, rows) for change in changes]


def write_rule(measured: Measured, chosen: Chosen) -> None:
    """Put a rule into the bundle's calibration, and leave the rest of it as it is.

    Raises:
        BundleError: the bundle has no calibration of its own weights.
    """
    path = measured.model.bundle.path / "calibration.json"
    content = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    if content.get("model") != measured.model.fingerprint:
        raise BundleError(
            f"{path} is not of these weights; make it anew with `python -m vsearch_core evaluate fashion`."
        )
    replace_json(path, {**content, "cascade": chosen.as_dict()})
    seal(path.parent)


def category_error(measured: Measured, part: str) -> dict[str, Any]:
    """The calibration error of user photos' category, with the temperature of categories that serves."""
    photos, summing = measured.photos.of(part), members(measured, known(measured))
    right = right_types(photos.table["right"].to_list(), measured.names)
    judged = right.any(axis=1)
    groups = photos.table["sender_id"].to_numpy()[judged]
    temperature = measured.model.bundle.category_temperature
    answers = Answers(photos.types[judged], right[judged], groups).at(temperature, summing)
    return {"error": answers.error().as_dict(), "accuracy": mean_figure(answers.correct, groups).as_dict()}


def _by_category(world: World, measured: Measured, chosen: Chosen) -> list[dict[str, Any]]:
    """R@10 of snaps by the product's category, the largest first."""
    snaps: Predictions = measured.snaps.of("test")
    categories = snaps.table["category"].to_numpy()
    plain, after = (measures(world, "snaps", one)["r_at_10"] for one in (None, chosen.rule))
    names, counts = np.unique(categories, return_counts=True)
    return [
        {
            "category": str(name),
            "snaps": int(count),
            "all": round(float(plain[categories == name].mean()), 4),
            "cascade": round(float(after[categories == name].mean()), 4),
        }
        for name, count in sorted(zip(names, counts, strict=True), key=lambda pair: -pair[1])
    ]


def _line(change: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> str:
    measure, pictures = change["measure"], change["asked"]
    values = {row["search"]: row[pictures][measure]["value"] for row in rows if row["vectors"] == change["vectors"]}
    return (
        f"{change['vectors']}, {pictures}, {measure}: {values['all']:.4f} everywhere, {values['top1']:.4f} top1, "
        f"{values['cascade']:.4f} cascade ({change['relative_change']['value']:+.1%}), "
        f"{change['partitions']} partitions"
    )
