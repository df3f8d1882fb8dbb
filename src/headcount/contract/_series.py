"""The series into which releases are grouped (Buildbot 4.3, Python 3.9, Twisted 24), and the ends of their support."""

from __future__ import annotations

import csv
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headcount.contract._releases import Release

SERIES_NUMBERS = {"buildbot": 2, "python": 2, "twisted": 1, "sqlalchemy": 2, "worker": 2}
"""By product, how many numbers of a release name its series; ``worker`` is buildbot-worker."""


def series_of(product: str, release: Release) -> str:
    """Return the name of the series of a release."""
    return ".".join(map(str, release[: SERIES_NUMBERS[product]]))


@lru_cache(maxsize=1)
def supported() -> Mapping[tuple[str, str], str]:
    """Return by product and series the last day of its support, in ISO 8601, as far as that is public: ``support.csv``.

    Where the source names a month alone, it is the last day of the month.
    """
    with files("headcount.contract").joinpath("support.csv").open(encoding="utf-8") as lines:
        return {(row["product"], row["series"]): row["day"] for row in csv.DictReader(lines)}
