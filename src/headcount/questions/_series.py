"""The series into which releases are grouped: Buildbot 4.3, Python 3.9, Twisted 24."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from headcount.contract import Release

_NUMBERS = {"buildbot": 2, "python": 2, "twisted": 1, "sqlalchemy": 2, "worker": 2}
"""How many numbers of a release name its series."""

PRODUCTS = tuple(_NUMBERS)
"""The products whose releases are grouped; `worker` is buildbot-worker."""


def series(product: str, release: int) -> str:
    """Return the name of the series of a release, which is given by its number."""
    return ".".join(map(str, Release.from_number(release)[: _NUMBERS[product]]))


def width(product: str) -> int:
    """Return how many numbers of releases a series spans: those of one series have the same quotient by it."""
    return int(1000 ** (3 - _NUMBERS[product]))


def place(version: str) -> tuple[int, ...]:
    """Return the place of a series or a release in the order of versions; what is no version comes before all."""
    numbers = version.split(".")
    return tuple(map(int, numbers)) if all(number.isdecimal() for number in numbers) else ()


@cache
def supported() -> Mapping[tuple[str, str], str]:
    """Return by product and series the last day of its support, in ISO 8601, as far as that is public: ``support.csv``.

    Where the source names a month alone, it is the last day of the month.
    """
    with files("headcount.questions").joinpath("support.csv").open(encoding="utf-8") as lines:
        return {(row["product"], row["series"]): row["day"] for row in csv.DictReader(lines)}
