"""A cell as it is kept and compared: the one place where stray blanks and spellings of one letter are evened out."""

from __future__ import annotations

import re
import unicodedata

_NOWHERE = re.compile("[\x00\u00ad\u200b\u2060\ufeff]")
_UNEVEN = re.compile(r"[^\S\r\n ]|  ")
_BLANKS = re.compile(r"[^\S\r\n]+")
_EDGES = " \t\r\n\v\f\x1c\x1d\x1e\x1f\x85\u00a0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, [*range(0x2000, 0x2010), 0x2060, 0xFEFF])
)


def clean(cell: str) -> str:
    """Text without stray blanks: none at its ends, one between words, no invisible characters, letters as NFC.

    Line breaks inside stay. Non-breaking blanks become plain ones.
    """
    if not cell.isascii():
        cell = unicodedata.normalize("NFC", _NOWHERE.sub("", cell))
    text = trim(cell)
    return _BLANKS.sub(" ", text) if _UNEVEN.search(text) else text


def trim(cell: str) -> str:
    """Text without blanks and invisible characters at its ends: for file names and addresses, else kept exactly."""
    return cell.replace("\0", "").strip(_EDGES)


def normal_header(header: str) -> str:
    """A header as it is compared: " Product-Type " is "product_type", and "Color" is "colour"."""
    name = "_".join(clean(header).casefold().replace("-", " ").replace("_", " ").split())
    return {"color": "colour"}.get(name, name)
