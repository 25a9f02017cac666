"""What a writer may have to delete: written down before it comes about, so that nothing else is ever deleted.

A folder of segments may hold more than the manifest names: another tool may be copying a store into place, or the
manifest may be damaged. Only a segment that was written down here, or that is still under its draft's name, is a
writer's own.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable
from pathlib import Path

from vsearch_core.files import replace_json
from vsearch_core.store.disk import open_plain

SEGMENTS = "segments"
LEAVINGS = ".leavings.json"
"""Maps the ids of segments to when they were written down, in seconds since 1970."""

_DRAFT = re.compile(r"\.[0-9a-f]{16}")
_ID = re.compile(r"[0-9a-f]{8,32}")
_MAX_BYTES = 1_000_000


def draft_name(segment_id: str) -> str:
    """A segment's folder until it is whole."""
    return f".{segment_id}"


def is_draft(name: str) -> bool:
    """Whether a folder has the name of a draft."""
    return _DRAFT.fullmatch(name) is not None


def noted(store: Path) -> dict[str, float]:
    """The segments that were written down, and when; none if the list cannot be read: then nothing is deleted."""
    try:
        with open_plain(store, LEAVINGS) as file:
            found = json.loads(file.read(_MAX_BYTES))
        return {name: float(when) for name, when in found.items() if _ID.fullmatch(name)}
    except (FileNotFoundError, ValueError, TypeError, AttributeError, OverflowError, RecursionError):
        return {}


def note(store: Path, ids: Iterable[str]) -> None:
    """Writes segments down that are about to be put in place, or to be replaced."""
    now = time.time()
    keep(store, {**noted(store), **dict.fromkeys(sorted(ids), now)})


def keep(store: Path, entries: dict[str, float]) -> None:
    """Writes the list anew; an empty one is deleted."""
    if entries:
        replace_json(store / LEAVINGS, entries)
    else:
        (store / LEAVINGS).unlink(missing_ok=True)
