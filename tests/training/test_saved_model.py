"""An image encoder that TensorFlow saved becomes a bundle that LiteRT runs, or is refused in one sentence."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from vsearch_core.contracts import Photo
from vsearch_core.errors import BundleError
from vsearch_core.training.saved_model import import_saved_model
from vsearch_core.vision import Bundle, FashionModel
from vsearch_core.vision.importing import Preparation, trial_pictures

SIDE = 32
PREPARATION = Preparation(SIDE, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))


def test_maps_of_a_saved_network_are_averaged_and_normalised(tmp_path: Path) -> None:
    keras.utils.set_random_seed(0)
    network = keras.Sequential([keras.Input((SIDE, SIDE, 3)), keras.layers.Conv2D(8, 4, 4)])
    network.export(tmp_path / "saved", verbose=False)
    found = import_saved_model(tmp_path / "saved", PREPARATION, tmp_path / "mine", threads=1)
    assert found.dimension == 8
    assert "averaged over space" in found.output
    pictures = trial_pictures(SIDE)
    values = (pictures / 255 - PREPARATION.mean) / PREPARATION.std
    expected = network(values.astype(np.float32)).numpy().mean(axis=(1, 2))
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    got = FashionModel(Bundle.open(found.path)).embed([Photo(one, (SIDE, SIDE), "array") for one in pictures])
    assert ((got * expected).sum(axis=1) > 0.999).all()


def test_a_graph_that_reads_files_is_not_loaded(tmp_path: Path) -> None:
    class Reading(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec((1, SIDE, SIDE, 3), tf.float32)])
        def encode(self, image: tf.Tensor) -> dict[str, tf.Tensor]:
            content = tf.strings.to_number(tf.io.read_file("/etc/hostname"))
            return {"embedding": tf.reduce_mean(image, axis=(1, 2)) + content}

    module = Reading()
    tf.saved_model.save(module, str(tmp_path / "saved"), signatures=module.encode)
    with pytest.raises(BundleError, match="ReadFile"):
        import_saved_model(tmp_path / "saved", PREPARATION, tmp_path / "mine", threads=1)
    assert not (tmp_path / "mine").exists()


@pytest.mark.parametrize("content", [None, b"", b"junk" * 50])
def test_a_folder_that_holds_no_model_is_refused(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "saved_model.pb").write_bytes(content)
    with pytest.raises(BundleError) as caught:
        import_saved_model(tmp_path, PREPARATION, tmp_path / "bundles" / "mine", threads=1)
    assert "\n" not in caught.value.message
    assert not (tmp_path / "bundles").exists()
