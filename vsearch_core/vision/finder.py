"""Finds the main thing of a picture, whatever it is: one box and how sure it is, in one LiteRT call."""

from __future__ import annotations

from pathlib import Path

from vsearch_core.contracts import MainThing, Photo
from vsearch_core.errors import BundleError
from vsearch_core.images.frames import frame_of
from vsearch_core.vision.bundle_files import LITERT, opened, text, whole_number
from vsearch_core.vision.interpreters import Network, Outputs
from vsearch_core.vision.model_file import ModelFile, read_model


class Finder:
    """A loaded finder bundle; safe to call from several threads.

    `side` is that of the network's square input in pixels.
    """

    def __init__(self, model: ModelFile, *, name: str, fingerprint: str, side: int, threads: int = 2) -> None:
        self.path, self.name, self.fingerprint, self.side = model.path.parent, name, fingerprint, side
        self._network = Network(model, (side, side), threads=threads)
        self._check_outputs(self._network.first)

    @classmethod
    def open(cls, path: Path, *, threads: int = 2) -> Finder:
        """Read, check and load a bundle.

        Raises:
            BundleError: a file is missing, broken or of a newer schema.
        """
        with opened(path, kind="finder", train="train finder") as (content, fingerprint):
            name, side = text(content["name"], "name"), whole_number(content["side"], "side", most=4096)
        return cls(read_model(path / LITERT), name=name, fingerprint=fingerprint, side=side, threads=threads)

    def find(self, photo: Photo) -> MainThing:
        """The main thing of a photo; its box is in the pixels of the original as turned by EXIF, clipped to it."""
        return self._read(self._network.run(photo.pixels), photo)

    def find_alone(self, photo: Photo) -> MainThing:
        """The same on one thread, for work that runs one photo a thread."""
        return self._read(self._network.run_alone(photo.pixels), photo)

    def _read(self, outputs: Outputs, photo: Photo) -> MainThing:
        best = int(outputs["scores"].argmax())
        height, width = photo.pixels.shape[:2]
        box = frame_of((width, height), (self.side, self.side)).out_to_original(outputs["boxes"][best], photo)
        return MainThing(box, float(outputs["scores"][best]))

    def _check_outputs(self, outputs: Outputs) -> None:
        scores, boxes = outputs.get("scores"), outputs.get("boxes")
        if scores is None or boxes is None or scores.ndim != 2 or boxes.shape != (*scores.shape, 4):
            raise BundleError(
                f"The model in {self.path} does not give scores and boxes as a finder does; restore it from the "
                "repository or train it again.",
                code="bundle_broken",
            )
