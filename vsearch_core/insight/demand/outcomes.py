"""How well visual search does: share answered well, clicks and where they fall, time to a click, latency."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Integer, case, cast, func, literal_column, select

from vsearch_core.database import Database
from vsearch_core.insight.demand.selection import (
    Selection,
    conditions,
    dimension,
    fetch,
    seconds_between,
    stands,
    whole,
)
from vsearch_core.journal import CLICKS, Event, Query
from vsearch_core.journal.times import is_timed

COLUMNS = (
    "value",
    "searches",
    "answered",
    "answered_share",
    "clicked",
    "click_through",
    "first_position",
    "seconds_to_click",
    "p50_ms",
    "p95_ms",
)

ALL = "all"
"""The value of the line that sums all others up."""


def outcomes(database: Database, selection: Selection, by: str = "category") -> pd.DataFrame:
    """Figures of the selection, by one of `DIMENSIONS`: first the line `ALL`, then the most searched-for first.

    Returns:
        `COLUMNS`: `answered` searches had a good match; `clicked` ones had at least one click on a hit (that `stands`)
        and `click_through` is their share; `first_position` is the median place of the first click (1 is the first
        hit); `seconds_to_click` the median time from the search to it, without clicks whose time cannot be trusted
        (see `untimed_clicks`); `p50_ms` and `p95_ms` are of the engine's answer, in whole milliseconds. Medians and
        percentiles are nearest-rank; NaN where there is nothing to take them of.

    Raises:
        DatabaseError: the database cannot be read.
    """
    searches = _searches(database, selection, by)
    clicks = _first_clicks(database, selection, by)
    latencies = _latencies(database, selection, by)
    lines = []
    order = searches.sort_values(["searches", "value"], ascending=[False, True])["value"]
    for value in [ALL, *order]:
        of_value = [
            table if value == ALL else table[table["value"] == value] for table in (searches, clicks, latencies)
        ]
        lines.append(_line(value, *of_value))
    return pd.DataFrame(lines, columns=list(COLUMNS))


def first_positions(database: Database, selection: Selection) -> pd.DataFrame:
    """How often the first click fell on each place of the answer: `position` (from 1) and `searches`."""
    clicks = _first_clicks(database, selection, "category")
    sums = clicks.groupby("position")["count"].sum()
    return sums.rename_axis("position").rename("searches").reset_index()


def untimed_clicks(database: Database, selection: Selection) -> int:
    """How many first clicks have a time before their search or in the future: they count, and their time does not."""
    clicks = _first_clicks(database, selection, "category")
    return int(clicks.loc[clicks["seconds"].isna(), "count"].sum())


def actions(database: Database, selection: Selection) -> pd.DataFrame:
    """How many searches led to each kind of event that `stands`: `kind` and `searches`."""
    query = (
        select(Event.kind, func.count(func.distinct(Event.query)))
        .join(Query, Query.id == Event.query)
        .where(stands(), *conditions(selection))
        .group_by(Event.kind)
        .order_by(Event.kind)
    )
    return pd.DataFrame([tuple(row) for row in fetch(database, query)], columns=["kind", "searches"])


def nearest_rank(values: np.ndarray, counts: np.ndarray, share: float) -> float:
    """The smallest value that at least `share` of all are not above, from values and how often each comes.

    >>> nearest_rank(np.array([1, 2, 9]), np.array([5, 4, 1]), 0.95)
    9.0
    """
    if not len(values):
        return float("nan")
    order = np.argsort(values, kind="stable")
    sums = np.cumsum(counts[order])
    return float(values[order][np.searchsorted(sums, share * sums[-1] - 1e-9)])


def _searches(database: Database, selection: Selection, by: str) -> pd.DataFrame:
    query = (
        select(dimension(by, selection.bands).label("value"), func.count(), func.sum(cast(Query.good_match, Integer)))
        .where(*conditions(selection))
        .group_by("value")
    )
    return _frame(database, query, ["value", "searches", "answered"])


def _latencies(database: Database, selection: Selection, by: str) -> pd.DataFrame:
    """A histogram in whole milliseconds: percentiles of it are exact to the millisecond in every database."""
    query = (
        select(
            dimension(by, selection.bands).label("value"),
            whole(Query.total_ms, database).label("ms"),
            func.count(),
        )
        .where(Query.total_ms.is_not(None), *conditions(selection))
        .group_by("value", "ms")
    )
    return _frame(database, query, ["value", "ms", "count"])


def _first_clicks(database: Database, selection: Selection, by: str) -> pd.DataFrame:
    """How many searches have their first click at which position and after how many seconds.

    A click whose time cannot be trusted comes after those that have one, and its `seconds` are NaN.
    """
    order = (case((is_timed(), 0), else_=1), Event.time, Event.position, Event.id)
    passed = whole(seconds_between(Query.time, Event.time, database), database)
    clicks = (
        select(
            dimension(by, selection.bands).label("value"),
            func.coalesce(Event.position, literal_column("0")).label("position"),
            case((is_timed(), passed), else_=None).label("seconds"),
            func.row_number().over(partition_by=Event.query, order_by=order).label("place"),
        )
        .join(Query, Query.id == Event.query)
        .where(Event.kind.in_(CLICKS), stands(), Event.sample.is_(selection.sample), *conditions(selection))
        .subquery()
    )
    columns = (clicks.c.value, clicks.c.position, clicks.c.seconds)
    query = select(*columns, func.count()).where(clicks.c.place == 1).group_by(*columns)
    table = _frame(database, query, ["value", "position", "seconds", "count"])
    return table.astype({"seconds": float})


def _line(value: str, searches: pd.DataFrame, clicks: pd.DataFrame, latencies: pd.DataFrame) -> tuple[Any, ...]:
    total, answered = int(searches["searches"].sum()), int(searches["answered"].sum())
    clicked = int(clicks["count"].sum())
    placed = clicks[clicks["position"] > 0]

    def rank(table: pd.DataFrame, column: str, share: float) -> float:
        known = table[table[column].notna()]
        return nearest_rank(known[column].to_numpy(np.int64), known["count"].to_numpy(np.int64), share)

    return (
        value,
        total,
        answered,
        answered / total if total else float("nan"),
        clicked,
        clicked / total if total else float("nan"),
        rank(placed, "position", 0.5),
        rank(clicks, "seconds", 0.5),
        rank(latencies, "ms", 0.5),
        rank(latencies, "ms", 0.95),
    )


def _frame(database: Database, query: Any, columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame([tuple(row) for row in fetch(database, query)], columns=columns)
