"""The numbers of trade items are the same however they are written, and wrong ones are none."""

from __future__ import annotations

import pytest

from vsearch_core.catalogue.gtins import gtin, gtin_of, gtins_in, is_gtin_column


@pytest.mark.parametrize("header", ["barcode", "Barcode", "GTIN-13", "EAN code", "UPC", "gtin", "ean_13", "ISBN"])
def test_columns_of_barcodes_are_known_by_their_names(header: str) -> None:
    assert is_gtin_column(header)


@pytest.mark.parametrize("header", ["id", "name", "price", "barcode scanner", "european", "category"])
def test_other_columns_are_not(header: str) -> None:
    assert not is_gtin_column(header)


@pytest.mark.parametrize(
    "written", ["036000291452", "0036000291452", "00036000291452", "36000291452", "0-36000-29145-2"]
)
def test_a_upc_an_ean_and_a_gtin_14_of_one_item_are_equal(written: str) -> None:
    assert gtin(written) == "00036000291452"


@pytest.mark.parametrize(
    "text", ["4006381333932", "", "0000000000000", "12", "SKU-7", "123456789012345", "٤٠٠٦٣٨١٣٣٣٩٣١"]
)
def test_what_is_no_number_or_has_another_check_digit_is_none(text: str) -> None:
    assert gtin(text) == ""


@pytest.mark.parametrize("cell", ["4006381333931", " 4006381333931 ", "'4006381333931", "4006381333931.0"])
def test_a_spreadsheet_s_traces_do_not_hide_a_number(cell: str) -> None:
    assert gtins_in(cell) == {"04006381333931"}


def test_a_cell_may_list_several_numbers() -> None:
    assert gtins_in("4006381333931; 036000291452") == {"04006381333931", "00036000291452"}


def test_a_short_upc_is_also_what_it_stands_for() -> None:
    assert "00012000006494" in gtins_in("01264904")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("4006381333931", "04006381333931"),
        ("https://id.gs1.org/01/04006381333931/21/7", "04006381333931"),
        ("(01)04006381333931(10)A", "04006381333931"),
        ("https://shop.example/01/shirt", ""),
        ("http://[", ""),
        ("WIFI:S:shop;;", ""),
    ],
)
def test_a_square_code_may_name_a_number(text: str, number: str) -> None:
    assert gtin_of(text) == number
