"""The network of `models/fashion`: one trunk, heads for product type and attributes, one embedding."""

from __future__ import annotations

from pathlib import Path

import keras
import tensorflow as tf

from vsearch_core.errors import BundleError
from vsearch_core.training.shared import efficientnet_lite as lite
from vsearch_core.training.shared.labels import Labels
from vsearch_core.training.shared.trunks import MOBILENET

EMBEDDING = 256
VECTORS = ("embedding", "features")
"""Outputs that are no probabilities."""

WEIGHTS = "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_160_no_top.h5"


def trunk(side: int, keras_home: Path, *, frozen_before: str) -> keras.Model:
    """ImageNet MobileNetV2 (Sandler et al., arXiv 1801.04381) with average pooling, (side, side, 3) uint8 -> (1280,).

    Args:
        frozen_before: layers before the first one of this name prefix keep their ImageNet weights: they hold general
            edges and textures, and cost half of a training step.

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
    learns = False
    for layer in base.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            # Keras builds MobileNetV2 with 0.999: statistics that trail behind a training of few thousand steps
            layer.momentum = 0.99
        learns = learns or layer.name.startswith(frozen_before)
        layer.trainable = learns
    return base


def lite_trunk(side: int, *, frozen_before: str) -> keras.Model:
    """ImageNet EfficientNet-Lite0 with average pooling, (side, side, 3) scaled as it wants -> (1280,).

    Args:
        frozen_before: as for `trunk`.

    Raises:
        BundleError: the package with the weights is missing.
    """
    base = lite.efficientnet_lite(lite.LITE0, side)
    lite.load_imagenet(base, lite.weights_file(lite.LITE0))
    learns = False
    for layer in base.layers:
        learns = learns or layer.name.startswith(frozen_before)
        layer.trainable = learns
    return base


def fashion_network(
    side: int, labels: Labels, keras_home: Path, *, frozen_before: str, trunk_name: str = MOBILENET
) -> keras.Model:
    """Outputs a dict: `product_type` and each attribute as logits, `embedding` L2-normalised, `features` as pooled.

    Input: (batch, side, side, 3), values 0..255 in any number type.

    Args:
        trunk_name: one of `TRUNKS`.
    """
    picture = keras.Input((side, side, 3), dtype="float32", name="image")
    if trunk_name == MOBILENET:
        scaled = keras.layers.Rescaling(1 / 127.5, offset=-1, name="scale")(picture)
        features = trunk(side, keras_home, frozen_before=frozen_before)(scaled)
    else:
        scaled = keras.layers.Rescaling(1 / lite.SPREAD, offset=-lite.MEAN / lite.SPREAD, name="scale")(picture)
        features = lite_trunk(side, frozen_before=frozen_before)(scaled)
    kept = keras.layers.Dropout(0.2, seed=1, name="dropout")(features)
    outputs = {"product_type": keras.layers.Dense(len(labels.product_types), name="product_type")(kept)}
    for name, values in labels.attributes.items():
        outputs[name] = keras.layers.Dense(len(values), name=name)(kept)
    direction = keras.layers.LayerNormalization(name="direction")(
        keras.layers.Dense(EMBEDDING, use_bias=False, name="projection")(features)
    )
    outputs["embedding"] = keras.layers.UnitNormalization(name="embedding")(direction)
    outputs["features"] = features
    return keras.Model(picture, outputs, name="fashion")


def to_litert(network: keras.Model, side: int) -> bytes:
    """The network as one LiteRT model with float16 weights.

    Input `image`: (1, side, side, 3) float32 in 0..255. Outputs, by name: probabilities of `product_type` and each
    attribute, and as they are `embedding` and, where the network gives them, `features`.
    """
    picture = keras.Input((side, side, 3), batch_size=1, dtype="float32", name="image")
    raw = network(picture, training=False)
    named = {
        name: keras.layers.Identity(name=f"out_{name}")(value)
        if name in VECTORS
        else keras.layers.Softmax(name=f"out_{name}")(value)
        for name, value in raw.items()
    }
    # not from a concrete function: with that the converter leaves the weights out of the file
    converter = tf.lite.TFLiteConverter.from_keras_model(keras.Model(picture, named))
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_types = [tf.float16]
    return converter.convert()
