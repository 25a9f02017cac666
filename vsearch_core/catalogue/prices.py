"""Prices as shops write them: with currency signs, decimal commas, thousands separators."""

from __future__ import annotations

import re
from collections.abc import Sequence

_SIGNS = re.compile(r"[$€£¥₹₺₽₩₪₫฿]|zł")
_NUMBER = re.compile(r"-?\d(?:[\d.,'’\s]*\d)?")
_DECIMAL_COMMA = re.compile(r",\d{1,2}(?!\d)\D*$")
_DECIMAL_POINT = re.compile(r"\.\d{1,2}(?!\d)\D*$")


def parse_prices(values: Sequence[str]) -> list[float | None]:
    """Prices of one column, read together: what "1.299" means shows in the column's other prices.

    Returns:
        For each value the price; NaN where it is empty, None where it cannot be read.
    """
    commas = any(_DECIMAL_COMMA.search(value) for value in values)
    points = any(_DECIMAL_POINT.search(value) for value in values)
    return [_parse(value, decimal_comma=commas and not points) for value in values]


def shared_sign(values: Sequence[str]) -> str:
    """The currency sign that all prices of a column carry; empty where they carry none or several."""
    signs = {tuple(_SIGNS.findall(value)) for value in values if value.strip()}
    only = signs.pop() if len(signs) == 1 else ()
    return only[0] if len(only) == 1 else ""


def _parse(value: str, *, decimal_comma: bool) -> float | None:
    if not value.strip():
        return float("nan")
    numbers = _NUMBER.findall(value)
    if len(numbers) != 1 or len(value) > 40:
        return None
    digits = re.sub(r"['’\s]", "", numbers[0])
    if digits.startswith("-"):
        return None
    last = max(digits.rfind(","), digits.rfind("."))
    if last < 0:
        return float(digits)
    mark = digits[last]
    other = "." if mark == "," else ","
    if other in digits:
        decimal = True
    elif digits.count(mark) > 1:
        decimal = False
    elif len(digits) - last - 1 == 3:
        decimal = (mark == ",") == decimal_comma
    else:
        decimal = True
    whole = re.sub(r"[.,]", "", digits[:last])
    rest = digits[last + 1 :]
    return float(f"{whole}.{rest}" if decimal else whole + rest)
