"""Measures `models/fashion` on the committed split: figures, per-photo predictions, the threshold and the card."""

from __future__ import annotations

import io
import os
import platform
from collections.abc import Mapping

import numpy as np
import pandas as pd

from vsearch_core.contracts import ATTRIBUTES
from vsearch_core.evaluation.card import write_card
from vsearch_core.evaluation.metrics import classification_report, macro_f1, mean_figure, nearest, resampled_figure
from vsearch_core.evaluation.predictions import (
    Predictions,
    Say,
    predict_catalogue,
    predict_user_photos,
    shipped_model,
    top_five,
)
from vsearch_core.evaluation.threshold import choose_threshold
from vsearch_core.files import replace_bytes, replace_json
from vsearch_core.settings import Settings

FEWEST = 20
"""Types with fewer test products than this are left out of the macro F1: one error would move it by points."""

TEN_MOST = 10
SHOWN = ("Casual Shoes", "Sports Shoes")


def evaluate_fashion(settings: Settings, *, say: Say = print) -> list[str]:
    """Measure the shipped bundle, and write its `evaluation/`, `calibration.json` and `card.md`.

    Returns:
        The figures, a line each.

    Raises:
        CatalogueError: the public data sets are not at hand.
        BundleError: there is no bundle.
    """
    model = shipped_model(settings)
    names = model.bundle.product_types
    photos = predict_user_photos(settings, model, say)
    shots = predict_catalogue(settings, model, say)
    folder = model.bundle.path / "evaluation"
    folder.mkdir(exist_ok=True)
    report = type_report(shots.of("test"), names)
    figures = {
        "command": "python -m vsearch_core evaluate fashion",
        "model": model.fingerprint,
        "machine": f"{os.cpu_count()} processor cores, {platform.machine()}",
        "types": type_figures(shots, names),
        "attributes": attribute_figures(shots.of("test"), model.bundle.attributes),
        "user_photos": photo_figures(photos.of("test"), shots, names),
    }
    replace_json(folder / "figures.json", figures)
    replace_json(folder / "report.json", report)
    for name, predictions in (("catalogue", shots), ("user_photos", photos)):
        kept = predictions.where(predictions.table["part"].isin(["validation", "test"]).to_numpy())
        table = top_five(kept, names)
        label = kept.table["product_type" if name == "catalogue" else "label"]
        table.insert(2, "label", label)
        replace_bytes(folder / f"{name}.parquet", _parquet(table))
    calibration = choose_threshold(photos, shots)
    replace_json(model.bundle.path / "calibration.json", {**calibration, "model": model.fingerprint})
    write_card(model.bundle.path)
    return [
        f"good match from cosine {calibration['good_match']} (chosen on validation): {calibration['rates']}",
        *(f"{group}.{name}: {_words(figure)}" for group, name, figure in _flat(figures)),
    ]


def type_figures(shots: Predictions, names: tuple[str, ...]) -> dict[str, object]:
    """Product types on catalogue shots of the test part: every type, and the ten most frequent by themselves."""
    counts = shots.table["product_type"].value_counts()
    ten = list(counts.index[:TEN_MOST])
    test = shots.of("test")
    labels, groups = test.table["product_type"].to_numpy(), test.table["group"].to_numpy()
    predicted = np.asarray(names)[test.types.argmax(axis=1)]
    five = np.asarray(names)[np.argsort(-test.types, axis=1)[:, :5]]
    support = pd.Series(labels).value_counts()
    frequent = [name for name in names if support.get(name, 0) >= FEWEST]
    among = np.isin(labels, ten)
    of_ten = np.asarray(ten)[test.types[:, [names.index(name) for name in ten]].argmax(axis=1)]
    ten_report = {row["name"]: row for row in classification_report(labels[among], of_ten[among], ten)}
    return {
        "every_type_top1": mean_figure(predicted == labels, groups).as_dict(),
        "every_type_top5": mean_figure((five == labels[:, None]).any(axis=1), groups).as_dict(),
        "macro_f1": resampled_figure(
            lambda rows: macro_f1(labels[rows], predicted[rows], frequent), groups, rounds=100
        ).as_dict(),
        "macro_f1_types": len(frequent),
        "macro_f1_fewest": FEWEST,
        "ten_types": mean_figure((of_ten == labels)[among], groups[among]).as_dict(),
        "ten_types_names": ten,
        **{f"ten_types_f1_{name}": ten_report[name]["f1"] for name in SHOWN},
    }


def type_report(test: Predictions, names: tuple[str, ...]) -> list[dict]:
    """Precision, recall, F1 and support of every type that occurs in the test part, the most frequent first."""
    labels = test.table["product_type"].to_numpy()
    predicted = np.asarray(names)[test.types.argmax(axis=1)]
    present = list(pd.Series(labels).value_counts().index)
    return classification_report(labels, predicted, present)


def attribute_figures(test: Predictions, values: Mapping[str, tuple[str, ...]]) -> dict[str, dict]:
    """Accuracy of each attribute over the test products that have it."""
    figures = {}
    for name in ATTRIBUTES:
        labels = test.table[name].to_numpy()
        known = labels != ""
        predicted = np.asarray(values[name])[test.attributes[name].argmax(axis=1)]
        figures[name] = mean_figure((predicted == labels)[known], test.table["group"].to_numpy()[known]).as_dict()
    return figures


def photo_figures(photos: Predictions, shots: Predictions, names: tuple[str, ...]) -> dict[str, object]:
    """User photos of the test part against the whole catalogue: is what is found of the right kind?

    Right is what `photo_types.csv` says. Micro: every photo counts the same; macro: every label does.
    """
    kinds = shots.table["product_type"].to_numpy()
    found, _ = nearest(photos.embeddings, shots.embeddings, 10)
    right_hits = np.array(
        [[kinds[row] in right for row in rows] for rows, right in zip(found, photos.table["right"], strict=True)]
    )
    best = np.asarray(names)[photos.types.argmax(axis=1)]
    right_type = np.array([name in right for name, right in zip(best, photos.table["right"], strict=True)])
    senders, labels = photos.table["sender_id"].to_numpy(), photos.table["label"].to_numpy()
    by_label = pd.DataFrame({"label": labels, "first": right_hits[:, 0], "ten": right_hits.mean(axis=1)})
    means = by_label.groupby("label").mean()
    return {
        "type_is_right_kind": mean_figure(right_type, senders).as_dict(),
        "first_hit_right_kind": mean_figure(right_hits[:, 0], senders).as_dict(),
        "first_ten_right_kind": mean_figure(right_hits.mean(axis=1), senders).as_dict(),
        "first_hit_right_kind_macro": round(float(means["first"].mean()), 4),
        "first_ten_right_kind_macro": round(float(means["ten"].mean()), 4),
    }


def _flat(figures: dict) -> list[tuple[str, str, object]]:
    return [
        (group, name, figure)
        for group, content in figures.items()
        if isinstance(content, dict)
        for name, figure in content.items()
        if not isinstance(figure, list)
    ]


def _words(figure: object) -> str:
    if isinstance(figure, dict):
        return f"{figure['value']:.4f} (95 % {figure['low']:.4f} to {figure['high']:.4f}, n={figure['count']:,})"
    return str(figure)


def _parquet(table: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    table.to_parquet(buffer, index=False, compression="zstd")
    return buffer.getvalue()
