"""The series into which releases are grouped: Buildbot 4.3, Python 3.9, Twisted 24."""

from __future__ import annotations

from headcount.contract import SERIES_NUMBERS, Release, series_of

PRODUCTS = tuple(SERIES_NUMBERS)
"""The products whose releases are grouped; `worker` is buildbot-worker."""


def series(product: str, release: int) -> str:
    """Return the name of the series of a release, which is given by its number."""
    return series_of(product, Release.from_number(release))


def width(product: str) -> int:
    """Return how many numbers of releases a series spans: those of one series have the same quotient by it."""
    return int(1000 ** (3 - SERIES_NUMBERS[product]))


def place(version: str) -> tuple[int, ...]:
    """Return the place of a series or a release in the order of versions; what is no version comes before all."""
    numbers = version.split(".")
    return tuple(map(int, numbers)) if all(number.isdecimal() for number in numbers) else ()
