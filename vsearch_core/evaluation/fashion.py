"""Measures `models/fashion` by every protocol: figures, per-photo predictions, calibration and the card."""

from __future__ import annotations

import io

import pandas as pd

from vsearch_core.contracts import ATTRIBUTES
from vsearch_core.evaluation.cards.fashion import write_card
from vsearch_core.evaluation.cards.finder import write_finder_card
from vsearch_core.evaluation.measure import Measured, figures, measure
from vsearch_core.evaluation.outside.evaluate import outside_figures, serving_search, write_outside
from vsearch_core.evaluation.outside.search import WholePicture
from vsearch_core.evaluation.outside.sets import has_outside
from vsearch_core.evaluation.predictions import MEASURED, Predictions, Say, model_of, top_five
from vsearch_core.evaluation.protocols.cascade import choose_cascade
from vsearch_core.evaluation.protocols.types import best_of, type_report
from vsearch_core.evaluation.rules.good_match import choose_item_threshold, choose_threshold
from vsearch_core.evaluation.rules.looking import write_looking
from vsearch_core.evaluation.statistics import nearest
from vsearch_core.files import replace_bytes, replace_json
from vsearch_core.machine import machine
from vsearch_core.settings import Settings
from vsearch_core.vision.bundle_files import seal
from vsearch_core.vision.good_match import GoodMatch


def evaluate_fashion(settings: Settings, *, say: Say = print) -> dict[str, dict]:
    """Measure the shipped bundle, and write its `evaluation/`, `calibration.json` and `card.md`.

    `evaluation/` holds `figures.json`, `report.json` (each type on shots and on snaps), `calibration.json` (with the
    reliability tables) and, for validation and test, what the network says of each picture: `catalogue.parquet`,
    `snaps.parquet` and `user_photos.parquet`, with the probabilities that serving shows; and, where the pictures from
    outside are at hand, `outside.json`.

    Returns:
        The figures of all protocols, and `good_match`.

    Raises:
        CatalogueError: the public data sets are not at hand.
        BundleError: there is no bundle.
    """
    return write_evaluation(measure(settings, model_of(settings), say))


def write_evaluation(measured: Measured) -> dict[str, dict]:
    """Write what `evaluate_fashion` says into the folder of the measured bundle, and return the figures."""
    # before the minutes that the protocols take: the street photos may be missing
    garments = measured.garments
    model, found = measured.model, figures(measured)
    fitted, of_categories = (round(one[0], 4) for one in (measured.temperature, measured.category_temperature))
    threshold = choose_threshold(measured.photos, measured.shots, measured.names, fitted)
    photo_rule = GoodMatch(threshold["good_match"], **threshold["agreement"])
    of_items = choose_item_threshold(garments, measured.shots, measured.names, fitted, photo_rule)

    folder = model.bundle.path / "evaluation"
    folder.mkdir(exist_ok=True)
    about = {
        "command": "python -m vsearch_core evaluate fashion",
        "model": model.fingerprint,
        "machine": machine(),
    }
    short = {
        **found,
        "calibration": _without_tables(found["calibration"]),
        "good_match": {**threshold["rates"]["test"], "by_cosine": threshold["rates_by_cosine"]["test"]},
    }
    replace_json(folder / "figures.json", {**about, **short})
    replace_json(folder / "calibration.json", {**about, **found["calibration"]})
    replace_json(folder / "report.json", {**about, **_reports(measured)})
    for name, predictions in (
        ("catalogue", measured.shots),
        ("snaps", measured.snaps),
        ("user_photos", measured.photos),
    ):
        kept = predictions.where(predictions.table["part"].isin(MEASURED).to_numpy())
        replace_bytes(folder / f"{name}.parquet", _parquet(_answers(measured, kept, name, fitted)))
    cascade = choose_cascade(measured, of_categories).as_dict()
    calibration = {
        **threshold,
        "items": of_items,
        "temperature": fitted,
        "category_temperature": of_categories,
        "cascade": cascade,
        "model": model.fingerprint,
    }
    replace_json(model.bundle.path / "calibration.json", calibration)
    seal(model.bundle.path)  # what follows opens the bundle anew, with these rules
    if has_outside(measured.settings.data) and (measured.settings.models / "finder").is_dir():
        write_looking(measured, measured.settings.models)
        chosen = model_of(measured.settings, model.bundle.path)
        outside = outside_figures(measured, serving_search(measured.settings, chosen))
        outside["one_look"] = outside_figures(measured, WholePicture(model, photo_rule, fitted))
        write_outside(model.bundle.path, model.fingerprint, outside)
    else:
        measured.say("the pictures from outside are not at hand: their figures are left as they are")
    seal(model.bundle.path)
    write_card(model.bundle.path, measured.settings.results)
    write_finder_card(measured.settings.models)
    return short


def _answers(measured: Measured, kept: Predictions, name: str, fitted: float) -> pd.DataFrame:
    """What the network says of each picture, what the search finds first, and by what it can be sliced."""
    table = top_five(kept, measured.names, fitted)
    of_product = name != "user_photos"
    table.insert(2, "label", kept.table["product_type" if of_product else "label"])
    if name != "catalogue":
        found, _ = nearest(kept.embeddings, measured.shots.embeddings, 1)
        table["first_hit_type"] = measured.column("product_type")[found[:, 0]]
    if of_product:
        table[list(ATTRIBUTES)] = kept.table[list(ATTRIBUTES)]
    else:
        # the figures are bootstrapped by sender, and the page's with the same draws
        table["group"] = kept.table["sender_id"]
    return table


def _reports(measured: Measured) -> dict[str, list[dict]]:
    """The report of each type on the test part, of shots and of snaps."""
    reports = {}
    for name, predictions in (("shots", measured.shots), ("snaps", measured.snaps)):
        test = predictions.of("test")
        labels, groups = (test.table[column].to_numpy() for column in ("product_type", "group"))
        reports[name] = type_report(labels, best_of(test.types, measured.names), groups)
    return reports


def _without_tables(calibration: dict) -> dict:
    """The same without the reliability tables, which have a file of their own."""
    return {
        name: {state: figure for state, figure in value.items() if not isinstance(figure, list)}
        if isinstance(value, dict)
        else value
        for name, value in calibration.items()
    }


def _parquet(table: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    table.to_parquet(buffer, index=False, compression="zstd")
    return buffer.getvalue()
