"""Bands: which number is in which, and what they are called."""

from __future__ import annotations

import pytest

from headcount.questions import _bands


def test_bands_are_named_by_what_is_in_them() -> None:
    """From and to, where that is more than one number; the last has no end."""
    assert _bands.names(_bands.SIZES) == [
        "0", "1", "2-5", "6-20", "21-50", "51-100", "101-200", "201-500", "501-1000", "1001-5000", "more than 5000"
    ]  # fmt: skip
    assert _bands.names(_bands.AGES) == ["0-7", "8-30", "31-90", "91-180", "181-270", "271-400", "more than 400"]
    assert _bands.PORTIONS == (0, 10, 25, 50, 75, 100)


def test_a_number_is_in_the_band_that_its_name_says() -> None:
    """A bound is in its own band; what is more than it, in the next."""
    places = {number: _bands.place(number, (0, 10, 20)) for number in (0, 0.5, 1, 10, 10.5, 11, 20, 21)}
    assert places == {0: 0, 0.5: 1, 1: 1, 10: 1, 10.5: 2, 11: 2, 20: 2, 21: 3}


@pytest.mark.parametrize(("part", "number"), [(0.0, 1), (0.25, 1), (0.26, 5), (0.5, 5), (0.75, 5), (0.76, 9), (1.0, 9)])
def test_a_quantile_is_not_exceeded_by_its_part(part: float, number: int) -> None:
    """It is the least such number, in whichever order they are counted."""
    assert _bands.quantile([(9, 1), (1, 1), (5, 2)], part) == number


def test_the_quantile_of_nothing_is_0() -> None:
    """As the median of no installations."""
    assert _bands.quantile([], 0.5) == 0
