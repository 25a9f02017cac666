"""Untrusted bytes become an upright RGB picture on white, or a refusal with a code and one sentence."""

from __future__ import annotations

import io
import struct
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.images.picture_files import CODES, chunk, code_of, encode, png_header, scene
from vsearch_core.errors import ImageRejected
from vsearch_core.images import FORMATS, Limits, decode, encode_jpeg
from vsearch_core.settings import ROOT, Settings

LOSSLESS = {"PNG": {}, "BMP": {}, "TIFF": {}, "WEBP": {"lossless": True}}


class TestFormats:
    @pytest.mark.parametrize("format", FORMATS)
    def test_every_accepted_format_comes_out_as_the_picture_that_went_in(self, format: str) -> None:
        photo = decode(encode(scene(), format))
        assert photo.format == format
        assert photo.original_size == (64, 48)
        assert photo.pixels.shape == (48, 64, 3)
        assert photo.pixels.dtype == np.uint8
        tolerance = 0 if format in ("PNG", "BMP", "TIFF") else 30 if format == "GIF" else 12
        difference = np.abs(photo.pixels.astype(int) - np.asarray(scene()).astype(int))
        assert np.percentile(difference, 95) <= tolerance

    @pytest.mark.parametrize("format", LOSSLESS)
    def test_lossless_formats_lose_nothing(self, format: str) -> None:
        assert np.array_equal(decode(encode(scene(), format, **LOSSLESS[format])).pixels, np.asarray(scene()))

    @pytest.mark.parametrize("format", ["GIF", "WEBP", "PNG", "TIFF", "HEIF", "AVIF"])
    def test_of_several_pictures_the_first_is_taken(self, format: str) -> None:
        white, black = Image.new("RGB", (32, 32), "white"), Image.new("RGB", (32, 32), "black")
        data = encode(white, format, save_all=True, append_images=[black, black])
        assert decode(data).pixels.min() > 240

    def test_a_phones_picture_with_a_second_one_behind_it_is_a_jpeg(self) -> None:
        data = encode(scene(), "MPO", save_all=True, append_images=[scene().rotate(180)])
        photo = decode(data)
        assert photo.format == "JPEG"
        assert np.abs(photo.pixels.astype(int) - np.asarray(scene()).astype(int)).mean() < 6

    def test_a_name_or_extension_plays_no_part(self) -> None:
        assert decode(encode(scene(), "PNG") + b"<script>trailing.jpg</script>").format == "PNG"

    def test_mif1_files_are_read_by_their_compatible_brands(self) -> None:
        for format in ("AVIF", "HEIF"):
            data = encode(scene(), format)
            assert decode(data[:8] + b"mif1" + data[12:]).format == format


class TestTurning:
    @pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF", "HEIF", "AVIF"])
    @pytest.mark.parametrize("orientation", range(1, 9))
    def test_all_eight_exif_orientations_show_the_same_picture(self, format: str, orientation: int) -> None:
        undo = {
            2: Image.Transpose.FLIP_LEFT_RIGHT,
            3: Image.Transpose.ROTATE_180,
            4: Image.Transpose.FLIP_TOP_BOTTOM,
            5: Image.Transpose.TRANSPOSE,
            6: Image.Transpose.ROTATE_90,
            7: Image.Transpose.TRANSVERSE,
            8: Image.Transpose.ROTATE_270,
        }
        stored = scene().transpose(undo[orientation]) if orientation > 1 else scene()
        exif = Image.Exif()
        exif[0x0112] = orientation
        photo = decode(encode(stored, format, exif=exif), max_side=32)
        assert photo.original_size == (64, 48)
        assert photo.pixels.shape == (24, 32, 3)
        expected = np.asarray(scene().resize((32, 24), Image.Resampling.BOX)).astype(int)
        assert np.abs(photo.pixels.astype(int) - expected).mean() < 6

    @pytest.mark.parametrize("exif", [b"Exif\0\0", b"Exif\0\0garbage", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0MM"])
    def test_broken_exif_does_not_spoil_a_whole_picture(self, exif: bytes) -> None:
        assert decode(encode(scene(), "JPEG", exif=exif)).original_size == (64, 48)


class TestReducing:
    @pytest.mark.parametrize("format", FORMATS)
    @given(width=st.integers(8, 400), height=st.integers(8, 400), side=st.integers(8, 300))
    @settings(max_examples=10, deadline=None)
    def test_the_longest_side_never_exceeds_the_wanted_one_and_the_shape_is_kept(
        self, format: str, width: int, height: int, side: int
    ) -> None:
        photo = decode(encode(scene(width, height), format), max_side=side)
        assert photo.original_size == (width, height)
        got = photo.pixels.shape[1], photo.pixels.shape[0]
        scale = min(1.0, side / max(width, height))
        assert max(got) == min(side, max(width, height))
        assert all(abs(a - max(1, b * scale)) <= 0.51 for a, b in zip(got, (width, height), strict=True))

    @pytest.mark.parametrize("side", [96, 160, 320, 700])
    def test_a_jpeg_decoded_at_reduced_scale_looks_like_the_whole_one_reduced(self, side: int) -> None:
        data = encode(scene(1203, 907), "JPEG", quality=92)
        reduced = decode(data, max_side=side).pixels
        whole = Image.fromarray(decode(data).pixels).resize(reduced.shape[1::-1], Image.Resampling.BOX)
        difference = np.abs(reduced.astype(int) - np.asarray(whole).astype(int))
        assert difference.mean() < 1.5
        assert difference.max() < 12

    def test_small_pictures_are_not_enlarged(self) -> None:
        assert decode(encode(scene(), "JPEG"), max_side=500).pixels.shape == (48, 64, 3)

    def test_extremely_long_pictures_keep_at_least_one_pixel(self) -> None:
        assert decode(encode(Image.new("RGB", (4000, 8)), "PNG"), max_side=64).pixels.shape == (1, 64, 3)


class TestRefusing:
    def test_an_empty_file(self) -> None:
        assert code_of(b"") == "image_empty"

    def test_too_many_bytes_before_looking_inside(self) -> None:
        assert code_of(b"\xff\xd8\xff" + bytes(5000), limits=Limits(max_bytes=5000)) == "image_too_heavy"

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            (b"%PDF-1.7\n...", "PDF"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
            (b"<?xml version='1.0'?><svg/>", "SVG"),
            (b"hello, world", "not a picture"),
            (b"\x00\x00\x01\x00\x01\x00", "icon"),
            (b"8BPS\x00\x01", "Photoshop"),
            (b"%!PS-Adobe-3.0 EPSF-3.0", "PostScript"),
            (b"PK\x03\x04", "ZIP"),
            (b"\x00\x00\x00\x18ftypmp42", "video"),
            (b"\x00", "not a picture"),
            (b"P6 4 4 255 " + bytes(48), "not a picture"),
            (b"RIFF\x00\x00\x00\x00WAVEfmt ", "not a picture"),
        ],
    )
    def test_other_formats_by_name(self, data: bytes, words: str) -> None:
        assert code_of(data) == "image_format"
        with pytest.raises(ImageRejected, match=words):
            decode(data)

    def test_pillows_other_decoders_are_never_loaded(self) -> None:
        script = """
import sys
from vsearch_core.images import decode
for start in (b"8BPS", b"\\x89PNG\\r\\n\\x1a\\n", b"\\0\\0\\0\\x18ftypheic", b"RIFF0000WEBPVP8 "):
    try:
        decode(start + bytes(40))
    except Exception as error:
        assert type(error).__name__ == "ImageRejected", error
plugins = {name.split(".")[-1] for name in sys.modules}
assert not plugins & {"PsdImagePlugin", "EpsImagePlugin", "IcoImagePlugin", "FpxImagePlugin", "WmfImagePlugin"}
"""
        subprocess.run([sys.executable, "-c", script], check=True, cwd=ROOT)

    def test_more_pixels_than_allowed_by_the_header_alone(self) -> None:
        for width, height in ((30_000, 30_000), (30_001, 10), (10, 30_001), (9000, 6000), (2**31 - 1, 2**31 - 1)):
            assert code_of(png_header(width, height) + chunk(b"IDAT", b"x" * 99)) == "image_too_large"

    @pytest.mark.parametrize("format", FORMATS)
    def test_pixel_limits_hold_for_every_format(self, format: str) -> None:
        limits = Limits(max_pixels=64 * 48 - 1, max_whole_pixels=64 * 48 - 1)
        assert code_of(encode(scene(), format), limits=limits, max_side=32) == "image_too_large"

    def test_pictures_that_must_be_decoded_whole_have_the_lower_limit(self) -> None:
        limits = Limits(max_pixels=64 * 48, max_whole_pixels=64 * 48 - 1)
        assert decode(encode(scene(), "JPEG"), max_side=32, limits=limits).original_size == (64, 48)
        assert code_of(encode(scene(), "JPEG"), limits=limits) == "image_too_large"
        assert code_of(encode(scene(), "JPEG", progressive=True), max_side=32, limits=limits) == "image_too_large"
        assert code_of(encode(scene(), "PNG"), max_side=32, limits=limits) == "image_too_large"

    def test_a_webp_canvas_is_not_allocated_to_find_out_its_size(self) -> None:
        canvas = b"VP8X" + struct.pack("<I", 10) + bytes(4) + b"\xfe\x3f\0\xfe\x3f\0" + bytes(80)
        assert code_of(b"RIFF" + struct.pack("<I", 100) + b"WEBP" + canvas) == "image_too_large"

    @pytest.mark.parametrize("format", FORMATS)
    def test_too_few_pixels_to_recognise_anything(self, format: str) -> None:
        assert code_of(encode(scene(40, 7), format)) == "image_too_small"

    def test_a_heic_that_promises_another_size_than_it_has(self) -> None:
        data = bytearray(encode(scene(), "HEIF"))
        at = data.index(b"ispe")
        data[at + 8 : at + 16] = struct.pack(">II", 3000, 3000)
        assert code_of(bytes(data)) in CODES


class TestEncoding:
    def test_a_thumbnail_is_a_small_plain_jpeg(self) -> None:
        data = encode_jpeg(np.asarray(scene(640, 480)), max_side=160, quality=80)
        with Image.open(io.BytesIO(data)) as picture:
            assert picture.format == "JPEG"
            assert picture.size == (160, 120)
            assert "exif" not in picture.info
            assert "icc_profile" not in picture.info

    def test_it_is_never_enlarged(self) -> None:
        assert decode(encode_jpeg(np.asarray(scene()), max_side=500)).original_size == (64, 48)


def test_limits_come_from_the_settings() -> None:
    limits = Limits.of(Settings(max_upload_mb=2, max_megapixels=8))
    assert limits.max_bytes == 2_000_000
    assert limits.max_pixels == 8_000_000
    assert limits.max_whole_pixels == 4_000_000
