"""Makes a bundle of an image encoder that was saved by TensorFlow: LiteRT runs it."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

from vsearch_core.errors import BundleError
from vsearch_core.training.shared.bundle import converted
from vsearch_core.vision.bundle_files import LARGEST, LITERT, ONNX, read_bytes
from vsearch_core.vision.importing import (
    Imported,
    Preparation,
    embedding_output,
    layouts,
    output_in_words,
    write_imported,
)
from vsearch_core.vision.onnx_file import Pooling

_FILE = "saved_model.pb"
_REACHING = ("ReadFile", "WriteFile", "MatchingFiles", "PyFunc", "PyFuncStateless", "EagerPyFunc")
"""Operators that run code or reach files, of which a graph from elsewhere has none when it is loaded."""


def import_saved_model(folder: Path, preparation: Preparation, target: Path, *, threads: int) -> Imported:
    """Convert the serving signature of a SavedModel to LiteRT with float16 weights, and write it as a bundle.

    Args:
        target: the bundle's folder, which is not there yet.

    Raises:
        BundleError: it is not an encoder of single pictures that LiteRT can run, or nothing can be searched with what
            it gives. Nothing is left behind.
    """
    _check_operators(folder)
    try:
        loaded = tf.saved_model.load(str(folder))
        signature = _signature(loaded.signatures)
        module, name, how = _encoder(loaded, signature, preparation)
        model = _converted(module)
    except BundleError:
        raise
    except Exception as error:  # TensorFlow's errors and its converter's share no base of their own
        raise _broken(folder, error) from error
    if len(model) > LARGEST[LITERT]:
        raise BundleError(
            f"{folder} becomes a LiteRT model of {len(model) / 1e6:,.0f} MB and a bundle's may have "
            f"{LARGEST[LITERT] / 1e6:,.0f}; export it to ONNX and import that."
        )
    return write_imported(
        target,
        LITERT,
        model,
        preparation,
        dimension=int(module.encode.structured_outputs["embedding"].shape[-1]),
        output=output_in_words(name, how),
        source={"file": folder.name, "mean": preparation.mean, "std": preparation.std, "tensorflow": tf.__version__},
        threads=threads,
    )


def _check_operators(folder: Path) -> None:
    content = read_bytes(folder / _FILE, largest=LARGEST[ONNX], remedy="give the folder that `model.export` wrote")
    try:
        saved = saved_model_pb2.SavedModel.FromString(content)
    except Exception as error:  # protobuf's error is of its native code
        raise _broken(folder, error) from error
    graphs = [one.graph_def for one in saved.meta_graphs]
    used = {node.op for graph in graphs for node in graph.node}
    used |= {node.op for graph in graphs for function in graph.library.function for node in function.node_def}
    if reaching := sorted(used & set(_REACHING)):
        raise BundleError(f"{folder} reaches beyond its graph ({', '.join(reaching)}); export the encoder alone.")


def _signature(signatures: Mapping[str, Any]) -> Any:
    if "serving_default" in signatures:
        return signatures["serving_default"]
    if len(signatures) != 1:
        raise ValueError(f"it has {len(signatures)} signatures and none is serving_default")
    return next(iter(signatures.values()))


def _encoder(loaded: Any, signature: Any, preparation: Preparation) -> tuple[tf.Module, str, Pooling]:
    """A module whose `encode` takes (1, side, side, 3) pixels in 0..255; which output it takes, and how."""
    inputs = signature.structured_input_signature[1]
    if len(inputs) != 1:
        raise ValueError(f"it has {len(inputs)} inputs and an encoder of pictures has one")
    given, spec = next(iter(inputs.items()))
    layout = layouts([-1 if side is None else int(side) for side in spec.shape])[0]

    def answered(image: tf.Tensor) -> dict[str, tf.Tensor]:
        values = (image / 255.0 - tf.constant(preparation.mean)) / tf.constant(preparation.std)
        values = tf.cast(tf.transpose(values, (0, 3, 1, 2)) if layout == "NCHW" else values, spec.dtype)
        return signature(**{given: values})

    tried = answered(tf.zeros((1, preparation.side, preparation.side, 3)))
    name, how = embedding_output({key: tuple(value.shape) for key, value in tried.items() if value.dtype.is_floating})

    def encode(image: tf.Tensor) -> dict[str, tf.Tensor]:
        value = tf.cast(answered(image)[name], tf.float32)
        if how == "over space":
            value = tf.reduce_mean(value, axis=(2, 3) if layout == "NCHW" else (1, 2))
        elif how == "first token":
            value = value[:, 0]
        return {"embedding": tf.math.l2_normalize(value, axis=1)}

    module = tf.Module()
    module.loaded = loaded  # which owns the weights
    side = preparation.side
    module.encode = tf.function(encode).get_concrete_function(tf.TensorSpec((1, side, side, 3), tf.float32, "image"))
    return module, name, how


def _converted(module: tf.Module) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        tf.saved_model.save(module, folder, signatures={"serving_default": module.encode})
        return converted(tf.lite.TFLiteConverter.from_saved_model(folder))


def _broken(folder: Path, error: Exception) -> BundleError:
    return BundleError(
        f"{folder} is not a SavedModel of one picture that LiteRT can run ({' '.join(str(error).split())[:200]}); "
        "export the encoder alone, for one picture, or export it to ONNX.",
        code="bundle_broken",
    )
