"""Prices as shops write them: with currency signs, decimal commas, thousands separators; a column is read together."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from vsearch_core.catalogue.reading.currencies import has_thousandths, is_whole, signs_in

_LONGEST, _MOST_DIGITS = 60, 15
_QUOTES = str.maketrans(dict.fromkeys("’‘ʼ´`′＇", "'") | {"٫": ".", "٬": ",", "−": "-"})
_NUMBER = re.compile(r"-?(?:\d(?:[\d.,'\s]*\d)?|(?<![\w.,])[.,]\d+)")
_GROUPED = re.compile(r"\d{1,3}(?P<mark>[.,' ])(?:\d{2,3}(?P=mark))*\d{3}|\d+")
_MARKS = (".", ",")


@dataclass(frozen=True)
class Prices:
    """A column of prices.

    `values` has for each cell the price, NaN where it is empty, None where it cannot be read or is in another currency
    than the column's. `currency` is the sign that most of them carry, "" where none does; `foreign` maps the places of
    the cells in another one to its sign. `remarks` are sentences on what was decided without proof.
    """

    values: list[float | None]
    currency: str
    foreign: dict[int, str]
    remarks: tuple[str, ...]


def read_prices(cells: Sequence[str], currencies: Sequence[str] = ()) -> Prices:
    """The prices of one column: what a point or a comma means shows in all of them together.

    Args:
        cells: as they were delivered.
        currencies: for each cell the sign of its currency where another column says it; "" where it does not.
    """
    texts = [_even(cell) for cell in cells]
    found = [_signs(text, currencies[place] if currencies else "") for place, text in enumerate(texts)]
    counted = Counter(sign for signs in found for sign in signs)
    currency = counted.most_common(1)[0][0] if counted else ""
    digits = [_digits(text) for text in texts]
    meaning = _Marks(digits, currency)
    values: list[float | None] = []
    foreign: dict[int, str] = {}
    for place, (text, number) in enumerate(zip(texts, digits, strict=True)):
        others = found[place] - {currency}
        if others and number:
            foreign[place] = " and ".join(sorted(found[place]))
        values.append(float("nan") if not text else None if place in foreign else meaning.value(number))
    return Prices(values, currency, foreign, _remarks(cells, digits, meaning))


def _even(cell: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", cell.translate(_QUOTES)).split())


def _signs(text: str, said: str) -> set[str]:
    return signs_in(text) or ({said} if said and text else set())


def _digits(text: str) -> str:
    """The one number of a cell with its marks; "" where there is none, or no single one that could be a price."""
    numbers = _NUMBER.findall(text) if len(text) <= _LONGEST else []
    if len(numbers) != 1 or numbers[0].startswith("-") or sum(map(str.isdecimal, numbers[0])) > _MOST_DIGITS:
        return ""
    return numbers[0]


class _Marks:
    """What point and comma mean in a column: each a decimal mark, a thousands mark, or not known.

    Of a number with both the last one is decimal. One that comes twice, or stands before blanks and apostrophes never,
    groups thousands. One that is followed by other than three digits is decimal. What is left are numbers such as
    1.299, which mean what the rest of the column shows.
    """

    def __init__(self, numbers: Sequence[str], currency: str) -> None:
        self.decimal = {mark: 0 for mark in _MARKS}
        self.thousands = {mark: 0 for mark in _MARKS}
        self._thousandths, self._whole = has_thousandths(currency), is_whole(currency)
        self.unmarked = [int(number) for number in numbers if number.isdecimal()]
        for number in numbers:
            last, other = _last_mark(number)
            if not last:
                continue
            head, tail = _split(number, last)
            if other in head:
                self.decimal[last] += 1
                self.thousands[other] += 1
            elif last in head:
                self.thousands[last] += 1
            elif not _may_group(head, tail):
                self.decimal[last] += 1

    def groups(self, mark: str) -> bool:
        """Whether the mark groups thousands in a number such as 1.299."""
        other = "," if mark == "." else "."
        if self.decimal[mark] or self.thousands[mark]:
            return self.thousands[mark] >= self.decimal[mark]
        if self.decimal[other]:
            return True
        if self.thousands[other]:
            return False
        return not self._thousandths

    def proved(self, mark: str) -> bool:
        """Whether the column shows what the mark means in a number such as 1.299."""
        other = "," if mark == "." else "."
        if self.decimal[mark] or self.thousands[mark]:
            return not (self.decimal[mark] and (self.thousands[mark] or not self.groups(mark)))
        if self.decimal[other] or self.thousands[other]:
            return True
        if self._thousandths:
            return False
        return self._whole or (bool(self.unmarked) and max(self.unmarked) < 1000)

    def value(self, number: str) -> float | None:
        """The price; None where the number is not written as numbers are."""
        if not number:
            return None
        last, _ = _last_mark(number)
        whole, rest = number, ""
        if last:
            head, tail = _split(number, last)
            if not (self.groups(last) if _may_group(head, tail) else last in head):
                whole, rest = head, tail
        if rest and not rest.isdecimal():
            return None
        if whole and not _GROUPED.fullmatch(whole):
            return None
        return float(f"{re.sub(r'[^0-9]', '', _plain_digits(whole)) or '0'}.{_plain_digits(rest) or '0'}")


def _remarks(cells: Sequence[str], numbers: Sequence[str], meaning: _Marks) -> tuple[str, ...]:
    remarks = []
    for mark in _MARKS:
        doubtful = [
            place
            for place, number in enumerate(numbers)
            if _last_mark(number)[0] == mark and mark not in (split := _split(number, mark))[0] and _may_group(*split)
        ]
        if doubtful and not meaning.proved(mark):
            name = "point" if mark == "." else "comma"
            what = "thousands" if meaning.groups(mark) else "decimal"
            first = doubtful[0]
            read = meaning.value(numbers[first])
            remarks.append(
                f"Whether the {name} in prices such as {cells[first].strip()[:40]!r} marks thousands or decimals is "
                f"not certain: it was guessed to be a {what} {name} (here {read:,g}); prices like it: {len(doubtful):,}"
            )
    return tuple(remarks)


def _last_mark(number: str) -> tuple[str, str]:
    """The last of point and comma in a number, and the other one; two empty texts where it has neither."""
    last = max(number.rfind("."), number.rfind(","))
    return ("", "") if last < 0 else (number[last], "," if number[last] == "." else ".")


def _split(number: str, mark: str) -> tuple[str, str]:
    head, _, tail = number.rpartition(mark)
    return head, tail


def _may_group(head: str, tail: str) -> bool:
    """Whether the mark between could group thousands: 1.299, but not 0.299, 1299.500 or 1 299.500."""
    return len(tail) == 3 and head.isdecimal() and len(head) <= 3 and not head.startswith("0")


def _plain_digits(digits: str) -> str:
    return "".join(str(unicodedata.decimal(digit)) if digit.isdecimal() else digit for digit in digits)
