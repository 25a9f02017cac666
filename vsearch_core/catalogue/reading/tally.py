"""How many rows of a file were read, taken and left out, and why: in counts and in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vsearch_core.catalogue.table import LEFT_OUT, Catalogue
from vsearch_core.errors import CatalogueError, ImageRejected

ROWS, TAKEN, NOT_TAKEN = "rows", "taken", "left out"
"""Keys of the counts; `NOT_TAKEN`, a comma and a reason is the key of that reason's rows."""

MISSING_IMAGE, UNREADABLE_IMAGE = "whose image is missing", "whose image cannot be read"

_SHOWN = 5


@dataclass(frozen=True)
class Tally:
    """Counts of rows by what became of them, and the same in sentences, the first one on all rows."""

    counts: Mapping[str, int]
    sentences: Sequence[str]


def tally(catalogue: Catalogue, unread: Mapping[str, ImageRejected | CatalogueError]) -> Tally:
    """What became of a catalogue's rows.

    Args:
        unread: the products whose image could not be read, and why; they are left out.
    """
    rows: dict[str, list[str]] = {}
    for problem in catalogue.problems:
        if problem.done == LEFT_OUT:
            id = f" (id {_short(problem.id)})" if problem.id else ""
            rows.setdefault(problem.kind or problem.problem, []).append(f"line {problem.line}{id}")
    out_before = sum(map(len, rows.values()))
    for id, error in unread.items():
        kind = MISSING_IMAGE if error.code == "image_missing" else UNREADABLE_IMAGE
        rows.setdefault(kind, []).append(f"id {_short(id)}")
    read = len(catalogue) + out_before if catalogue.rows is None else catalogue.rows
    out = sum(map(len, rows.values()))
    counts = {ROWS: read, TAKEN: read - out, NOT_TAKEN: out}
    counts |= {f"{NOT_TAKEN}, {kind}": len(places) for kind, places in rows.items()}
    sentences = [f"{_rows(read)} read: {read - out:,} taken, {out:,} left out."]
    sentences += [f"Left out, {kind}: {_rows(len(places))}, {some(places)}." for kind, places in rows.items()]
    return Tally(counts, tuple(sentences))


def some(places: Sequence[str], shown: int = _SHOWN) -> str:
    """The first few of a list, and how many more there are."""
    more = f" and {len(places) - shown:,} more" if len(places) > shown else ""
    return ", ".join(places[:shown]) + more


def _rows(number: int) -> str:
    return f"{number:,} row{'' if number == 1 else 's'}"


def _short(id: str) -> str:
    return id if len(id) <= 40 else id[:37] + "..."
