"""The 13 months of who is alive."""

from __future__ import annotations

from datetime import date, timedelta

from headcount.warehouse.derivation import alive_since, alive_until, day_of


def test_who_was_seen_on_a_day_is_alive_until_the_inverse() -> None:
    """On all days of five years, leap days and the ends of months too."""
    for day in (date(2023, 1, 1) + timedelta(number) for number in range(5 * 366)):
        until = alive_until(day)
        assert alive_since(until) <= day < alive_since(until + timedelta(1))


def test_a_day_ends_with_its_last_second() -> None:
    """A moment is of the UTC day in which it is."""
    assert [day_of(moment) for moment in (86_399, 86_400)] == [date(1970, 1, 1), date(1970, 1, 2)]
