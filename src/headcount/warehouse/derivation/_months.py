"""Who was seen in the last 13 months is alive; the month of a day, and the day of a moment."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from functools import cache

_MONTHS = 13
_EPOCH = date(1970, 1, 1).toordinal()
_ONE_DAY = timedelta(days=1)


@cache
def alive_since(day: date) -> date:
    """Return the first of the days on which who is alive on ``day`` was seen."""
    return _months_later(day, -_MONTHS) + _ONE_DAY


@cache
def alive_until(day: date) -> date:
    """Return the last of the days on which who was seen on ``day`` is alive by that, at the ends of months too."""
    end = _months_later(day, _MONTHS)
    return end - _ONE_DAY if end.day == day.day else end


@cache
def month_of(day: date) -> date:
    """Return the first day of the month of a day."""
    return day.replace(day=1)


@cache
def _day(number: int) -> date:
    return date.fromordinal(_EPOCH + number)


def day_of(moment: int) -> date:
    """Return the UTC day of a moment, Unix time, seconds."""
    return _day(moment // 86_400)


def _months_later(day: date, months: int) -> date:
    """Return the day of the month so many months later, or the last one of that month where it has none such."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
