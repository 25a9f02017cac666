"""Garments of the street photos, cut out by the boxes of their masks: what people ask for when they mark an item.

No product is known to be the right one; right is what `street_types.csv` says of a garment's label.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from vsearch_core.catalogue.photos.street import street_photos
from vsearch_core.catalogue.positions import positions_of, types_of_garments
from vsearch_core.contracts import ATTRIBUTES, Photo
from vsearch_core.evaluation.predictions import MEASURED, Predictions, Say
from vsearch_core.evaluation.protocols.partitions import Asked, Gallery
from vsearch_core.evaluation.statistics import mean_figure
from vsearch_core.settings import Settings
from vsearch_core.store.exact import highest
from vsearch_core.vision import FashionModel
from vsearch_core.vision.crop import crop
from vsearch_core.vision.interpreters import Outputs
from vsearch_core.vision.temperature import tempered

_BLOCK = 64


@dataclass(frozen=True)
class StreetItems:
    """Items of one part: `labels`, `positions` and `photos` (of each one's photo), each (n,); `outputs` by model."""

    labels: np.ndarray
    positions: np.ndarray
    photos: np.ndarray
    outputs: Sequence[Sequence[Outputs]]

    def asked(self, place: int, members: np.ndarray, temperature: float) -> Asked:
        """As questions with the embeddings of one model, and the categories that the first one sees.

        Args:
            members: (types, partitions), 1 where a type of the first model is of a partition.
        """
        right = types_of_garments()
        types = np.stack([one["product_type"] for one in self.outputs[0]])
        return Asked(
            np.stack([one["embedding"] for one in self.outputs[place]]),
            tempered(types, temperature) @ members,
            [right[label] for label in self.labels],
            self.photos,
        )


def street_items(settings: Settings, models: Sequence[FashionModel], part: str, say: Say) -> StreetItems:
    """Cut the garments of one part out and run models on them; small ones and labels of no kind are left out.

    Raises:
        CatalogueError: the street photos are not at hand.
    """
    known = types_of_garments()
    labels: list[str] = []
    positions: list[str] = []
    photos: list[str] = []
    waiting: list[Photo] = []
    outputs: list[list[Outputs]] = [[] for _ in models]

    def run() -> None:
        for model, found in zip(models, outputs, strict=True):
            found += model.run_many(waiting)
        waiting.clear()

    for number, street in enumerate(street_photos(settings.data, part=part)):
        if number == 0:
            say(f"running the models on the garments of the {part} street photos")
        for garment in street.garments:
            box = garment.box
            edges = (float(box.left), float(box.top), float(box.right), float(box.bottom))
            piece = None if garment.small or garment.label not in known else crop(street.photo, edges)
            if piece is not None:
                labels.append(garment.label)
                positions.append(garment.position)
                photos.append(street.id)
                waiting.append(piece)
        if len(waiting) >= _BLOCK:
            run()
    run()
    return StreetItems(np.array(labels), np.array(positions), np.array(photos), outputs)


def predict_garments(settings: Settings, model: FashionModel, say: Say) -> Predictions:
    """What a model says of the garments of the parts that are measured.

    The table has `id` and `group` (of the photo), `part`, `label`, `position` and `right`. Position `other` is left
    out: there the label decides what is searched, which is right by itself.

    Raises:
        CatalogueError: the street photos are not at hand.
    """
    right, tables, outputs = types_of_garments(), [], []
    for part in MEASURED:
        items = street_items(settings, [model], part, say)
        kept = np.flatnonzero(items.positions != "other").tolist()
        outputs += [items.outputs[0][place] for place in kept]
        table = pd.DataFrame({"id": items.photos, "label": items.labels, "position": items.positions}).iloc[kept]
        tables.append(table.assign(part=part, group=table["id"], right=table["label"].map(right)))
    types, embeddings = (
        np.stack([one[name] for one in outputs]).astype(np.float32) for name in ("product_type", "embedding")
    )
    known = [name for name in ATTRIBUTES if model.bundle.attributes[name]]
    attributes = {name: np.stack([one[name] for one in outputs]) for name in known}
    return Predictions(pd.concat(tables, ignore_index=True), types, attributes, embeddings)


def position_rows(items: StreetItems, asked: Asked, gallery: Gallery) -> list[dict[str, Any]]:
    """What items find everywhere and among products of their own position: over all of them, and by position.

    Returns:
        Records with `position` ("" for all), `items`, and `everywhere` and `at_position`, each with the figures
        `first_hit_right_kind` and `first_ten_right_kind`.
    """
    worn_at = positions_of(gallery.kinds, gallery.categories)
    found = np.empty((len(items.labels), 2, 2))
    for row, (embedding, right) in enumerate(zip(asked.embeddings, asked.right, strict=True)):
        scores = gallery.vectors @ embedding
        for place, inside in enumerate((scores, np.where(worn_at == items.positions[row], scores, -np.inf))):
            best = highest(inside, 10)
            hits = np.isin(gallery.kinds[best], list(right)) & np.isfinite(inside[best])
            found[row, place] = hits[0], hits.mean()
    rows = []
    for position in ("", *sorted(set(items.positions.tolist()))):
        chosen = (items.positions == position) | (position == "")
        groups = items.photos[chosen]
        rows.append(
            {
                "position": position,
                "items": int(chosen.sum()),
                **{
                    where: {
                        name: mean_figure(found[chosen, place, number], groups).as_dict()
                        for number, name in enumerate(("first_hit_right_kind", "first_ten_right_kind"))
                    }
                    for place, where in enumerate(("everywhere", "at_position"))
                },
            }
        )
    return rows
