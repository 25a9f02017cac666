"""Untrusted bytes become an upright RGB picture on white, or a refusal with a code and one sentence."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from vsearch_core.errors import ImageRejected
from vsearch_core.images import FORMATS, Limits, decode, encode_jpeg, letterbox
from vsearch_core.settings import ROOT, Settings

LOSSLESS = {"PNG": {}, "BMP": {}, "TIFF": {}, "WEBP": {"lossless": True}}
CODES = {
    "image_empty",
    "image_too_heavy",
    "image_format",
    "image_too_large",
    "image_too_small",
    "image_hostile",
    "image_unsupported",
    "image_broken",
}


def scene(width: int = 64, height: int = 48) -> Image.Image:
    """A smooth picture whose corners all differ, so that every turn shows."""
    corners = np.array([[[230, 40, 40], [40, 200, 60]], [[40, 60, 220], [240, 220, 60]]], dtype=np.uint8)
    return Image.fromarray(corners).resize((width, height), Image.Resampling.BICUBIC)


def encode(picture: Image.Image, format: str, **options: object) -> bytes:
    decode_once()
    out = io.BytesIO()
    picture.save(out, format, **options)
    return out.getvalue()


def decode_once() -> None:
    """Registers the formats that Pillow alone does not know."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "PNG")
    decode(out.getvalue())


def code_of(data: bytes, **options: object) -> str:
    with pytest.raises(ImageRejected) as caught:
        decode(data, **options)
    message = caught.value.message
    assert message[0].isupper()
    assert message.endswith(".")
    assert message.count(". ") == 0, "one sentence"
    return caught.value.code


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png_header(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))


def tiff(*tags: tuple[int, int, int, int], tail: bytes = b"") -> bytes:
    entries = b"".join(struct.pack("<HHII", *tag) for tag in sorted(tags))
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(tags)) + entries + bytes(4) + tail


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


class TestColours:
    def test_transparency_is_laid_on_white(self) -> None:
        clear = Image.new("RGBA", (16, 16), (0, 0, 0, 0))
        for format in ("PNG", "WEBP", "TIFF", "AVIF", "HEIF", "GIF"):
            assert decode(encode(clear, format)).pixels.min() >= 253, format

    def test_half_transparent_black_becomes_grey(self) -> None:
        half = Image.new("RGBA", (16, 16), (0, 0, 0, 128))
        assert abs(int(decode(encode(half, "PNG")).pixels.mean()) - 127) <= 1

    def test_colour_hidden_under_transparency_does_not_bleed_in_when_reducing(self) -> None:
        pixels = np.zeros((64, 64, 4), dtype=np.uint8)
        pixels[:, :31] = (200, 30, 30, 255)
        pixels[:, 31:] = (0, 255, 0, 0)
        reduced = decode(encode(Image.fromarray(pixels), "PNG"), max_side=16).pixels
        assert (reduced[..., 1].astype(int) <= reduced[..., 0].astype(int) + 2).all()

    def test_palettes_with_transparency_become_colours_on_white(self) -> None:
        palette = scene().quantize(8)
        index = palette.getpixel((0, 0))
        pixels = decode(encode(palette, "PNG", transparency=index)).pixels
        assert tuple(pixels[0, 0]) == (255, 255, 255)
        assert np.abs(pixels[-1].astype(int) - np.asarray(palette.convert("RGB"))[-1].astype(int)).max() == 0

    def test_transparency_of_each_palette_entry_counts(self) -> None:
        palette = Image.new("P", (16, 16), 1)
        palette.putpalette([0, 0, 0, 0, 0, 0])
        assert abs(int(decode(encode(palette, "PNG", transparency=b"\xff\x80")).pixels.mean()) - 127) <= 1

    def test_a_transparent_colour_of_plain_rgb_becomes_white(self) -> None:
        picture = Image.new("RGB", (16, 16), (10, 20, 30))
        assert decode(encode(picture, "PNG", transparency=(10, 20, 30))).pixels.min() == 255

    @pytest.mark.parametrize("format", ["PNG", "TIFF"])
    def test_grey_with_alpha_is_laid_on_white(self, format: str) -> None:
        picture = Image.new("LA", (16, 16), (60, 255))
        picture.paste((0, 0), (0, 0, 8, 16))
        pixels = decode(encode(picture, format)).pixels
        assert pixels[:, :8].min() == 255
        assert (pixels[:, 8:] == 60).all()

    @pytest.mark.parametrize("format", ["PNG", "TIFF"])
    def test_sixteen_bit_grey_keeps_its_shades(self, format: str) -> None:
        ramp = np.tile(np.linspace(0, 65535, 64).astype(np.uint16), (16, 1))
        pixels = decode(encode(Image.fromarray(ramp), format)).pixels[0, :, 0].astype(int)
        assert np.abs(pixels - np.linspace(0, 255, 64)).max() <= 1

    def test_big_endian_sixteen_bit_grey_keeps_its_shades(self) -> None:
        ramp = np.tile(np.linspace(0, 65535, 64).astype(">u2"), (16, 1))
        header = [(256, 64), (257, 16), (258, 16), (259, 1), (262, 1), (273, 200), (277, 1), (278, 16), (279, 2048)]
        entries = b"".join(struct.pack(">HHIHH", tag, 3, 1, value, 0) for tag, value in header)
        data = b"MM\0*\0\0\0\x08" + struct.pack(">H", len(header)) + entries + bytes(4)
        pixels = decode(data.ljust(200, b"\0") + ramp.tobytes()).pixels[0, :, 0].astype(int)
        assert np.abs(pixels - np.linspace(0, 255, 64)).max() <= 1

    def test_sixteen_bit_colour_png_keeps_its_shades(self) -> None:
        ramp = np.tile(np.linspace(0, 65535, 64).astype(">u2")[:, None], (16, 1, 3))
        rows = b"".join(b"\0" + row.tobytes() for row in ramp)
        header = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 16, 16, 2, 0, 0, 0))
        key = chunk(b"tRNS", struct.pack(">HHH", 65535, 65535, 65535))
        data = header + key + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
        pixels = decode(data).pixels[0, :, 1].astype(int)
        assert np.abs(pixels - np.linspace(0, 255, 64)).max() <= 1

    @pytest.mark.parametrize("top", [1.0, 255.0, 65535.0])
    def test_floating_point_pictures_use_the_range_that_they_show(self, top: float) -> None:
        ramp = np.tile(np.linspace(0, top, 64).astype(np.float32), (16, 1))
        ramp[0, 0] = np.nan
        pixels = decode(encode(Image.fromarray(ramp), "TIFF")).pixels[8, :, 0].astype(int)
        assert np.abs(pixels - np.linspace(0, 255, 64)).max() <= 1

    @pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "YCbCr"])
    def test_other_colour_modes_come_out_right(self, mode: str) -> None:
        picture = scene().convert(mode)
        pixels = decode(encode(picture, "TIFF")).pixels.astype(int)
        assert np.abs(pixels - np.asarray(picture.convert("RGB")).astype(int)).max() <= 4

    def test_cmyk_jpeg_is_read_as_adobe_writes_it(self) -> None:
        pixels = decode(encode(Image.new("CMYK", (32, 32), (0, 255, 255, 0)), "JPEG")).pixels
        assert np.abs(pixels[16, 16].astype(int) - (255, 0, 0)).max() <= 6

    def test_grey_jpeg_is_grey(self) -> None:
        pixels = decode(encode(Image.new("L", (32, 32), 77), "JPEG"), max_side=16).pixels
        assert (pixels == 77).all()


class TestProfiles:
    def wide_gamut(self) -> bytes:
        """An RGB profile whose primaries are those of Display P3, made from the sRGB one."""
        profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
        primaries = {
            b"rXYZ": (0.5151, 0.2412, -0.0011),
            b"gXYZ": (0.2919, 0.6922, 0.0419),
            b"bXYZ": (0.1572, 0.0666, 0.7841),
        }
        for tag, values in primaries.items():
            entry = profile.index(tag, 128)
            offset = struct.unpack_from(">I", profile, entry + 4)[0]
            struct.pack_into(">iii", profile, offset + 8, *(round(value * 65536) for value in values))
        return bytes(profile).replace("sRGB".encode("utf-16-be"), "P3P3".encode("utf-16-be")).replace(b"sRGB", b"P3P3")

    def test_a_phones_wide_colours_are_turned_into_srgb(self) -> None:
        picture = Image.new("RGB", (32, 32), (200, 60, 60))
        plain = decode(encode(picture, "PNG")).pixels[0, 0].astype(int)
        wide = decode(encode(picture, "PNG", icc_profile=self.wide_gamut())).pixels[0, 0].astype(int)
        assert wide[0] > plain[0] + 8, "the same numbers mean a stronger red in the wider space"
        assert wide[1] < plain[1] - 5

    def test_white_stays_white_under_any_profile(self) -> None:
        clear = Image.new("RGBA", (16, 16), (0, 0, 0, 0))
        assert decode(encode(clear, "PNG", icc_profile=self.wide_gamut())).pixels.min() >= 254

    @pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
    @pytest.mark.parametrize("profile", [b"x", b"x" * 500, bytes(16) + b"RGB " + bytes(300), bytes(5000)])
    def test_a_broken_profile_is_ignored(self, mode: str, profile: bytes) -> None:
        picture = scene().convert(mode)
        with_profile = decode(encode(picture, "TIFF", icc_profile=profile)).pixels
        assert np.array_equal(with_profile, decode(encode(picture, "TIFF")).pixels)

    def test_a_profile_of_other_colours_than_the_picture_has_is_ignored(self) -> None:
        cmyk = scene().convert("CMYK")
        plain = decode(encode(cmyk, "JPEG")).pixels
        assert np.array_equal(decode(encode(cmyk, "JPEG", icc_profile=self.wide_gamut())).pixels, plain)


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
        self.check(whole[: data.draw(st.integers(0, len(whole)))])

    @pytest.mark.parametrize("name", FILES)
    @given(data=st.data())
    @settings(max_examples=60, deadline=None)
    def test_any_changed_bytes_give_a_picture_or_are_refused(
        self, name: str, files: dict[str, bytes], data: st.DataObject
    ) -> None:
        changed = bytearray(files[name])
        for place in data.draw(st.lists(st.integers(0, len(changed) - 1), min_size=1, max_size=6)):
            changed[place] = data.draw(st.sampled_from([0, 1, 0x7F, 0x80, 0xFF]) | st.integers(0, 255))
        self.check(bytes(changed))

    @given(data=st.binary(max_size=200))
    @settings(max_examples=100, deadline=None)
    def test_random_bytes_are_refused(self, data: bytes) -> None:
        assert code_of(data) in CODES

    @pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "BMP", "TIFF", "HEIF", "AVIF", "progressive JPEG"])
    def test_half_a_file_is_refused(self, name: str, files: dict[str, bytes]) -> None:
        assert code_of(files[name][: len(files[name]) // 2]) == "image_broken"

    def check(self, data: bytes) -> None:
        try:
            photo = decode(data, max_side=32)
        except ImageRejected:
            return
        assert photo.pixels.dtype == np.uint8
        assert photo.pixels.ndim == 3
        assert photo.pixels.shape[2] == 3
        assert max(photo.pixels.shape[:2]) <= 32


class TestLetterbox:
    @given(height=st.integers(1, 300), width=st.integers(1, 300), side=st.integers(1, 200))
    @settings(max_examples=60, deadline=None)
    def test_any_picture_fills_a_white_square_from_side_to_side(self, height: int, width: int, side: int) -> None:
        square = letterbox(np.zeros((height, width, 3), dtype=np.uint8), side)
        assert square.shape == (side, side, 3)
        assert square.dtype == np.uint8
        dark = (square == 0).all(axis=2)
        rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
        assert max(len(rows), len(columns)) == side
        assert dark[np.ix_(rows, columns)].all(), "nothing but the picture is dark"
        assert (square[~dark] == 255).all()
        assert abs(rows[0] - (side - 1 - rows[-1])) <= 1, "centred"
        assert abs(columns[0] - (side - 1 - columns[-1])) <= 1

    def test_a_square_of_the_right_side_is_left_as_it_is(self) -> None:
        pixels = np.asarray(scene(96, 96))
        assert np.array_equal(letterbox(pixels, 96), pixels)


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
