"""Trunks with their ImageNet weights. The first layers keep them: what these see are edges and textures of any picture,
and training them would cost half of a step."""

from __future__ import annotations

from pathlib import Path

import keras

from vsearch_core.errors import BundleError
from vsearch_core.training.shared import efficientnet_lite as lite

WEIGHTS = "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_160_no_top.h5"


def trunk(side: int, keras_home: Path, *, frozen_before: str) -> keras.Model:
    """ImageNet MobileNetV2 (Sandler et al., arXiv 1801.04381) with average pooling, (side, side, 3) uint8 -> (1280,).

    Args:
        frozen_before: layers before the first one of this name prefix keep their weights.

    Raises:
        BundleError: the ImageNet weights are neither in `keras_home` nor to be downloaded.
    """
    base = keras.applications.MobileNetV2(weights=None, include_top=False, input_shape=(side, side, 3), pooling="avg")
    path = keras_home / "models" / WEIGHTS
    if not path.is_file():
        try:
            url = f"https://storage.googleapis.com/tensorflow/keras-applications/mobilenet_v2/{WEIGHTS}"
            path = Path(keras.utils.get_file(WEIGHTS, url, cache_subdir="models"))
        except Exception as error:
            raise BundleError(
                f"The ImageNet weights are not at {path} and cannot be downloaded ({error}); "
                "set VSEARCH_KERAS_HOME to a folder that holds models/<weights>.h5."
            ) from error
    base.load_weights(path)
    for layer in base.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            # Keras builds MobileNetV2 with 0.999: statistics that trail behind a training of few thousand steps
            layer.momentum = 0.99
    return _learning_from(base, frozen_before)


def lite_trunk(side: int, *, frozen_before: str) -> keras.Model:
    """ImageNet EfficientNet-Lite0 with average pooling, (side, side, 3) scaled as it wants -> (1280,).

    Args:
        frozen_before: as for `trunk`.

    Raises:
        BundleError: the package with the weights is missing.
    """
    base = lite.efficientnet_lite(lite.LITE0, side)
    lite.load_imagenet(base, lite.weights_file(lite.LITE0))
    return _learning_from(base, frozen_before)


def _learning_from(base: keras.Model, name: str) -> keras.Model:
    """The network with the layers before the first one of this name prefix frozen."""
    learns = False
    for layer in base.layers:
        learns = learns or layer.name.startswith(name)
        layer.trainable = learns
    return base
