"""Windows of days, UTC and inclusive."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

ALIVE_MONTHS = 13
"""The months after which an installation that was not seen is no longer alive."""

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
"""The first and the last day that can be asked about.

No report is older, and every engine has room for the windows of both.
"""

NEW_DAYS = 30
"""The days for which an installation is new."""


@dataclass(frozen=True)
class Window:
    """The days from ``since`` to ``until``."""

    since: date
    until: date

    def parameters(self, newest: date | None) -> dict[str, str | int]:
        """Return the window's parameters of a statement; ``newest``: the last day with a report, None
        where unknown.

        ``cut`` is the first day of the month that the window cuts short, of which the sightings up to
        ``until`` are read. Where the window ends with a month, or with the reports, ``cut`` is the
        first day after that month: it is read whole.
        """
        whole = self.until == month_end(self.until) or (newest is not None and newest <= self.until)
        cut = month_end(self.until) + timedelta(days=1) if whole else self.until.replace(day=1)
        moment = datetime(self.since.year, self.since.month, self.since.day, tzinfo=UTC)
        return {
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "cut": cut.isoformat(),
            "moment": int(moment.timestamp()),
            "span": (self.until - self.since).days + 1,
            "recent": (self.until - timedelta(days=NEW_DAYS - 1)).isoformat(),
        }

    def widened(self, unit: str, newest: date) -> Window:
        """Return the window widened to whole weeks (Monday to Sunday) or months, or as it is for days.

        It ends with its last whole period, but not after both ``newest``, the last day with a report,
        and its own end.
        """
        since, until = self.since, self.until
        if unit == "week":
            since, until = since - timedelta(days=since.weekday()), until + timedelta(days=6 - until.weekday())
        elif unit == "month":
            since, until = since.replace(day=1), month_end(until)
        return Window(since, min(until, max(newest, self.until)))


def alive(until: date) -> Window:
    """Return the window in which an installation that is alive on ``until`` was seen."""
    return Window(alive_since(until), until)


def alive_since(until: date) -> date:
    """Return the first day of the 13 months that end with ``until``."""
    return months_before(until, ALIVE_MONTHS) + timedelta(days=1)


def months_before(day: date, months: int) -> date:
    """Return the same day so many months before; one that its month lacks becomes the month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def months_after(day: date, months: int) -> date:
    """Return the same day so many months later, or the last of that month where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def month_end(day: date) -> date:
    """Return the last day of the month of a day."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])
