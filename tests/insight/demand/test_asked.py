"""What is asked for: counted in the database as it would be in memory, and judged no further than chance allows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from vsearch_core.database import Database
from vsearch_core.insight.demand import asked as demand
from vsearch_core.insight.demand import outcomes
from vsearch_core.insight.demand.periods import Period, compared, last_days
from vsearch_core.insight.demand.selection import (
    OUR_OWN,
    UNPRICED,
    Selection,
    band_of,
    extent,
    price_bands,
)
from vsearch_core.journal import CLICKS
from vsearch_core.journal.bulk import insert_many
from vsearch_core.journal.times import Untimed, untimed

Make = Callable[..., dict[str, Any]]

FIRST = datetime(2026, 3, 1, tzinfo=UTC)
BANDS = price_bands([5, 12, 18, 31, 44, 52, 90, 120])
MARCH = Selection(
    Period(date(2026, 3, 15), date(2026, 3, 28)), Period(date(2026, 3, 1), date(2026, 3, 14)), bands=BANDS
)

MARCH_10 = Selection(Period(date(2026, 3, 10), date(2026, 3, 10)))

moments = st.integers(0, 30 * 86_400_000).map(lambda ms: FIRST + timedelta(milliseconds=ms))
searches = st.fixed_dictionaries(
    {
        "time": moments,
        "product_type": st.sampled_from(["Shirts", "Tops", "", "it's 100 %"]),
        "category": st.sampled_from(["Topwear", "Shoes"]),
        "colour": st.sampled_from(["Blue", ""]),
        "gender": st.sampled_from(["Men", "Women"]),
        "price": st.one_of(st.none(), st.sampled_from([5.0, 16.0, 38.0, 62.0, 500.0])),
        "source": st.sampled_from(["camera", "upload", "sample", "product", "api"]),
        "good_match": st.booleans(),
        "sample": st.booleans(),
        "total_ms": st.one_of(st.none(), st.floats(0, 900)),
    }
)
acts = st.lists(
    st.tuples(
        st.integers(0, 39),
        st.sampled_from([*CLICKS, "unwanted", "none_of_these"]),
        st.integers(1, 5),
        st.integers(0, 100_000),
    ),
    max_size=40,
)
selections = st.builds(
    Selection,
    period=st.just(MARCH.period),
    compare=st.sampled_from([None, MARCH.compare, Period(date(2026, 2, 1), date(2026, 3, 3))]),
    category=st.sampled_from([(), ("Topwear",)]),
    product_type=st.sampled_from([(), ("Shirts", "it's 100 %")]),
    gender=st.sampled_from([(), ("Women",)]),
    price=st.sampled_from([(), (UNPRICED,), (BANDS[0].name, BANDS[-1].name)]),
    source=st.sampled_from([(), ("camera", "sample")]),
    sample=st.booleans(),
    bands=st.just(BANDS),
)


def selected(rows: pd.DataFrame, selection: Selection, *, compare: bool = False) -> pd.DataFrame:
    """What `conditions` says, in pandas."""

    def inside(period: Period) -> pd.Series:
        return (rows["time"] >= period.start) & (rows["time"] < period.end)

    kept = inside(selection.period)
    if compare and selection.compare:
        kept |= inside(selection.compare)
    kept &= rows["sample"] == selection.sample
    for column in ("category", "product_type", "colour", "gender"):
        if chosen := getattr(selection, column):
            kept &= rows[column].isin(chosen)
    if selection.price:
        kept &= band_of(rows["price"], selection.bands).isin(selection.price)
    kept &= rows["source"].isin(selection.source) if selection.source else ~rows["source"].isin(OUR_OWN)
    return rows[kept]


def standing(events: pd.DataFrame) -> pd.DataFrame:
    """What `stands` says, in pandas."""
    last = events[events["kind"] == "unwanted"].groupby(["query", "product"])["time"].max().rename("last").reset_index()
    both = events.merge(last, on=["query", "product"], how="left")
    taken_back = (both["kind"] == "wanted") & (both["last"] >= both["time"])
    return both[~taken_back & (both["kind"] != "unwanted")].drop(columns="last")


def nearest(values: pd.Series, share: float) -> float:
    return float(np.quantile(values, share, method="inverted_cdf")) if len(values) else float("nan")


@settings(max_examples=15, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(rows=st.lists(searches, min_size=1, max_size=40), acts=acts, selection=selections)
def test_tables_from_the_database_equal_those_from_pandas(
    reused: Database,
    emptied: Callable[[Database], Database],
    query: Make,
    event: Make,
    rows: list[dict[str, Any]],
    acts: list[Any],
    selection: Selection,
) -> None:
    queries = [query(**row) for row in rows]
    events = [
        event(
            queries[place],
            kind,
            time=queries[place]["time"] + timedelta(milliseconds=after),
            position=None if kind == "none_of_these" else position,
        )
        for place, kind, position, after in acts
        if place < len(queries)
    ]
    insert_many(emptied(reused), queries=queries, events=events)
    table = pd.DataFrame(events, columns=list(event(queries[0])))
    check(reused, pd.DataFrame(queries), table.assign(time=pd.to_datetime(table["time"], utc=True)), selection)


def check(database: Database, queries: pd.DataFrame, events: pd.DataFrame, selection: Selection) -> None:
    queries["time"] = pd.to_datetime(queries["time"], utc=True)
    queries = queries.assign(price=queries["price"].astype(float), total_ms=queries["total_ms"].astype(float))
    both = selected(queries, selection, compare=True)
    for by in ("product_type", "price"):
        values = band_of(both["price"], selection.bands) if by == "price" else both[by]
        found = demand.daily_counts(database, selection, by)
        groups = both.assign(value=values.to_numpy(object), day=both["time"].dt.date).groupby(["day", "value"])
        expected = groups["good_match"].agg(["size", "sum"])
        assert list(zip(found["day"], found["value"], strict=True)) == list(expected.index)
        assert found["searches"].tolist() == expected["size"].tolist()
        assert found["answered"].tolist() == expected["sum"].tolist()

    now = selected(queries, selection)
    table = outcomes.outcomes(database, selection, "category").set_index("value")
    done = standing(events)
    clicks = done[done["kind"].isin(CLICKS)].sort_values(["time", "position", "id"])
    first = clicks.drop_duplicates("query").merge(now, left_on="query", right_on="id", suffixes=("", "_asked"))
    assert set(table.index) == {outcomes.ALL, *now["category"]}
    for category, line in table.iterrows():
        asked = now if category == outcomes.ALL else now[now["category"] == category]
        clicked = first if category == outcomes.ALL else first[first["category"] == category]
        assert line["searches"] == len(asked)
        assert line["answered"] == asked["good_match"].sum()
        assert line["clicked"] == len(clicked)
        passed = (clicked["time"] - clicked["time_asked"]) // pd.Timedelta(seconds=1)
        expected = [
            nearest(clicked["position"].astype(float), 0.5),
            nearest(passed.astype(float), 0.5),
            nearest(np.floor(asked["total_ms"].dropna()), 0.5),
            nearest(np.floor(asked["total_ms"].dropna()), 0.95),
        ]
        np.testing.assert_equal([line[name] for name in outcomes.COLUMNS[-4:]], expected)
    did = done[done["query"].isin(now["id"])].groupby("kind")["query"].nunique()
    assert dict(outcomes.actions(database, selection).to_numpy().tolist()) == did.to_dict()


def test_what_is_wanted_and_taken_back_counts_as_nothing_until_it_is_wanted_again(
    journal_database: Database, query: Make, event: Make
) -> None:
    asked, other = query(), query()
    said = ["wanted", "unwanted", "wanted", "unwanted"]
    events = [event(asked, kind, time=asked["time"] + timedelta(seconds=n)) for n, kind in enumerate(said, start=1)]
    events.append(event(other, "wanted", product="2"))
    insert_many(journal_database, queries=[asked, other], events=events)

    def wanted() -> tuple[list[list[Any]], float]:
        table = outcomes.actions(journal_database, MARCH_10)
        clicked = outcomes.outcomes(journal_database, MARCH_10).set_index("value").loc[outcomes.ALL, "clicked"]
        return table.to_numpy().tolist(), clicked

    assert wanted() == ([["wanted", 1]], 1)
    again = event(asked, "wanted", time=asked["time"] + timedelta(seconds=9))
    insert_many(journal_database, queries=[], events=[again])
    assert wanted() == ([["wanted", 2]], 2)


def test_one_search_of_a_wrong_clock_moves_no_day_and_is_left_out_and_counted(
    journal_database: Database, query: Make, event: Make
) -> None:
    now = datetime.now(UTC)
    asked = [query(time=now - timedelta(days=number % 28, seconds=1)) for number in range(56)]
    wrong = query(time=datetime(2087, 5, 1, tzinfo=UTC))
    soon = query(time=now + timedelta(hours=5))
    insert_many(journal_database, queries=[*asked, wrong, soon], events=[event(wrong), event(soon)])
    held = extent(journal_database)
    assert (held.real, held.ahead, held.last) == (56, 2, (now - timedelta(seconds=1)).date())
    assert held.last is not None
    usual = Selection(last_days(28, held.last))
    assert demand.daily_counts(journal_database, usual, "product_type")["searches"].sum() == 56
    # nor where somebody asks for days that have not come
    every = Selection(Period(date(2026, 1, 1), date(2090, 1, 1)))
    assert demand.daily_counts(journal_database, every, "product_type")["searches"].sum() == 56
    line = outcomes.outcomes(journal_database, every).set_index("value").loc[outcomes.ALL]
    assert (line["searches"], line["clicked"]) == (56, 0)
    assert untimed(journal_database) == Untimed(2, 2)


def test_a_journal_with_nothing_but_a_wrong_clock_has_no_days(journal_database: Database, query: Make) -> None:
    insert_many(journal_database, queries=[query(time=datetime(2087, 5, 1, tzinfo=UTC))])
    held = extent(journal_database)
    assert (held.real, held.first, held.last, held.ahead) == (0, None, None, 1)


def test_a_click_with_an_impossible_time_counts_and_its_time_does_not(
    journal_database: Database, query: Make, event: Make
) -> None:
    first, second, third = query(), query(), query()
    events = [
        event(first, time=first["time"] + timedelta(seconds=7), position=2),
        event(first, time=first["time"] - timedelta(minutes=5), position=4),
        event(second, time=second["time"] - timedelta(days=3), position=3),
        event(third, time=datetime(2087, 5, 1, tzinfo=UTC), position=3),
    ]
    insert_many(journal_database, queries=[first, second, third], events=events)
    line = outcomes.outcomes(journal_database, MARCH_10).set_index("value").loc[outcomes.ALL]
    assert (line["clicked"], line["first_position"], line["seconds_to_click"]) == (3, 3, 7)
    assert outcomes.first_positions(journal_database, MARCH_10).to_numpy().tolist() == [[2, 1], [3, 2]]
    assert outcomes.untimed_clicks(journal_database, MARCH_10) == 2
    assert untimed(journal_database).events == 3


@pytest.mark.parametrize("wrong", ["wanted", "unwanted"])
def test_what_was_wanted_is_taken_back_whatever_a_wrong_clock_says_of_the_order(
    journal_database: Database, query: Make, event: Make, wrong: str
) -> None:
    asked = query()
    wanted, unwanted = (
        event(asked, kind, time=asked["time"] + timedelta(seconds=5)) for kind in ("wanted", "unwanted")
    )
    if wrong == "wanted":
        wanted["time"] = datetime(2087, 5, 1, tzinfo=UTC)
    else:
        unwanted["time"] = asked["time"] - timedelta(minutes=5)
    insert_many(journal_database, queries=[asked], events=[wanted, unwanted])
    assert outcomes.actions(journal_database, MARCH_10).empty


def test_what_rises_alone_is_called_rising_and_a_busier_month_is_no_trend(
    journal_database: Database, query: Make
) -> None:
    def asked(kind: str, number: int, day: date) -> list[dict[str, Any]]:
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        return [query(time=noon, product_type=kind) for _ in range(number)]

    rows = []
    for number in range(14):
        before, now = date(2026, 3, 1) + timedelta(days=number), date(2026, 3, 15) + timedelta(days=number)
        rows += asked("Shirts", 10, before) + asked("Tops", 10, before) + asked("Caps", 2, before)
        rows += asked("Shirts", 20, now) + asked("Tops", 20, now) + asked("Caps", 16, now)
    insert_many(journal_database, queries=rows)
    counts = demand.daily_counts(journal_database, MARCH, "product_type")
    table = demand.asked_for(counts, MARCH).set_index("value")
    assert table["trend"].to_dict() == {"Caps": "rising", "Shirts": "falling", "Tops": "falling"}
    assert demand.totals(counts, MARCH) == demand.Totals(784, 784, 308, 308)
    assert table.loc["Caps", "change"] == pytest.approx((224 / 784) / (28 / 308) - 1)

    doubled = [query(time=row["time"], product_type="Hats") for row in rows if row["product_type"] == "Shirts"]
    twice = Selection(MARCH.period, MARCH.compare, product_type=("Shirts", "Tops", "Hats"))
    insert_many(journal_database, queries=doubled)
    counts = demand.daily_counts(journal_database, twice, "product_type")
    assert set(demand.asked_for(counts, twice)["trend"]) == {""}


def test_chance_alone_is_seldom_called_a_trend() -> None:
    rng = np.random.default_rng(4)
    found = 0
    for _ in range(60):
        before, now = rng.multinomial(2_000, np.full(30, 1 / 30), size=2)
        found += int((demand.corrected(demand.beyond_chance(now, before)) < demand.FALSE_DISCOVERIES).any())
    assert found <= 9  # 5 % of 60 are 3; ten or more would come by chance once in a thousand times


def test_the_test_is_the_exact_binomial_one_where_days_do_not_differ() -> None:
    from scipy.stats import binom

    now, before = np.array([12, 3, 0, 40]), np.array([5, 9, 4, 38])
    chance = now.sum() / (now.sum() + before.sum())
    n = now + before
    expected = np.minimum(1, 2 * np.minimum(binom.cdf(now, n, chance), binom.sf(now - 1, n, chance)))
    np.testing.assert_allclose(demand.beyond_chance(now, before), expected, rtol=1e-9)


def test_days_that_differ_more_than_chance_make_the_test_more_careful() -> None:
    days = [date(2026, 3, 1) + timedelta(days=number) for number in range(14)]
    lines = [(day, kind, 60 if (number + place) % 2 else 5) for number, day in enumerate(days)
             for place, kind in enumerate(["a", "b"])]  # fmt: skip
    counts = pd.DataFrame(lines, columns=["day", "value", "searches"]).assign(answered=0, earlier=False)
    assert demand.spread(counts) > 10
    calm = demand.beyond_chance([60, 40], [40, 60])
    careful = demand.beyond_chance([60, 40], [40, 60], spread=10)
    assert (careful > calm).all()


def test_demand_is_set_against_the_shops_own_range() -> None:
    counts = pd.DataFrame(
        {"day": date(2026, 3, 20), "value": ["Shirts", "Caps"], "searches": [90, 10], "answered": [80, 0]}
    ).assign(earlier=False)
    selection = Selection(MARCH.period)
    products = pd.DataFrame({
        "product_type": ["Shirts", "Caps", "Caps", "Ties"], "category": "Topwear", "colour": "", "gender": "",
        "price": [10.0, 20.0, np.nan, 30.0],
    })  # fmt: skip
    table = demand.asked_for(counts, selection, demand.assortment(products, "product_type", selection))
    table = table.set_index("value")
    assert table.loc["Shirts", "demand_to_range"] == pytest.approx(0.9 / 0.25)
    assert table.loc["Caps", "not_found"] == 1
    assert table.loc["Ties", "searches"] == 0
    assert "trend" not in table


def test_quiet_days_and_cut_weeks_are_told_apart_in_the_line() -> None:
    counts = pd.DataFrame(
        {"day": [date(2026, 3, 4), date(2026, 3, 9)], "value": "a", "searches": [3, 5], "answered": 1}
    )
    period = Period(date(2026, 3, 4), date(2026, 3, 15))
    line = demand.trend_line(counts, period)
    assert len(line) == 12
    assert line["searches"].sum() == 8
    weeks = demand.trend_line(counts, period, by_week=True)
    assert weeks["day"].dt.date.tolist() == [date(2026, 3, 9)]
    assert weeks["searches"].tolist() == [5]


def test_periods_are_compared_with_their_like() -> None:
    period = last_days(28, date(2026, 3, 28))
    assert period == Period(date(2026, 3, 1), date(2026, 3, 28))
    assert compared(period, "the days before") == Period(date(2026, 2, 1), date(2026, 2, 28))
    before = compared(period, "a year before")
    assert before is not None
    assert before.first.weekday() == period.first.weekday()
    assert compared(period, "nothing") is None
    assert compared(last_days(365, date(2026, 3, 28)), "a year before") == Period(date(2024, 3, 29), date(2025, 3, 28))
    with pytest.raises(ValueError, match="cannot end"):
        Period(date(2026, 3, 2), date(2026, 3, 1))


def test_real_searches_are_told_from_sample_ones_and_from_our_own_photos(
    journal_database: Database, query: Make
) -> None:
    assert extent(journal_database).last is None
    early = FIRST - timedelta(days=40)
    insert_many(journal_database, queries=[query(sample=True, time=early), query(sample=True, time=early)])
    assert extent(journal_database).first == early.date()
    insert_many(journal_database, queries=[query(), query(source="sample"), query(source="product")])
    held = extent(journal_database)
    assert (held.real, held.own, held.sample) == (1, 2, 2)
    assert held.first == date(2026, 3, 10)
    assert extent(journal_database, sample=True).last == early.date()


def test_bands_hold_every_price_once_and_a_shop_without_prices_has_none() -> None:
    assert price_bands([float("nan")]) == ()
    prices = pd.Series([0.0, 15.99, 16.0, 61.99, 62.0, float("nan")])
    assert band_of(prices, BANDS).tolist() == [
        "under 16", "under 16", "16 to 38", "38 to 62", "62 and more", UNPRICED,
    ]  # fmt: skip
    assert price_bands([10.0, 10.0, 10.0])[0].name == "under 10"
