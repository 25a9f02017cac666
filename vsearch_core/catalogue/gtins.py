"""Numbers of trade items: EAN-8, EAN-13, UPC-A and UPC-E as one number of 14 digits, however they are written."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_FEWEST, _DIGITS = 7, 14
_LISTED = re.compile(r"[;,|/\s]+")
_GS1 = re.compile(r"\(?01\)?(\d{14})(?!\d*\))")
_LINK = re.compile(r"/01/(\d{8}|\d{12,14})(?:/|$)")

_COLUMNS = frozenset(
    [
        *("barcode", "barcodes", "barcodeean", "barcodeupc", "gtin", "gtin8", "gtin12", "gtin13", "gtin14", "isbn"),
        *("ean", "ean8", "ean13", "eancode", "eanupc", "upc", "upca", "upce", "upccode", "isbn13", "jan", "jancode"),
    ]
)


def is_gtin_column(header: str) -> bool:
    """Whether a catalogue's column holds barcodes, as "GTIN-13", "EAN code" and "barcode" do."""
    return re.sub(r"[^a-z0-9]", "", header.casefold()) in _COLUMNS


def gtin(text: str) -> str:
    """A number as its GTIN-14; "" where it is none, or its check digit is wrong.

    Leading zeros may be missing, as a spreadsheet leaves them out; hyphens and blanks may group the digits.

    >>> gtin("4006381333931"), gtin("036000291452") == gtin("36000291452"), gtin("4006381333932")
    ('04006381333931', True, '')
    """
    digits = re.sub(r"[\s-]", "", text)
    if not digits.isascii() or not digits.isdigit() or not _FEWEST <= len(digits) <= _DIGITS:
        return ""
    padded = digits.zfill(_DIGITS)
    return padded if int(padded) and _check_digit(padded[:-1]) == padded[-1] else ""


def gtins_in(cell: str) -> frozenset[str]:
    """Every GTIN-14 of a catalogue's cell, which may list several; a short UPC-E also as it is written out."""
    cell = cell.strip().lstrip("'").removesuffix(".0")
    whole = gtin(cell)
    found = [cell] if whole else _LISTED.split(cell)
    return frozenset(number for one in found for number in (gtin(one), gtin(_written_out(one))) if number)


def gtin_of(text: str) -> str:
    """The GTIN-14 that the text of a square code names: alone, in GS1's elements or in a GS1 Digital Link; "" for none.

    >>> gtin_of("https://id.gs1.org/01/04006381333931/21/7"), gtin_of("(01)04006381333931(10)A")
    ('04006381333931', '04006381333931')
    """
    if text.strip().isdigit() and len(text.strip()) in (8, 12, 13, 14):
        return gtin(text)
    found = _LINK.search(_path(text)) if "://" in text else _GS1.match(text.lstrip("\x1d"))
    return gtin(found[1]) if found else ""


def _path(address: str) -> str:
    try:
        return urlsplit(address).path
    except ValueError:
        # what a stranger's code holds need not be an address
        return ""


def _check_digit(digits: str) -> str:
    """By weights of 3 and 1 from the right."""
    total = sum(int(digit) * (1 if place % 2 else 3) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def _written_out(number: str) -> str:
    """A UPC-E of eight digits as the UPC-A that it stands for; "" for anything else."""
    if not re.fullmatch(r"[01][0-9]{7}", number):
        return ""
    system, d, last, check = number[0], number[1:6], number[6], number[7]
    if last in "012":
        middle = f"{d[:2]}{last}0000{d[2:]}"
    elif last == "3":
        middle = f"{d[:3]}00000{d[3:]}"
    elif last == "4":
        middle = f"{d[:4]}00000{d[4:]}"
    else:
        middle = f"{d}0000{last}"
    return f"{system}{middle}{check}"
