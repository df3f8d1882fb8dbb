"""Windows of days, UTC and inclusive: the 13 months of `alive`, whole weeks and months, and the names of periods."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, timedelta

_ALIVE_MONTHS = 13


def alive_since(until: date) -> date:
    """Return the first day of the 13 months that end with ``until``. A day that its month lacks becomes the
    month's last.
    """
    return _months_before(until, _ALIVE_MONTHS) + timedelta(days=1)


def day_of(received: int) -> date:
    """Return the UTC day of a time in Unix seconds."""
    return datetime.fromtimestamp(received, UTC).date()


def widen(by: str, since: date, until: date) -> tuple[date, date]:
    """Return the window in whole weeks (Monday to Sunday) or months; unchanged for days."""
    if by == "week":
        return since - timedelta(days=since.weekday()), until + timedelta(days=6 - until.weekday())
    if by == "month":
        return since.replace(day=1), until.replace(day=calendar.monthrange(until.year, until.month)[1])
    return since, until


def period(by: str, day: date) -> str:
    """Return the period of a day: ``2026-10-02``, ``2026-W41`` (ISO 8601) or ``2026-10``."""
    if by == "week":
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02}"
    return day.isoformat()[:7] if by == "month" else day.isoformat()


def months_held(day: date, held: date) -> int:
    """Count the whole months that end with a day, 13 at most, of all of whose days reports are held."""
    months = 0
    while months < _ALIVE_MONTHS and _months_before(day, months + 1) + timedelta(days=1) >= held:
        months += 1
    return months


def _months_before(day: date, months: int) -> date:
    month = day.month - 1 - months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
