"""Finds the garments in a photo: each with its label, position, score and box, in one LiteRT call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, cast, get_args

import numpy as np

from vsearch_core.contracts import Item, Photo, Position
from vsearch_core.errors import BundleError
from vsearch_core.vision.boxes import fit, frame_of, suppress
from vsearch_core.vision.bundle_files import check_seal, misstated, names, number, read_files, shown, text, whole_number
from vsearch_core.vision.interpreters import Interpreters, Outputs
from vsearch_core.vision.model_file import ModelFile, read_model

FLOOR = 0.02
"""Scores below this one are no candidates, whatever the threshold."""
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
    """A loaded detector bundle; safe to call from several threads.

    Single photos run on all threads at once, for latency; several run one photo a thread, for throughput.
    `side` is the longest side of the network's input in pixels: a photo decoded to it loses nothing.
    """

    def __init__(
        self,
        model: ModelFile,
        *,
        name: str,
        fingerprint: str,
        size: tuple[int, int],
        layers: Sequence[Layer],
        thresholds: Thresholds,
        threads: int = 2,
    ) -> None:
        self.path, self.name, self.fingerprint = model.path.parent, name, fingerprint
        self.size, self.side = size, max(size)
        self.layers, self.thresholds = tuple(layers), thresholds
        self.labels: tuple[str, ...] = tuple(label for layer in layers for label in layer.labels)
        self._threads = threads
        self._wide = Interpreters(model, threads=threads, count=1)
        self._narrow = Interpreters(model, threads=1, count=threads)
        self._check_outputs(self._wide.tried(size))

    @classmethod
    def open(cls, path: Path, *, threads: int = 2) -> Detector:
        """Read, check and load a bundle.

        Raises:
            BundleError: a file is missing, broken or of a newer schema.
        """
        content, fingerprint = read_files(path, kind="detector", train="train detector")
        try:
            name, thresholds = text(content["name"], "name"), content["thresholds"]
            width, height = (whole_number(side, "size", most=4096) for side in content["size"])
            layers = [_layer(one) for one in content["layers"][:_MOST_LAYERS]]
            scores: dict[str, float] = {
                layer.position: number(thresholds["score"][layer.position], "score", 0, 1) for layer in layers
            }
            overlap, across = (number(thresholds[one], one, 0, 1) for one in ("overlap", "across"))
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise misstated(path, error) from error
        model = read_model(path / "model.tflite")
        check_seal(path)
        return cls(
            model,
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
        with self._wide.borrowed() as run:
            return self.read(self._answers(run, photo), photo)

    def candidates_many(self, photos: Sequence[Photo]) -> list[tuple[Item, ...]]:
        """The candidates of several photos."""

        def one(photo: Photo) -> tuple[Item, ...]:
            with self._narrow.borrowed() as run:
                return self.read(self._answers(run, photo), photo)

        with ThreadPoolExecutor(self._threads) as pool:
            return list(pool.map(one, photos))

    def outputs(self, photo: Photo) -> Outputs:
        """The network's raw answers for one photo, as `found` reads them."""
        with self._wide.borrowed() as run:
            return self._answers(run, photo)

    def _sure(self, items: Sequence[Item]) -> tuple[Item, ...]:
        return tuple(item for item in items if item.score >= self.thresholds.score[item.position])

    def read(self, outputs: Outputs, photo: Photo, limits: Thresholds | None = None) -> tuple[Item, ...]:
        """The candidates that the network's answers for a photo hold.

        Args:
            limits: other ones than the bundle's, to choose between them.
        """
        height, width = photo.pixels.shape[:2]
        frame = frame_of((width, height), self.size)
        # the photo may be a reduced version of the original
        enlarged = np.array([photo.original_size[0] / width, photo.original_size[1] / height] * 2, np.float32)
        items = []
        for one in found(outputs, self.layers, limits or self.thresholds):
            x0, y0, x1, y1 = (float(edge) for edge in frame.out(one.box, (width, height)) * enlarged)
            if x1 > x0 and y1 > y0:
                items.append(Item(one.label, one.position, one.score, (x0, y0, x1, y1)))
        return tuple(items)

    def _answers(self, run: Callable[[np.ndarray], Outputs], photo: Photo) -> Outputs:
        pixels = fit(photo.pixels, self.size)[0]
        return {name: value[0] for name, value in run(pixels[None].astype(np.float32)).items()}

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
