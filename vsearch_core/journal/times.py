"""Which of the journal's times can be trusted, and how what follows from a query is dated.

Clocks are set, and some are wrong. A query that lies in the future is left out wherever queries are counted by day, and
an event's time is used only where it lies after its query and not in the future; the event itself still counts.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, not_, select

from vsearch_core.database import Database
from vsearch_core.journal.tables import Event, Query

_REMEMBERED = 10_000


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


class Dating:
    """Dates queries by the clock, and what follows from one by the time that has passed since.

    So an event never comes before its query, nor before an earlier event of it, even where the clock is set back.
    """

    def __init__(self, wall: Callable[[], datetime] = now, passed: Callable[[], float] = time.monotonic) -> None:
        self._wall, self._passed = wall, passed
        self._asked: OrderedDict[str, tuple[datetime, float]] = OrderedDict()

    def query(self, id: str) -> datetime:
        """The time of a query that is being noted."""
        moment = self._wall()
        self._asked[id] = (moment, self._passed())
        if len(self._asked) > _REMEMBERED:
            self._asked.popitem(last=False)
        return moment

    def event(self, query: str) -> datetime:
        """The time of an event of a query; by the clock where this program did not note the query, or long ago."""
        known = self._asked.get(query)
        return known[0] + timedelta(seconds=self._passed() - known[1]) if known else self._wall()


def has_come() -> ColumnElement[bool]:
    """Whether a query does not lie in the future."""
    return Query.time <= now()


def is_timed(event: type[Event] = Event) -> ColumnElement[bool]:
    """Whether an event's time can be trusted; to be asked where `Query` is joined.

    Args:
        event: the table, or another name for it.
    """
    return and_(event.time >= Query.time, event.time <= now())


@dataclass(frozen=True)
class Untimed:
    """How many queries lie in the future, and how many events lie there or before their query."""

    queries: int
    events: int

    @property
    def words(self) -> str:
        """All of it in a sentence; empty where there are none."""
        told = []
        if self.queries:
            lie = "search lies in the future and is" if self.queries == 1 else "searches lie in the future and are"
            told.append(f"{self.queries:,} {lie} left out")
        if self.events:
            have = (
                "event has an impossible time, which is"
                if self.events == 1
                else "events have impossible times, which are"
            )
            told.append(f"{self.events:,} {have} not used")
        return f"A clock was wrong: {'; '.join(told)}." if told else ""


def untimed(database: Database) -> Untimed:
    """What the journal holds that is dated wrongly. Reads every event.

    Raises:
        DatabaseError: the database cannot be read.
    """
    queries = select(func.count()).select_from(Query).where(not_(has_come()))
    events = select(func.count()).select_from(Event).join(Query, Query.id == Event.query).where(not_(is_timed()))
    with database.session() as session:
        return Untimed(session.scalar(queries) or 0, session.scalar(events) or 0)
