"""ImageNet MobileNetV2 as it is, with linear probes: what every trained network is compared with."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

import keras
import numpy as np

from vsearch_core.settings import Settings
from vsearch_core.training.fashion.bundle import write_network
from vsearch_core.training.fashion.recipe import Recipe
from vsearch_core.training.shared.heads import assembled, linear_probe, pooled
from vsearch_core.training.shared.material import Material, read_material
from vsearch_core.training.shared.state import Say
from vsearch_core.training.shared.trunks import WEIGHTS, trunk

PROBE_EPOCHS = 12
NOTHING = "no layer"
"""As `frozen_before`: no layer's name begins like this, so all of them stay as they are."""


def train_raw(settings: Settings, *, seed: int = Recipe.seed, say: Say = print) -> Path:
    """Write `<cache>/bundles/raw`: the embedding is the L2-normalised pooled features, 1280-d.

    Product types and attributes come from linear probes on those features, trained on the shots of part train.

    Raises:
        CatalogueError: the public data sets are not at hand.
        BundleError: the ImageNet weights are not to be had.
    """
    material = read_material(settings, side=Recipe.side)
    base = trunk(Recipe.side, settings.keras_home, frozen_before=NOTHING)
    features = raw_features(settings, material, base, say=say)
    started = time.monotonic()
    probe = linear_probe(features, material.targets, material.labels, epochs=PROBE_EPOCHS, seed=seed)
    training = {
        "command": "python -m studies train raw",
        "recipe": {"side": Recipe.side, "weights": WEIGHTS, "probe_epochs": PROBE_EPOCHS, "seed": seed},
        "data": material.data,
        "minutes": round((time.monotonic() - started) / 60, 1),
    }
    path = settings.cache / "bundles" / "raw"
    network = assembled(Recipe.side, base, probe, head=None)
    return write_network(network, path, labels=material.labels, side=Recipe.side, training=training)


def raw_features(settings: Settings, material: Material, base: keras.Model, *, say: Say) -> np.ndarray:
    """The untouched trunk's features of the shots of part train, (n, 1280) float32; kept in the cache."""
    side = material.shots.pixels.shape[1]
    ids = hashlib.sha256("\n".join(material.shots.ids).encode()).hexdigest()[:12]
    path = settings.cache / "training" / "features" / f"raw-train-{side}-{ids}.npy"
    if not path.is_file():
        say(f"running the untouched trunk on {len(material.shots.ids):,} pictures (kept in the cache)")
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".part")
        with draft.open("wb") as file:
            np.save(file, pooled(base, material.shots.pixels, np.arange(len(material.shots.ids))))
        draft.replace(path)
    return np.load(path)
