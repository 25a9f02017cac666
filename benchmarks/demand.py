"""How long the demand page's tables take on a journal of a million queries (SQLite, in a file of its own)."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from vsearch_core.database import Database, open_database
from vsearch_core.insight.demand import asked, not_found, outcomes
from vsearch_core.insight.demand.periods import compared, last_days
from vsearch_core.insight.demand.selection import Selection, extent, price_bands
from vsearch_core.journal.bulk import insert_many

QUERIES = 1_000_000
DAYS = 365
TYPES, COLOURS = 141, 46
CLICKED = 0.3
ROUNDS = 3
SEED = 2026
LAST = date(2026, 6, 30)

_BANDS = price_bands(np.linspace(5, 200, 400))


def seconds(queries: int = QUERIES) -> dict[str, float]:
    """Median seconds of what each view of the page counts, over a year of queries.

    `opening` is what the page does when it is opened: how much there is, and the searches by type and day of the last
    28 days and the 28 before; `opening, all of it` the same with no day left out.
    """
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{Path(folder) / 'journal.db'}")
        fill(database, queries)
        month = last_days(28, LAST)
        usual = Selection(month, compared(month, "the days before"), bands=_BANDS)
        half = last_days(DAYS // 2, LAST)
        every = Selection(half, compared(half, "the days before"), bands=_BANDS)
        found: dict[str, float] = {"queries": queries}
        for name, selection in (("", usual), (", all of it", every)):
            found[f"opening{name}"] = _median(lambda chosen=selection: _open(database, chosen))
            for by in ("colour", "price"):
                found[f"by {by}{name}"] = _median(
                    lambda chosen=selection, by=by: asked.daily_counts(database, chosen, by)
                )
            found[f"not found{name}"] = _median(lambda chosen=selection: not_found.not_found_by_type(database, chosen))
            found[f"outcomes{name}"] = _median(lambda chosen=selection: outcomes.outcomes(database, chosen))
        database.close()
    return found


def fill(database: Database, queries: int) -> None:
    """Fill an empty journal with drawn queries, evenly over the year, and with clicks on some."""
    rng = np.random.default_rng(SEED)
    chosen = {
        "product_type": _zipf(rng, [f"Product type {number}" for number in range(TYPES)], queries),
        "colour": _zipf(rng, [f"Colour {number}" for number in range(COLOURS)], queries),
        "gender": _zipf(rng, ["Women", "Men", "Unisex", "Girls", "Boys"], queries),
    }
    begin = datetime.combine(LAST - timedelta(days=DAYS - 1), datetime.min.time(), UTC)
    at = np.sort(rng.uniform(0, DAYS * 86_400, queries))
    price, latency = rng.uniform(5, 200, queries), rng.gamma(4, 3, queries)
    good, clicked = rng.random(queries) < 0.85, rng.random(queries) < CLICKED

    def rows() -> Iterator[dict[str, Any]]:
        for number in range(queries):
            kind = chosen["product_type"][number]
            yield {
                "id": f"{number:032x}",
                "time": begin + timedelta(seconds=float(at[number])),
                "source": "upload",
                "session": f"{number // 2:022x}",
                "category": f"Category {int(kind.rpartition(' ')[2]) % 45}",
                **{name: values[number] for name, values in chosen.items()},
                "product_types": [{"name": kind, "probability": 0.8}] * 5,
                "attributes": {},
                "items": [],
                "partitions": [],
                "hits": [{"id": str(10_000 + place), "score": 0.8} for place in range(5)],
                "k": 5,
                "good_match": bool(good[number]),
                "best_score": 0.8,
                "price": float(price[number]),
                "filters": {},
                "timings_ms": {"total": float(latency[number])},
                "total_ms": float(latency[number]),
                "model": "model",
                "store": "shop",
                "store_version": "1",
                "photo": None,
                "sample": False,
            }

    def events() -> Iterator[dict[str, Any]]:
        for number in np.flatnonzero(clicked):
            yield {
                "id": f"{number:032x}",
                "time": begin + timedelta(seconds=float(at[number]) + 4),
                "query": f"{number:032x}",
                "session": f"{number // 2:022x}",
                "kind": "viewed",
                "product": "10000",
                "position": int(number) % 5 + 1,
                "sample": False,
            }

    insert_many(database, queries=rows(), events=events())


def _open(database: Database, selection: Selection) -> None:
    extent(database)
    counts = asked.daily_counts(database, selection, "product_type")
    asked.asked_for(counts, selection)
    asked.trend_line(counts, selection.period)


def _zipf(rng: np.random.Generator, names: list[str], count: int) -> list[str]:
    chance = 1 / np.arange(1, len(names) + 1)
    return [names[place] for place in rng.choice(len(names), size=count, p=chance / chance.sum())]


def _median(work: Callable[[], object]) -> float:
    spent = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        work()
        spent.append(time.perf_counter() - started)
    return round(statistics.median(spent), 3)
