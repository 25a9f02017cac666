"""How the command line speaks: JSON records, readable lines, progress. Everything that reaches a terminal passes here.

Names, paths, messages and a catalogue's values are untrusted: none of them acts on the terminal or begins a line of its
own, and a terminal that cannot show a character gets its escape.
"""

from __future__ import annotations

import json
import logging
import math
import sys
import time
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from vsearch_core.contracts import Analysis, Code, Hit, Item, MainThing, Prediction, SearchResult

_JOINERS = "\u200c\u200d"
"""What joins letters of Persian or Hindi and parts of an emoji: it moves nothing and hides nothing."""


def visible(text: object) -> str:
    """Text as one line that a terminal only shows: what is not a letter, a sign or a blank is written as its escape."""
    shown = str(text)
    return shown if shown.isprintable() else "".join(map(_shown, shown))


def say(*lines: object, error: bool = False) -> None:
    """Print lines, whatever is in them: each stays one line, and none acts on the terminal.

    Args:
        error: to standard error.
    """
    write("".join(f"{visible(line)}\n" for line in lines), sys.stderr if error else sys.stdout)


def write(text: str, stream: TextIO) -> None:
    """Write text of our own; what the stream's encoding cannot hold becomes its escape."""
    encoding = stream.encoding or "utf-8"
    stream.write(text.encode(encoding, errors="backslashreplace").decode(encoding))
    stream.flush()


def print_json(record: Mapping[str, Any]) -> None:
    """One JSON line, valid on every terminal; NaN becomes null, so that every reader takes it."""
    value = plain(record)
    line = json.dumps(value, ensure_ascii=False, allow_nan=False)
    try:
        fits = line.isprintable() and bool(line.encode(sys.stdout.encoding or "utf-8"))
    except UnicodeEncodeError:
        fits = False
    write((line if fits else json.dumps(value, allow_nan=False).replace("\x7f", "\\u007f")) + "\n", sys.stdout)


class LogLines(logging.Formatter):
    """Log records as a terminal may show them."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name of the library
        """The message as one line; a traceback below it keeps its lines."""
        record.message = visible(record.message)
        return super().formatMessage(record)


def plain(value: Any) -> Any:
    """A value that JSON can hold."""
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if hasattr(value, "tolist"):  # numpy's, which is not loaded for `--help`
        return plain(value.tolist())
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(inner) for inner in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, str | int | bool) else str(value)


def analysis_record(analysis: Analysis) -> dict[str, Any]:
    """An analysis as the command line's JSON has it."""
    return {
        "product_type": _prediction(analysis.product_type),
        "product_types": [_prediction(one) for one in analysis.product_types[:5]],
        "categories": [_prediction(one) for one in analysis.categories[:5]],
        "attributes": {name: [_prediction(one) for one in found[:3]] for name, found in analysis.attributes.items()},
        "main": None if analysis.main is None else _main(analysis.main),
        "items": [_item(item) for item in analysis.items],
        "codes": [_code(code) for code in analysis.codes],
        "remark": analysis.remark,
    }


def result_record(result: SearchResult, *, sample: bool) -> dict[str, Any]:
    """A search result as the command line's JSON has it; `sample` says that the products are drawn ones."""
    return {
        **analysis_record(result.analysis),
        "codes": [{**_code(code), "products": list(code.products)} for code in result.analysis.codes],
        "items": [{**_item(item), "hits": [hit_record(hit) for hit in item.hits]} for item in result.items],
        "hits": [hit_record(hit) for hit in result.hits],
        "good_match": result.good_match,
        "in_shop": result.in_shop,
        "sample": sample,
        "partitions": list(result.partitions),
        "timings_ms": dict(result.timings_ms),
    }


def hit_record(hit: Hit) -> dict[str, Any]:
    """A hit with what else the catalogue knows of the product; the contract's fields win over a shop's own."""
    return {
        **hit.extra,
        "id": hit.id,
        "score": round(hit.score, 6),
        "name": hit.name,
        "product_type": hit.product_type,
        "category": hit.category,
        "image": hit.image,
        "group": hit.group,
        "price": hit.price,
        "url": hit.url,
        "reasons": list(hit.reasons),
    }


def table(rows: Sequence[Sequence[Any]], header: Sequence[str]) -> list[str]:
    """Rows as lines of aligned columns, the header first."""
    cells = [[visible(cell) for cell in row] for row in [header, *rows]]
    widths = [max(len(row[place]) for row in cells) for place in range(len(header))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]


def print_figures(figures: Mapping[str, Any]) -> None:
    """Figures as a person reads them: a line each, and the tables behind them."""
    tables = []
    for place, value in _flat(figures, ""):
        if isinstance(value, list) and value and isinstance(value[0], dict):
            tables.append((place, value))
        else:
            say(f"{place}: {_words(value)}")
    for place, records in tables:
        say("", place)
        say(*table([[_words(cell) for cell in record.values()] for record in records], list(records[0])))


def step(line: str) -> None:
    """Say which step of long work begins, on standard error, where all progress goes."""
    say(line, error=True)


class ProgressLine:
    """Progress on standard error: one line that is written over; in a log, a line every ten seconds."""

    def __init__(self, what: str) -> None:
        self._what, self._started, self._shown = visible(what), time.monotonic(), 0.0
        self._seen = sys.stderr.isatty()

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._shown < (0.1 if self._seen else 10) and done < total:
            return
        self._shown = now
        spent = now - self._started
        # of the first moments it would say how long the set-up took
        rate = f" ({done / spent:,.0f} a second)" if spent >= 1 else ""
        begin, end = ("\r", "\n" if done >= total else "") if self._seen else ("", "\n")
        text = f"{begin}{self._what}: {done:,} of {total:,}{rate}   "
        write(text + end, sys.stderr)


class StageLines:
    """Progress of work in stages, as `setup.StageProgress`: a `ProgressLine` for each."""

    def __init__(self) -> None:
        self._lines: dict[str, ProgressLine] = {}

    def __call__(self, what: str, done: int, total: int) -> None:
        self._lines.setdefault(what, ProgressLine(what))(done, total)


def _flat(value: Mapping[str, Any], place: str) -> Iterator[tuple[str, Any]]:
    for name, inner in value.items():
        if isinstance(inner, Mapping) and "low" not in inner:
            yield from _flat(inner, f"{place}{name}.")
        else:
            yield f"{place}{name}", inner


def _words(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"{value['value']:.4f} (95 % {value['low']:.4f} to {value['high']:.4f}, n={value['count']:,})"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _shown(character: str) -> str:
    if character.isprintable() or character in _JOINERS:
        return character
    # a blank of some width, a tab: line breaks are of other categories
    if character == "\t" or unicodedata.category(character) == "Zs":
        return " "
    return character.encode("unicode_escape").decode("ascii")


def _prediction(prediction: Prediction) -> dict[str, Any]:
    return {"name": prediction.name, "probability": round(prediction.probability, 6)}


def _code(code: Code) -> dict[str, Any]:
    return {"format": code.format, "value": code.value, "box": [round(edge, 1) for edge in code.box]}


def _main(main: MainThing) -> dict[str, Any]:
    return {"box": [round(edge, 1) for edge in main.box], "score": round(main.score, 6)}


def _item(item: Item) -> dict[str, Any]:
    box = [round(edge, 1) for edge in item.box]
    return {"label": item.label, "position": item.position, "score": round(item.score, 6), "box": box}
