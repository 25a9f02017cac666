"""Finds the garments in a photo: each with its label, position, score and box, in one LiteRT call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, cast, get_args

import numpy as np

from vsearch_core.contracts import Item, Photo, Position
from vsearch_core.errors import BundleError
from vsearch_core.images.frames import Size, frame_of
from vsearch_core.vision.boxes import suppress
from vsearch_core.vision.bundle_files import LITERT, names, number, opened, shown, text, whole_number
from vsearch_core.vision.interpreters import Network, Outputs
from vsearch_core.vision.model_file import ModelFile, read_model

FLOOR = 0.02
"""Boxes of a lower score are not candidates, whatever the threshold."""
_MOST = 30
"""Candidates of one layer that are looked at; a photo shows fewer garments."""
_MOST_LAYERS = 100


@dataclass(frozen=True)
class Layer:
    """Garments that hide each other seldom enough to be found with one box for each place of the picture.

    What is worn over and under a jacket has the same position and middle, so position `upper` has two layers.
    """

    name: str
    position: Position
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Thresholds:
    """Least score of an item by its position, and how much two boxes may overlap that are two items.

    `overlap` is between boxes of one layer, `across` between layers of one position, where the garments that are worn
    over each other are; both as intersection over union.
    """

    score: Mapping[str, float]
    overlap: float
    across: float


class Found(NamedTuple):
    """One garment in a network's input; `box` (4,) is in its pixels."""

    label: str
    position: Position
    score: float
    box: np.ndarray


def found(outputs: Outputs, layers: Sequence[Layer], limits: Thresholds) -> list[Found]:
    """What a network says of one picture, above `FLOOR`, with non-maximum suppression, best score first.

    Args:
        outputs: `scores` (n, layers) says at n places of the picture how sure it is that a garment of a layer has its
            middle there, `boxes` (n, layers, 4) where that garment is, and `names` (n, labels) how probable the labels
            of each layer are, in the order of the layers and their labels.
    """
    kept: dict[Position, list[Found]] = {}
    start = 0
    for place, layer in enumerate(layers):
        scores, boxes = outputs["scores"][:, place], outputs["boxes"][:, place]
        names = outputs["names"][:, start : start + len(layer.labels)]
        start += len(layer.labels)
        best = np.argsort(-scores, kind="stable")[:_MOST]
        best = best[scores[best] > FLOOR]
        best = best[suppress(boxes[best], scores[best], limits.overlap)]
        kept.setdefault(layer.position, []).extend(
            Found(layer.labels[int(names[row].argmax())], layer.position, float(scores[row]), boxes[row])
            for row in best
        )
    garments = []
    for of_position in kept.values():
        boxes = np.array([one.box for one in of_position], np.float32).reshape(-1, 4)
        scores = np.array([one.score for one in of_position], np.float32)
        garments += [of_position[row] for row in suppress(boxes, scores, max(limits.across, limits.overlap))]
    return sorted(garments, key=lambda one: -one.score)


class Detector:
    """A loaded detector bundle; safe to call from several threads, as `Network` is.

    `side` is the longest side of the network's input in pixels: a photo decoded to it loses nothing.
    """

    def __init__(
        self,
        model: ModelFile,
        *,
        name: str,
        fingerprint: str,
        size: Size,
        layers: Sequence[Layer],
        thresholds: Thresholds,
        threads: int = 2,
    ) -> None:
        self.path, self.name, self.fingerprint = model.path.parent, name, fingerprint
        self.size, self.side = size, max(size)
        self.layers, self.thresholds = tuple(layers), thresholds
        self.labels: tuple[str, ...] = tuple(label for layer in layers for label in layer.labels)
        self._network = Network(model, size, threads=threads)
        self._check_outputs(self._network.first)

    @classmethod
    def open(cls, path: Path, *, threads: int = 2) -> Detector:
        """Read, check and load a bundle.

        Raises:
            BundleError: a file is missing, broken or of a newer schema.
        """
        with opened(path, kind="detector", train="train detector") as (content, fingerprint):
            name, thresholds = text(content["name"], "name"), content["thresholds"]
            width, height = (whole_number(side, "size", most=4096) for side in content["size"])
            layers = [_layer(one) for one in content["layers"][:_MOST_LAYERS]]
            scores: dict[str, float] = {
                layer.position: number(thresholds["score"][layer.position], "score", 0, 1) for layer in layers
            }
            overlap, across = (number(thresholds[one], one, 0, 1) for one in ("overlap", "across"))
        return cls(
            read_model(path / LITERT),
            name=name,
            fingerprint=fingerprint,
            size=(width, height),
            layers=layers,
            thresholds=Thresholds(scores, overlap, across),
            threads=threads,
        )

    def detect(self, photo: Photo) -> tuple[Item, ...]:
        """The garments in a photo, best score first, one for each garment and person.

        Boxes are in the pixels of the original photo as turned by EXIF, clipped to it.
        """
        return self._sure(self.candidates(photo))

    def detect_many(self, photos: Sequence[Photo]) -> list[tuple[Item, ...]]:
        """The garments of several photos, equal to those of `detect` one by one."""
        return [self._sure(items) for items in self.candidates_many(photos)]

    def candidates(self, photo: Photo) -> tuple[Item, ...]:
        """All that may be a garment, also below the thresholds (above `FLOOR`), best score first."""
        return self.read(self.outputs(photo), photo)

    def candidates_many(self, photos: Sequence[Photo]) -> list[tuple[Item, ...]]:
        """The candidates of several photos."""
        return self._network.each(lambda photo: self.read(self._network.run_alone(photo.pixels), photo), photos)

    def outputs(self, photo: Photo) -> Outputs:
        """The network's raw answers for one photo, as `found` reads them."""
        return self._network.run(photo.pixels)

    def _sure(self, items: Sequence[Item]) -> tuple[Item, ...]:
        return tuple(item for item in items if item.score >= self.thresholds.score[item.position])

    def read(self, outputs: Outputs, photo: Photo, limits: Thresholds | None = None) -> tuple[Item, ...]:
        """The candidates that the network's answers for a photo hold.

        Args:
            limits: other ones than the bundle's, to choose between them.
        """
        height, width = photo.pixels.shape[:2]
        frame = frame_of((width, height), self.size)
        items = []
        for one in found(outputs, self.layers, limits or self.thresholds):
            x0, y0, x1, y1 = frame.out_to_original(one.box, photo)
            if x1 > x0 and y1 > y0:
                items.append(Item(one.label, one.position, one.score, (x0, y0, x1, y1)))
        return tuple(items)

    def _check_outputs(self, outputs: Outputs) -> None:
        places = outputs["scores"].shape[1] if "scores" in outputs and outputs["scores"].ndim == 3 else 0
        count = len(self.layers)
        expected = {
            "scores": (1, places, count),
            "names": (1, places, len(self.labels)),
            "boxes": (1, places, count, 4),
        }
        for name, shape in expected.items():
            given = outputs[name].shape if name in outputs else None
            if given != shape or not places:
                raise BundleError(
                    f"The model in {self.path} gives {name} of shape {given} where its labels need {shape}; "
                    "model.tflite and labels.json are not of one training, so restore both.",
                    code="bundle_broken",
                )


def _layer(content: Any) -> Layer:
    position = content["position"]
    if position not in get_args(Position):
        raise ValueError(f"position {shown(position)}")
    return Layer(text(content["name"], "name"), cast(Position, position), names(content["labels"], "labels"))
