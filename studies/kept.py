"""What a bundle says of the public sets, kept in the cache: several studies ask the same of the same bundle."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from vsearch_core.catalogue.photos.user import PHOTO_TYPES
from vsearch_core.catalogue.split import SPLITS
from vsearch_core.contracts import Photo
from vsearch_core.errors import BundleError
from vsearch_core.evaluation.measure import Measured
from vsearch_core.evaluation.predictions import Predictions, Say
from vsearch_core.evaluation.protocols.snaps import RECIPE
from vsearch_core.files import put_in_place
from vsearch_core.settings import Settings
from vsearch_core.vision import Bundle, FashionModel

_TABLE, _OUTPUTS = "table.parquet", "outputs.npz"
_ATTRIBUTE = "attribute_"


@dataclass(frozen=True)
class Kept(Measured):
    """The same as `Measured`, but what was run once with these weights on these pictures is read from the cache."""

    @cached_property
    def shots(self) -> Predictions:
        """Every catalogue product, all parts: the gallery of every search."""
        return _predictions(self._folder("shots"))

    @cached_property
    def photos(self) -> Predictions:
        """The user photos of all parts."""
        return _predictions(self._folder("photos"))

    @cached_property
    def snaps(self) -> Predictions:
        """A simulated phone snap of every product of validation and test."""
        return _predictions(self._folder("snaps"))

    def features(self, name: str) -> np.ndarray:
        """The pooled features of the rows of `shots`, `photos` or `snaps`, (n, f) float32.

        Raises:
            BundleError: the bundle is from before features were given.
        """
        with np.load(self._folder(name) / _OUTPUTS, allow_pickle=False) as arrays:
            if "features" not in arrays:
                raise BundleError(
                    f"The model in {self.model.bundle.path} gives no features; write it anew with "
                    "`python -m vsearch_core train fashion`, which goes on from its last checkpoint."
                )
            return arrays["features"].astype(np.float32)

    @cached_property
    def _wide(self) -> Measured:
        model = _WithFeatures(self.model.bundle, threads=self.settings.threads)
        return Measured(self.settings, model, self.say)

    def _folder(self, name: str) -> Path:
        """Where one set is kept; it is run if it is not there yet."""
        folder = self.settings.cache / "evaluation" / f"{self.model.fingerprint}-{_asked(self.settings)}" / name
        if not folder.is_dir():
            _keep(folder, getattr(self._wide, name), self.model.dimension)
            del self._wide.__dict__[name]
        return folder


def kept(settings: Settings, bundle: Path, *, say: Say = print) -> Kept:
    """A bundle beside the public sets; nothing runs before it is asked for.

    Raises:
        BundleError: there is no such bundle.
    """
    return Kept(settings, FashionModel(Bundle.open(bundle), threads=settings.threads), say)


class _WithFeatures(FashionModel):
    """The same model, whose embeddings have the features behind them, so that one run gives both."""

    def run_many(self, photos: Sequence[Photo]) -> list[dict[str, np.ndarray]]:
        return [
            {**outputs, "embedding": np.concatenate([outputs["embedding"], outputs["features"]])}
            if "features" in outputs
            else outputs
            for outputs in super().run_many(photos)
        ]


def _asked(settings: Settings) -> str:
    """Names exactly these pictures, labels and snaps."""
    digest = hashlib.sha256(repr(RECIPE).encode())
    listings = ("fashion-products/styles.csv", "clothing-photos/images.csv")
    for path in (PHOTO_TYPES, SPLITS / "catalogue.csv", SPLITS / "photos.csv", *(settings.data / x for x in listings)):
        digest.update(path.read_bytes() if path.is_file() else b"")
    return digest.hexdigest()[:12]


def _keep(folder: Path, wide: Predictions, dimension: int) -> None:
    draft = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    table = wide.table
    if "right" in table:
        table = table.assign(right=table["right"].map(sorted))
    table.to_parquet(draft / _TABLE)
    arrays: Mapping[str, np.ndarray] = {f"{_ATTRIBUTE}{name}": values for name, values in wide.attributes.items()}
    features = wide.embeddings[:, dimension:].astype(np.float16)
    np.savez(
        draft / _OUTPUTS,
        allow_pickle=False,
        types=wide.types,
        embeddings=wide.embeddings[:, :dimension],
        inference_ms=np.float64(wide.inference_ms),
        **({"features": features} if features.size else {}),
        **arrays,
    )
    put_in_place(draft, folder)


def _predictions(folder: Path) -> Predictions:
    table = pd.read_parquet(folder / _TABLE)
    if "right" in table:
        table["right"] = table["right"].map(frozenset)
    with np.load(folder / _OUTPUTS, allow_pickle=False) as arrays:
        attributes = {key.removeprefix(_ATTRIBUTE): arrays[key] for key in arrays if key.startswith(_ATTRIBUTE)}
        return Predictions(table, arrays["types"], attributes, arrays["embeddings"], float(arrays["inference_ms"]))
