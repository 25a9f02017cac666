"""Codes in photos are read however they lie, and nothing is read where there is none."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
import zxingcpp
from PIL import Image, ImageFilter

from vsearch_core.contracts import Photo
from vsearch_core.vision.codes import read_codes

FORMATS = zxingcpp.BarcodeFormat


def _label(text: str, format: zxingcpp.BarcodeFormat, scale: int = 3) -> Image.Image:
    """A code as it is printed, with room around it."""
    code = Image.fromarray(np.asarray(zxingcpp.create_barcode(text, format).to_image(scale=scale))).convert("L")
    label = Image.new("L", (code.width + 60, code.height + 60), "white")
    label.paste(code, (30, 30))
    return label


def _photo(*labels: tuple[Image.Image, int, tuple[int, int]], size: tuple[int, int] = (900, 700)) -> Photo:
    """Labels on a table, each turned by some degrees and put somewhere; noisy and a little out of focus."""
    table = Image.new("L", size, 110)
    for label, degrees, place in labels:
        turned = label.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=110)
        table.paste(turned, place)
    pixels = np.asarray(table.filter(ImageFilter.GaussianBlur(0.7)), np.float32)
    noisy = pixels + np.random.default_rng(0).normal(0, 4, pixels.shape)
    return Photo(np.repeat(np.clip(noisy, 0, 255).astype(np.uint8)[..., None], 3, axis=2), size, "PNG")


ean = partial(_label, "4006381333931", FORMATS.EAN13)


@pytest.mark.parametrize("degrees", [0, 17, 45, 90, 135, 180, 200, 290])
def test_a_barcode_is_read_however_it_is_turned(degrees: int) -> None:
    (code,) = read_codes(_photo((ean(), degrees, (200, 150))))
    assert (code.format, code.value, code.products) == ("EAN-13", "4006381333931", ())


@pytest.mark.parametrize(
    ("text", "format", "read"),
    [
        ("036000291452", FORMATS.UPCA, "0036000291452"),
        ("01264904", FORMATS.UPCE, "0012000006494"),
        ("96385074", FORMATS.EAN8, "96385074"),
        ("https://shop.example/p/7", FORMATS.QRCode, "https://shop.example/p/7"),
        ("SKU-7 blue", FORMATS.DataMatrix, "SKU-7 blue"),
    ],
)
def test_every_kind_of_code_gives_its_value(text: str, format: zxingcpp.BarcodeFormat, read: str) -> None:
    assert [code.value for code in read_codes(_photo((_label(text, format), 8, (200, 150))))] == [read]


def test_several_codes_are_all_read_from_left_to_right() -> None:
    square = _label("https://shop.example/p/7", FORMATS.QRCode, 4)
    found = read_codes(_photo((square, 0, (500, 300)), (ean(), 10, (40, 40))))
    assert [code.format for code in found] == ["EAN-13", "QR"]


def test_a_box_is_in_the_original_photo_s_pixels() -> None:
    photo = _photo((ean(), 0, (300, 200)))
    (code,) = read_codes(Photo(photo.pixels, (1800, 1400), "PNG"))
    x0, y0, x1, y1 = code.box
    assert 600 < x0 < x1 < 1400
    assert 400 < y0 <= y1 < 1000


def test_a_small_square_code_is_read() -> None:
    tiny = _label("https://shop.example/p/7", FORMATS.QRCode, 2)
    assert [code.format for code in read_codes(_photo((tiny, 0, (60, 60)), size=(240, 200)))] == ["QR"]


def test_a_barcode_with_a_wrong_check_digit_is_not_told() -> None:
    label = np.asarray(ean()).copy()
    # bars of one digit are blotted out
    label[:, 110:124] = 255
    assert read_codes(_photo((Image.fromarray(label), 0, (200, 150)))) == ()


@pytest.mark.parametrize("period", [4, 6, 9])
def test_stripes_are_no_barcode(period: int) -> None:
    rows, columns = np.indices((300, 400))
    stripes = np.where((columns + rows // 3) // period % 2, 220, 40).astype(np.uint8)
    assert read_codes(Photo(np.repeat(stripes[..., None], 3, axis=2), (400, 300), "PNG")) == ()


@pytest.mark.parametrize("size", [(8, 8), (9, 300), (300, 9), (17, 17)])
def test_a_picture_too_small_for_a_code_holds_none(size: tuple[int, int]) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    assert read_codes(Photo(noise, size, "PNG")) == ()
