"""HEIC pictures are shown upright once, wherever their boxes stand; hostile boxes end in a refusal."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.images.picture_files import CODES, code_of, encode, picture_or_refusal, scene
from vsearch_core.images import decode

_UNDO = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
SIZE = (96, 64)


def boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and content of each box of a file."""
    position = 0
    while position < len(data):
        length, name = struct.unpack_from(">I4s", data, position)
        yield name, data[position + 8 : position + length]
        position += length


def box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", len(content) + 8, name) + content


def shifted(meta: bytes, by: int) -> bytes:
    """The content of a `meta` box whose items' data stand further behind by so many bytes."""
    changed = bytearray(meta)
    at = meta.index(b"iloc") + 4
    version, count = meta[at], struct.unpack_from(">H", meta, at + 6)[0]
    assert version == 0, "as libheif writes it"
    assert meta[at + 4 : at + 6] == b"\x44\x40", "with a base offset of 4 bytes"
    position = at + 8
    for _ in range(count):
        base, extents = struct.unpack_from(">IH", meta, position + 4)
        struct.pack_into(">I", changed, position + 4, base + by)
        position += 10 + 8 * extents
    return bytes(changed)


def laid_out(data: bytes, layout: str) -> bytes:
    """The same HEIC with its boxes as other cameras write them."""
    parts = dict(boxes(data))
    start, meta, mdat = box(b"ftyp", parts[b"ftyp"]), parts[b"meta"], parts[b"mdat"]
    if layout == "as written":
        return data
    if layout == "meta behind mdat":
        return start + box(b"mdat", mdat) + box(b"meta", shifted(meta, -len(meta) - 8))
    if layout == "meta behind much else":
        return start + box(b"free", bytes(200_000)) + box(b"meta", shifted(meta, 200_008)) + box(b"mdat", mdat)
    if layout == "mdat of 64 bits":
        wide = struct.pack(">I4sQ", 1, b"mdat", len(mdat) + 16) + mdat
        return start + box(b"meta", shifted(meta, 8)) + wide
    assert layout == "mdat to the end"
    return start + box(b"meta", meta) + struct.pack(">I4s", 0, b"mdat") + mdat


LAYOUTS = ("as written", "meta behind mdat", "meta behind much else", "mdat of 64 bits", "mdat to the end")


def looks_like_the_scene(data: bytes) -> None:
    photo = decode(data)
    assert photo.original_size == SIZE
    assert np.abs(photo.pixels.astype(int) - np.asarray(scene(*SIZE)).astype(int)).mean() < 6


class TestTurning:
    @pytest.mark.parametrize("layout", LAYOUTS)
    @pytest.mark.parametrize("orientation", _UNDO)
    def test_a_picture_that_container_and_exif_turn_is_turned_once(self, layout: str, orientation: int) -> None:
        exif = Image.Exif()
        exif[0x0112] = orientation
        # from bytes, the encoder writes `irot` and `imir` beside the EXIF
        data = encode(scene(*SIZE).transpose(_UNDO[orientation]), "HEIF", exif=exif.tobytes())
        assert b"irot" in data or b"imir" in data
        looks_like_the_scene(laid_out(data, layout))

    @pytest.mark.parametrize("layout", LAYOUTS)
    def test_where_the_container_says_nothing_exif_counts(self, layout: str) -> None:
        exif = Image.Exif()
        exif[0x0112] = 6
        data = encode(scene(*SIZE).transpose(_UNDO[6]), "HEIF", exif=exif)
        assert b"irot" not in data
        looks_like_the_scene(laid_out(data, layout))

    def test_the_names_of_boxes_in_a_text_turn_nothing(self) -> None:
        exif = Image.Exif()
        exif[0x0112], exif[0x010E] = 6, "irot imir"
        looks_like_the_scene(encode(scene(*SIZE).transpose(_UNDO[6]), "HEIF", exif=exif))


class TestHostileBoxes:
    def nested(self, name: bytes, depth: int) -> bytes:
        content = b""
        for _ in range(depth):
            content = box(name, bytes(4) + content)
        return content

    @pytest.mark.parametrize("brand", [b"heic", b"avif", b"mif1"])
    @pytest.mark.parametrize(
        "content",
        [
            struct.pack(">I4s", 0, b"meta"),
            struct.pack(">I4s", 7, b"meta") + bytes(40),
            struct.pack(">I4s", 2**32 - 1, b"meta") + bytes(40),
            struct.pack(">I4sQ", 1, b"meta", 2**64 - 1) + bytes(40),
            struct.pack(">I4sQ", 1, b"meta", 0) + bytes(40),
            struct.pack(">I4s", 0, b"free") * 5000,
            struct.pack(">I4s", 8, b"free") * 500_000,
        ],
    )
    def test_impossible_sizes(self, brand: bytes, content: bytes) -> None:
        assert code_of(box(b"ftyp", brand + bytes(4) + brand) + content) in CODES

    @pytest.mark.parametrize("name", [b"meta", b"iprp", b"moov", b"grpl"])
    def test_boxes_within_boxes(self, name: bytes) -> None:
        assert code_of(box(b"ftyp", b"heic" + bytes(4) + b"heic") + self.nested(name, 20_000)) in CODES

    @pytest.mark.parametrize("name", [b"ipma", b"iloc", b"iinf", b"iref", b"ipco", b"pitm"])
    @given(garbage=st.binary(min_size=1, max_size=60))
    @settings(max_examples=20, deadline=None)
    def test_garbage_in_the_boxes_that_say_what_is_where(self, name: bytes, garbage: bytes) -> None:
        data = bytearray(encode(scene(), "HEIF"))
        if name not in data:
            return
        at = data.index(name) + 4
        data[at : at + len(garbage)] = garbage
        picture_or_refusal(bytes(data))
