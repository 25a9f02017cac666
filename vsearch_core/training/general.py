"""Makes `models/general`: an encoder of any things, for shops that sell what the fashion network never saw.

ImageNet's EfficientNet-Lite2 as it is: its pooled features are the embedding. Rooting them and damping their principal
directions was tried by hand: it found products of validation snaps better and validation pictures of other things, as
such a shop sells them, a little less well. No command repeats that trial.
"""

from __future__ import annotations

from pathlib import Path

import keras

from vsearch_core.contracts import ATTRIBUTES
from vsearch_core.settings import Settings
from vsearch_core.training.fashion.bundle import write_network
from vsearch_core.training.shared import efficientnet_lite as lite
from vsearch_core.training.shared.labels import Labels

SIDE = 224


def train_general(settings: Settings) -> Path:
    """Write the bundle `models/general`.

    Raises:
        BundleError: the package with the ImageNet weights is missing.
    """
    base = lite.efficientnet_lite(lite.LITE2, SIDE)
    lite.load_imagenet(base, lite.weights_file(lite.LITE2))
    training = {
        "command": "python -m vsearch_core train general",
        "recipe": {"side": SIDE, "weights": lite.LITE2.file},
        "data": {},
        "minutes": 0.0,
    }
    labels = Labels((), {name: () for name in ATTRIBUTES}, {})
    return write_network(
        encoder(base),
        settings.models / "general",
        labels=labels,
        side=SIDE,
        training=training,
        # with the model they would be too large, and nothing was learned: the package has them
        keeps_weights=False,
    )


def encoder(base: keras.Model) -> keras.Model:
    """(b, side, side, 3) in 0..255 -> `embedding` (b, f), the trunk's features, L2-normalised."""
    picture = keras.Input(base.input.shape[1:], dtype="float32", name="image")
    embedding = keras.layers.UnitNormalization(name="embedding")(base(lite.scaled(picture)))
    return keras.Model(picture, {"embedding": embedding}, name="general")
