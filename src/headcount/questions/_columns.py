"""The columns that questions have in common, and how releases and weeks are shown."""

from __future__ import annotations

from datetime import date

from headcount.contract import Release
from headcount.questions._question import Column


def release(number: int) -> str:
    """Return the release that a number stands for."""
    return str(Release.from_number(number))


def week(day: date) -> str:
    """Return the ISO week of a day: ``2026-W41``."""
    year, number, _ = day.isocalendar()
    return f"{year}-W{number:02}"


PERIOD = Column(
    "period",
    "a month or a week, UTC, at whose end the installations are counted: of the last, at the end of the window",
)
INSTALLATIONS = Column("installations", "how many installations")
PLUGIN = Column("plugin", "a public class under its newest path, or `custom` for those with no public ancestor")
KIND = Column("kind", "what the class is: step, worker, scheduler, …")
INSTANCES = Column("instances", "how many there are in these installations")
CUSTOMIZED = Column("customized", "installations that use a subclass of their own")
VERSION = Column("version", "a release of Buildbot", release)
