"""Pictures of worn outfits: a product that its picture does not show alone is cut out, and gets a vector of its own.

Which pictures need the detector is told by the network itself, in the run that gives the picture's embedding: where it
takes the picture for something that is worn elsewhere than the product, it looks at another garment. A picture that
shows its product well costs nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vsearch_core.catalogue.positions import positions_of
from vsearch_core.contracts import Photo, Position
from vsearch_core.vision.crop import crop
from vsearch_core.vision.detector import Detector
from vsearch_core.vision.fashion import FashionModel
from vsearch_core.vision.interpreters import Outputs

DOUBTED = 0.5
"""A picture whose product's own position is less probable than this goes to the detector: 2 in 100 of the real
catalogue, whose pictures show one product each."""


class OutfitEmbedder:
    """A model and a detector that look at catalogue pictures together. Safe to call from several threads."""

    def __init__(self, model: FashionModel, detector: Detector) -> None:
        self.model, self.detector = model, detector
        bundle = model.bundle
        self._worn_at = positions_of(bundle.product_types, [bundle.hierarchy[name][1] for name in bundle.product_types])

    def doubted(self, outputs: Sequence[Outputs], positions: Sequence[Position | None]) -> np.ndarray:
        """Which pictures do not show what is for sale by what the network says of them, (n,) booleans."""
        return np.array(
            [
                position not in (None, "other") and one["product_type"][self._worn_at == position].sum() < DOUBTED
                for one, position in zip(outputs, positions, strict=True)
            ],
            dtype=bool,
        )

    def embed_with_items(
        self, photos: Sequence[Photo], positions: Sequence[Position | None]
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """See `ItemEmbedder`."""
        outputs = self.model.run_many(photos)
        doubted = np.flatnonzero(self.doubted(outputs, positions)).tolist()
        parts: dict[int, Photo] = {}
        if doubted:
            for place, items in zip(doubted, self.detector.detect_many([photos[one] for one in doubted]), strict=True):
                own = next((item for item in items if item.position == positions[place]), None)
                part = None if own is None else crop(photos[place], own.box)
                if part is not None:
                    parts[place] = part
        return (
            np.stack([one["embedding"] for one in outputs]) if outputs else self.model.embed([]),
            self.model.embed(list(parts.values())),
            np.array(list(parts), dtype=np.int64),
        )
