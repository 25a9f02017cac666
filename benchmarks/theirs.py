"""What a person would write today: Keras `predict` for features, scikit-learn for neighbours."""

from __future__ import annotations

import io
import os

import numpy as np
from PIL import Image

from vsearch_core.settings import Settings
from vsearch_core.store import Store

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

SIDE = 224


class KerasAndSklearn:
    """ImageNet MobileNetV2 features (1280-d) and exact cosine neighbours over the products of a store.

    Only time is compared here, and an exact search takes the same time whatever the vectors are: the catalogue's
    features are made from a few hundred thumbnails and drawn from them with noise, which saves the half hour that
    `predict` takes for 40,000.
    """

    def __init__(self, settings: Settings, store: Store, sample: int = 256) -> None:
        import keras
        from sklearn.neighbors import NearestNeighbors

        from vsearch_core.training.shared.trunks import WEIGHTS

        self._network = keras.applications.MobileNetV2(
            weights=None, include_top=False, input_shape=(SIDE, SIDE, 3), pooling="avg"
        )
        self._network.load_weights(settings.keras_home / "models" / WEIGHTS)
        self._preprocess = keras.applications.mobilenet_v2.preprocess_input
        self._ids = list(store.products["id"])
        pictures = np.concatenate([self._picture(store.thumbnail(product)) for product in self._ids[:sample]])
        features = self._network.predict(pictures, batch_size=32, verbose=0)
        random = np.random.default_rng(0)
        drawn = features[random.integers(len(features), size=len(self._ids))]
        drawn = drawn * random.uniform(0.5, 1.5, drawn.shape).astype(np.float32)
        self._neighbours = NearestNeighbors(metric="cosine", algorithm="brute").fit(drawn)

    def search(self, data: bytes, k: int) -> list[str]:
        """Ids of the k nearest products, best first."""
        features = self._network.predict(self._picture(data), verbose=0)
        _, rows = self._neighbours.kneighbors(features, n_neighbors=k)
        return [self._ids[row] for row in rows[0]]

    def _picture(self, data: bytes) -> np.ndarray:
        image = Image.open(io.BytesIO(data)).convert("RGB").resize((SIDE, SIDE))
        return self._preprocess(np.asarray(image, np.float32)[None])
