"""Fleets by hand, of which the truth that a decision needs is known."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from headcount.contract import Arrival, Name, Profile, Release
from headcount.questions import Answer, Query, ask
from headcount.warehouse.duckdb import DuckWarehouse
from tests.support.loaded import empty_warehouse

TODAY = date(2026, 11, 28)
NOW = (date(2026, 10, 5), date(2026, 11, 9))
"""Two days on which who is confirmed reported of late."""

GIT, CVS = "buildbot.steps.source.git.Git", "buildbot.steps.source.cvs.CVS"
DARCS, BZR, MONOTONE = (
    "buildbot.steps.source.darcs.Darcs", "buildbot.steps.source.bzr.Bzr", "buildbot.steps.source.mtn.Monotone",
)  # fmt: skip
WORKER, BUILDER = "buildbot.worker.base.Worker", "buildbot.config.builder.BuilderConfig"
MTR = "buildbot.steps.mtrlogobserver.MTR"
LIBVIRT, DOCKER = "buildbot.worker.libvirt.LibVirtWorker", "buildbot.worker.docker.DockerLatentWorker"


class Reported(NamedTuple):
    """What an installation reported on some days."""

    install: int
    profile: Profile
    days: Sequence[date] = NOW


def profile(*plugins: str | tuple[str, int], level: str = "full", **facts: Any) -> Profile:
    """Return a profile of our reporter: Buildbot 4.3.0, with these plugins, some with a number of instances."""
    counts = {Name(name): count for name, count in ((each, 1) if isinstance(each, str) else each for each in plugins)}
    known = {"buildbot": Release(4, 3, 0), "python": Release(3, 12, 0), "distro": "debian:12", "db": "sqlite"}
    return Profile("headcount", level, "2026.11.24", **{**known, "plugins": tuple(sorted(counts.items())), **facts})  # type: ignore[arg-type]


def many(first: int, number: int, said: Profile, days: Sequence[date] = NOW) -> list[Reported]:
    """Return so many installations that reported the same."""
    return [Reported(install, said, days) for install in range(first, first + number)]


@contextmanager
def fleet(*groups: Iterable[Reported]) -> Iterator[DuckWarehouse]:
    """Yield a warehouse that holds what was reported."""
    arrivals = [
        Arrival(_noon(day), each.install, hash_of(each.profile), each.profile.canonical())
        for group in groups
        for each in group
        for day in each.days
    ]
    with empty_warehouse() as warehouse:
        warehouse.floods = warehouse.floods._replace(floor=10_000)  # all of them came on one day
        warehouse.load(sorted(arrivals, key=lambda arrival: arrival.received), inbox="a", through=1)
        yield warehouse


def asked(warehouse: DuckWarehouse, question: str, by: str | None = None, **named: Any) -> Answer:
    """Return an answer of today."""
    return ask(warehouse, Query(question, by, **named), today=TODAY)


def row(answer: Answer) -> dict[str, Any]:
    """Return the one row of an answer."""
    (only,) = answer.rows
    return dict(only)


def table(answer: Answer, name: str) -> list[dict[str, Any]]:
    """Return the rows of a table beside the rows."""
    return [dict(each) for each in answer.tables[name].rows]


def without(said: Profile, *fields: str) -> Profile:
    """Return a profile that does not answer some fields."""
    return replace(said, **dict.fromkeys(fields))  # type: ignore[arg-type]  # of fields that may be None


def hash_of(said: Profile) -> int:
    """Return the name under which a profile is stored."""
    return int.from_bytes(hashlib.sha256(said.canonical()).digest()[:7])


def _noon(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp())
