"""Measures `models/detector`: thresholds chosen on validation, figures on test, and the card."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from vsearch_core import images
from vsearch_core.catalogue.photos.labels import PHOTO_LABELS, position_of
from vsearch_core.catalogue.photos.street import Garment, StreetPhoto, street_photos
from vsearch_core.catalogue.photos.user import read_user_photos, user_images
from vsearch_core.catalogue.sources import TarImages
from vsearch_core.contracts import Item, Photo
from vsearch_core.evaluation.cards.detector import write_detector_card
from vsearch_core.evaluation.detector.matching import (
    POSITIONS,
    best_threshold,
    judge,
    latency,
    mean_precision,
    named_right,
    precisions,
    right_and_found,
)
from vsearch_core.evaluation.statistics import mean_figure
from vsearch_core.files import replace_bytes, replace_json
from vsearch_core.machine import machine
from vsearch_core.search.showing import worth_showing
from vsearch_core.settings import Settings
from vsearch_core.vision.bundle_files import seal
from vsearch_core.vision.detector import Detector, Thresholds

Say = Callable[[str], None]

T = TypeVar("T")

_OVERLAPS, _ACROSS = (0.3, 0.4, 0.5, 0.6), (0.6, 0.7, 0.8, 0.9)
_TIMED = 100
_BLOCK = 32


def evaluate_detector(settings: Settings, *, say: Say = print) -> dict[str, Any]:
    """Choose the shipped detector's thresholds on validation, measure it on test, and write figures and card.

    Returns:
        What `evaluation/figures.json` holds.

    Raises:
        CatalogueError: the public data sets are not at hand.
        BundleError: there is no bundle.
    """
    path = settings.models / "detector"
    say("choosing the thresholds on validation")
    validation = list(street_photos(settings.data, part="validation"))
    limits = choose(Detector.open(path, threads=settings.threads), validation)
    labels = json.loads((path / "labels.json").read_text(encoding="utf-8"))
    replace_json(path / "labels.json", {**labels, "thresholds": asdict(limits)})
    seal(path)
    detector = Detector.open(path, threads=settings.threads)
    say("measuring on test")
    test = list(street_photos(settings.data, part="test"))
    figures = {
        "command": "python -m vsearch_core evaluate detector",
        "model": detector.fingerprint,
        "machine": machine(),
        **street_figures(detector, test),
        "validation_mean": round(mean_precision(_candidates(detector, validation), _garments(validation)), 4),
        "user_photos": user_figures(settings, detector),
        "shown": shown_figures(settings, detector, {"validation": validation, "test": test}),
        "latency": latency(detector, [street.photo for street in test[:_TIMED]]),
    }
    folder = path / "evaluation"
    folder.mkdir(exist_ok=True)
    replace_json(folder / "figures.json", figures)
    replace_bytes(folder / "street.parquet", _parquet(test, _candidates(detector, test)))
    write_detector_card(path)
    return figures


def choose(detector: Detector, photos: Sequence[StreetPhoto]) -> Thresholds:
    """How much boxes may overlap, by the mean average precision; then each position's least score, by F1."""
    there = _garments(photos)
    answers = [detector.outputs(street.photo) for street in photos]

    def found(limits: Thresholds) -> list[tuple[Item, ...]]:
        return [detector.read(one, street.photo, limits) for one, street in zip(answers, photos, strict=True)]

    options = [replace(detector.thresholds, overlap=one, across=other) for one in _OVERLAPS for other in _ACROSS]
    best = max(options, key=lambda limits: mean_precision(found(limits), there))
    items = found(best)
    return replace(best, score={name: round(best_threshold(judge(items, there, name)), 4) for name in POSITIONS})


def street_figures(detector: Detector, photos: Sequence[StreetPhoto]) -> dict[str, Any]:
    """Average precision by position and its mean; precision, recall and label at the thresholds."""
    there, items = _garments(photos), _candidates(detector, photos)
    measured = precisions(items, there)
    sure = [_sure(detector, found) for found in items]
    right, named = named_right(sure, there)
    at_threshold = {}
    for position in POSITIONS:
        judged = judge(items, there, position)
        precision, recall = right_and_found(judged, detector.thresholds.score[position])
        at_threshold[position] = {"precision": round(precision, 4), "recall": round(recall, 4)}
    return {
        "mean": measured.mean.as_dict(),
        "average_precision": {name: figure.as_dict() for name, figure in measured.by_position.items()},
        "at_threshold": at_threshold,
        "label_right": {"value": round(right / max(1, named), 4), "count": named},
        "photos": len(photos),
    }


def user_figures(settings: Settings, detector: Detector) -> dict[str, Any]:
    """User photos of test, which have a label and no boxes: whether a garment of the label's position is found.

    `position_found`: the share of photos; `best_of_position`: the surest item has it (other garments may be in the
    photo too); `label_right`: of the found ones, the share whose label is one that the photo's label may mean.
    """
    table, source = _user_photos(settings)
    table = table[table["part"] == "test"].reset_index(drop=True)
    found, best, right = [], [], []
    items = (one for block in _photos(source, list(table["image"])) for one in detector.detect_many(block))
    for label, things in zip(table["label"], items, strict=True):
        of_position = [item for item in things if item.position == position_of(label)]
        found.append(bool(of_position))
        best.append(bool(of_position) and things[0].position == position_of(label))
        if of_position:
            right.append(of_position[0].label in PHOTO_LABELS[label])
    senders = table["sender_id"].to_numpy()
    with_position = np.array(found)
    return {
        "position_found": mean_figure(with_position, senders).as_dict(),
        "best_of_position": mean_figure(np.array(best), senders).as_dict(),
        "label_right": mean_figure(np.array(right), senders[with_position]).as_dict() if right else None,
    }


def shown_figures(
    settings: Settings, detector: Detector, street: Mapping[str, Sequence[StreetPhoto]]
) -> dict[str, dict[str, float]]:
    """What of the found garments the app shows (`search/showing.py`), of street photos and of user photos, by part.

    For each the share of photos `with_any` and `with_several` garments shown. Nearly every user photo shows one thing,
    so that several are mostly wrong there; nearly every street photo shows an outfit.

    Args:
        street: the street photos of each part.
    """
    table, source = _user_photos(settings)
    found: dict[str, dict[str, float]] = {}
    for part, photos in street.items():
        shown = [photo for some in _blocks([one.photo for one in photos]) for photo in _shown(detector, some)]
        names = list(table.loc[table["part"] == part, "image"])
        by_people = [photo for some in _photos(source, names) for photo in _shown(detector, some)]
        for what, numbers in (("street", np.array(shown)), ("user_photos", np.array(by_people))):
            found[f"{what}_{part}"] = {
                "with_any": round(float((numbers > 0).mean()), 4),
                "with_several": round(float((numbers > 1).mean()), 4),
                "photos": len(numbers),
            }
    return found


def _shown(detector: Detector, photos: Sequence[Photo]) -> list[int]:
    """How many garments the app shows of each photo."""
    items = detector.detect_many(photos)
    return [len(worth_showing(found, photo.original_size)) for found, photo in zip(items, photos, strict=True)]


def _user_photos(settings: Settings) -> tuple[pd.DataFrame, TarImages]:
    """The user photos whose label names garments, all parts, and their pictures."""
    table = read_user_photos(settings.data)
    source = user_images(settings.data)
    return table[table["label"].isin(list(PHOTO_LABELS))].reset_index(drop=True), source


def _photos(source: TarImages, names: Sequence[str]) -> Iterator[list[Photo]]:
    for some in _blocks(names):
        yield [images.decode(source.read(name)) for name in some]


def _blocks(things: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(things), _BLOCK):
        yield things[start : start + _BLOCK]


def _candidates(detector: Detector, photos: Sequence[StreetPhoto]) -> list[tuple[Item, ...]]:
    return detector.candidates_many([street.photo for street in photos])


def _sure(detector: Detector, items: Sequence[Item]) -> list[Item]:
    return [item for item in items if item.score >= detector.thresholds.score[item.position]]


def _garments(photos: Sequence[StreetPhoto]) -> list[tuple[Garment, ...]]:
    return [street.garments for street in photos]


def _parquet(photos: Sequence[StreetPhoto], items: Sequence[Sequence[Item]]) -> bytes:
    """What was found in each photo, a row an item."""
    rows: list[Mapping[str, Any]] = [
        {
            "id": street.id,
            "label": item.label,
            "position": item.position,
            "score": round(item.score, 4),
            **dict(zip(("x0", "y0", "x1", "y1"), (round(edge, 1) for edge in item.box), strict=True)),
        }
        for street, found in zip(photos, items, strict=True)
        for item in found
    ]
    buffer = io.BytesIO()
    pd.DataFrame(rows).to_parquet(buffer, index=False)
    return buffer.getvalue()
