"""A code that was read finds the product that carries it, first and with its reason; an unknown one says so."""

from __future__ import annotations

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from vsearch_core.catalogue import read_catalogue
from vsearch_core.contracts import Code, Photo
from vsearch_core.search import Engine
from vsearch_core.search.codes import told
from vsearch_core.store import Filters, build_store
from vsearch_core.vision import FashionModel

BOX = (0.0, 0.0, 9.0, 9.0)
ROWS = """id,image,name,EAN,url
1,1.png,Red Shirt,4006381333931,https://www.shop.example/p/red-shirt/?utm_source=mail
2,2.png,Blue Shirt,036000291452,https://shop.example/p?sku=2
3,3.png,Green Shirt,,https://shop.example/p?sku=3
4,4.png,Red Shirt XL,4006381333931,
5,5.png,Grey Shirt,0012000006494,
6,6.png,Old Shirt,OLD-77,
"""


@pytest.fixture(scope="module")
def engine(model: FashionModel, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    folder = tmp_path_factory.mktemp("codes")
    for id in range(1, 7):
        blocks = np.random.default_rng(id).integers(0, 256, (6, 6, 3), dtype=np.uint8)
        Image.fromarray(blocks).resize((48, 64), Image.Resampling.BICUBIC).save(folder / f"{id}.png")
    (folder / "shop.csv").write_text(ROWS, encoding="utf-8")
    build_store(read_catalogue(folder / "shop.csv"), model, folder / "store", engine="exact")
    return Engine.open(folder / "store")


def photo_with(text: str, kind: zxingcpp.BarcodeFormat) -> Photo:
    code = np.asarray(zxingcpp.write_barcode_to_image(zxingcpp.create_barcode(text, kind), scale=3))
    pixels = np.full((code.shape[0] + 80, code.shape[1] + 80, 3), 230, np.uint8)
    pixels[40:-40, 40:-40] = code[..., None]
    return Photo(pixels, (pixels.shape[1], pixels.shape[0]), "array")


def found(engine: Engine, format: str, value: str) -> tuple[str, ...]:
    (code,) = engine._codes.found([Code(format, value, BOX)])  # type: ignore[arg-type]
    return code.products


@pytest.mark.parametrize(
    ("format", "value", "products"),
    [
        ("EAN-13", "4006381333931", ("1", "4")),
        ("UPC-A", "0036000291452", ("2",)),
        ("UPC-E", "0012000006494", ("5",)),
        ("EAN-13", "9780201379624", ()),
        ("QR", "https://shop.example/p/red-shirt", ("1",)),
        ("QR", "http://SHOP.example/p?sku=3&utm_medium=tag", ("3",)),
        ("QR", "https://shop.example/p?sku=9", ()),
        ("QR", "https://elsewhere.example/p?sku=3", ()),
        ("QR", "(01)00036000291452", ("2",)),
        ("DataMatrix", "OLD-77", ("6",)),
        ("QR", "http://[broken", ()),
    ],
)
def test_a_code_is_looked_up_by_number_by_text_and_by_address(
    engine: Engine, format: str, value: str, products: tuple[str, ...]
) -> None:
    assert found(engine, format, value) == products


def test_the_product_whose_code_is_in_the_photo_comes_first_and_says_why(engine: Engine) -> None:
    photo = photo_with("036000291452", zxingcpp.BarcodeFormat.UPCA)
    answer = engine.with_codes(engine.search(photo, 3), photo, 3)
    assert next(hit.id for hit in answer.hits) == "2"
    assert len(answer.hits) == 3
    assert answer.hits[0].reasons[0] == "barcode in the photo"
    assert answer.good_match
    assert answer.in_shop
    assert len({hit.id for hit in answer.hits}) == 3
    again = engine.search_analysis(answer.analysis, 3)
    assert [hit.id for hit in again.hits] == [hit.id for hit in answer.hits]


def test_filters_hold_for_it_too(engine: Engine) -> None:
    photo = photo_with("036000291452", zxingcpp.BarcodeFormat.UPCA)
    only = Filters({"id": frozenset({"1", "3"})})
    answer = engine.with_codes(engine.search(photo, 5, only), photo, 5, only)
    assert {hit.id for hit in answer.hits} == {"1", "3"}


def test_an_unknown_code_is_told_and_the_picture_is_searched(engine: Engine) -> None:
    photo = photo_with("https://elsewhere.example/7", zxingcpp.BarcodeFormat.QRCode)
    before = engine.search(photo, 3)
    answer = engine.with_codes(before, photo, 3)
    assert answer.hits == before.hits
    assert answer.good_match == before.good_match
    assert told(answer.analysis.codes[0]) == "QR code https://elsewhere.example/7: not in this shop"


def test_what_was_read_is_told_in_one_line() -> None:
    code = Code("EAN-13", "4006381333931", BOX, ("1", "4"))
    assert told(code, {"1": "Red Shirt"}) == "Barcode 4006381333931: Red Shirt, 4"
    assert len(told(Code("QR", "x" * 4000, BOX))) < 100


def test_zeros_at_the_head_of_a_barcode_are_kept_in_the_catalogue(engine: Engine) -> None:
    assert engine.store.product("2")["EAN"] == "036000291452"
