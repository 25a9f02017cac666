"""Runs a network on photos: product types, attributes and embedding in one call of its runtime."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from vsearch_core.contracts import ATTRIBUTES, Analysis, Photo, Prediction
from vsearch_core.errors import BundleError
from vsearch_core.vision.bundle import Bundle
from vsearch_core.vision.bundle_files import read_bytes
from vsearch_core.vision.interpreters import Loadable, Network, Outputs
from vsearch_core.vision.model_file import read_model
from vsearch_core.vision.onnx_file import OnnxFile
from vsearch_core.vision.temperature import tempered
from vsearch_core.vision.trim import trimmed

T = TypeVar("T")


class FashionModel:
    """A loaded bundle. It is an `Embedder`, and safe to call from several threads, as `Network` is."""

    def __init__(self, bundle: Bundle, *, threads: int = 2) -> None:
        self.bundle = bundle
        self.name, self.fingerprint, self.dimension = bundle.name, bundle.fingerprint, bundle.dimension
        self.threads = threads
        self._network = Network(_model(bundle), (bundle.side, bundle.side), threads=threads)
        _check_outputs(bundle, self._network.first)

    def run(self, photo: Photo) -> Outputs:
        """The network's raw outputs for one photo.

        `product_type` and each attribute: probabilities, (classes,) float32; `embedding`: (d,) float32, L2-normalised.
        These are as the network gives them; the bundle's temperature is applied in `analysis`, and only there.
        """
        return self._network.run(photo.pixels)

    def run_alone(self, photo: Photo) -> Outputs:
        """The same on one thread, for work that runs one photo a thread."""
        return self._network.run_alone(photo.pixels)

    def run_many(self, photos: Sequence[Photo]) -> list[Outputs]:
        """The outputs of several photos, equal to those of `run` one by one."""
        return self.each(self.run_alone, photos)

    def each(self, work: Callable[[Photo], T], photos: Sequence[Photo]) -> list[T]:
        """See `Network.each`."""
        return self._network.each(work, photos)

    def embed(self, photos: Sequence[Photo]) -> np.ndarray:
        """L2-normalised embeddings, float32 of shape (len(photos), dimension)."""
        if not photos:
            return np.empty((0, self.dimension), np.float32)
        return np.stack([outputs["embedding"] for outputs in self.run_many(photos)])

    def prepared(self, picture: Photo) -> Photo:
        """A catalogue picture as this model wants to see it: trimmed to its content, where it learned from such."""
        return trimmed(picture) if self.bundle.trims else picture

    def analyse(self, photo: Photo) -> Analysis:
        """What is in the photo."""
        return replace(self.analysis(self.run(photo)), remark=photo.remark)

    def analyse_many(self, photos: Sequence[Photo]) -> list[tuple[Analysis, float]]:
        """What is in each of several photos, and the milliseconds that each took by itself."""

        def one(photo: Photo) -> tuple[Analysis, float]:
            started = time.perf_counter()
            analysis = replace(self.analysis(self.run_alone(photo)), remark=photo.remark)
            return analysis, (time.perf_counter() - started) * 1000

        return self.each(one, photos)

    def analysis(self, outputs: Outputs) -> Analysis:
        """Raw outputs in words, with the bundle's temperatures on the probabilities of product types and categories.

        A category's probability is the sum of those of its product types, at the temperature of categories. An encoder
        of any things has no words for what it sees.
        """
        if not self.bundle.product_types:
            return Analysis((), (), {}, outputs["embedding"])
        types = tempered(outputs["product_type"], self.bundle.temperature)
        of_categories = tempered(outputs["product_type"], self.bundle.category_temperature)
        categories: dict[str, float] = {}
        for name, probability in zip(self.bundle.product_types, of_categories, strict=True):
            category = self.bundle.hierarchy[name][1]
            categories[category] = categories.get(category, 0.0) + float(probability)
        return Analysis(
            product_types=_ranked(self.bundle.product_types, types),
            categories=_ranked(list(categories), np.array(list(categories.values()))),
            attributes={
                name: _ranked(self.bundle.attributes[name], outputs[name])
                for name in ATTRIBUTES
                if self.bundle.attributes[name]
            },
            embedding=outputs["embedding"],
        )


def _model(bundle: Bundle) -> Loadable:
    if bundle.onnx is None:
        return read_model(bundle.model_path)
    return OnnxFile(bundle.model_path, read_bytes(bundle.model_path), bundle.onnx)


def _check_outputs(bundle: Bundle, outputs: Outputs) -> None:
    expected = {"embedding": bundle.dimension}
    if bundle.product_types:
        expected |= {"product_type": len(bundle.product_types)}
        expected |= {name: len(values) for name, values in bundle.attributes.items() if values}
    for name, size in expected.items():
        shape = outputs[name].shape if name in outputs else None
        if shape != (1, size):
            raise BundleError(
                f"The model in {bundle.path} gives {name} of shape {shape} where its labels need (1, {size}); "
                f"{bundle.model_path.name} and labels.json are not of one training, so restore both.",
                code="bundle_broken",
            )


def _ranked(names: Sequence[str], probabilities: np.ndarray) -> tuple[Prediction, ...]:
    order = np.argsort(-probabilities, kind="stable")
    return tuple(Prediction(names[place], float(probabilities[place])) for place in order)
