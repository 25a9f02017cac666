"""A damaged or hostile bundle is refused in one sentence: no traceback, no wait, and no native code that reads junk."""

from __future__ import annotations

import json
import os
import random
import shutil
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from vsearch_core.contracts import Photo
from vsearch_core.errors import BundleError
from vsearch_core.settings import Settings
from vsearch_core.vision import Bundle, Detector, FashionModel
from vsearch_core.vision.bundle_files import CHECKSUMS, seal
from vsearch_core.vision.model_file import read_model

FILES = {
    "fashion": ("model.tflite", "labels.json", "calibration.json", CHECKSUMS),
    "detector": ("model.tflite", "labels.json", CHECKSUMS),
}
KINDS = tuple(FILES)


def opened(path: Path) -> None:
    """Opens a bundle as the app does."""
    if path.name == "fashion":
        FashionModel(Bundle.open(path), threads=1)
    else:
        Detector.open(path, threads=1)


def refusal(path: Path) -> BundleError:
    with pytest.raises(BundleError) as caught:
        opened(path)
    message = caught.value.message
    assert message.endswith(".")
    assert "\n" not in message
    assert len(message) < 900
    return caught.value


@pytest.fixture
def copied(tmp_path: Path) -> Callable[[str], Path]:
    """A copy of a bundle that ships, to break."""

    def copy(kind: str, *, sealed: bool = True) -> Path:
        folder = tmp_path / kind
        folder.mkdir()
        for name in FILES[kind]:
            if sealed or name != CHECKSUMS:
                shutil.copy(Settings().models / kind / name, folder / name)
        return folder

    return copy


@pytest.mark.parametrize("kind", KINDS)
class TestSeal:
    def test_the_shipped_bundle_is_sealed_as_it_is(self, kind: str, copied: Callable[..., Path]) -> None:
        folder = copied(kind)
        before = (folder / CHECKSUMS).read_bytes()
        opened(folder)
        seal(folder)
        assert (folder / CHECKSUMS).read_bytes() == before

    def test_a_flipped_bit_of_the_weights_is_noticed(self, kind: str, copied: Callable[..., Path]) -> None:
        folder = copied(kind)
        content = bytearray((folder / "model.tflite").read_bytes())
        content[len(content) // 2] ^= 1
        (folder / "model.tflite").write_bytes(content)
        assert "model.tflite is damaged or was changed" in refusal(folder).message

    def test_a_changed_number_in_the_labels_is_noticed(self, kind: str, copied: Callable[..., Path]) -> None:
        folder = copied(kind)
        text = (folder / "labels.json").read_text()
        place = "0.6" if kind == "detector" else "Casual Shoes"
        assert place in text
        (folder / "labels.json").write_text(text.replace(place, {"0.6": "0.7"}.get(place, "Casual shoes")))
        assert "labels.json is damaged or was changed" in refusal(folder).message

    def test_it_is_opened_again_once_it_is_sealed_anew(self, kind: str, copied: Callable[..., Path]) -> None:
        folder = copied(kind)
        labels = json.loads((folder / "labels.json").read_text())
        (folder / "labels.json").write_text(json.dumps({**labels, "name": "mine"}))
        refusal(folder)
        seal(folder)
        opened(folder)

    def test_a_bundle_from_before_has_no_seal(self, kind: str, copied: Callable[..., Path]) -> None:
        opened(copied(kind, sealed=False))

    @pytest.mark.parametrize("content", ["", "[]", '{"model.tflite": 1}', "{}", "[" * 100_000])
    def test_checksums_that_are_damaged_themselves(self, kind: str, content: str, copied: Callable[..., Path]) -> None:
        folder = copied(kind)
        (folder / CHECKSUMS).write_text(content)
        refusal(folder)


ODD: list[Any] = [None, True, 0, -1, 10**30, 1e308, "", "x", [], {}, [[]], [None], {"a": 1}, ["a", "a"], 1.5]


def with_changed_value(content: Any, chooser: random.Random) -> Any:
    """The content with one value anywhere in it put for another kind of value."""
    changed = json.loads(json.dumps(content))
    place = changed
    while True:
        keys = list(place) if isinstance(place, dict) else range(len(place))
        key = chooser.choice(list(keys))
        if not place[key] or not isinstance(place[key], dict | list) or chooser.random() < 0.4:
            place[key] = chooser.choice(ODD)
            return changed
        place = place[key]


class TestLabels:
    @pytest.mark.parametrize("name", ["labels.json", "calibration.json"])
    def test_any_odd_value_in_the_fashion_bundle_is_refused_or_harmless(
        self, name: str, copied: Callable[..., Path]
    ) -> None:
        folder, chooser, refused = copied("fashion", sealed=False), random.Random(name), 0
        content = json.loads((folder / name).read_text())
        for _ in range(60):
            (folder / name).write_text(json.dumps(with_changed_value(content, chooser)))
            try:
                Bundle.open(folder)
            except BundleError:
                refused += 1
        assert refused > 5

    def test_any_odd_value_in_the_detector_bundle_is_refused_or_harmless(
        self, copied: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder, chooser, refused = copied("detector", sealed=False), random.Random(0), 0
        monkeypatch.setattr(Detector, "__init__", lambda *_, **__: None)  # the labels alone: the network takes a while
        content = json.loads((folder / "labels.json").read_text())
        for _ in range(60):
            (folder / "labels.json").write_text(json.dumps(with_changed_value(content, chooser)))
            try:
                Detector.open(folder)
            except BundleError:
                refused += 1
        assert refused > 5

    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize(
        "text",
        [
            "[" * 200_000,
            '{"schema": ' * 100_000,
            '{"schema": 1e999}',
            '{"schema": NaN}',
            '{"schema": ' + "9" * 5000 + "}",
        ],
    )
    def test_deep_nesting_and_huge_numbers(self, kind: str, text: str, copied: Callable[..., Path]) -> None:
        folder = copied(kind, sealed=False)
        (folder / "labels.json").write_text(text)
        refusal(folder)

    @pytest.mark.parametrize("kind", KINDS)
    def test_a_size_that_the_network_does_not_take(self, kind: str, copied: Callable[..., Path]) -> None:
        folder = copied(kind, sealed=False)
        labels = json.loads((folder / "labels.json").read_text())
        labels |= {"side": 64} if kind == "fashion" else {"size": [64, 32]}
        (folder / "labels.json").write_text(json.dumps(labels))
        assert refusal(folder).code == "bundle_broken"

    def test_a_product_type_without_a_place(self, copied: Callable[..., Path]) -> None:
        folder = copied("fashion", sealed=False)
        labels = json.loads((folder / "labels.json").read_text())
        labels["hierarchy"].pop("Casual Shoes")
        (folder / "labels.json").write_text(json.dumps(labels))
        assert "Casual Shoes" in refusal(folder).message


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["model.tflite", "labels.json"])
class TestFiles:
    def test_a_pipe_is_not_waited_for(self, kind: str, name: str, copied: Callable[..., Path]) -> None:
        folder = copied(kind)
        (folder / name).unlink()
        os.mkfifo(folder / name)
        assert "not a regular file" in refusal(folder).message

    def test_a_folder(self, kind: str, name: str, copied: Callable[..., Path]) -> None:
        folder = copied(kind)
        (folder / name).unlink()
        (folder / name).mkdir()
        refusal(folder)

    @pytest.mark.parametrize("target", ["nowhere", "itself", "/dev/zero"])
    def test_a_link_that_leads_to_no_file(self, kind: str, name: str, target: str, copied: Callable[..., Path]) -> None:
        folder = copied(kind)
        (folder / name).unlink()
        (folder / name).symlink_to(name if target == "itself" else target)
        refusal(folder)


class TestModel:
    """Junk under a right checksum, as whoever made the bundle can write it."""

    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize(
        "content", [b"", b"TFL3", b"\0" * 4096, b"\x1c\0\0\0TFL3" + bytes(5000), b"\xff" * 8 + b"TFL3" + b"\xff" * 5000]
    )
    def test_what_is_not_a_model(self, kind: str, content: bytes, copied: Callable[..., Path]) -> None:
        folder = copied(kind)
        (folder / "model.tflite").write_bytes(content)
        seal(folder)
        assert "not a LiteRT model" in refusal(folder).message

    def test_a_cut_model(self, copied: Callable[..., Path]) -> None:
        folder = copied("detector")
        content = (folder / "model.tflite").read_bytes()
        for share in (0.1, 0.5, 0.99):
            (folder / "model.tflite").write_bytes(content[: int(len(content) * share)])
            seal(folder)
            refusal(folder)

    def test_numbers_out_of_range_are_found_before_native_code_reads_them(self, copied: Callable[..., Path]) -> None:
        path = copied("detector") / "model.tflite"
        content = path.read_bytes()
        graph = schema.Model.GetRootAs(content, 0).Subgraphs(0)
        operator, tensor = graph.Operators(3), graph.Tensors(0)
        places = {
            "input": operator._tab.Vector(operator._tab.Offset(6)),
            "output": operator._tab.Vector(operator._tab.Offset(8)),
            "shape": tensor._tab.Vector(tensor._tab.Offset(4)),
            "buffer": tensor._tab.Offset(8) + tensor._tab.Pos,
        }
        for what, place in places.items():
            for wrong in (10**6, -7) if what != "shape" else (2**31 - 1, -7):
                changed = bytearray(content)
                struct.pack_into("<i", changed, place, wrong)
                path.write_bytes(changed)
                with pytest.raises(BundleError, match="not a LiteRT model"):
                    read_model(path)

    def test_any_changed_words_give_a_model_or_a_refusal(self, copied: Callable[..., Path]) -> None:
        path, chooser = copied("detector") / "model.tflite", random.Random(0)
        content = path.read_bytes()
        for _ in range(60):
            changed = bytearray(content)
            for _ in range(3):
                # the structure stands at both ends, the weights between
                ends = chooser.randrange(0, 4000), chooser.randrange(len(content) - 60_000, len(content))
                place = chooser.choice(ends)
                struct.pack_into("<I", changed, min(place, len(content) - 4), chooser.choice([0, 1, 2**32 - 1, 2**31]))
            path.write_bytes(changed)
            try:
                assert read_model(path).content == bytes(changed)
            except BundleError as error:
                assert error.code == "bundle_broken"  # noqa: PT017

    def test_weights_that_are_not_numbers(self, copied: Callable[..., Path]) -> None:
        folder = copied("detector")
        content = bytearray((folder / "model.tflite").read_bytes())
        model = schema.Model.GetRootAs(content, 0)
        weights = max(
            (model.Buffers(place) for place in range(model.BuffersLength())), key=lambda one: one.DataLength()
        )
        start, length = weights._tab.Vector(weights._tab.Offset(4)), weights.DataLength()
        content[start : start + length] = np.full(length // 2, np.nan, np.float16).tobytes()
        (folder / "model.tflite").write_bytes(content)
        seal(folder)
        assert "not numbers" in refusal(folder).message

    def test_what_becomes_of_the_file_afterwards_does_not_matter(self, copied: Callable[..., Path]) -> None:
        folder = copied("detector")
        detector = Detector.open(folder, threads=1)
        (folder / "model.tflite").write_bytes(b"")
        photo = Photo(np.full((60, 40, 3), 128, np.uint8), (40, 60), "array")
        # which a detector looks at with an interpreter that it has not made yet
        assert detector.candidates_many([photo]) == [detector.candidates(photo)]
