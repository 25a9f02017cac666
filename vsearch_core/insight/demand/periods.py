"""Stretches of days that demand is looked at in, and the earlier ones that they are compared with. Days are UTC's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

PRESETS = {"7 days": 7, "28 days": 28, "90 days": 90, "365 days": 365}
"""Lengths that a page offers, in days."""

COMPARISONS = ("the days before", "a year before", "nothing")


@dataclass(frozen=True)
class Period:
    """The days from `first` to `last`, both included.

    Raises:
        ValueError: `first` is after `last`.
    """

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise ValueError(f"A period cannot end ({self.last}) before it begins ({self.first}).")

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    @property
    def start(self) -> datetime:
        """Its first moment."""
        return datetime.combine(self.first, time(), UTC)

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return datetime.combine(self.last + timedelta(days=1), time(), UTC)

    @property
    def words(self) -> str:
        """As a person reads it: `3 Mar to 30 Mar 2026`."""
        if self.first == self.last:
            return f"{self.last.day} {self.last:%b %Y}"
        year = f" {self.first.year}" if self.first.year != self.last.year else ""
        return f"{self.first.day} {self.first:%b}{year} to {self.last.day} {self.last:%b %Y}"

    def shifted(self, days: int) -> Period:
        """The same length of time, moved `days` days back."""
        return Period(self.first - timedelta(days=days), self.last - timedelta(days=days))


def last_days(days: int, last: date) -> Period:
    """A number of days, the last of them given."""
    return Period(last - timedelta(days=days - 1), last)


def compared(period: Period, how: str) -> Period | None:
    """What a period is compared with: one of `COMPARISONS`; None for "nothing".

    A year before is 364 days, so that weekdays meet their like; a period that is longer is compared with the days
    before it, because it would overlap itself.
    """
    if how == "the days before" or (how == "a year before" and period.days > 364):
        return period.shifted(period.days)
    return period.shifted(364) if how == "a year before" else None
