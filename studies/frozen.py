"""Features of a bundle's frozen trunk, on which heads are compared without training the trunk again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from vsearch_core.contracts import Photo
from vsearch_core.training.shared.datasets import TrainingSet
from vsearch_core.training.shared.material import Material
from vsearch_core.training.shared.state import Say
from vsearch_core.vision import FashionModel

_BLOCK, _WORKERS = 512, 2


def snap_features(model: FashionModel, material: Material, cache: Path, *, seed: int, say: Say) -> np.ndarray:
    """The features of one simulated phone snap of every training shot; kept in the cache.

    Args:
        cache: the folder of caches of trainings.

    Returns:
        (n, f) float32 in the order of `material.shots`.
    """
    path = cache / "features" / f"snaps-{model.fingerprint}-{seed}-{len(material.shots.ids)}.npy"
    if not path.is_file():
        count, side = len(material.shots.ids), model.bundle.side
        say(f"running the model on snaps of {count:,} training products (kept in the cache)")
        snaps = TrainingSet([material.shots], material.photos, material.targets)

        def photo(row: int) -> Photo:
            return Photo(snaps.picture(row, side, np.random.default_rng([seed, row]), snap=True), (side, side), "array")

        found: list[np.ndarray] = []
        with ThreadPoolExecutor(_WORKERS) as pool:
            for start in range(0, count, _BLOCK):
                photos = list(pool.map(photo, range(start, min(start + _BLOCK, count))))
                found += [outputs["features"].astype(np.float16) for outputs in model.run_many(photos)]
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".part")
        with draft.open("wb") as file:
            np.save(file, np.stack(found))
        draft.replace(path)
    return np.load(path).astype(np.float32)
