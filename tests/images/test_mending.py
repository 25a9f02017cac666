"""A file with a fault that costs no pixel is read with a remark; one whose pixels are missing is refused."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from tests.images.picture_files import chunk, code_of, encode, png_header, scene
from vsearch_core.contracts import Photo
from vsearch_core.images import FORMATS, decode
from vsearch_core.images.mending import NO_END

JPEGS = {
    "baseline": {},
    "progressive": {"progressive": True},
    "of full colour": {"subsampling": 0},
    "with restart markers": {"restart_marker_rows": 1},
    "with many restart markers": {"restart_marker_blocks": 1},
}


def textured(width: int = 640, height: int = 480) -> Image.Image:
    noise = np.random.default_rng(0).integers(0, 255, (height // 8, width // 8, 3), dtype=np.uint8)
    return Image.fromarray(noise).resize((width, height), Image.Resampling.BICUBIC)


def same(photo: Photo, data: bytes, **options: int) -> bool:
    return np.array_equal(photo.pixels, decode(data, **options).pixels)


@pytest.mark.parametrize("format", FORMATS)
def test_a_sound_file_has_no_remark(format: str) -> None:
    assert decode(encode(scene(), format)).remark == ""


class TestJpeg:
    @pytest.mark.parametrize("name", JPEGS)
    @pytest.mark.parametrize("missing", [1, 2])
    @pytest.mark.parametrize("side", [None, 100])
    def test_without_its_end_marker_every_pixel_is_read(self, name: str, missing: int, side: int | None) -> None:
        whole = encode(textured(), "JPEG", **JPEGS[name])
        photo = decode(whole[:-missing], max_side=side)
        assert photo.remark == NO_END
        assert same(photo, whole, max_side=side)

    @pytest.mark.parametrize("mode", ["L", "CMYK"])
    def test_in_other_colours_too(self, mode: str) -> None:
        whole = encode(textured().convert(mode), "JPEG")
        assert decode(whole[:-2]).remark == NO_END
        assert same(decode(whole[:-2]), whole)

    @pytest.mark.parametrize("padding", [bytes(1), bytes(5000), b"\xff" * 5000])
    def test_padding_in_place_of_the_end_marker_is_none(self, padding: bytes) -> None:
        whole = encode(textured(), "JPEG")
        photo = decode(whole[:-2] + padding)
        assert photo.remark == NO_END
        assert same(photo, whole)

    def test_turned_by_exif_it_is_upright(self) -> None:
        exif = Image.Exif()
        exif[0x0112] = 6
        whole = encode(textured(), "JPEG", exif=exif)
        assert decode(whole[:-2]).original_size == (480, 640)
        assert same(decode(whole[:-2]), whole)

    def test_a_few_pixels_may_be_missing_and_their_share_is_said(self) -> None:
        whole = encode(textured(), "JPEG")
        photo = decode(whole[:-40])
        assert "ends too early" in photo.remark
        wrong = (photo.pixels != decode(whole).pixels).any(axis=2)
        assert 0 < wrong.mean() < 0.01

    @pytest.mark.parametrize("name", JPEGS)
    @pytest.mark.parametrize("share", [0.5, 0.85])
    @pytest.mark.parametrize("tail", [b"", b"\xff\xd9", bytes(20_000), b"\xff" * 20_000])
    def test_a_cut_one_is_refused_whatever_it_was_filled_up_with(self, name: str, share: float, tail: bytes) -> None:
        whole = encode(textured(), "JPEG", **JPEGS[name])
        cut = whole[: int(len(whole) * share)]
        if name == "progressive" and tail == b"\xff\xd9":
            return  # every pixel is there, less finely
        assert code_of(cut + tail, max_side=200) == "image_broken"

    def test_a_progressive_one_without_its_last_scans_is_refused(self) -> None:
        whole = encode(textured(), "JPEG", progressive=True)
        assert code_of(whole[: whole.rindex(b"\xff\xda")]) == "image_broken"
        assert code_of(whole[: whole.rindex(b"\xff\xda") + 4]) == "image_broken"

    def test_a_really_grey_picture_is_read_without_a_remark(self) -> None:
        whole = encode(Image.new("RGB", (320, 240), (128, 128, 128)), "JPEG")
        assert (decode(whole).pixels == 128).all()
        assert decode(whole).remark == ""
        assert decode(whole[:-2]).remark == NO_END

    def test_a_moving_photo_has_no_remark(self) -> None:
        assert decode(encode(scene(), "JPEG") + b"\0\0\0\x18ftypmp42" + bytes(500)).remark == ""


class TestPng:
    def with_chunk(self, data: bytes, name: bytes, content: bytes, at: int = 33) -> bytes:
        """The file with one more chunk, whose checksum is wrong."""
        damaged = bytearray(chunk(name, content))
        damaged[-1] ^= 1
        return data[:at] + bytes(damaged) + data[at:]

    @pytest.mark.parametrize("name", [b"tEXt", b"iCCP", b"eXIf", b"pHYs", b"tIME", b"gAMA", b"zTXt", b"vpAg"])
    def test_a_side_chunk_of_a_wrong_checksum_is_named_and_left_out(self, name: bytes) -> None:
        whole = encode(scene(), "PNG")
        exif = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
        content = {b"eXIf": exif, b"iCCP": b"x\0\0" + zlib.compress(bytes(300))}.get(name, b"key\0value")
        for data in (self.with_chunk(whole, name, content), self.with_chunk(whole, name, content, len(whole) - 12)):
            photo = decode(data)
            assert name.decode() in photo.remark
            assert photo.original_size == (64, 48)
            assert same(photo, whole)

    @pytest.mark.parametrize("name", [b"IHDR", b"PLTE", b"IDAT", b"tRNS"])
    def test_pixels_of_a_wrong_checksum_are_refused(self, name: bytes) -> None:
        data = bytearray(encode(scene().quantize(8), "PNG", transparency=0))
        at = data.index(name)
        length = struct.unpack_from(">I", data, at - 4)[0]
        data[at + 4 + length] ^= 0x10
        assert code_of(bytes(data)) == "image_broken"

    def test_a_changed_pixel_is_refused(self) -> None:
        data = bytearray(encode(textured(), "PNG"))
        data[len(data) // 2] ^= 1
        assert code_of(bytes(data)) == "image_broken"

    def test_without_its_end_it_is_read(self) -> None:
        whole = encode(textured(), "PNG")
        for missing in (1, 12, 14):
            assert decode(whole[:-missing]).remark == NO_END
            assert same(decode(whole[:-missing]), whole)
        assert code_of(whole[:-2000]) == "image_broken"

    @pytest.mark.parametrize("interlaced", [0, 1])
    @pytest.mark.parametrize("share", [0.5, 0.9, 1.0])
    def test_packed_pixels_that_end_too_early_are_refused(self, interlaced: int, share: float) -> None:
        rows = bytes(90 * (1 + 3 * 64)) if interlaced else bytes(48 * (1 + 3 * 64))
        packed = zlib.compress(rows[: int(len(rows) * share)] if share < 1 else rows)
        header = struct.pack(">IIBBBBB", 64, 48, 8, 2, 0, 0, interlaced)
        data = png_header(64, 48)[:8] + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
        if share == 1:
            assert decode(data).pixels.max() == 0, "black, and all of it is there"
        elif not interlaced:
            assert code_of(data) == "image_broken"


class TestOthers:
    @pytest.mark.parametrize("lossless", [True, False])
    def test_a_webp_of_another_length_than_its_header_says(self, lossless: bool) -> None:
        whole = encode(textured(), "WEBP", lossless=lossless)
        for length in (0, 10, len(whole) - 9, len(whole) + 1000, 2**32 - 2):
            photo = decode(whole[:4] + struct.pack("<I", length) + whole[8:])
            assert "not as long as" in photo.remark
            assert same(photo, whole)
        assert "not as long as" in decode(whole + b"trailing").remark
        assert same(decode(whole + bytes(100_000)), whole)

    def test_a_webp_without_what_stood_behind_its_picture(self) -> None:
        whole = encode(textured(), "WEBP", exif=b"Exif\0\0II*\0" + bytes(100))
        assert same(decode(whole[:-20]), whole)
        assert decode(whole[:-20]).remark

    @pytest.mark.parametrize("lossless", [True, False])
    def test_a_cut_webp_is_refused_though_its_header_was_set_right(self, lossless: bool) -> None:
        whole = encode(textured(), "WEBP", lossless=lossless)
        cut = whole[: len(whole) * 9 // 10]
        assert code_of(cut) == "image_broken"
        assert code_of(cut[:4] + struct.pack("<I", len(cut) - 8) + cut[8:]) == "image_broken"

    def test_a_gif_without_its_trailer(self) -> None:
        whole = encode(textured(), "GIF")
        assert decode(whole[:-1]).remark == NO_END
        assert same(decode(whole[:-1]), whole)
        assert code_of(whole[: len(whole) * 9 // 10]) == "image_broken"

    @pytest.mark.parametrize("options", [{}, {"compression": "tiff_lzw"}, {"compression": "jpeg"}])
    def test_a_cut_tiff_is_refused(self, options: dict) -> None:
        whole = encode(textured(), "TIFF", **options)
        assert code_of(whole[: len(whole) * 9 // 10]) == "image_broken"
