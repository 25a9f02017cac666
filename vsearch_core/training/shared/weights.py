"""A network's weights as a bundle keeps them, `weights.npz`: for export and further training; serving reads none."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import keras
import numpy as np

from vsearch_core.errors import BundleError
from vsearch_core.vision.bundle_files import WEIGHTS, check_seal, read_bytes


def packed(network: keras.Model) -> bytes:
    """All weights of a network in float16, named by their place and their path in it.

    Raises:
        BundleError: one is not finite, or too large for float16.
    """
    with np.errstate(over="ignore"):
        arrays = {
            f"{place:04d} {weight.path.replace('/', '.')}": weight.numpy().astype(np.float16)
            for place, weight in enumerate(network.weights)
        }
    for name, values in arrays.items():
        if not np.isfinite(values).all():
            raise BundleError(f"The weights {name} do not fit into float16; do not ship this network.")
    content = io.BytesIO()
    np.savez_compressed(content, allow_pickle=False, **arrays)
    return content.getvalue()


def load_weights(network: keras.Model, bundle: Path) -> None:
    """Put the weights that a bundle keeps into a network that was built as the bundle's own was.

    Raises:
        BundleError: the bundle keeps no weights (code `no_weights`), they are damaged, or they are of another network.
    """
    if not (bundle / WEIGHTS).exists():
        raise BundleError(
            f"The bundle {bundle} keeps no {WEIGHTS}; train it again to have its weights for further training.",
            code="no_weights",
        )
    check_seal(bundle, (WEIGHTS,))
    try:
        with np.load(io.BytesIO(read_bytes(bundle / WEIGHTS)), allow_pickle=False) as arrays:
            kept = [(name, arrays[name].astype(np.float32)) for name in sorted(arrays.files)]
    except (ValueError, KeyError, EOFError, OSError, zipfile.BadZipFile) as error:
        raise BundleError(
            f"{bundle / WEIGHTS} does not hold weights ({error}); restore it from the repository.", code="bundle_broken"
        ) from error
    wanted = [(weight.path.rpartition("/")[2], tuple(weight.shape)) for weight in network.weights]
    if [(name.rpartition(".")[2], values.shape) for name, values in kept] != wanted:
        raise BundleError(
            f"{bundle / WEIGHTS} holds the weights of another network; build it by the recipe in training.json.",
            code="bundle_broken",
        )
    for weight, (_, values) in zip(network.weights, kept, strict=True):
        weight.assign(values)
