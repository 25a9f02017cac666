"""Numbers of trade items are one number, however a catalogue, a label or a square code writes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vsearch_core.catalogue.gtins import gtin, gtin_of, gtins_in, is_gtin_column


@pytest.mark.parametrize(
    "written",
    [
        "036000291452",
        "0036000291452",
        "00036000291452",
        "36000291452",
        "0 36000-29145 2",
        "36000291452.0",
        "'036000291452",
    ],
)
def test_zeros_blanks_and_a_spreadsheet_s_marks_make_no_other_number(written: str) -> None:
    assert gtins_in(written) == {"00036000291452"}


@pytest.mark.parametrize("written", ["036000291453", "00123", "", "0000000000000", "A36000291452", "٣٦٠٠٠٢٩١٤٥٢"])
def test_a_number_without_its_right_check_digit_is_none(written: str) -> None:
    assert gtin(written) == ""


def test_a_cell_may_list_several_and_a_short_upc_stands_for_a_long_one() -> None:
    assert gtins_in("4006381333931; 036000291452") == {"04006381333931", "00036000291452"}
    # the same twelve digits, as they are printed on a small package
    assert "00012000006494" in gtins_in("01264904")


@pytest.mark.parametrize(
    "text",
    [
        "4006381333931",
        "0104006381333931\x1d21ABC",
        "(01)04006381333931(10)A",
        "https://id.gs1.org/01/04006381333931/21/7",
        "https://shop.example/01/4006381333931?x=1",
    ],
)
def test_a_square_code_names_a_number_alone_in_elements_or_in_a_link(text: str) -> None:
    assert gtin_of(text) == "04006381333931"


@pytest.mark.parametrize(
    "text", ["http://[", "https://shop.example/red-shoe", "WIFI:S:home;;", "", "http://a/01/12345"]
)
def test_other_texts_name_none(text: str) -> None:
    assert gtin_of(text) == ""


@given(st.text())
def test_any_text_of_a_stranger_is_read_without_a_fault(text: str) -> None:
    assert len(gtin_of(text)) in (0, 14)
    assert all(len(number) == 14 for number in gtins_in(text))


def test_columns_of_barcodes_are_known_by_name() -> None:
    assert all(map(is_gtin_column, ("barcode", "GTIN", "EAN-13", "gtin_14", "UPC code", "Ean Code")))
    assert not any(map(is_gtin_column, ("meaning", "code", "id", "clean")))
