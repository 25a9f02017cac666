"""Every colour mode and profile comes out as it looks, and transparency is laid on white."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms

from tests.images.picture_files import chunk, encode, scene
from vsearch_core.images import decode


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
