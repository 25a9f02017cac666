"""What was answered to one photo, and what people did with the answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from vsearch_core.database import Database
from vsearch_core.insight.demand.selection import Selection, conditions, fetch, stands
from vsearch_core.journal import Event, Query


@dataclass(frozen=True)
class Answer:
    """The last answer to a photo within a selection.

    `events` counts what was done with all answers to it, and `stands`, by kind.
    """

    time: datetime
    source: str
    product_types: list[dict[str, Any]]
    hits: list[dict[str, Any]]
    good_match: bool
    total_ms: float
    events: dict[str, int]


def last_answer(database: Database, selection: Selection, photo: str) -> Answer | None:
    """The last answer to a kept photo; None where the selection has no search with it.

    Raises:
        DatabaseError: the database cannot be read.
    """
    of_photo = (Query.photo == photo, *conditions(selection))
    last = fetch(
        database,
        select(Query.time, Query.source, Query.product_types, Query.hits, Query.good_match, Query.total_ms)
        .where(*of_photo)
        .order_by(Query.time.desc(), Query.id)
        .limit(1),
    )
    if not last:
        return None
    events = (
        select(Event.kind, func.count())
        .join(Query, Query.id == Event.query)
        .where(stands(), *of_photo)
        .group_by(Event.kind)
        .order_by(func.count().desc(), Event.kind)
    )
    time, source, product_types, hits, good_match, total_ms = last[0]
    return Answer(
        time,
        source,
        product_types,
        hits,
        good_match,
        float("nan") if total_ms is None else total_ms,
        {kind: number for kind, number in fetch(database, events)},
    )
