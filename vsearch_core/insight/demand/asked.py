"""What is asked for: searches by type, category, colour, gender and price band, and what rises or falls beyond chance.

The database counts; what is left for here is a table of a few thousand rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from sqlalchemy import Integer, cast, func, select

from vsearch_core.database import Database
from vsearch_core.insight.demand.periods import Period
from vsearch_core.insight.demand.selection import Selection, band_of, conditions, day, dimension, fetch
from vsearch_core.journal import Query

FALSE_DISCOVERIES = 0.05
"""Of what is called rising or falling, at most this share is so by chance alone (Benjamini and Hochberg)."""

_LEAST_EXPECTED = 1.0
"""Values with fewer searches a day say nothing of how much days differ."""


def daily_counts(database: Database, selection: Selection, by: str) -> pd.DataFrame:
    """Searches of each day and value, in the period and in the one that it is compared with.

    Args:
        by: one of `DIMENSIONS`.

    Returns:
        `day` (datetime.date), `value`, `searches`, `answered` (those with a good match) and `earlier` (whether the day
        is of the earlier period); days without a search are left out.

    Raises:
        DatabaseError: the database cannot be read.
    """
    good = func.sum(cast(Query.good_match, Integer))
    query = (
        select(day(database).label("day"), dimension(by, selection.bands).label("value"), func.count(), good)
        .where(*conditions(selection, compare=True))
        .group_by("day", "value")
        .order_by("day", "value")
    )
    counts = pd.DataFrame(
        [tuple(row) for row in fetch(database, query)], columns=["day", "value", "searches", "answered"]
    )
    counts["day"] = [date.fromisoformat(text) for text in counts["day"]]
    counts["earlier"] = [not selection.period.first <= one <= selection.period.last for one in counts["day"]]
    return counts.astype({"searches": np.int64, "answered": np.int64, "earlier": bool, "value": object})


@dataclass(frozen=True)
class Totals:
    """Sums of `daily_counts`; `before` and `answered_before` are None where nothing is compared."""

    searches: int
    answered: int
    before: int | None
    answered_before: int | None


def totals(counts: pd.DataFrame, selection: Selection) -> Totals:
    """The searches of the period and of the one before."""
    now, before = counts[~counts["earlier"]], counts[counts["earlier"]]
    compared = selection.compare is not None
    return Totals(
        int(now["searches"].sum()),
        int(now["answered"].sum()),
        int(before["searches"].sum()) if compared else None,
        int(before["answered"].sum()) if compared else None,
    )


def asked_for(counts: pd.DataFrame, selection: Selection, assortment: pd.Series | None = None) -> pd.DataFrame:
    """What is asked for, the most frequent first.

    Args:
        counts: from `daily_counts`.
        assortment: how many products of the shop have each value, by value.

    Returns:
        `value`, `searches`, `share` (of all searches of the selection), `not_found` (share without a good match),
        `before`, `share_before`, `change` (share against share before, 0.5 is half as much again; NaN where there was
        none), `p` and `q` (chance of such a change, and the same corrected for looking at many values), `trend`
        ("rising", "falling" or ""), and `products`, `share_of_products` and `demand_to_range` (share of searches
        through share of products; above 1 more is asked for than the range gives room to). What is not known is NaN.
    """
    sides = []
    for earlier in (False, True):
        part = counts[counts["earlier"] == earlier].groupby("value")[["searches", "answered"]].sum()
        sides.append(part)
    now, before = sides
    values = now.index.union(before.index)
    if assortment is not None:
        values = values.union(assortment.index[assortment > 0])
    table = pd.DataFrame({"value": values.astype(object)})
    table["searches"] = now["searches"].reindex(values, fill_value=0).to_numpy(np.int64)
    answered = now["answered"].reindex(values, fill_value=0).to_numpy(np.int64)
    table["share"] = _shares(table["searches"])
    table["not_found"] = _ratio(table["searches"] - answered, table["searches"])
    if selection.compare is not None:
        table["before"] = before["searches"].reindex(values, fill_value=0).to_numpy(np.int64)
        table["share_before"] = _shares(table["before"])
        table["change"] = _ratio(table["share"], table["share_before"]) - 1
        table["p"] = beyond_chance(table["searches"], table["before"], spread(counts))
        table["q"] = corrected(table["p"])
        table["trend"] = [
            ("rising" if more else "falling") if q < FALSE_DISCOVERIES else ""
            for q, more in zip(table["q"], table["share"] > table["share_before"], strict=True)
        ]
    if assortment is not None:
        table["products"] = assortment.reindex(values, fill_value=0).to_numpy(np.int64)
        table["share_of_products"] = _shares(table["products"])
        table["demand_to_range"] = _ratio(table["share"], table["share_of_products"])
    return table.sort_values(["searches", "value"], ascending=[False, True], ignore_index=True)


def spread(counts: pd.DataFrame) -> float:
    """How much more the days of one period differ than chance makes them: 1 where chance explains it all.

    Visits search several times, and days differ; a test that took every search for independent would see trends where
    there are none. This is Pearson's chi-squared over its degrees of freedom, of days by values within each period.
    """
    chi, freedom = 0.0, 0
    for _, part in counts.groupby("earlier"):
        grid = part.pivot_table(index="day", columns="value", values="searches", aggfunc="sum", fill_value=0)
        observed = grid.to_numpy(float)
        days, of_value = observed.sum(axis=1, keepdims=True), observed.sum(axis=0)
        enough = of_value >= _LEAST_EXPECTED * len(observed)
        if len(observed) < 2 or not enough.any():
            continue
        expected = days * of_value[enough] / observed.sum()
        chi += float(((observed[:, enough] - expected) ** 2 / expected).sum())
        freedom += (len(observed) - 1) * max(int(enough.sum()) - int(enough.all()), 1)
    return max(1.0, chi / freedom) if freedom else 1.0


def beyond_chance(now: Sequence[int], before: Sequence[int], spread: float = 1.0) -> np.ndarray:
    """For each value the chance of shares that differ so much or more, if nothing had changed: two-sided p-values.

    Two Poisson rates, with all searches of each period as exposure: given their sum, the later count is binomial.
    Counts are divided by `spread` first (quasi-Poisson).
    """
    from scipy.special import betainc  # only where something is compared: importing it takes a while

    later, earlier = np.asarray(now, float), np.asarray(before, float)
    if not later.sum() or not earlier.sum():
        return np.ones(len(later))
    chance = later.sum() / (later.sum() + earlier.sum())
    k, n = later / spread, (later + earlier) / spread
    # P(X <= k) and P(X >= k) of a binomial, as incomplete beta functions: these take the divided counts too.
    at_most = np.where(k >= n, 1.0, betainc(np.maximum(n - k, 1e-12), k + 1, 1 - chance))
    at_least = np.where(k <= 0, 1.0, betainc(np.maximum(k, 1e-12), n - k + 1, chance))
    return np.minimum(1.0, 2 * np.minimum(at_most, at_least))


def corrected(p: Sequence[float]) -> np.ndarray:
    """p-values corrected for how many there are, after Benjamini and Hochberg."""
    from scipy.stats import false_discovery_control

    values = np.asarray(p, float)
    return false_discovery_control(values) if len(values) else values


def trend_line(counts: pd.DataFrame, period: Period, *, by_week: bool = False) -> pd.DataFrame:
    """Searches and answered ones of each day (or week, named by its first day) of a period, quiet days as 0.

    Returns:
        `day`, `searches`, `answered`. A week that the period cuts short is left out, unless none is whole.
    """
    inside = counts[(counts["day"] >= period.first) & (counts["day"] <= period.last)]
    days = pd.date_range(period.first, period.last, freq="D")
    sums = inside.groupby("day")[["searches", "answered"]].sum()
    sums.index = pd.to_datetime(sums.index)
    line = sums.reindex(days, fill_value=0)
    if by_week:
        weeks = line.groupby(line.index - pd.to_timedelta(line.index.day_of_week, unit="D"))
        whole = weeks.size() == 7
        line = weeks.sum()[whole] if whole.any() else weeks.sum()
    return line.rename_axis("day").reset_index()


def assortment(products: pd.DataFrame, by: str, selection: Selection) -> pd.Series:
    """How many of the shop's products have each value, under the selection's own filters.

    Args:
        products: the store's.
        by: one of `DIMENSIONS`.
    """
    bands = band_of(products["price"], selection.bands)
    kept = np.ones(len(products), dtype=bool)
    for column in ("category", "product_type", "colour", "gender"):
        if chosen := getattr(selection, column):
            kept &= products[column].isin(chosen).to_numpy(bool)
    if selection.price:
        kept &= bands.isin(selection.price).to_numpy(bool)
    values = bands if by == "price" else products[by]
    return values[kept].value_counts()


def _shares(counts: pd.Series) -> np.ndarray:
    return _ratio(counts, np.full(len(counts), counts.sum()))


def _ratio(part: pd.Series, whole: pd.Series | np.ndarray) -> np.ndarray:
    top, bottom = np.asarray(part, float), np.asarray(whole, float)
    return np.divide(top, bottom, out=np.full(len(top), np.nan), where=bottom > 0)
