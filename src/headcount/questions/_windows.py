"""Windows of days, UTC and inclusive."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

ALIVE_MONTHS = 13
"""An installation that was not seen for so many months is no longer alive."""

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
"""The days that can be asked about: no report is older, and every engine has room for the windows around them."""

NEW_DAYS = 30
"""An installation is new for so many days."""


@dataclass(frozen=True)
class Window:
    """The days from ``since`` to ``until``."""

    since: date
    until: date

    def parameters(self, newest: date | None) -> dict[str, str | int]:
        """What a statement is told of the window, where ``newest`` is the last day with a report, if that is known.

        ``cut`` begins the month that the window cuts short, of which the sightings up to ``until`` must be read; a month
        that it does not cut short, since it or the reports end there, is read whole.
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
        """The window in whole weeks (Monday to Sunday) or months; as it is for days.

        The last of them is whole only as far as there are reports, up to ``newest``: no window is said to end after both
        that and its own end.
        """
        since, until = self.since, self.until
        if unit == "week":
            since, until = since - timedelta(days=since.weekday()), until + timedelta(days=6 - until.weekday())
        elif unit == "month":
            since, until = since.replace(day=1), month_end(until)
        return Window(since, min(until, max(newest, self.until)))


def alive(until: date) -> Window:
    """The window in which an installation must have been seen to be alive on ``until``."""
    return Window(alive_since(until), until)


def alive_since(until: date) -> date:
    """The first day of the 13 months that end with ``until``."""
    months = until.year * 12 + until.month - 1 - ALIVE_MONTHS
    year, month = divmod(months, 12)
    day = min(until.day, calendar.monthrange(year, month + 1)[1])
    return date(year, month + 1, day) + timedelta(days=1)


def month_end(day: date) -> date:
    """The last day of its month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])
