"""Habits of an installation: how it came by its Buildbot, when it restarts, when it stops to report."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Literal

from headcount.fleet._history import Version

Build = Literal["release", "pre-release", "development", "local"]
DAY = 86_400
_CRON = 4 * 3600  # the second of the day at which machines are restarted

NEW_FIELDS = (
    "build", "configurators", "db_driver", "db_server", "factories", "hooks", "protocols", "variety", "workers",
)  # fmt: skip
"""The fields of schema 2."""


@dataclass(frozen=True)
class Habits:
    """Habits of an installation.

    ``build``: how its Buildbot was built; ``reporter_since``: the day (an ordinal) from which our reporter is of schema 2
    there; ``opts_out``: the release at whose upgrade it stops to report; ``cron``: it starts only when its machine is
    restarted, at one hour of the night; ``insecure``: stock sends each report again over plain HTTP, since TLS fails;
    ``drops``: the fields of schema 2 that its function drops, if it has one.
    """

    build: Build
    reporter_since: int
    opts_out: Version | None
    cron: bool
    insecure: bool
    drops: tuple[str, ...]

    def start(self, time: int) -> int:
        """Return when a start that was due at ``time`` (Unix seconds) happens."""
        return time - time % DAY + _CRON if self.cron else time


def draw_habits(rng: Random, first: int, last: int) -> Habits:
    """Return the habits of an installation that lives in the window of days, with invented shares."""
    (build,) = rng.choices(("release", "pre-release", "development", "local"), (84, 3, 5, 8))
    return Habits(
        build=build,  # type: ignore[arg-type]  # one of the four
        reporter_since=rng.choices((first, rng.randint(first, last), last + 1), (70, 20, 10))[0],
        opts_out=rng.choice(((3, 11), (4,), (4, 2))) if rng.random() < 0.03 else None,
        cron=rng.random() < 0.05,
        insecure=rng.random() < 0.02,
        drops=tuple(name for name in NEW_FIELDS if rng.random() < 0.15),
    )
