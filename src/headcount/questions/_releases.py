"""When each release of Buildbot came out: ``releases.csv``, the day of its first upload on PyPI."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files

from headcount.contract import Release, parse_release


@cache
def released() -> Mapping[Release, date]:
    """Return the day (UTC) on which each release came out, the oldest first."""
    days: dict[Release, date] = {}
    with files("headcount.questions").joinpath("releases.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            release = parse_release(row["release"])
            assert release is not None
            days[release] = date.fromisoformat(row["day"])
    return dict(sorted(days.items(), key=lambda item: (item[1], item[0])))


def is_released(version: str, until: date) -> bool:
    """Return whether a release of Buildbot, or one of a series, had come out by the end of a day: ``4.3.0`` or ``4.3``."""
    return any(day <= until and f"{release}.".startswith(f"{version}.") for release, day in released().items())


def of_the_year(until: date) -> set[int]:
    """Return the numbers of the releases of the 365 days that end with ``until``."""
    return {release.number for release, day in released().items() if 0 <= (until - day).days < 365}
