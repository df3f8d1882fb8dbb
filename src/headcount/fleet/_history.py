"""The history of releases, from which a fleet draws its versions.

Buildbot, Twisted and SQLAlchemy: the first upload on PyPI (read 2026-11-24). Python: the release of each
minor (PEPs 373, 478, 494, 537, 569, 596, 619, 664, 693, 719, 745). Which Python a release needs: for
Twisted ``requires_python`` on PyPI, for Buildbot, which does not declare it there, its release notes.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date

Version = tuple[int, ...]


def dated(table: str) -> tuple[tuple[int, Version], ...]:
    """Read pairs of a version and a date as (proleptic ordinal, version), by date."""
    words = table.split()
    pairs = zip(words[1::2], words[::2], strict=True)
    return tuple(sorted((date.fromisoformat(day).toordinal(), version_of(text)) for day, text in pairs))


def version_of(text: str) -> Version:
    """Return the numbers of ``4.3.0``."""
    return tuple(map(int, text.split(".")))


BUILDBOT = dated("""
    0.9.0 2016-10-06 0.9.1 2016-11-01 0.9.2 2016-12-13 0.9.3 2017-01-11 0.9.4 2017-02-08 0.9.5 2017-03-20 0.9.6 2017-04-19
    0.9.7 2017-05-10 0.9.8 2017-06-14 0.9.9 2017-06-29 0.9.10 2017-08-03 0.9.11 2017-09-08 0.9.12 2017-10-05
    0.9.13 2017-11-07 0.9.14 2017-12-09 0.9.15 2018-01-02 1.0.0 2018-02-11 1.1.0 2018-03-11 1.1.1 2018-04-06
    1.1.2 2018-05-15 1.2.0 2018-06-11 1.3.0 2018-07-13 1.4.0 2018-09-02 1.5.0 2018-10-09 1.6.0 2018-11-17
    1.7.0 2018-12-21 1.8.0 2019-01-21 1.8.1 2019-02-02 1.8.2 2019-05-23 2.0.1 2019-02-07 2.1.0 2019-03-09
    2.2.0 2019-04-07 2.3.0 2019-05-06 2.3.1 2019-05-23 2.4.0 2019-08-18 2.4.1 2019-09-11 2.5.0 2019-10-17
    2.5.1 2019-11-24 2.6.0 2020-01-21 2.7.0 2020-02-27 2.8.0 2020-05-27 2.8.1 2020-06-06 2.8.2 2020-06-14
    2.8.3 2020-08-22 2.8.4 2020-08-29 2.9.0 2020-12-04 2.9.1 2020-12-05 2.9.2 2020-12-08 2.9.3 2020-12-15
    2.9.4 2020-12-26 2.10.0 2021-01-02 2.10.1 2021-01-29 2.10.2 2021-03-07 2.10.3 2021-03-14 2.10.4 2021-03-16
    2.10.5 2021-04-05 3.0.0 2021-03-08 3.0.1 2021-03-15 3.0.2 2021-03-16 3.0.3 2021-04-05 3.1.0 2021-04-05
    3.1.1 2021-04-28 3.2.0 2021-06-19 3.3.0 2021-07-31 3.4.0 2021-10-16 3.4.1 2022-02-10 3.5.0 2022-03-06
    3.6.0 2022-08-25 3.6.1 2022-09-22 3.7.0 2022-12-04 3.8.0 2023-04-17 3.9.0 2023-08-16 3.9.2 2023-09-03
    3.10.0 2023-12-05 3.10.1 2023-12-26 3.11.0 2024-01-25 3.11.1 2024-03-04 3.11.2 2024-05-07 3.11.3 2024-05-20
    3.11.5 2024-06-24 3.11.6 2024-07-12 3.11.7 2024-08-02 3.11.8 2024-09-28 3.11.9 2024-10-14 4.0.0 2024-07-01
    4.0.1 2024-07-12 4.0.2 2024-08-02 4.0.3 2024-09-28 4.0.4 2024-10-14 4.1.0 2024-10-14 4.2.0 2024-12-14
    4.2.1 2025-01-12 4.3.0 2025-05-12""")

AHEAD = "4.4.0"
"""A release that is not out yet; some installations run a version before it."""

TWISTED = dated("""
    16.4.1 2016-09-14 16.5.0 2016-10-29 16.6.0 2016-11-25 17.1.0 2017-02-11 17.5.0 2017-06-11 17.9.0 2017-09-23
    18.4.0 2018-04-29 18.7.0 2018-07-13 18.9.0 2018-10-15 19.2.0 2019-04-10 19.7.0 2019-08-06 19.10.0 2019-11-11
    20.3.0 2020-03-20 21.2.0 2021-02-28 21.7.0 2021-07-28 22.1.0 2022-02-07 22.2.0 2022-03-03 22.4.0 2022-04-11
    22.8.0 2022-09-07 22.10.0 2022-10-31 23.8.0 2023-08-28 23.10.0 2023-10-31 24.3.0 2024-03-01 24.7.0 2024-08-10
    24.10.0 2024-10-28 24.11.0 2024-12-02 25.5.0 2025-06-07 26.4.0 2026-05-11 26.10.0 2026-10-30""")

SQLALCHEMY = dated("""
    1.3.0 2019-03-04 1.3.24 2021-03-30 1.4.20 2021-06-28 1.4.31 2022-01-21 1.4.41 2022-09-07 1.4.46 2023-01-03
    1.4.50 2023-10-29 1.4.54 2024-09-05 2.0.0 2023-01-26 2.0.12 2023-04-30 2.0.20 2023-08-15 2.0.25 2024-01-03
    2.0.30 2024-05-05 2.0.36 2024-10-15 2.0.41 2025-05-14 2.0.45 2025-12-09 2.0.50 2026-05-24 2.0.53 2026-09-14""")

PYTHON = dated("""
    2.7 2010-07-03 3.5 2015-09-13 3.6 2016-12-23 3.7 2018-06-27 3.8 2019-10-14 3.9 2020-10-05 3.10 2021-10-04
    3.11 2022-10-24 3.12 2023-10-02 3.13 2024-10-07 3.14 2025-10-07""")

_NEEDS_PYTHON: tuple[tuple[Version, Version], ...] = (
    ((2, 0), (3, 5)), ((3, 0), (3, 6)), ((3, 6), (3, 7)), ((3, 10), (3, 8)), ((4, 3), (3, 9)),
)  # fmt: skip
"""A release of Buildbot → the lowest Python that runs it, and later ones."""

_LAST_TWISTED: tuple[tuple[Version, Version], ...] = (
    ((2, 7), (20, 3, 0)), ((3, 5), (21, 2, 0)), ((3, 6), (22, 4, 0)), ((3, 7), (23, 8, 0)), ((3, 8), (24, 11, 0)),
    ((3, 9), (26, 4, 0)),
)  # fmt: skip
"""A release of Python → the highest Twisted that runs on it, and on earlier ones."""

_PATCHES = 10  # a minor of Python gets about a patch in two months, until bug fixes end after some 20 months


def newest(table: tuple[tuple[int, Version], ...], day: int, below: Version = (999,)) -> Version | None:
    """Return the highest version of ``table`` that was out on ``day`` and is less than ``below``."""
    out = table[: bisect_right(table, (day, (999,)))]
    return max((version for _, version in out if version < below), default=None)


def too_new(python: Version) -> Version:
    """Return the first Buildbot that does not run on this Python."""
    return min((since for since, needed in _NEEDS_PYTHON if needed > python), default=(999,))


def twisted_on(day: int, buildbot: Version, python: Version) -> Version:
    """Return the Twisted of an installation of that day: the newest that works (WIRE.md names the pins)."""
    below: Version = (22,) if buildbot < (3,) else (24, 8) if buildbot < (4, 1) else (999,)
    limit = next((last for upto, last in _LAST_TWISTED if python <= upto), None)
    if limit is not None:
        below = min(below, (*limit, 0))
    return newest(TWISTED, day, below) or TWISTED[0][1]


def sqlalchemy_on(day: int, buildbot: Version) -> Version:
    """Return the SQLAlchemy of an installation of that day; Buildbot accepts 2.0 since 4.0."""
    return newest(SQLALCHEMY, day, (999,) if buildbot >= (4,) else (2,)) or SQLALCHEMY[0][1]


def patched_python(minor: Version, day: int) -> Version:
    """Return a minor of Python with the patch of that day; the last Python 2.7 is 2.7.18."""
    if minor == (2, 7):
        return (2, 7, 12 if day < date(2018, 1, 1).toordinal() else 18)
    out = next(first for first, version in PYTHON if version == minor)
    return (*minor, min(max(day - out, 0) // 60, _PATCHES))
