"""Small ONNX encoders that tests make: a convolution of a picture, and what becomes of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from onnx import GraphProto, ModelProto, NodeProto, TensorProto, helper, numpy_helper, save

SIDE, CHANNELS = 32, 16

MAPS = helper.make_node("Conv", ["image", "kernel"], ["maps"], strides=[4, 4])
POOLED = helper.make_node("GlobalAveragePool", ["maps"], ["mean"])
VECTOR = helper.make_node("Flatten", ["mean"], ["embedding"])


def kernel(seed: int = 0) -> TensorProto:
    """Weights of `MAPS`."""
    values = np.random.default_rng(seed).normal(size=(CHANNELS, 3, 4, 4)).astype(np.float32)
    return numpy_helper.from_array(values, "kernel")


def value(name: str, *shape: int | str | None) -> object:
    """The description of a float input or output."""
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def model(
    nodes: Sequence[NodeProto],
    outputs: Sequence[object],
    *,
    image: object | None = None,
    weights: Sequence[TensorProto] = (),
) -> ModelProto:
    """A model of (b, 3, `SIDE`, `SIDE`) pictures, or of another `image`."""
    given = image if image is not None else value("image", "b", 3, SIDE, SIDE)
    graph: GraphProto = helper.make_graph(nodes, "encoder", [given], outputs, [kernel(), *weights])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def encoder() -> ModelProto:
    """One whose embedding is the mean of the maps."""
    return model([MAPS, POOLED, VECTOR], [value("embedding", "b", CHANNELS)])


def saved(made: ModelProto, path: Path) -> Path:
    """The model as a file."""
    save(made, path)
    return path
