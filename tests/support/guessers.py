"""Masters and guessers in play: reports under ids and secrets, in a real warehouse, and what the answers say then."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import NamedTuple

from headcount.contract import Arrival, Name, Profile, Release, Report
from headcount.ingest import Pseudonymizer, arrival
from headcount.questions import Answer, Query, ask
from headcount.warehouse import Warehouse

WORKER, GIT, CVS, SVN = (
    "buildbot.worker.base.Worker", "buildbot.steps.source.git.Git", "buildbot.steps.source.cvs.CVS",
    "buildbot.steps.source.svn.SVN",
)  # fmt: skip
PSEUDONYMIZER = Pseudonymizer(b"k" * 32)


class Said(NamedTuple):
    """A report: the day, the number of the id, the secret's number or 0, and the classes that it names, if any."""

    day: date
    install: int
    secret: int
    classes: tuple[str, ...] | None
    level: str = "basic"
    hour: int = 12
    release: Release = Release(4, 3, 0)
    crowded: bool = False


def arrivals(reports: Iterable[Said]) -> list[Arrival]:
    """Return what ingest makes of them."""
    made = []
    for said in reports:
        profile = Profile(
            "headcount" if said.secret else "stock",
            said.level,  # type: ignore[arg-type]
            buildbot=said.release,
            plugins=None if said.classes is None else tuple(sorted((Name(name), 1) for name in said.classes)),
        )
        install = f"{said.install:040x}"
        secret = f"{said.secret:064x}" if said.secret else None
        received = int(datetime(*said.day.timetuple()[:3], said.hour, tzinfo=UTC).timestamp())
        made.append(arrival(Report(profile, install), install, received, PSEUDONYMIZER, secret))
    return made


def load(warehouse: Warehouse, reports: Iterable[Said], through: int = 1) -> None:
    """Load them in one batch."""
    warehouse.load(arrivals(reports), inbox="x", through=through)


def users(warehouse: Warehouse, where: str, until: date, basis: str = "alive") -> int:
    """Return how many installations match a condition."""
    return int(asked(warehouse, "drop", until, by="version", basis=basis, where=where).denominator or 0)


def asked(warehouse: Warehouse, question: str, until: date, **named: object) -> Answer:
    """Return an answer as of a day."""
    return ask(warehouse, Query(question, until=until, **named), today=until)  # type: ignore[arg-type]
