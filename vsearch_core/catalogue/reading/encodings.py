"""The text of a delivered file: which encoding its bytes are in, decided by evidence from the whole file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from vsearch_core.catalogue.reading.letters import likeliest

SPOILED = re.compile("[\ud800-\udfff]")
"""What a byte, or half a letter of UTF-16, becomes that has no meaning in the file's encoding."""

_LETTER = re.compile(r"[^\W\d_\x00-\x7f]")
_BOMS = (
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_WORDS = {
    "cp1250": "Windows-1250 (Central European)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "cp1252": "Windows-1252 (Western European)",
    "cp1253": "Windows-1253 (Greek)",
    "cp1254": "Windows-1254 (Turkish)",
    "cp1255": "Windows-1255 (Hebrew)",
    "cp1256": "Windows-1256 (Arabic)",
    "cp1257": "Windows-1257 (Baltic)",
    "cp1258": "Windows-1258 (Vietnamese)",
    "cp874": "Windows-874 (Thai)",
    "cp932": "Shift JIS (Japanese)",
    "euc-jp": "EUC-JP (Japanese)",
    "cp949": "EUC-KR (Korean)",
    "iso8859-2": "ISO 8859-2 (Central European)",
    "koi8-r": "KOI8-R (Cyrillic)",
    "gb18030": "GBK (Chinese)",
    "big5": "Big5 (Chinese)",
}


@dataclass(frozen=True)
class Decoded:
    """A file as text.

    `text` holds the bytes behind the byte order mark (`mark` bytes long), each character as `encoding`, a name that
    Python knows, writes it; bytes without a meaning are in it as lone surrogates (see `SPOILED`), so that the text can
    be written back without a loss. `guessed` says that the encoding was told by its letters alone, or against some
    bytes that do not fit.
    """

    text: str
    encoding: str
    mark: int
    guessed: bool

    @property
    def in_words(self) -> str:
        """The encoding as a person knows it."""
        return _WORDS.get(self.encoding, self.encoding.upper())

    def encoded(self, text: str) -> bytes:
        """A part of a text as the file writes it.

        Raises:
            UnicodeEncodeError: the encoding has no such letter.
        """
        return text.encode(self.encoding, _ERRORS.get(self.encoding, "surrogateescape"))

    def read_again(self, data: bytes) -> str:
        """The text of a whole file in the same encoding, with the same mark."""
        return _read(data[self.mark :], self.encoding, self.mark).text


_ERRORS = dict.fromkeys(("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"), "surrogatepass")


def decode(data: bytes) -> Decoded:
    """The text of a file.

    A byte order mark tells the encoding; UTF-8 and UTF-16 are told by their form, even where some bytes of the file
    are damaged; a code page is guessed by its letters (see `letters`). Bytes that end in half a character of UTF-16
    are left out of the text.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _read(data[len(mark) :], encoding, len(mark))
    wide = unmarked_utf16(data)
    if wide:
        return _read(data, wide, 0, guessed=True)
    try:
        return Decoded(data.decode("utf-8"), "utf-8", 0, guessed=False)
    except UnicodeDecodeError:
        pass
    text = data.decode("utf-8", errors="surrogateescape")
    spoiled = len(SPOILED.findall(text))
    whole = len(text) - len(text.encode("ascii", errors="ignore")) - spoiled
    # pairs of bytes that happen to be UTF-8 are rare in any other encoding
    if whole >= spoiled:
        return Decoded(text, "utf-8", 0, guessed=True)
    return _read(data, likeliest(data), 0, guessed=True)


def guess_in_words(decoded: Decoded, cells: Sequence[str]) -> str:
    """The sentence that names a guess, with a cell that shows whether it is right; empty where nothing was guessed."""
    if not decoded.guessed:
        return ""
    told = "by its form" if decoded.encoding.startswith("utf") else "by its letters"
    telling = (cell for cell in cells if "\ufffd" not in cell and _LETTER.search(cell))
    shown = next(telling, "")
    example = f" (one cell reads {shown[:60]!r})" if shown else ""
    return (
        f"The file does not say in which encoding it is: {decoded.in_words} was guessed {told}{example}; "
        "if names look wrong, export it as UTF-8"
    )


def _read(data: bytes, encoding: str, mark: int, *, guessed: bool = False) -> Decoded:
    width = {"utf-16": 2, "utf-32": 4}.get(encoding[:6], 1)
    data = data[: len(data) - len(data) % width]
    text = _decoded(data, encoding)
    return Decoded(text, encoding, mark, guessed)


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding, _ERRORS.get(encoding, "surrogateescape"))
    except UnicodeDecodeError:
        # an encoding of several bytes a letter may stumble over a byte of ASCII, which cannot be escaped
        return data.decode(encoding, errors="replace")


def unmarked_utf16(data: bytes) -> str:
    """Which UTF-16 a file without a mark is in by its form: every other byte of Western text is 0; "" for none."""
    start = data[: 1 << 16]
    even, odd = start[::2].count(0), start[1::2].count(0)
    if max(even, odd) < len(start) / 5 or min(even, odd) > max(even, odd) / 20:
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"
