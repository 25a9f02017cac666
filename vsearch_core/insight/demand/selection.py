"""Which queries of the journal are looked at, as conditions that the database understands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, and_, case, cast, exists, func, literal_column, not_, or_, select
from sqlalchemy import Integer as SqlInteger
from sqlalchemy.orm import aliased

from vsearch_core.database import Database
from vsearch_core.insight.demand.periods import Period
from vsearch_core.journal import Event, Photo, Query
from vsearch_core.journal.times import has_come, is_timed

DIMENSIONS = {
    "product_type": "Type",
    "category": "Category",
    "colour": "Colour",
    "gender": "Gender",
    "price": "Price band",
}
"""What demand is counted by: columns of the journal, and their titles."""

OUR_OWN = ("sample", "product")
"""Sources that say nothing of what people look for: our own photos to try, and "more like this" (it has no photo)."""

UNPRICED = "not known"


@dataclass(frozen=True)
class Band:
    """Prices from `least` up to, but without, `most`; None where there is no limit."""

    name: str
    least: float | None
    most: float | None


@dataclass(frozen=True)
class Selection:
    """The queries that a page is about. An empty tuple does not narrow; `sources` empty means all but `OUR_OWN`.

    `bands` are all price bands of the shop; `prices` are the names of those that are chosen. `sample` looks at sample
    traffic instead of what people really asked.
    """

    period: Period
    compare: Period | None = None
    category: tuple[str, ...] = ()
    product_type: tuple[str, ...] = ()
    colour: tuple[str, ...] = ()
    gender: tuple[str, ...] = ()
    price: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    sample: bool = False
    bands: tuple[Band, ...] = ()

    @property
    def earlier(self) -> Selection | None:
        """The same in the period that it is compared with; None where there is none."""
        return replace(self, period=self.compare, compare=None) if self.compare else None

    def narrows(self) -> bool:
        """Whether anything besides the period is chosen."""
        return any((self.category, self.product_type, self.colour, self.gender, self.price, self.source))


def price_bands(prices: Sequence[float] | np.ndarray | pd.Series, count: int = 4) -> tuple[Band, ...]:
    """Bands with about as many of the shop's products in each, at round limits; none where no price is known.

    >>> [band.name for band in price_bands([5, 12, 18, 31, 44, 52, 90, 120])]
    ['under 16', '16 to 38', '38 to 62', '62 and more']
    """
    known = np.asarray(prices, dtype=np.float64)
    known = known[np.isfinite(known)]
    if not len(known):
        return ()
    cuts = sorted({_round(float(cut)) for cut in np.quantile(known, np.linspace(0, 1, count + 1)[1:-1])})
    names = [f"under {cuts[0]:g}", *(f"{a:g} to {b:g}" for a, b in pairwise(cuts))]
    limits: list[float | None] = [None, *cuts, None]
    names.append(f"{cuts[-1]:g} and more")
    return tuple(Band(name, limits[i], limits[i + 1]) for i, name in enumerate(names))


def band_of(prices: pd.Series, bands: Sequence[Band]) -> pd.Series:
    """The band's name for each price, `UNPRICED` where the price is not known."""
    names = pd.Series(UNPRICED, index=prices.index, dtype=object)
    for band in bands:
        inside = prices.notna()
        if band.least is not None:
            inside &= prices >= band.least
        if band.most is not None:
            inside &= prices < band.most
        names[inside] = band.name
    return names


def conditions(selection: Selection, *, compare: bool = False) -> list[ColumnElement[bool]]:
    """The selection as conditions on `Query`; a query that lies in the future is never selected.

    Args:
        compare: let the queries of the earlier period in as well.
    """
    within = _within(selection.period)
    if compare and selection.compare:
        # The outer limits go first: they are what the index is read by.
        first = min(selection.period.start, selection.compare.start)
        last = max(selection.period.end, selection.compare.end)
        within = and_(Query.time >= first, Query.time < last, or_(within, _within(selection.compare)))
    found: list[ColumnElement[bool]] = [Query.sample.is_(selection.sample), within, has_come()]
    for column in ("category", "product_type", "colour", "gender"):
        if chosen := getattr(selection, column):
            found.append(getattr(Query, column).in_(chosen))
    if selection.price:
        found.append(or_(*(_in_band(name, selection.bands) for name in selection.price)))
    found.append(Query.source.in_(selection.source) if selection.source else Query.source.not_in(OUR_OWN))
    return found


def stands() -> ColumnElement[bool]:
    """Whether an event counts: what was shown does not, nor "I want this" where it was taken back later, nor does
    taking it back.

    To be asked where `Query` is joined. Nothing is taken back that was not said before: where the time of one of the
    two cannot be trusted, that is what tells their order.
    """
    later = aliased(Event)
    taken_back = exists().where(
        later.query == Event.query,
        later.product == Event.product,
        later.kind == "unwanted",
        or_(later.time >= Event.time, not_(is_timed()), not_(is_timed(later))),
    )
    return and_(Event.kind.not_in(("shown", "unwanted")), not_(and_(Event.kind == "wanted", taken_back)))


def dimension(name: str, bands: Sequence[Band] = ()) -> ColumnElement[str]:
    """The expression that a dimension's values come from.

    Raises:
        ValueError: there is no such dimension.
    """
    if name not in DIMENSIONS:
        raise ValueError(f"There is no dimension {name!r}; there are {', '.join(DIMENSIONS)}.")
    if name != "price":
        return getattr(Query, name)
    whens: list[Any] = [(_in_band(band.name, bands), literal_column(_quoted(band.name))) for band in bands]
    otherwise: ColumnElement[str] = literal_column(_quoted(UNPRICED))
    return case(*whens, else_=otherwise) if whens else otherwise


def day(database: Database) -> ColumnElement[str]:
    """The day (UTC) of a query as `YYYY-MM-DD`."""
    if database.engine.dialect.name == "sqlite":
        return func.substr(Query.time, 1, 10)
    return func.to_char(func.timezone(literal_column("'UTC'"), Query.time), literal_column("'YYYY-MM-DD'"))


def whole(number: Any, database: Database) -> ColumnElement[int]:
    """A number of 0 or more without its fraction."""
    if database.engine.dialect.name == "sqlite":
        return cast(number, SqlInteger)
    return cast(func.floor(number), SqlInteger)


def seconds_between(earlier: Any, later: Any, database: Database) -> ColumnElement[Any]:
    """Seconds from one moment to another."""
    if database.engine.dialect.name == "sqlite":
        # Half a millisecond more: julianday counts days in floating point, and 3 seconds must not read as 2.99999.
        return (func.julianday(later) - func.julianday(earlier)) * 86_400 + 0.0005
    return func.extract("epoch", later - earlier)


def fetch(database: Database, query: Any) -> list[Any]:
    """All rows of a query.

    Raises:
        DatabaseError: the database cannot be read.
    """
    with database.session() as session:
        return list(session.execute(query).all())


@dataclass(frozen=True)
class Extent:
    """What the journal holds: how many queries are real or sample, and the days of the first and the last.

    `own` counts real queries of `OUR_OWN` sources, which `real` leaves out; `events` and `photos` are all that there
    are, so that whoever keeps a table knows that it has become old. Queries that lie in the future are in none of
    these; `ahead` counts them.
    """

    real: int
    own: int
    sample: int
    first: date | None
    last: date | None
    events: int = 0
    photos: int = 0
    ahead: int = 0


def extent(database: Database, *, sample: bool | None = None) -> Extent:
    """Counts and days of the journal's queries.

    Args:
        sample: whose days: sample traffic's or real ones'; real ones' where it is not given and there are any.
    """
    by_source = select(Query.sample, Query.source, func.count()).group_by(Query.sample, Query.source)
    # All of them come from a narrow index; the few that lie in the future are taken off again.
    counts = {(of_sample, source): count for of_sample, source, count in fetch(database, by_source)}
    wrong = {(s, source): count for s, source, count in fetch(database, by_source.where(not_(has_come())))}
    counted = [(*key, count - wrong.get(key, 0)) for key, count in counts.items()]
    drawn = sum(count for of_sample, _, count in counted if of_sample)
    own = sum(count for of_sample, source, count in counted if not of_sample and source in OUR_OWN)
    real = sum(count for of_sample, _, count in counted if not of_sample) - own
    wanted = (not real and drawn > 0) if sample is None else sample
    # Asked for one by one, each is a look at one end of an index; SQLite reads all of it for both at once.
    ends = [
        select(end(Query.time)).where(Query.sample.is_(wanted), has_come()).scalar_subquery()
        for end in (func.min, func.max)
    ]
    totals = [select(func.count()).select_from(table).scalar_subquery() for table in (Event, Photo)]
    first, last, events, photos = fetch(database, select(*ends, *totals))[0]
    days = [moment.date() if moment else None for moment in (first, last)]
    return Extent(real, own, drawn, days[0], days[1], events, photos, sum(wrong.values()))


def _within(period: Period) -> ColumnElement[bool]:
    return and_(Query.time >= period.start, Query.time < period.end)


def _in_band(name: str, bands: Sequence[Band]) -> ColumnElement[bool]:
    band = next((band for band in bands if band.name == name), None)
    if band is None:
        return Query.price.is_(None)
    limits: list[ColumnElement[bool]] = [Query.price.is_not(None)]
    if band.least is not None:
        limits.append(Query.price >= literal_column(repr(float(band.least))))
    if band.most is not None:
        limits.append(Query.price < literal_column(repr(float(band.most))))
    return and_(*limits)


def _round(value: float) -> float:
    """To two significant digits."""
    return float(f"{value:.2g}")


def _quoted(text: str) -> str:
    # Band names are made of numbers and words of ours; a literal lets PostgreSQL see that it groups by what it selects.
    return "'" + text.replace("'", "''") + "'"
