"""Finds the main thing of a picture, whatever it is: one box and how sure it is, in one LiteRT call."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from vsearch_core.contracts import MainThing, Photo
from vsearch_core.errors import BundleError
from vsearch_core.vision.boxes import fit
from vsearch_core.vision.bundle_files import check_seal, misstated, read_files, text, whole_number
from vsearch_core.vision.interpreters import Interpreters, Outputs
from vsearch_core.vision.model_file import ModelFile, read_model


class Finder:
    """A loaded finder bundle; safe to call from several threads.

    `side` is that of the network's square input in pixels.
    """

    def __init__(self, model: ModelFile, *, name: str, fingerprint: str, side: int, threads: int = 2) -> None:
        self.path, self.name, self.fingerprint, self.side = model.path.parent, name, fingerprint, side
        self._wide = Interpreters(model, threads=threads, count=1)
        self._narrow = Interpreters(model, threads=1, count=threads)
        self._check_outputs(self._wide.tried((side, side)))

    @classmethod
    def open(cls, path: Path, *, threads: int = 2) -> Finder:
        """Read, check and load a bundle.

        Raises:
            BundleError: a file is missing, broken or of a newer schema.
        """
        content, fingerprint = read_files(path, kind="finder", train="train finder")
        try:
            name, side = text(content["name"], "name"), whole_number(content["side"], "side", most=4096)
        except (KeyError, TypeError, ValueError) as error:
            raise misstated(path, error) from error
        model = read_model(path / "model.tflite")
        check_seal(path)
        return cls(model, name=name, fingerprint=fingerprint, side=side, threads=threads)

    def find(self, photo: Photo) -> MainThing:
        """The main thing of a photo; its box is in the pixels of the original as turned by EXIF, clipped to it."""
        with self._wide.borrowed() as run:
            return self._read(run, photo)

    def find_alone(self, photo: Photo) -> MainThing:
        """The same on one thread, for work that runs one photo a thread."""
        with self._narrow.borrowed() as run:
            return self._read(run, photo)

    def _read(self, run: Callable[[np.ndarray], Outputs], photo: Photo) -> MainThing:
        pixels, frame = fit(photo.pixels, (self.side, self.side))
        outputs = run(pixels[None].astype(np.float32))
        scores, boxes = outputs["scores"][0], outputs["boxes"][0]
        best = int(scores.argmax())
        height, width = photo.pixels.shape[:2]
        # the photo may be a reduced version of the original
        enlarged = np.array([photo.original_size[0] / width, photo.original_size[1] / height] * 2, np.float32)
        x0, y0, x1, y1 = (float(edge) for edge in frame.out(boxes[best], (width, height)) * enlarged)
        return MainThing((x0, y0, x1, y1), float(scores[best]))

    def _check_outputs(self, outputs: Outputs) -> None:
        scores, boxes = outputs.get("scores"), outputs.get("boxes")
        if scores is None or boxes is None or scores.ndim != 2 or boxes.shape != (*scores.shape, 4):
            raise BundleError(
                f"The model in {self.path} does not give scores and boxes as a finder does; restore it from the "
                "repository or train it again.",
                code="bundle_broken",
            )
