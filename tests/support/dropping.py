"""A fleet of which something is to be dropped: what each master uses is known, a year before and now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from headcount.contract import Arrival, Name, Profile, parse_release
from headcount.ingest import Pseudonymizer
from headcount.warehouse.duckdb import DuckWarehouse
from tests.support.loaded import empty_warehouse

CVS, SVN, GIT = (f"buildbot.steps.source.{name}" for name in ("cvs.CVS", "svn.SVN", "git.Git"))
PSEUDONYMIZER = Pseudonymizer(b"k" * 32)
_RELEASES = ("4.3.0", "4.2.1", "3.11.9", "2.10.5")
_DISTRIBUTIONS = ("debian:12", "ubuntu:24.04", "arch")


@dataclass(frozen=True)
class Said:
    """What an installation reports: Buildbot's release, the distribution, the plugins; None: it does not tell them."""

    release: str
    distro: str
    plugins: tuple[str, ...] | None


@dataclass(frozen=True)
class Master:
    """An installation: what it reported on two days before the end of a quarter a year ago, and before that of the last.

    None: nothing.
    """

    number: int
    then: Said | None
    now: Said | None

    @property
    def name(self) -> str:
        """Its id."""
        return f"m{self.number}"


def masters(count: int = 420) -> list[Master]:
    """A fleet: every fifth used CVS a year before, some of those stopped, others began, some left; some do not tell."""
    made = []
    for number in range(count):
        release = _RELEASES[number % 4]
        distro = _DISTRIBUTIONS[number % 3] if number % 50 else "gentoo"
        had = (GIT, CVS) if number % 5 == 0 else (GIT,)
        has = (GIT, CVS) if (number % 5 == 0 and number % 25) or number % 41 == 3 else (GIT,)
        then = None if number % 7 == 6 else Said("3.11.9", distro, None if number % 60 == 1 else had)
        now = None if number % 35 == 15 else Said(release, distro, None if number % 29 == 5 else has)
        made.append(Master(number, then, now))
    return made


def arrivals(fleet: Sequence[Master], quarter: date) -> list[Arrival]:
    """Their reports, of which few come on one day; ``quarter``: the end of the last one."""
    sent = []
    for master in fleet:
        for said, first in ((master.then, 365 + 150), (master.now, 180)):
            if said is not None:
                plugins = None if said.plugins is None else tuple((Name(each), 2) for each in said.plugins)
                release = parse_release(said.release)
                content = Profile("stock", "basic", buildbot=release, distro=said.distro, plugins=plugins).canonical()
                begun = quarter - timedelta(days=first - master.number % 60)
                sent += [
                    Arrival(_noon(day), PSEUDONYMIZER.install(master.name), PSEUDONYMIZER.profile(content), content)
                    for day in (begun, begun + timedelta(days=55))
                ]
    return sorted(sent)


@contextmanager
def warehouse_of(fleet: Sequence[Master], quarter: date) -> Iterator[DuckWarehouse]:
    """Yield a warehouse that holds their reports."""
    with empty_warehouse() as warehouse:
        warehouse.load(arrivals(fleet, quarter), inbox="a", through=1)
        yield warehouse


def _noon(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp())
