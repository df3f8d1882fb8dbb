"""Months and weeks at whose ends an answer is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from headcount.questions._columns import week
from headcount.questions._windows import ALIVE_MONTHS, Window, month_end, months_before

USUAL = {"month": 24, "week": 26}
"""How many periods an answer has unless the query says since when."""

_WEEKS_OF_YEAR = 52


@dataclass(frozen=True)
class Periods:
    """Periods one after the other.

    ``unit``: ``month`` or ``week``; ``starts``: the first day of each; ``until``: the last day of the last, which may be
    cut short.
    """

    unit: str
    starts: tuple[date, ...]
    until: date

    @classmethod
    def of(cls, unit: str, window: Window, held_since: date | None) -> Periods:
        """Return those of a window, without those of whose days no report is held."""
        starts = []
        start = first_day(unit, window.since)
        while start <= window.until:
            if held_since is not None and _next(unit, start) > held_since:
                starts.append(start)
            start = _next(unit, start)
        return cls(unit, tuple(starts), window.until)

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def beyond(self) -> date:
        """The first day after the last period, were it not cut short."""
        return _next(self.unit, self.starts[-1])

    @property
    def ends(self) -> list[date]:
        """The last day of each; of the last one ``until``."""
        return [*(start - timedelta(days=1) for start in self.starts[1:]), self.until][: len(self)]

    @property
    def names(self) -> list[str]:
        """The name of each: ``2026-10``, or ``2026-W41`` (ISO 8601)."""
        return [week(start) if self.unit == "week" else start.isoformat()[:7] for start in self.starts]

    @property
    def is_cut(self) -> bool:
        """Whether the last one goes on after ``until``."""
        return self.until + timedelta(days=1) < self.beyond

    def place(self, start: date) -> int:
        """Return the place of the period that begins on a day, from 0; the number of all for one that comes after."""
        if start >= self.beyond:
            return len(self)
        if self.unit == "week":
            return max(0, (start - self.starts[0]).days // 7)
        return max(0, _month(start) - _month(self.starts[0]))

    def year_before(self, day: date) -> date:
        """Return the same day of the month a year before, or of the week 52 weeks before."""
        if self.unit == "week":
            return day - timedelta(weeks=_WEEKS_OF_YEAR)
        return months_before(day, 12)


def last_of(periods: Periods) -> Periods:
    """Return the month of the last day alone."""
    return Periods("month", (periods.until,), periods.until)


def first_day(unit: str, day: date) -> date:
    """Return the first day of the period of a day."""
    return day - timedelta(days=day.weekday()) if unit == "week" else day.replace(day=1)


def since_of(unit: str, until: date) -> date:
    """Return the first day of the periods up to ``until`` that an answer has unless the query says since when."""
    last = first_day(unit, until)
    before = USUAL[unit] - 1
    return last - timedelta(weeks=before) if unit == "week" else months_before(last, before)


def months_held(end: date, held_since: date) -> int:
    """Return for how many whole months that end with a day reports are held, 13 at the most."""
    held = 0
    while held < ALIVE_MONTHS and months_before(end, held + 1) + timedelta(days=1) >= held_since:
        held += 1
    return held


def _next(unit: str, start: date) -> date:
    return start + timedelta(days=7) if unit == "week" else month_end(start) + timedelta(days=1)


def _month(day: date) -> int:
    return day.year * 12 + day.month
