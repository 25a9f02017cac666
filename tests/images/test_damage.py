"""Hostile and damaged files give a picture or a refusal, and nothing else."""

from __future__ import annotations

import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.images.picture_files import CODES, chunk, code_of, encode, picture_or_refusal, scene, tiff
from vsearch_core.images import FORMATS, decode


class TestHostile:
    """Files made to keep a decoder busy or to fill the memory."""

    def inside(self, format: str, content: bytes) -> bytes:
        """A valid file with something before its picture."""
        data = encode(scene(), format)
        at = {"JPEG": 2, "PNG": 33, "GIF": 13 + (3 << ((data[10] & 7) + 1))}[format]
        return data[:at] + content + data[at:]

    @pytest.mark.parametrize(
        ("format", "content"),
        [
            ("JPEG", b"\xff\xfe\x00\x02" * 1_000_000),
            ("JPEG", b"\xff" * 1_000_000),
            ("JPEG", b"\xff\xe1\xff\xff" + b"Exif\0\0" + bytes(65527) + b"\xff\xe1\x00\x08Exif\0\0" * 100),
            ("JPEG", b"\xff\xfe\x00\x02" + bytes(100_000)),
            ("PNG", chunk(b"teXt", b"") * 100_000),
            ("GIF", b"\x21\xfe" + b"\x01a" * 1_000_000 + b"\0"),
            ("GIF", b"\x00" * 1_000_000),
        ],
    )
    def test_absurdly_many_parts_are_refused(self, format: str, content: bytes) -> None:
        assert code_of(self.inside(format, content)) == "image_hostile"

    def test_a_reasonable_number_of_parts_is_not(self) -> None:
        assert decode(self.inside("JPEG", b"\xff\xfe\x00\x06text" * 100))
        assert decode(self.inside("PNG", chunk(b"teXt", b"key\0value") * 1000))
        assert decode(self.inside("GIF", b"\x21\xfe" + (b"\xff" + b"a" * 255) * 300 + b"\0"))

    def test_a_progressive_jpeg_with_hundreds_of_scans(self) -> None:
        data = encode(scene(), "JPEG", progressive=True)
        last = data.rindex(b"\xff\xda")
        assert code_of(data[:-2] + data[last:-2] * 200 + data[-2:]) == "image_hostile"

    def test_scan_markers_behind_the_picture_do_not_count(self) -> None:
        assert decode(encode(scene(), "JPEG", progressive=True) + b"\xff\xda" * 5000)

    def test_compressed_text_that_unpacks_to_gigabytes(self) -> None:
        assert code_of(self.inside("PNG", chunk(b"zTXt", b"key\0\0" + zlib.compress(bytes(30_000_000)))))
        many = chunk(b"zTXt", b"key\0\0" + zlib.compress(bytes(1_000_000))) * 200
        assert code_of(self.inside("PNG", many)) == "image_broken"

    @pytest.mark.parametrize(
        "tag", [(273, 4, 1_000_000, 200), (324, 4, 1_000_000, 200), (282, 5, 1_000_000, 200), (339, 3, 2_000_000, 200)]
    )
    def test_a_tiff_tag_with_a_million_values(self, tag: tuple[int, int, int, int]) -> None:
        base = [(256, 4, 1, 64), (257, 4, 1, 48), (258, 3, 1, 8), (262, 3, 1, 1), (278, 4, 1, 1)]
        assert code_of(tiff(*base, tag, tail=bytes(9_000_000))) == "image_hostile"

    def test_a_tiff_tag_longer_than_its_file(self) -> None:
        assert code_of(tiff((256, 4, 1, 64), (257, 4, 1, 48), (700, 7, 0xFFFFFFFF, 8))) == "image_broken"

    def test_a_tiff_with_a_tile_larger_than_any_picture(self) -> None:
        tags = [(256, 4, 1, 64), (257, 4, 1, 48), (258, 3, 1, 8), (322, 4, 1, 60_000), (323, 4, 1, 60_000)]
        assert code_of(tiff(*tags, (324, 4, 1, 200), tail=bytes(5000))) == "image_hostile"

    def test_a_large_bmp_packed_by_run_length(self) -> None:
        header = struct.pack("<IiiHHIIiiII", 40, 3000, 3000, 1, 8, 1, 1000, 0, 0, 256, 0)
        data = b"BM" + struct.pack("<IHHI", 2078, 0, 0, 1078) + header + bytes(1024) + b"\xff\x05" * 500
        assert code_of(data) == "image_unsupported"

    @pytest.mark.parametrize("format", ["JPEG", "PNG", "GIF", "TIFF", "WEBP", "BMP", "HEIF", "AVIF"])
    @given(garbage=st.binary(max_size=400))
    @settings(max_examples=40, deadline=None)
    def test_the_right_beginning_followed_by_garbage(self, format: str, garbage: bytes) -> None:
        start = encode(scene(), format)[: 30 if format in ("HEIF", "AVIF") else 12]
        assert code_of(start + garbage) in CODES

    def test_a_file_that_is_two_formats_is_read_as_the_first_or_refused(self) -> None:
        assert decode(encode(scene(), "GIF") + encode(scene(), "PNG")).format == "GIF"
        assert code_of(b"GIF89a" + b"/*" + bytes(20) + b"*/=1;alert(1)//") in CODES


FILES = {
    **{format: (format, {}) for format in FORMATS},
    "progressive JPEG": ("JPEG", {"progressive": True}),
    "lossless WebP": ("WEBP", {"lossless": True}),
    "LZW TIFF": ("TIFF", {"compression": "tiff_lzw"}),
    "JPEG TIFF": ("TIFF", {"compression": "jpeg"}),
}


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return {name: encode(scene(), format, **options) for name, (format, options) in FILES.items()}


class TestDamage:
    @pytest.mark.parametrize("name", FILES)
    @given(data=st.data())
    @settings(max_examples=40, deadline=None)
    def test_any_beginning_of_a_file_is_a_picture_or_refused(
        self, name: str, files: dict[str, bytes], data: st.DataObject
    ) -> None:
        whole = files[name]
        picture_or_refusal(whole[: data.draw(st.integers(0, len(whole)))])

    @pytest.mark.parametrize("name", FILES)
    @given(data=st.data())
    @settings(max_examples=60, deadline=None)
    def test_any_changed_bytes_give_a_picture_or_are_refused(
        self, name: str, files: dict[str, bytes], data: st.DataObject
    ) -> None:
        changed = bytearray(files[name])
        for place in data.draw(st.lists(st.integers(0, len(changed) - 1), min_size=1, max_size=6)):
            changed[place] = data.draw(st.sampled_from([0, 1, 0x7F, 0x80, 0xFF]) | st.integers(0, 255))
        picture_or_refusal(bytes(changed))

    @given(data=st.binary(max_size=200))
    @settings(max_examples=100, deadline=None)
    def test_random_bytes_are_refused(self, data: bytes) -> None:
        assert code_of(data) in CODES

    @pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "BMP", "TIFF", "HEIF", "AVIF", "progressive JPEG"])
    def test_half_a_file_is_refused(self, name: str, files: dict[str, bytes]) -> None:
        assert code_of(files[name][: len(files[name]) // 2]) == "image_broken"
