"""A review of labels as a file: one verdict a product, as the page of master data exports it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from vsearch_core.catalogue.reading.cells import clean, normal_header
from vsearch_core.catalogue.reading.rows import read_rows
from vsearch_core.errors import CatalogueError
from vsearch_core.table_files import as_delivered

KEEP, RELABEL, AMBIGUOUS = "keep", "relabel", "ambiguous"
VERDICTS = (KEEP, RELABEL, AMBIGUOUS)

_COLUMNS = ("id", "from", "to", "verdict", "reviewer", "time")


@dataclass(frozen=True)
class Correction:
    """One verdict of a review; `old` and `new` are product types, `new` counts where the verdict is `RELABEL`."""

    id: str
    old: str
    new: str
    verdict: str
    reviewer: str
    time: str


def read_corrections(path: Path) -> list[Correction]:
    """Read a review: a CSV with `id`, `from`, `to`, `verdict`, `reviewer` and `time`.

    An apostrophe before what a spreadsheet would take for a formula is taken off again.

    Raises:
        CatalogueError: it cannot be read, lacks a column, or a row of it makes no sense (code `bad_corrections`).
    """
    table = read_rows(path.expanduser(), _COLUMNS)
    header = [normal_header(name) for name in table.header]
    missing = [name for name in _COLUMNS if name not in header]
    if missing:
        raise refused(f"{path} has no column {', '.join(missing)}; export the review again.")
    found: dict[str, Correction] = {}
    for row in table.rows:
        cells = dict(zip(header, (clean(as_delivered(cell.strip())) for cell in row.cells), strict=False))
        one = Correction(*(cells.get(name, "") for name in _COLUMNS))
        problem = _problem(one, found)
        if problem:
            raise refused(f"Line {row.line} of {path} {problem}; mend the file or export the review again.")
        found[one.id] = one
    if not found:
        raise refused(f"{path} has no verdicts; review some products first.")
    return list(found.values())


def _problem(one: Correction, before: Mapping[str, Correction]) -> str:
    if not one.id:
        return "has no id"
    if one.id in before:
        return f"names product {one.id!r} again"
    if one.verdict not in VERDICTS:
        return f"has the verdict {one.verdict!r}, which is none of {', '.join(VERDICTS)}"
    if one.verdict == RELABEL and not one.new:
        return "relabels to nothing"
    if one.verdict == RELABEL and one.new == one.old:
        return f"relabels {one.old!r} to itself"
    return ""


def refused(sentence: str) -> CatalogueError:
    """A review that does not fit, in words."""
    return CatalogueError(sentence, code="bad_corrections")
