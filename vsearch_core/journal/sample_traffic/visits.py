"""The drawn timeline of sample traffic, and its model of what people click."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import numpy as np

from vsearch_core.journal.tables import Kind

WEEKDAYS = (0.92, 0.9, 0.93, 0.98, 1.05, 1.18, 1.14)
"""How much is searched from Monday to Sunday."""

HOURS = (2, 1, 1, 1, 1, 1, 2, 4, 6, 7, 8, 9, 11, 10, 9, 9, 10, 11, 13, 15, 16, 14, 9, 5)
"""How much is searched in each hour (UTC)."""

VISIT_SIZES = (0.58, 0.25, 0.11, 0.06)
"""How likely a visit has 1, 2, 3 or 4 searches."""

STAYS = 0.35
"""How likely the next search of a visit is for the same product type."""

SEASON = 0.25
"""How much more a type is asked for at the height of its season, on a year's sine."""

RISE = 3.5
"""A rising type ends with its searches times this, a falling one with its searches divided by it."""

LOOKS_ON = 0.62
"""How likely somebody who looks at a hit looks at the next one, too."""

LIKED = 0.30
"""How likely a hit that is looked at is clicked, at best."""

HALF_LIKED = 0.78
"""The similarity at which it is half as likely; `STEEPNESS` says how sharply it falls."""

STEEPNESS = 0.06
REFUSES = {True: 0.03, False: 0.22}
"""How likely somebody who clicks nothing says "none of these", by whether the answer was a good match."""


@dataclass(frozen=True)
class Asked:
    """One search of the timeline: when, in which visit, with which photo (a place in the list of photos)."""

    time: datetime
    session: str
    photo: int


@dataclass(frozen=True)
class Click:
    """What somebody does `after_ms` milliseconds after the search; `position` counts from 1, 0 for "none of these"."""

    kind: Kind
    position: int
    after_ms: int


def trend(product_type: str, ago: int, rising: str, falling: str, ramp_days: int) -> float:
    """How much more a type is asked for, some days before the end, than without a trend."""
    step = RISE ** max(0.0, 1 - ago / ramp_days)
    return step if product_type == rising else 1 / step if product_type == falling else 1.0


def timeline(
    rng: np.random.Generator,
    *,
    last: date,
    days: int,
    queries: int,
    photos: Sequence[float],
    types: Sequence[str],
    factor: Callable[[str, int], float],
    gap: int,
    gap_share: float,
) -> list[Asked]:
    """Draw searches over days, in the order of time.

    Args:
        last: the last day.
        queries: how many, in all.
        photos: how often each photo is asked with; `types`: what each shows.
        factor: for a type and a number of days before the end, how much more it is asked for then.
        gap: how many photos at the end of the list are of what the shop does not have; they get `gap_share` of all.
    """
    first = last - timedelta(days=days - 1)
    calendar = [first + timedelta(days=number) for number in range(days)]
    growth = np.linspace(0.9, 1.1, days)
    amount = np.array([WEEKDAYS[one.weekday()] for one in calendar]) * growth * rng.lognormal(0, 0.06, days)
    numbers = rng.multinomial(queries, amount / amount.sum())
    phase = {name: rng.uniform(0, 2 * math.pi) for name in sorted(set(types))}
    asked: list[Asked] = []
    for number, day in enumerate(calendar):
        angle = 2 * math.pi * day.timetuple().tm_yday / 365
        weights = np.array(
            [
                weight * factor(kind, days - 1 - number) * (1 + SEASON * math.sin(angle + phase[kind]))
                for weight, kind in zip(photos, types, strict=True)
            ]
        )
        if gap:
            weights[-gap:] *= gap_share / (1 - gap_share) * weights[:-gap].sum() / weights[-gap:].sum()
        asked.extend(_day(rng, day, int(numbers[number]), weights / weights.sum(), types))
    return sorted(asked, key=lambda one: (one.time, one.session))


def clicks(rng: np.random.Generator, scores: Sequence[float], *, good_match: bool) -> list[Click]:
    """What somebody does with an answer, drawn from the click model.

    People look at the hits from the first one on and go on with the chance `LOOKS_ON`; a hit that is looked at is
    clicked the more likely the more alike it is (`LIKED`, `HALF_LIKED`, `STEEPNESS`). Where the answer is not a good
    match the page holds its hits back, and a fifth as many are clicked.

    Args:
        scores: cosine similarity of each hit that is shown, best first.
    """
    found: list[Click] = []
    after = 1_500 + float(rng.exponential(2_500))
    for position, score in enumerate(scores, start=1):
        chance = LIKED / (1 + math.exp(-(score - HALF_LIKED) / STEEPNESS)) * (1.0 if good_match else 0.2)
        if rng.random() < chance:
            found.extend(_with_hit(rng, position, after))
            after += float(rng.exponential(12_000))
        after += 600 + float(rng.exponential(1_200))
        if rng.random() > LOOKS_ON:
            break
    if not found and scores and rng.random() < REFUSES[good_match]:
        found.append(Click("none_of_these", 0, int(after)))
    return found


def _with_hit(rng: np.random.Generator, position: int, after: float) -> Iterator[Click]:
    yield Click("viewed", position, int(after))
    later: tuple[tuple[Kind, float], ...] = (("opened", 0.28), ("wanted", 0.1), ("similar", 0.18))
    for kind, chance in later:
        after += 1_000 + float(rng.exponential(5_000))
        if rng.random() < chance:
            yield Click(kind, position, int(after))


def _day(rng: np.random.Generator, day: date, count: int, weights: np.ndarray, types: Sequence[str]) -> Iterator[Asked]:
    hours = np.array(HOURS) / sum(HOURS)
    kinds = np.array(types, dtype=object)
    left = count
    while left > 0:
        size = min(1 + int(rng.choice(len(VISIT_SIZES), p=VISIT_SIZES)), left)
        left -= size
        session = rng.bytes(16).hex()
        seconds = int(rng.choice(24, p=hours)) * 3600 + float(rng.uniform(0, 3540))
        photo = -1
        for _ in range(size):
            chance = weights
            if photo >= 0 and rng.random() < STAYS:
                chance = np.where(kinds == kinds[photo], weights, 0.0)
                chance = chance / chance.sum()
            photo = int(rng.choice(len(weights), p=chance))
            moment = datetime.combine(day, time(), UTC) + timedelta(milliseconds=int(min(seconds, 86_399) * 1000))
            yield Asked(moment, session, photo)
            seconds += 15 + float(rng.exponential(45))
