"""The records of a CSV text with the places of their cells, and quotation marks that are never closed.

The standard library's reader, which reads the lines that are beyond doubt, gives cells alone. Here each cell's place is
known too, so that one can be replaced and every other byte stays; and a quotation mark that swallows the rows behind it
is told by evidence.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass

from vsearch_core.catalogue.reading.cells import normal_header

_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n)?")
_QUOTED = re.compile(r'"([^"]*(?:""[^"]*)*)("?)')
_IMAGE = re.compile(r"[^\s]+\.\w{2,5}\s*")
_FEWEST_SWALLOWED = 2


@dataclass(frozen=True)
class Record:
    """One record of `text`: it begins on line `line` and has the characters `start` to `stop`, without its line end.

    `literal` says that a quotation mark which is never closed stands for itself; `mended` says so in words.
    """

    text: str
    delimiter: str
    line: int
    start: int
    stop: int
    literal: bool = False
    mended: str = ""

    def fields(self) -> list[tuple[str, int, int]]:
        """Each cell's value, and where it begins and ends in the text, quotation marks included."""
        if '"' not in self.text[self.start : self.stop]:
            return _plain_fields(self.text[self.start : self.stop], self.start, self.delimiter)
        return _fields(self.text, self.start, self.stop, self.delimiter, literal=self.literal).found


class Records:
    """All records of a text with their cells, empty ones included, from a place on; the first one is the header."""

    def __init__(self, text: str, start: int, delimiter: str) -> None:
        self._text, self._start, self._delimiter = text, start, delimiter
        self._width, self._image = 0, -1

    def __iter__(self) -> Iterator[tuple[Record, list[str]]]:
        text, place = self._text, self._start
        line = 1 + line_ends(text, 0, place)
        while place < len(text):
            record, cells = self._record(place, line)
            if not self._width and any(cell.strip() for cell in cells):
                names = [normal_header(cell) for cell in cells]
                self._width, self._image = len(names), names.index("image") if "image" in names else -1
            yield record, cells
            line += line_ends(text, record.start, record.stop) + 1
            place = _after_line_end(text, record.stop)

    def _record(self, place: int, line: int) -> tuple[Record, list[str]]:
        text, delimiter = self._text, self._delimiter
        end = _end_of_line(text, place)
        cells = _well_formed(text[place:end], delimiter)
        if cells is not None:
            return Record(text, delimiter, line, place, end), cells
        read = _fields(text, place, len(text), delimiter)
        if (read.stop > end or read.open) and self._swallowed(end, read):
            record = self._one_line(place, end, line)
            return record, [cell for cell, _, _ in record.fields()]
        mended = "a quotation mark is never closed: the file ends inside the cell" if read.open else ""
        record = Record(text, delimiter, line, place, read.stop, mended=mended)
        return record, [cell for cell, _, _ in read.found]

    def _swallowed(self, end: int, read: _Read) -> bool:
        """Whether the lines behind `end` that a quoted cell took in are records of their own."""
        text = self._text
        if not self._width:
            return read.open
        if read.broken >= 0:
            begin = max(text.rfind("\n", 0, read.broken), text.rfind("\r", 0, read.broken)) + 1
            return self._fits(begin, read.stop)
        if read.open:
            return any(self._fits(*line) for line in _lines(text, _after_line_end(text, end), len(text)))
        # rightly closed, and yet each line that it holds may be a product
        number = 0
        for begin, stop in _lines(text, _after_line_end(text, end), read.stop):
            if stop >= read.stop:
                break
            if self._image < 0 or not self._fits(begin, stop, image=True):
                return False
            number += 1
        return number >= _FEWEST_SWALLOWED

    def _fits(self, begin: int, stop: int, *, image: bool = False) -> bool:
        """Whether a line by itself is a record as wide as the header."""
        read = _fields(self._text, begin, stop, self._delimiter)
        fits = not read.open and len(read.found) == self._width > 1
        return fits and (not image or _IMAGE.fullmatch(read.found[self._image][0]) is not None)

    def _one_line(self, place: int, end: int, line: int) -> Record:
        """The record of one line whose quotation mark is never closed.

        The cell goes to the end of the line where that makes the record as wide as the header, and else to the next
        separator.
        """
        rest = _fields(self._text, place, end, self._delimiter)
        literal = len(rest.found) != self._width
        mended = "a quotation mark is never closed"
        return Record(self._text, self._delimiter, line, place, end, literal, mended)


def line_ends(text: str, start: int, stop: int) -> int:
    """How many lines end between two places of a text."""
    ends = text.count("\n", start, stop)
    if text.find("\r", start, stop) >= 0:
        ends += text.count("\r", start, stop) - text.count("\r\n", start, stop)
    return ends


@dataclass(frozen=True)
class _Read:
    """Cells with their places, where the record ends, whether that is inside a quoted cell, and the place of a closing
    mark over lines with other text behind it (-1 without one)."""

    found: list[tuple[str, int, int]]
    stop: int
    open: bool
    broken: int


def _well_formed(line: str, delimiter: str) -> list[str] | None:
    """The cells of a line that is a record by itself beyond doubt, else None."""
    if '"' not in line:
        return line.split(delimiter)
    try:
        return next(csv.reader((line,), delimiter=delimiter, strict=True))
    except csv.Error:
        return None


def _plain_fields(body: str, start: int, delimiter: str) -> list[tuple[str, int, int]]:
    found = []
    for cell in body.split(delimiter):
        found.append((cell, start, start + len(cell)))
        start += len(cell) + 1
    return found


def _fields(text: str, start: int, stop: int, delimiter: str, *, literal: bool = False) -> _Read:
    """The cells of the record that begins at `start`, read as Python's `csv` reads them, up to `stop` at most.

    Args:
        literal: a quotation mark that is not closed before `stop` is taken as text.
    """
    plain = re.compile(rf"[^{re.escape(delimiter)}\r\n]*")
    found: list[tuple[str, int, int]] = []
    place, broken = start, -1
    while True:
        quoted = _QUOTED.match(text, place, stop)
        if quoted and not quoted[2] and literal:
            quoted = None
        if quoted and not quoted[2]:
            found.append((quoted[1].replace('""', '"'), place, stop))
            return _Read(found, stop, True, broken)
        after = quoted.end() if quoted else place
        rest = plain.match(text, after, stop)
        end = rest.end() if rest else after
        behind = text[after:end]
        if quoted:
            if behind.strip() and broken < 0 and ("\n" in quoted[1] or "\r" in quoted[1]):
                # what comes behind it on this line is all that can be told, and it keeps the reading linear
                broken, stop = after - 1, _end_of_line(text, after)
            found.append((quoted[1].replace('""', '"') + behind, place, end))
        else:
            found.append((behind.removeprefix('"') if literal else behind, place, end))
        if end >= stop or text[end] != delimiter:
            return _Read(found, end, False, broken)
        place = end + 1


def _lines(text: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Where each line begins and ends, without its line end."""
    while start < stop:
        match = _LINE.match(text, start, stop)
        if match is None:
            return
        yield match.start(), match.end(1)
        start = match.end()


def _end_of_line(text: str, place: int) -> int:
    match = _LINE.match(text, place)
    return match.end(1) if match else len(text)


def _after_line_end(text: str, place: int) -> int:
    if text.startswith("\r\n", place):
        return place + 2
    return place + 1
