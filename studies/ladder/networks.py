"""The networks of the ladder: plain CNNs, and known trunks with one layer on top."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import keras

from studies.ladder.recipe import Rung
from vsearch_core.errors import BundleError
from vsearch_core.training.shared.trunks import trunk

IMAGENET, RANDOM = "ImageNet", "random"
NOT_TRANSFER = "random weights: not transfer learning"
"""What is said of a classifier that began from nothing where the first project's began from ImageNet weights."""

_KERAS = "https://storage.googleapis.com/tensorflow/keras-applications"
_WEIGHTS = {
    "resnet50": (
        f"{_KERAS}/resnet/resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5",
        "4d473c1dd8becc155b73f8504c6f6626",
    ),
    "vgg16": (
        f"{_KERAS}/vgg16/vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5",
        "6d6bbae143d832006294945121d1f1fc",
    ),
}
"""Where Keras has the weights of each trunk, and their MD5 sum."""

_MEANS = (103.939, 116.779, 123.68)
"""Of blue, green and red over ImageNet: what these two trunks expect to be taken off."""

_CHANNELS = {"cnn-2": (32, 64), "cnn-4": (32, 64, 128, 128)}


@dataclass(frozen=True)
class Start:
    """A network before its training, and the weights that it begins from.

    `note` says what a reader of its figures must know of that; empty where there is nothing.
    """

    network: keras.Model
    weights: str
    note: str = ""


def ladder_network(rung: Rung, types: int, keras_home: Path, *, seed: int) -> Start:
    """The network of one rung: (b, side, side, 3) in 0..255 -> `product_type`, (b, types) logits.

    Where ImageNet weights are neither in `keras_home` nor to be downloaded, it begins from random ones, and says so.
    """
    keras.utils.set_random_seed(seed)
    picture = keras.Input((rung.side, rung.side, 3), dtype="float32", name="image")
    weights, note = RANDOM, ""
    if rung.name in _CHANNELS or rung.name == "cnn-4-augmented":
        features = _convolutions(picture, _CHANNELS[rung.name.removesuffix("-augmented")])
    else:
        base, found = _mobilenet(rung, keras_home) if rung.name == "mobilenetv2" else _deep(rung, keras_home, seed)
        weights, note = (IMAGENET, "") if found else (RANDOM, NOT_TRANSFER)
        features = base(_scaled(rung, picture))
    kept = keras.layers.Dropout(0.2, seed=seed, name="dropout")(features)
    logits = keras.layers.Dense(types, name="product_type")(kept)
    network = keras.Model(picture, {"product_type": logits}, name=rung.name)
    for layer in network._flatten_layers():
        if isinstance(layer, keras.layers.BatchNormalization):
            # a training of minutes has few hundred steps: statistics must not trail behind it
            layer.momentum = 0.95
    return Start(network, weights, note)


def _convolutions(picture: keras.KerasTensor, channels: tuple[int, ...]) -> keras.KerasTensor:
    """Convolutions of 3x3, each halved by pooling, and one hidden layer."""
    value = keras.layers.Rescaling(1 / 127.5, offset=-1, name="scale")(picture)
    for number, count in enumerate(channels, start=1):
        value = keras.layers.Conv2D(count, 3, padding="same", use_bias=False, name=f"convolution_{number}")(value)
        value = keras.layers.ReLU()(keras.layers.BatchNormalization()(value))
        value = keras.layers.MaxPooling2D()(value)
    return keras.layers.Dense(128, activation="relu", name="hidden")(keras.layers.Flatten()(value))


def _mobilenet(rung: Rung, keras_home: Path) -> tuple[keras.Model, bool]:
    try:
        return trunk(rung.side, keras_home, frozen_before=rung.frozen_before), True
    except BundleError:
        shape = (rung.side, rung.side, 3)
        return keras.applications.MobileNetV2(weights=None, include_top=False, input_shape=shape, pooling="avg"), False


def _deep(rung: Rung, keras_home: Path, seed: int) -> tuple[keras.Model, bool]:
    """ResNet50 or VGG16 without its top, average-pooled, and whether it has ImageNet weights."""
    make = {"resnet50": keras.applications.ResNet50, "vgg16": keras.applications.VGG16}[rung.name]
    base = make(weights=None, include_top=False, input_shape=(rung.side, rung.side, 3), pooling="avg")
    path = _imagenet(rung.name, keras_home)
    if path is None:
        if rung.name == "vgg16":
            _he_start(base, seed)
        return base, False
    base.load_weights(path)
    learns = False
    for layer in base.layers:
        learns = learns or layer.name.startswith(rung.frozen_before)
        layer.trainable = learns
    return base, True


def _he_start(base: keras.Model, seed: int) -> None:
    """Random weights with which 13 layers without batch norm learn; Keras' own do not (He et al., arXiv 1502.01852)."""
    for place, layer in enumerate(base.layers):
        if isinstance(layer, keras.layers.Conv2D):
            layer.kernel.assign(keras.initializers.HeNormal(seed=seed + place)(layer.kernel.shape))


def _imagenet(name: str, keras_home: Path) -> Path | None:
    """The file of a trunk's ImageNet weights; None where it is neither at hand nor to be downloaded."""
    url, digest = _WEIGHTS[name]
    file = url.rpartition("/")[2]
    path = keras_home / "models" / file
    if path.is_file():
        return path
    try:
        return Path(keras.utils.get_file(file, url, cache_subdir="models", file_hash=digest))
    except Exception:  # Keras raises whatever its downloader does; without the file the training is another one
        return None


def _scaled(rung: Rung, picture: keras.KerasTensor) -> keras.KerasTensor:
    if rung.name == "mobilenetv2":
        return keras.layers.Rescaling(1 / 127.5, offset=-1, name="scale")(picture)
    blue_first = keras.ops.flip(picture, axis=-1)
    return keras.layers.Rescaling(1.0, offset=[-mean for mean in _MEANS], name="scale")(blue_first)
