"""The columns that questions have in common, and how values of the warehouse are shown."""

from __future__ import annotations

from datetime import date

from headcount.contract import Release
from headcount.questions._question import Column


def whole(value: object) -> int:
    """A count; sums come from DuckDB in a wider type than from ClickHouse."""
    return int(str(value))


def release(value: object) -> str:
    """A release from its number."""
    return str(Release.from_number(whole(value)))


def day(value: object) -> date:
    """A day, which DuckDB and ClickHouse give as a date."""
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def week(value: object) -> str:
    """The ISO week of a day: ``2026-W41``."""
    year, number, _ = day(value).isocalendar()
    return f"{year}-W{number:02}"


INSTALLATIONS = Column("installations", "how many installations", whole)
PLUGIN = Column("plugin", "a public class under its newest path, or `custom` for those with no public ancestor")
KIND = Column("kind", "what the class is: step, worker, scheduler, …")
INSTANCES = Column("instances", "how many there are in these installations", whole)
CUSTOMIZED = Column("customized", "installations that use a subclass of their own", whole)
VERSION = Column("version", "a release of Buildbot", release)
