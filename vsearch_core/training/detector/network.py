"""The detector's network: our trunk, features of three scales joined, one grid of answers."""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf

from vsearch_core.catalogue import read_catalogue
from vsearch_core.settings import Settings
from vsearch_core.training.detector.layers import LABELS, LAYERS
from vsearch_core.training.detector.targets import STRIDE
from vsearch_core.training.fashion.network import fashion_network
from vsearch_core.training.fashion.recipe import Recipe
from vsearch_core.training.shared.labels import Labels
from vsearch_core.training.shared.trunks import trunk

_TAPS = ("block_6_expand_relu", "block_13_expand_relu", "block_16_project_BN")
"""Layers of the trunk whose features are used: 8, 16 and 32 pixels a cell."""
_WIDTH = 128
_RARE = -3.5
"""Where the heat's logits begin: nearly nowhere is a garment's middle (Lin et al., Focal Loss, arXiv 1708.02002)."""
_FIRST_REACH = 1.3
"""Where the logarithm of the reach in cells begins."""


def detector_network(base: keras.Model) -> keras.Model:
    """(b, height, width, 3) in 0..255 -> a dict of the grid's answers, for pictures of any multiple of 32 pixels.

    `heat` (b, h, w, layers) and `name` (b, h, w, labels) as logits, `reach` (b, h, w, layers * 4): logarithms of the
    cells to the left, top, right and bottom edge. Features of three scales are joined from the coarsest on (Lin et
    al., Feature Pyramid Networks, arXiv 1612.03144) and answered on the finest alone.

    Args:
        base: MobileNetV2 of any size, from `begin_from` or another detector, whose weights and frozen layers are kept.
    """
    picture = keras.Input((None, None, 3), dtype="float32", name="image")
    scaled = keras.layers.Rescaling(1 / 127.5, offset=-1, name="scale")(picture)
    body = _body(base)
    fine, middle, coarse = body(scaled)
    joined = _conv(coarse, "coarse")
    for name, features in (("middle", middle), ("fine", fine)):
        joined = keras.layers.UpSampling2D(2, interpolation="bilinear", name=f"up_{name}")(joined)
        joined = keras.layers.Add(name=f"join_{name}")([_conv(features, name), joined])
        joined = _separable(joined, f"smooth_{name}")
    kinds = _separable(_separable(joined, "kinds_1"), "kinds_2")
    places = _separable(_separable(joined, "places_1"), "places_2")
    heat = keras.layers.Conv2D(
        len(LAYERS), 1, bias_initializer=keras.initializers.Constant(_RARE), name="heat", dtype="float32"
    )(kinds)
    reach = keras.layers.Conv2D(
        len(LAYERS) * 4, 1, bias_initializer=keras.initializers.Constant(_FIRST_REACH), name="reach", dtype="float32"
    )(places)
    names = keras.layers.Conv2D(len(LABELS), 1, name="name", dtype="float32")(kinds)
    return keras.Model(picture, {"heat": heat, "name": names, "reach": reach}, name="detector")


def answering(network: keras.Model) -> keras.Model:
    """A network of one size (`of_size`) with its answers as `vision.detector.found` reads them.

    `scores` (b, n, layers): probabilities where the heat has a peak, else 0; `names` (b, n, labels): probabilities
    within each layer; `boxes` (b, n, layers, 4) in pixels of the input.
    """
    raw = network.output
    rows, columns = raw["heat"].shape[1:3]
    heat = keras.layers.Activation("sigmoid", name="probability")(raw["heat"])
    highest = keras.layers.MaxPooling2D(3, strides=1, padding="same", name="highest")(heat)
    scores = heat * keras.ops.cast(heat >= highest, "float32")
    start, names = 0, []
    for layer in LAYERS:
        part = raw["name"][..., start : start + len(layer.labels)]
        one = len(layer.labels) == 1
        names.append(keras.ops.ones_like(part) if one else keras.layers.Softmax(name=f"names_{layer.name}")(part))
        start += len(layer.labels)
    reach = keras.ops.exp(keras.ops.clip(raw["reach"], -4.0, 5.0))
    reach = keras.ops.reshape(reach, (-1, rows * columns, len(LAYERS), 4)) * float(STRIDE)
    ys, xs = np.mgrid[:rows, :columns].astype(np.float32)
    middles = np.stack([xs, ys, xs, ys], axis=-1).reshape(1, rows * columns, 1, 4) * STRIDE + STRIDE / 2
    signs = np.array([-1, -1, 1, 1], np.float32).reshape(1, 1, 1, 4)
    outputs = {
        "scores": keras.ops.reshape(scores, (-1, rows * columns, len(LAYERS))),
        "names": keras.ops.reshape(keras.ops.concatenate(names, axis=-1), (-1, rows * columns, len(LABELS))),
        "boxes": reach * signs + middles,
    }
    named = {name: keras.layers.Identity(name=f"out_{name}")(value) for name, value in outputs.items()}
    return keras.Model(network.input, named, name="answers")


def of_size(network: keras.Model, size: tuple[int, int]) -> keras.Model:
    """The same network, weights shared, for pictures of one width and height: all its layers slide over them."""
    picture = keras.Input((size[1], size[0], 3), dtype="float32", name="image")
    return keras.Model(picture, network(picture), name=network.name)


def begin_from(settings: Settings, *, frozen_before: str) -> tuple[keras.Model, str]:
    """The trunk that a training begins with, and where its weights are from, in words.

    That of the fashion network's own checkpoint where `train fashion` has left one in the cache, else ImageNet's.

    Raises:
        BundleError: there are neither.
    """
    found = sorted(
        (settings.cache / "training").glob(f"fashion-{Recipe().name}-*/epoch-*.index"),
        key=lambda path: path.stat().st_mtime,
    )
    if not found:
        return trunk(Recipe.side, settings.keras_home, frozen_before=frozen_before), "ImageNet (Keras, MobileNetV2)"
    labels = Labels.of(read_catalogue(settings.data / "fashion-products"))
    fashion = fashion_network(Recipe.side, labels, settings.keras_home, frozen_before=frozen_before)
    state = tf.train.Checkpoint(network=fashion).read(str(found[-1].with_suffix("")))
    state.assert_existing_objects_matched().expect_partial()
    bases = [layer for layer in fashion.layers if isinstance(layer, keras.Model)]
    return bases[0], f"the fashion network's checkpoint after {found[-1].stem.replace('-', ' ')}"


def _body(base: keras.Model) -> keras.Model:
    """The trunk for any size, cut where its features are taken; its layers learn where those of `base` do."""
    whole = keras.applications.MobileNetV2(weights=None, include_top=False, input_shape=(None, None, 3))
    body = keras.Model(whole.input, [whole.get_layer(name).output for name in _TAPS], name="body")
    for layer in body.layers:
        if isinstance(layer, keras.layers.InputLayer):
            continue
        given = base.get_layer(layer.name)
        layer.set_weights(given.get_weights())
        layer.trainable = given.trainable
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = given.momentum
    return body


def _conv(features: tf.Tensor, name: str) -> tf.Tensor:
    lateral = keras.layers.Conv2D(_WIDTH, 1, use_bias=False, name=f"lateral_{name}")(features)
    return keras.layers.BatchNormalization(momentum=0.97, name=f"lateral_{name}_BN")(lateral)


def _separable(features: tf.Tensor, name: str) -> tf.Tensor:
    wide = keras.layers.SeparableConv2D(_WIDTH, 3, padding="same", use_bias=False, name=name)(features)
    normal = keras.layers.BatchNormalization(momentum=0.97, name=f"{name}_BN")(wide)
    return keras.layers.ReLU(name=f"{name}_relu")(normal)
