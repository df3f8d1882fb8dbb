"""The registry: what each question means, how it may be asked, and of whom."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from datetime import date
from typing import Literal

from headcount.contract import Release

Basis = Literal["alive", "confirmed", "seen"]
Cell = str | int | float

BASES: Mapping[Basis, str] = {
    "alive": "seen in the 13 months before the end of the window, by their last report in them",
    "confirmed": "alive, and seen on two different days of their life",
    "seen": "seen in the window, by their last report in it",
}
"""Which installations an answer is about."""


@dataclasses.dataclass(frozen=True)
class Column:
    """A column of an answer: its name, what it means, and how a value of the warehouse is shown."""

    name: str
    meaning: str
    show: Callable[[object], Cell] = lambda value: value if isinstance(value, str | int | float) else str(value)


@dataclasses.dataclass(frozen=True)
class Breakdown:
    """One way to ask a question (its ``by``).

    ``sql``: the statement's file; ``denominator``: the fragment that counts those of whom the shares are; ``field``: the
    field of the catalog that they answered; ``columns``: those of the statement, in order; ``fill``: places of the
    statement; ``parameters``: what it is given beside the window; ``days``: the default length of a window of basis
    ``seen``; ``widen``: the window is widened to whole ones of these.
    """

    sql: str
    columns: tuple[Column, ...]
    denominator: str = "answered"
    field: str = ""
    fill: Mapping[str, str] = dataclasses.field(default_factory=dict)
    parameters: Mapping[str, str] = dataclasses.field(default_factory=dict)
    bases: tuple[Basis, ...] = ("alive", "confirmed", "seen")
    days: int = 30
    widen: Literal["day", "week", "month"] = "day"


@dataclasses.dataclass(frozen=True)
class Question:
    """A question: ``title`` in a few words, ``meaning`` in a sentence, and the ways to ask it, the default first."""

    name: str
    title: str
    meaning: str
    by: Mapping[str, Breakdown]


def _whole(value: object) -> int:
    return int(str(value))


def _release(value: object) -> str:
    return str(Release.from_number(_whole(value)))


def _week(value: object) -> str:
    year, week, _ = _date(value).isocalendar()
    return f"{year}-W{week:02}"


def _date(value: object) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


INSTALLATIONS = Column("installations", "how many installations", _whole)
_NEW = Column("new", "installations seen for the first time ever in the period", _whole)
_PERIODS: Mapping[str, Callable[[object], Cell]] = {
    "day": lambda value: _date(value).isoformat(),
    "week": _week,
    "month": lambda value: _date(value).isoformat()[:7],
}


def _period(name: Literal["day", "week", "month"], sql: str, days: int, **fill: str) -> Breakdown:
    columns = (Column("period", f"a {name} of the window, UTC", _PERIODS[name]), INSTALLATIONS, _NEW)
    return Breakdown(sql, columns, "everyone", fill=fill, bases=("seen",), days=days, widen=name)


def _versions(product: str, path: str) -> Breakdown:
    columns = (Column("version", f"a release of {product}", _release), INSTALLATIONS)
    return Breakdown("versions", columns, field=path, fill={"column": product.lower()})


_PLUGIN_COLUMNS = (
    Column("plugin", "a public class under its newest path, or `custom` for those with no public ancestor"),
    Column("kind", "what the class is: step, worker, scheduler, …"),
    INSTALLATIONS,
    Column("instances", "how many there are in these installations", _whole),
    Column("customized", "installations that use a subclass of their own", _whole),
)
_KINDS = (
    "worker", "builder", "step", "scheduler", "change source", "reporter", "service", "other",
)  # fmt: skip
_KINDS_AT_FULL = ("secrets provider", "authentication", "report generator", "machine")


def _plugins(kind: str, path: str, denominator: str = "answered") -> Breakdown:
    return Breakdown("plugins", _PLUGIN_COLUMNS, denominator, path, parameters={"kind": kind})


REGISTRY: Mapping[str, Question] = {
    question.name: question
    for question in (
        Question(
            "installs",
            "Installations",
            "How many installations there are. By `state`: alive, confirmed, new (first seen in the last 30 days) and "
            "lapsed (no longer alive), of all that were ever seen. By `day`, `week` or `month`: those who were seen, which "
            "is not all who are there, since most report only when they start.",
            {
                "state": Breakdown(
                    "installs.state",
                    (Column("state", "alive, confirmed, new or lapsed"), INSTALLATIONS),
                    "everyone",
                    fill={"installations": "births"},
                    bases=("alive",),
                ),
                "day": _period("day", "installs.day", 30),
                "week": _period("week", "installs.period", 26 * 7, periods="weeks", start="toMonday(born)"),
                "month": _period("month", "installs.period", 365, periods="months", start="toStartOfMonth(born)"),
            },
        ),
        Question(
            "versions",
            "Versions",
            "The share of installations by version, of those that said which they run.",
            {
                "buildbot": _versions("Buildbot", "versions.Buildbot"),
                "python": _versions("Python", "versions.Python"),
                "twisted": _versions("Twisted", "versions.Twisted"),
                "sqlalchemy": _versions("SQLAlchemy", "versions.SQLAlchemy"),
            },
        ),
        Question(
            "plugins",
            "Plugins",
            "For each class: the installations that use it or a subclass of it, how many instances they have, and how many "
            "of them use a subclass of their own. By `all`, every class but the plugins of the web interface; by `www`, "
            "those; by a kind, the classes of it.",
            {
                "all": _plugins("all", "plugins"),
                **{kind: _plugins(kind, "plugins") for kind in _KINDS},
                **{kind: _plugins(kind, "plugins", "answered_full") for kind in _KINDS_AT_FULL},
                "www": _plugins("www", "www_plugins"),
            },
        ),
    )
}
"""Every question that can be asked, by name."""
