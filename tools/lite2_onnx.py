"""Writes EfficientNet-Lite2 with its ImageNet weights as an ONNX file: the encoder of `models/general`, from elsewhere.

Imported again, it gives the embeddings of `models/general`:

    python tools/lite2_onnx.py lite2.onnx
    python -m vsearch_core bundle import --onnx lite2.onnx --size 224 \
        --mean 0.4980392,0.4980392,0.4980392 --std 0.5019608,0.5019608,0.5019608

Needs `pip install onnx` and what training needs.
"""

from __future__ import annotations

import sys
from pathlib import Path

import keras
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from vsearch_core.training.general import SIDE
from vsearch_core.training.shared import efficientnet_lite as lite

OPSET = 17


class Graph:
    """Nodes and weights of an ONNX graph (NCHW), made from the layers of a Keras network (NHWC)."""

    def __init__(self, network: keras.Model) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []
        self._names = {id(network.input): "image"}
        for layer in network.layers[1:]:
            given = layer.input if isinstance(layer.input, list) else [layer.input]
            self._add(layer, [self._names[id(one)] for one in given])
            self._names[id(layer.output)] = layer.name
        self.output = self._names[id(network.output)]

    def _add(self, layer: keras.layers.Layer, given: list[str]) -> None:
        match layer:
            case keras.layers.DepthwiseConv2D():
                kernel = layer.get_weights()[0].transpose(2, 3, 0, 1)
                self._convolved(layer, given, kernel, group=kernel.shape[0])
            case keras.layers.Conv2D():
                self._convolved(layer, given, layer.get_weights()[0].transpose(3, 2, 0, 1), group=1)
            case keras.layers.BatchNormalization():
                named = zip(("scale", "shift", "mean", "variance"), layer.get_weights(), strict=True)
                statistics = [self._weight(f"{layer.name}.{name}", values) for name, values in named]
                self._node("BatchNormalization", [*given, *statistics], layer.name, epsilon=layer.epsilon)
            case keras.layers.ReLU():
                edges = [self._weight(f"{layer.name}.{edge}", np.float32(edge)) for edge in (0, layer.max_value)]
                self._node("Clip", [*given, *edges], layer.name)
            case keras.layers.Add():
                self._node("Add", given, layer.name)
            case keras.layers.GlobalAveragePooling2D():
                self._node("GlobalAveragePool", given, f"{layer.name}.map")
                self._node("Flatten", [f"{layer.name}.map"], layer.name)
            case _:
                raise SystemExit(f"{layer.name} is a layer that cannot be written.")

    def _convolved(self, layer: keras.layers.Conv2D, given: list[str], kernel: np.ndarray, group: int) -> None:
        weights = self._weight(f"{layer.name}.kernel", kernel)
        strides = list(layer.strides)
        self._node("Conv", [*given, weights], layer.name, auto_pad="SAME_UPPER", strides=strides, group=group)

    def _weight(self, name: str, values: np.ndarray) -> str:
        self.weights.append(numpy_helper.from_array(np.asarray(values, np.float32), name))
        return name

    def _node(self, kind: str, given: list[str], name: str, **attributes: object) -> None:
        self.nodes.append(helper.make_node(kind, given, [name], name=name, **attributes))


def model_of(network: keras.Model) -> onnx.ModelProto:
    """A Keras network of (b, side, side, 3) pictures as an ONNX model of (b, 3, side, side) ones."""
    graph, side = Graph(network), network.input.shape[1]
    given = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["batch", 3, side, side])
    shape = ["batch", network.output.shape[-1]]
    wanted = helper.make_tensor_value_info(graph.output, TensorProto.FLOAT, shape)
    made = helper.make_graph(graph.nodes, network.name, [given], [wanted], graph.weights)
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)
    onnx.checker.check_model(model)
    return model


def main(path: Path) -> None:
    """Write the file."""
    network = lite.efficientnet_lite(lite.LITE2, SIDE)
    lite.load_imagenet(network, lite.weights_file(lite.LITE2))
    onnx.save(model_of(network), path)
    print(f"{path} is written, {path.stat().st_size / 1e6:.1f} MB.")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
