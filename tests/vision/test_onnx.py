"""An image encoder that was exported to ONNX becomes a bundle like any other, or is refused in one sentence."""

from __future__ import annotations

import json
import random
import sys
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from onnx import ModelProto, TensorProto, helper, numpy_helper

from tests.onnx_graphs import CHANNELS, MAPS, POOLED, SIDE, VECTOR, encoder, kernel, model, saved, value
from vsearch_core.contracts import Photo
from vsearch_core.errors import BundleError, MissingDependency
from vsearch_core.vision import Bundle, FashionModel
from vsearch_core.vision.bundle_files import seal
from vsearch_core.vision.importing import Imported, Preparation, trial_pictures
from vsearch_core.vision.onnx_file import OnnxFile
from vsearch_core.vision.onnx_import import import_onnx

PREPARATION = Preparation(SIDE, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))


def imported(made: ModelProto, folder: Path, *, classes: tuple[str, ...] = ()) -> Imported:
    file = saved(made, folder / "exported.onnx")
    return import_onnx(file, PREPARATION, folder / "bundles" / "mine", classes=classes, threads=2)


def refusal(made: ModelProto, folder: Path, *, classes: tuple[str, ...] = ()) -> str:
    """The sentence of a model that is not taken; nothing of it is left behind."""
    with pytest.raises(BundleError) as caught:
        imported(made, folder, classes=classes)
    assert not list((folder / "bundles").rglob("*"))
    message = caught.value.message
    assert message.endswith(".")
    assert "\n" not in message
    assert len(message) < 600
    return message


def photos() -> list[Photo]:
    return [Photo(pixels, (SIDE, SIDE), "array") for pixels in trial_pictures(SIDE)]


def by_hand() -> np.ndarray:
    """The embeddings of `photos` by `encoder`, computed without any runtime."""
    values = (trial_pictures(SIDE) / 255 - PREPARATION.mean) / PREPARATION.std
    patches = values.reshape(2, SIDE // 4, 4, SIDE // 4, 4, 3).mean(axis=(1, 3))
    vectors = np.einsum("bhwc,ochw->bo", patches, numpy_helper.to_array(kernel()))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_a_bundle_gives_what_the_graph_computes_normalised(tmp_path: Path) -> None:
    found = imported(encoder(), tmp_path)
    assert (found.dimension, found.name, found.output) == (CHANNELS, "mine", "the output embedding")
    assert found.milliseconds > 0
    opened = FashionModel(Bundle.open(found.path), threads=2)
    np.testing.assert_allclose(opened.embed(photos()), by_hand(), atol=1e-4)
    np.testing.assert_allclose(opened.run(photos()[0])["embedding"], by_hand()[0], atol=1e-4)
    assert opened.analyse(photos()[0]).product_types == ()


def test_maps_are_averaged_over_space(tmp_path: Path) -> None:
    found = imported(model([MAPS], [value("maps", "b", CHANNELS, "h", "w")]), tmp_path)
    assert found.output == "the output maps, averaged over space"
    np.testing.assert_allclose(FashionModel(Bundle.open(found.path)).embed(photos()), by_hand(), atol=1e-4)


def test_pictures_whose_channels_come_last_are_taken_too(tmp_path: Path) -> None:
    turned = helper.make_node("Transpose", ["pixels"], ["image"], perm=[0, 3, 1, 2])
    made = model(
        [turned, MAPS, POOLED, VECTOR],
        [value("embedding", "b", CHANNELS)],
        image=value("pixels", 1, SIDE, SIDE, 3),
    )
    found = imported(made, tmp_path)
    assert Bundle.open(found.path).onnx.layout == "NHWC"  # type: ignore[union-attr]
    np.testing.assert_allclose(FashionModel(Bundle.open(found.path)).embed(photos()), by_hand(), atol=1e-4)


def test_a_graph_that_tells_no_side_of_its_input_is_tried(tmp_path: Path) -> None:
    turned = helper.make_node("Transpose", ["pixels"], ["image"], perm=[0, 3, 1, 2])
    made = model(
        [turned, MAPS, POOLED, VECTOR],
        [value("embedding", "b", CHANNELS)],
        image=value("pixels", "b", "height", "width", "channels"),
    )
    found = imported(made, tmp_path)
    np.testing.assert_allclose(FashionModel(Bundle.open(found.path)).embed(photos()), by_hand(), atol=1e-4)


class TestTokens:
    ROWS = numpy_helper.from_array(np.array([0, CHANNELS, -1], np.int64), "rows")
    SPREAD = helper.make_node("Reshape", ["maps", "rows"], ["columns"])
    TOKENS = helper.make_node("Transpose", ["columns"], ["tokens"], perm=[0, 2, 1])

    def test_of_tokens_the_first_one_is_the_embedding(self, tmp_path: Path) -> None:
        outputs = [value("tokens", "b", "t", CHANNELS)]
        found = imported(model([MAPS, self.SPREAD, self.TOKENS], outputs, weights=[self.ROWS]), tmp_path)
        assert found.output == "the output tokens, its first token"
        assert found.dimension == CHANNELS

    def test_where_they_are_pooled_that_is_taken(self, tmp_path: Path) -> None:
        outputs = [value("tokens", "b", "t", CHANNELS), value("embedding", "b", CHANNELS)]
        nodes = [MAPS, self.SPREAD, self.TOKENS, POOLED, VECTOR]
        assert imported(model(nodes, outputs, weights=[self.ROWS]), tmp_path).output == "the output embedding"


class TestClasses:
    WEIGHTS = numpy_helper.from_array(np.eye(CHANNELS, 3, dtype=np.float32), "of_classes")
    SCORES = helper.make_node("MatMul", ["embedding", "of_classes"], ["scores"])

    def graph(self) -> ModelProto:
        outputs = [value("scores", "b", 3), value("embedding", "b", CHANNELS)]
        return model([MAPS, POOLED, VECTOR, self.SCORES], outputs, weights=[self.WEIGHTS])

    def test_names_of_classes_tell_what_a_photo_shows(self, tmp_path: Path) -> None:
        found = imported(self.graph(), tmp_path, classes=("lamps", "chairs", "tables"))
        assert found.output == "the output embedding"
        analysis = FashionModel(Bundle.open(found.path)).analyse(photos()[0])
        assert {one.name for one in analysis.product_types} == {"lamps", "chairs", "tables"}
        assert sum(one.probability for one in analysis.product_types) == pytest.approx(1, abs=1e-4)
        assert analysis.categories[0].name == analysis.product_types[0].name

    def test_names_that_do_not_fit_the_scores_are_refused(self, tmp_path: Path) -> None:
        assert "no output of 2 scores" in refusal(self.graph(), tmp_path, classes=("lamps", "chairs"))

    def test_the_embedding_alone_is_not_taken_for_scores(self, tmp_path: Path) -> None:
        names = tuple(f"class {number}" for number in range(CHANNELS))
        assert "beside its embedding" in refusal(encoder(), tmp_path, classes=names)


class TestRefused:
    def test_a_graph_that_takes_no_batch_of_pictures(self, tmp_path: Path) -> None:
        made = model([helper.make_node("Identity", ["image"], ["embedding"])], [value("embedding", "b", 8)])
        made.graph.input[0].CopyFrom(value("image", "b", 8))
        assert "has 2 dimensions" in refusal(made, tmp_path)

    def test_one_of_another_size(self, tmp_path: Path) -> None:
        made = model([MAPS, POOLED, VECTOR], [value("embedding", "b", CHANNELS)], image=value("image", "b", 3, 64, 64))
        assert "not an ONNX model of one picture" in refusal(made, tmp_path)

    def test_one_that_gives_what_are_not_numbers(self, tmp_path: Path) -> None:
        # the root of what is negative for one of the two test pictures
        root = helper.make_node("Sqrt", ["flat"], ["embedding"])
        flat = helper.make_node("Flatten", ["mean"], ["flat"])
        message = refusal(model([MAPS, POOLED, flat, root], [value("embedding", "b", CHANNELS)]), tmp_path)
        assert "not numbers" in message

    def test_one_that_gives_the_same_for_every_picture(self, tmp_path: Path) -> None:
        same = numpy_helper.from_array(np.ones((1, 4), np.float32), "same")
        nothing = numpy_helper.from_array(np.zeros((CHANNELS, 4), np.float32), "nothing")
        nodes = [MAPS, POOLED, VECTOR, helper.make_node("MatMul", ["embedding", "nothing"], ["none"])]
        nodes.append(helper.make_node("Add", ["none", "same"], ["answer"]))
        message = refusal(model(nodes, [value("answer", "b", 4)], weights=[same, nothing]), tmp_path)
        assert "one embedding for different pictures" in message

    def test_one_that_looks_at_the_other_pictures_of_a_batch(self, tmp_path: Path) -> None:
        first = numpy_helper.from_array(np.array([0], np.int64), "batch")
        mean = helper.make_node("ReduceMean", ["vectors"], ["company"], axes=[0], keepdims=1)
        nodes = [MAPS, POOLED, helper.make_node("Flatten", ["mean"], ["vectors"]), mean]
        square = helper.make_node("Mul", ["vectors", "company"], ["embedding"])
        message = refusal(model([*nodes, square], [value("embedding", "b", CHANNELS)], weights=[first]), tmp_path)
        assert "another one beside it" in message

    def test_one_that_keeps_weights_in_another_file(self, tmp_path: Path) -> None:
        made = encoder()
        weights = made.graph.initializer[0]
        (tmp_path / "weights.bin").write_bytes(weights.raw_data)
        weights.ClearField("raw_data")
        weights.data_location = TensorProto.EXTERNAL
        weights.external_data.add(key="location", value="weights.bin")
        assert "keeps weights in other files" in refusal(made, tmp_path)

    def test_one_that_hides_them_in_a_branch(self, tmp_path: Path) -> None:
        hidden = TensorProto(name="hidden", data_type=TensorProto.FLOAT, dims=[1])
        hidden.external_data.add(key="location", value="/etc/hostname")
        constant = helper.make_node("Constant", [], ["hidden"], value=hidden)
        branch = helper.make_graph([constant], "branch", [], [value("hidden", 1)])
        choice = helper.make_node("If", ["chosen"], ["answer"], then_branch=branch, else_branch=branch)
        made = model([MAPS, POOLED, VECTOR, choice], [value("embedding", "b", CHANNELS)])
        assert "keeps weights in other files" in refusal(made, tmp_path)

    def test_one_with_a_second_input(self, tmp_path: Path) -> None:
        made = encoder()
        made.graph.input.append(value("words", "b", 8))
        assert "2 inputs" in refusal(made, tmp_path)

    @pytest.mark.parametrize("content", [b"", b"junk" * 100, b"\x3a\x00", b"\x3a\xff\xff\xff\xff\x0f"])
    def test_what_is_no_graph(self, tmp_path: Path, content: bytes) -> None:
        file = tmp_path / "junk.onnx"
        file.write_bytes(content)
        with pytest.raises(BundleError, match="not an ONNX model"):
            import_onnx(file, PREPARATION, tmp_path / "bundles" / "mine", threads=1)
        assert not (tmp_path / "bundles").exists()

    def test_a_folder(self, tmp_path: Path) -> None:
        with pytest.raises(BundleError, match="cannot be read"):
            import_onnx(tmp_path, PREPARATION, tmp_path / "bundles" / "mine", threads=1)

    def test_damaged_bytes_are_answered_in_words(self, tmp_path: Path) -> None:
        whole, chance = encoder().SerializeToString(), random.Random(0)
        for _ in range(150):
            content = bytearray(whole)
            for _ in range(chance.randint(1, 6)):
                content[chance.randrange(len(content))] = chance.randrange(256)
            # what is taken all the same, and every refusal but one of our own, passes or fails by itself
            with suppress(BundleError):
                OnnxFile(tmp_path / "x.onnx", bytes(content[: chance.choice([len(content), 200])])).session(1)


def test_without_onnxruntime_a_sentence_says_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = imported(encoder(), tmp_path)
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(MissingDependency, match=r"`pip install onnxruntime==[0-9.]+`\.$"):
        FashionModel(Bundle.open(found.path))


class TestServed:
    def test_a_changed_model_is_noticed(self, tmp_path: Path) -> None:
        found = imported(encoder(), tmp_path)
        content = bytearray((found.path / "model.onnx").read_bytes())
        content[len(content) // 2] ^= 1
        (found.path / "model.onnx").write_bytes(content)
        with pytest.raises(BundleError, match=r"model\.onnx is damaged or was changed"):
            Bundle.open(found.path)

    @pytest.mark.parametrize(
        ("name", "said"),
        [("layout", "NCWH"), ("mean", [0, 0]), ("std", [0, 1, 1]), ("output", ""), ("pooled", None), ("scores", 3)],
    )
    def test_labels_that_misstate_how_it_is_asked_are_refused(self, tmp_path: Path, name: str, said: object) -> None:
        path = imported(encoder(), tmp_path).path
        labels = json.loads((path / "labels.json").read_text())
        labels["onnx"][name] = said
        (path / "labels.json").write_text(json.dumps(labels))
        seal(path)
        with pytest.raises(BundleError, match="lacks or misstates"):
            Bundle.open(path)

    def test_labels_that_do_not_know_of_it_are_refused(self, tmp_path: Path) -> None:
        path = imported(encoder(), tmp_path).path
        labels = json.loads((path / "labels.json").read_text())
        del labels["onnx"]
        (path / "labels.json").write_text(json.dumps(labels))
        seal(path)
        with pytest.raises(BundleError, match="misstates onnx"):
            Bundle.open(path)
