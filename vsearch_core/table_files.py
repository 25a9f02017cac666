"""Tables as files for people: CSV, Excel, Parquet. Every download and export is written here.

What is in a catalogue is untrusted: no cell of it becomes a formula where a spreadsheet opens it. Text that a
spreadsheet would calculate gets an apostrophe, also where it would stand in a cell of its own, because the spreadsheet
splits at semicolons or takes quotation marks for text; `as_delivered` takes the apostrophes off again. Numbers stay
numbers.
"""

from __future__ import annotations

import codecs
import io
import json
import math
import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from vsearch_core.errors import MissingDependency

_SIGNS = "=+\\-@＝＋－＠"
_SEPARATORS = re.compile(r"([;,\t\r\n|])")
_BEFORE = r"[\s\x00-\x20'\"“”‘’\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]*"
_FORMULA = re.compile(rf"{_BEFORE}[{_SIGNS}]")
_NUMBER = re.compile(r"[\s\"]*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?[\s%)\]}'\"]*")
_SIGNED = re.compile(r"[+-][\d.][^;,\t\r\n|]*")
_LINE_START = re.compile(r"'*[\t\r\n]")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_JSON_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')
_JSON_FORMULA = re.compile(r'[=@;|]|(?:(?<=^")|(?<=,))(?:[\s\']|\\["nrt]|\\u[0-9a-f]{4})*[+-]')
_EXCEL_CELL = 32_767
_EXCEL_ROWS = 1_048_575


def inert(text: str) -> str:
    """Text that no spreadsheet calculates, whatever it splits cells at: `=1+1` is `'=1+1`, and `-5` stays a number."""
    pieces = [f"'{piece}" if _calculates(piece) else piece for piece in _SEPARATORS.split(text)]
    joined = "".join(pieces)
    return f"'{joined}" if _LINE_START.match(joined) else joined


def as_delivered(text: str) -> str:
    """What `inert` was given."""
    if text.startswith("'") and (_LINE_START.match(text[1:]) or _SIGNED.fullmatch(text[1:])):
        text = text[1:]
    return "".join(
        piece[1:] if piece.startswith("'") and _calculates(piece[1:]) else piece for piece in _SEPARATORS.split(text)
    )


def inert_json(value: Any) -> str:
    """A value as JSON that no spreadsheet calculates: what it would take for a formula is written as an escape."""
    return _JSON_TEXT.sub(lambda text: _JSON_FORMULA.sub(_escaped, text[0]), json.dumps(value, ensure_ascii=True))


def as_csv(table: pd.DataFrame, *, first: bool = True) -> bytes:
    """The table as inert CSV: UTF-8 with a byte order mark, by which Excel knows it.

    Args:
        first: the file begins with it; a further part of a long table has neither mark nor header.
    """
    safe = pd.concat([_inert_column(table.iloc[:, place]) for place in range(table.shape[1])], axis=1)
    safe.columns = [inert(_text(column)) for column in table.columns]
    text = safe.to_csv(index=False, header=first, lineterminator="\n")
    return (codecs.BOM_UTF8 if first else b"") + text.encode("utf-8", errors="backslashreplace")


def as_parquet(table: pd.DataFrame) -> bytes:
    """Parquet, with the table's own types."""
    buffer = io.BytesIO()
    table.to_parquet(buffer, index=False)
    return buffer.getvalue()


def as_excel(tables: Mapping[str, pd.DataFrame]) -> bytes:
    """A workbook with a sheet for each table; all text is text, even where it begins with "=".

    Text that is longer than a cell of Excel holds ends in "…".

    Raises:
        MissingDependency: openpyxl is not installed.
        ValueError: a table has more rows than a sheet of Excel.
    """
    try:
        from openpyxl import Workbook
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.styles import Font
    except ImportError as error:
        raise MissingDependency("Excel files need openpyxl: run `pip install openpyxl`, or take the CSV.") from error

    book = Workbook(write_only=True)
    for name, table in tables.items():
        if len(table) > _EXCEL_ROWS:
            raise ValueError(f"{name} has {len(table):,} rows, more than a sheet of Excel holds; take the CSV.")
        sheet = book.create_sheet(_sheet_name(name))
        sheet.freeze_panes = "A2"
        header = [_cell(sheet, _text(column), WriteOnlyCell) for column in table.columns]
        for cell in header:
            cell.font = Font(bold=True)
        sheet.append(header)
        for row in table.itertuples(index=False):
            sheet.append([_cell(sheet, value, WriteOnlyCell) for value in row])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _calculates(piece: str) -> bool:
    """Whether a spreadsheet that finds this in a cell may calculate it; a number by itself is not a formula."""
    return bool(_FORMULA.match(piece)) and not _NUMBER.fullmatch(piece)


def _escaped(found: re.Match[str]) -> str:
    return found[0][:-1] + f"\\u{ord(found[0][-1]):04x}"


def _inert_column(column: pd.Series) -> pd.Series:
    if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_any_dtype(column):
        return column
    return column.astype(object).map(lambda value: value if _is_plain(value) else inert(_text(value)))


def _is_plain(value: Any) -> bool:
    """Whether a value is missing, or a number or time that is written as it is."""
    return value is None or (
        not isinstance(value, str)
        and (not pd.api.types.is_list_like(value))
        and (
            pd.isna(value)
            or isinstance(value, int | float)
            or hasattr(value, "isoformat")
            or pd.api.types.is_number(value)
        )
    )


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return ", ".join(map(_text, value)) if pd.api.types.is_list_like(value) else str(value)


def _cell(sheet: Any, value: Any, make: Any) -> Any:
    if isinstance(value, pd.Timestamp):
        return None if pd.isna(value) else (value.tz_convert(None) if value.tz else value).to_pydatetime()
    if _is_plain(value):
        value = None if pd.isna(value) else value.item() if hasattr(value, "item") else value
        return str(value) if isinstance(value, float) and math.isinf(value) else value
    # characters that XML cannot hold would leave a file that no program opens
    text = _NOT_XML.sub("", _text(value))
    cell = make(sheet, value=text if len(text) <= _EXCEL_CELL else text[: _EXCEL_CELL - 1] + "…")
    cell.data_type = "s"
    # it stays text when a person goes into the cell and out again
    cell.quotePrefix = _calculates(text)
    return cell


def _sheet_name(name: str) -> str:
    return "".join(c for c in name if c not in "[]:*?/\\" and c >= " ")[:31].strip("'") or "Table"
