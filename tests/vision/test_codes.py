"""Codes are read however they lie, and nothing is read where there is none."""

from __future__ import annotations

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from vsearch_core.contracts import Photo
from vsearch_core.vision.codes import read_codes

FORMATS = zxingcpp.BarcodeFormat
EAN, QR = "4006381333931", "https://shop.example/shirt?id=7"


def drawn(text: str, kind: zxingcpp.BarcodeFormat = FORMATS.EAN13, scale: int = 3) -> Image.Image:
    pixels = np.asarray(zxingcpp.write_barcode_to_image(zxingcpp.create_barcode(text, kind), scale=scale))
    return Image.fromarray(pixels)


def on_a_table(*codes: Image.Image, size: tuple[int, int] = (900, 700), turned: float = 0) -> Photo:
    """Codes on white labels on a grey, grainy ground, one beside the other."""
    grain = np.random.default_rng(3).normal(120, 6, (size[1], size[0]))
    ground, left = Image.fromarray(np.clip(grain, 0, 255).astype(np.uint8)), 40
    for code in codes:
        label = Image.new("L", (code.width + 40, code.height + 40), 235)
        label.paste(code, (20, 20))
        mask = Image.new("L", label.size, 255).rotate(turned, expand=True)
        ground.paste(label.rotate(turned, Image.Resampling.BICUBIC, expand=True), (left, 60), mask)
        left += mask.width + 20
    return taken(ground)


def taken(picture: Image.Image) -> Photo:
    return Photo(np.asarray(picture.convert("RGB")), picture.size, "array")


def values(photo: Photo) -> list[tuple[str, str]]:
    return [(code.format, code.value) for code in read_codes(photo)]


@pytest.mark.parametrize(
    ("text", "kind", "read"),
    [
        (EAN, FORMATS.EAN13, ("EAN-13", EAN)),
        ("96385074", FORMATS.EAN8, ("EAN-8", "96385074")),
        ("036000291452", FORMATS.UPCA, ("UPC-A", "0036000291452")),
        (QR, FORMATS.QRCode, ("QR", QR)),
        ("SKU 0042", FORMATS.DataMatrix, ("DataMatrix", "SKU 0042")),
    ],
)
def test_each_kind_is_read_with_its_format_and_value(
    text: str, kind: zxingcpp.BarcodeFormat, read: tuple[str, str]
) -> None:
    found = values(on_a_table(drawn(text, kind, scale=5 if kind == FORMATS.DataMatrix else 3)))
    # a UPC-A is an EAN-13 whose first digit is 0
    assert [value for _, value in found] == [read[1]]
    assert found[0][0] in {read[0], "EAN-13" if read[0] == "UPC-A" else read[0]}


@pytest.mark.parametrize("turned", [0, 27, 90, 160, 180])
def test_a_turned_code_is_read(turned: float) -> None:
    assert values(on_a_table(drawn(EAN), turned=turned)) == [("EAN-13", EAN)]


def test_several_codes_are_told_from_left_to_right_each_with_its_box() -> None:
    photo = on_a_table(drawn(EAN, scale=2), drawn(QR, FORMATS.QRCode))
    codes = read_codes(photo)
    assert [code.value for code in codes] == [EAN, QR]
    for code, left in zip(codes, (40, 300), strict=True):
        x0, y0, x1, y1 = code.box
        assert left <= x0 < x1 <= photo.original_size[0]
        assert 60 <= y0 < y1 <= 400


def test_a_box_is_in_the_pixels_of_the_photo_and_not_of_what_was_decoded() -> None:
    photo = on_a_table(drawn(QR, FORMATS.QRCode))
    (near,), (far,) = read_codes(photo), read_codes(Photo(photo.pixels, (3600, 2800), "array"))
    assert far.box == pytest.approx([4 * edge for edge in near.box])


def test_a_light_square_code_on_dark_ground_is_read() -> None:
    picture = Image.fromarray(on_a_table(drawn(QR, FORMATS.QRCode, scale=5)).pixels)
    assert values(taken(Image.eval(picture, lambda grey: 255 - grey))) == [("QR", QR)]


@pytest.mark.parametrize("kind", ["one colour", "grain", "stripes", "checks", "a single pixel"])
def test_nothing_is_read_where_there_is_no_code(kind: str) -> None:
    random = np.random.default_rng(1)
    pixels = {
        "one colour": np.full((300, 300), 90),
        "grain": random.integers(0, 256, (400, 300)),
        "stripes": np.tile(np.repeat(random.integers(0, 2, 120) * 255, 4), (300, 1)),
        "checks": np.kron(np.indices((20, 20)).sum(axis=0) % 2 * 255, np.ones((12, 12))),
        "a single pixel": np.zeros((1, 1)),
    }[kind]
    assert values(taken(Image.fromarray(pixels.astype(np.uint8)))) == []
