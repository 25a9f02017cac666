"""Boxes in user photos, which have a label and no box: the network finds them itself where the label says for what.

This is self-training with a label as check: a photo takes part where the best garment of the label's position is found
with some confidence and is no detail. Of other garments that may be in such a photo nothing is said.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from vsearch_core.contracts import Item
from vsearch_core.files import replace_json
from vsearch_core.training.detector.layers import LABELS, LAYER_OF, LAYERS
from vsearch_core.training.detector.material import Sources
from vsearch_core.training.detector.scenes import Scene

SURE, DOUBT = 0.3, 0.1
"""Least score of a garment that is believed; a layer whose best score is below the second counts as not there."""
SMALLEST = 0.08
"""Least share of the photo that the garment fills."""
_FILE = "weak.json"


def keep_weak(folder: Path, sources: Sources, items: Sequence[Sequence[Item]]) -> int:
    """Keep what was found in each of the user photos beside the checkpoints, so that a resumed training has the same.

    Args:
        items: of each of `sources.photos`, in its pixels.

    Returns:
        How many photos take part.
    """
    records = []
    for photo, (pixels, meant, found) in enumerate(zip(sources.photos, sources.photo_labels, items, strict=True)):
        layer = LAYER_OF[meant[0]]
        best = max(
            (item for item in found if item.position == LAYERS[layer].position),
            key=lambda item: item.score,
            default=None,
        )
        if best is None or best.score < SURE or _area(best) < SMALLEST * pixels.shape[0] * pixels.shape[1]:
            continue
        said = LABELS.index(best.label)
        seen = {item.label for item in found if item.score > DOUBT}
        silent = [
            place != layer and (other.position == best.position or not seen.isdisjoint(other.labels))
            for place, other in enumerate(LAYERS)
        ]
        label = said if said in meant else meant[0]
        named = len(meant) == 1 or said in meant
        records.append({"photo": photo, "box": best.box, "label": label, "named": named, "silent": silent})
    replace_json(folder / _FILE, records)
    return len(records)


def read_weak(folder: Path, sources: Sources) -> list[Scene] | None:
    """The user photos that take part, with their boxes; None where they were not looked at yet."""
    path = folder / _FILE
    if not path.is_file():
        return None
    scenes = []
    for record in json.loads(path.read_text(encoding="utf-8")):
        label = int(record["label"])
        scenes.append(
            Scene(
                sources.photos[record["photo"]],
                np.array([record["box"]], np.float32),
                np.array([label]),
                np.array([LAYER_OF[label]]),
                np.array([record["named"]]),
                np.array([True]),
                np.array(record["silent"], bool),
            )
        )
    return scenes


def _area(item: Item) -> float:
    return (item.box[2] - item.box[0]) * (item.box[3] - item.box[1])
