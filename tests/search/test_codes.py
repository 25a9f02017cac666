"""A code in a photo leads to the product that carries it: on a small real shop."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import zxingcpp
from PIL import Image

from vsearch_core.catalogue import read_catalogue
from vsearch_core.contracts import Code, Photo
from vsearch_core.search import Engine
from vsearch_core.search.codes import CodeTable, told
from vsearch_core.store import Filters, Store, build_store
from vsearch_core.vision import FashionModel

ROWS = [
    {"id": "a", "name": "Red shoe", "GTIN": "36000291452", "url": "", "colour": "Red"},
    {
        "id": "b",
        "name": "Blue shoe",
        "GTIN": "4006381333931",
        "url": "https://www.shop.example/p/7/?size=40",
        "colour": "",
    },
    {"id": "c", "name": "Blue shoe, boxed", "GTIN": "04006381333931", "url": "", "colour": "Blue"},
    {"id": "d", "name": "Hat", "GTIN": "", "url": "https://shop.example/p/8", "colour": "Blue"},
]


@pytest.fixture(scope="module")
def engine(model: FashionModel, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    folder = tmp_path_factory.mktemp("coded")
    for number, row in enumerate(ROWS):
        pixels = np.random.default_rng(number).integers(0, 256, (6, 6, 3), dtype=np.uint8)
        Image.fromarray(pixels).resize((48, 64), Image.Resampling.BICUBIC).save(folder / f"{row['id']}.png")
    pd.DataFrame([{**row, "image": f"{row['id']}.png"} for row in ROWS]).to_csv(folder / "shop.csv", index=False)
    build_store(read_catalogue(folder / "shop.csv"), model, folder / "store", engine="exact")
    return Engine(Store.open(folder / "store", embedder=model), model)


def _photo(text: str, format: zxingcpp.BarcodeFormat = zxingcpp.BarcodeFormat.EAN13) -> Photo:
    code = Image.fromarray(np.asarray(zxingcpp.create_barcode(text, format).to_image(scale=3))).convert("RGB")
    canvas = Image.new("RGB", (640, 480), "white")
    canvas.paste(code, (80, 80))
    return Photo(np.asarray(canvas), canvas.size, "PNG")


def _asked(engine: Engine, photo: Photo, k: int = 3, filters: Filters | None = None) -> list[str]:
    return [hit.id for hit in engine.with_codes(engine.search(photo, k, filters), photo, k, filters).hits]


def test_the_products_with_the_code_come_first_and_say_why(engine: Engine) -> None:
    photo = _photo("4006381333931")
    result = engine.with_codes(engine.search(photo, 3), photo, 3)
    assert [hit.id for hit in result.hits[:2]] == ["b", "c"]
    assert len(result.hits) == 3
    assert all(hit.reasons[0] == "barcode in the photo" for hit in result.hits[:2])
    assert "barcode in the photo" not in result.hits[2].reasons
    assert (result.good_match, result.in_shop) == (True, True)
    assert result.analysis.codes[0].products == ("b", "c")
    assert result.timings_ms["codes"] > 0
    # a product found by its code has its own similarity still
    assert {hit.id: hit.score for hit in result.hits}.items() <= {
        (hit.id, hit.score) for hit in engine.search(photo, 4).hits
    }


def test_a_code_of_which_a_spreadsheet_took_the_zero_is_found(engine: Engine) -> None:
    assert _asked(engine, _photo("0036000291452"))[0] == "a"


@pytest.mark.parametrize(
    "address",
    [
        "https://shop.example/p/7?size=40&utm_source=label",
        "http://www.SHOP.example/p/7/?size=40",
        "shop.example/p/7?size=40",
    ],
)
def test_a_square_code_with_the_product_s_address_leads_to_it(engine: Engine, address: str) -> None:
    photo = _photo(address, zxingcpp.BarcodeFormat.QRCode)
    result = engine.with_codes(engine.search(photo, 1), photo, 1)
    assert (result.hits[0].id, result.hits[0].reasons[0]) == ("b", "QR code in the photo")


def test_an_unknown_code_is_told_and_the_picture_is_searched(engine: Engine) -> None:
    photo = _photo("9780201379624")
    before = engine.search(photo, 3)
    result = engine.with_codes(before, photo, 3)
    assert [hit.id for hit in result.hits] == [hit.id for hit in before.hits]
    assert (result.good_match, result.in_shop) == (before.good_match, before.in_shop)
    assert told(result.analysis.codes[0]) == "Barcode 9780201379624: not in this shop"


def test_filters_hold_for_what_a_code_finds(engine: Engine) -> None:
    photo = _photo("4006381333931")
    assert _asked(engine, photo, 1, Filters({"colour": frozenset({"Blue"})})) == ["c"]
    assert "b" not in _asked(engine, photo, 3, Filters({"id": frozenset({"a", "c"})}))


def test_other_filters_later_keep_what_was_read(engine: Engine) -> None:
    photo = _photo("4006381333931")
    analysis = engine.with_codes(engine.search(photo, 1), photo, 1).analysis
    assert engine.search_analysis(analysis, 1).hits[0].id == "b"


def test_a_shop_s_own_text_is_found_as_it_is_written() -> None:
    products = pd.DataFrame({"id": ["x", "y"], "url": [None, ""], "barcode": ["SKU-7 blue", None]})
    code = Code("DataMatrix", "SKU-7 blue", (0, 0, 1, 1))
    assert [one.products for one in CodeTable(products).found([code])] == [("x",)]


@pytest.mark.parametrize("value", ["", "http://[", "://", "\x00", "https://shop.example", "javascript:alert(1)"])
def test_what_a_stranger_s_code_holds_is_in_no_shop(value: str) -> None:
    products = pd.DataFrame({"id": ["x"], "url": ["https://shop.example/p/7"], "barcode": [""]})
    assert CodeTable(products).found([Code("QR", value, (0, 0, 1, 1))])[0].products == ()


def test_many_products_are_told_by_their_names_and_a_count(engine: Engine) -> None:
    code = Code("EAN-13", "4006381333931", (0, 0, 1, 1), ("a", "b", "c", "d"))
    assert told(code, {"a": "Red shoe"}) == "Barcode 4006381333931: Red shoe, b, c and 1 more"
