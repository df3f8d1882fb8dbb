"""Series of releases, and the ends of their support."""

from __future__ import annotations

from datetime import date

from headcount.contract import SERIES_NUMBERS, Release, series_of, supported


def test_the_ends_of_support_have_a_source() -> None:
    """Each is a day of a series of a product, in the order of versions: what is not public is not there."""
    ends = supported()
    assert ends["python", "3.9"] == "2025-10-31"
    assert {product for product, _ in ends} <= set(SERIES_NUMBERS)
    of_python = sorted(
        (tuple(map(int, name.split("."))), date.fromisoformat(day))
        for (product, name), day in ends.items()
        if product == "python"
    )
    threes = [day for name, day in of_python if name[0] == 3]
    assert threes == sorted(threes)


def test_a_release_is_of_the_series_by_which_its_support_is_known() -> None:
    """As the table of ends writes it."""
    assert ("python", series_of("python", Release(3, 9, 2))) in supported()
    assert series_of("twisted", Release(24, 3, 0)) == "24"
