"""The list of what the public sees: these tables, over confirmed installations, and no other.

A table counts installations by at most two attributes. To publish another one, add it here: the publication, its pages,
the data dictionary and the tests read this list. A sum over installations is not for the public; its bands are.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Literal

from headcount.questions._question import Breakdown
from headcount.questions._registry import REGISTRY
from headcount.questions.entries.plugins import BANDS, KINDS

RARE = "rare"
"""What stands for all names that are on fewer than k installations."""


@dataclasses.dataclass(frozen=True)
class Names:
    """A column whose values are names that nobody can list beforehand, and which may give an installation away.

    ``column``: the column; ``of``: columns that a name decides, and so are no attributes of their own, with all their
    values; ``place``: the fragment of the statement that writes the name, where an installation can have several: then
    those with a rare one are counted by the statement. Where each has one at most, their counts are added up.
    """

    column: str
    of: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    place: str | None = None


@dataclasses.dataclass(frozen=True)
class PublicTable:
    """A table that is published: one way to ask a question of the registry, over confirmed installations.

    ``attributes``: what its installations are told apart by; ``counts``: the columns that count installations,
    ``installations`` first; ``names``: its column of names, if it has one; ``values``: all the values of its other columns,
    so that a row is there whether anybody is in it or not; ``window``: the 13 months before the end of the week, or the last
    12 months that are over.
    """

    question: str
    by: str
    title: str
    attributes: tuple[str, ...]
    counts: tuple[str, ...] = ("installations",)
    names: Names | None = None
    values: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    window: Literal["alive", "months"] = "alive"

    @property
    def breakdown(self) -> Breakdown:
        """How the registry asks it."""
        return REGISTRY[self.question].by[self.by]

    @property
    def keys(self) -> tuple[str, ...]:
        """Its columns that are not counts, in the order of the registry."""
        known = {*self.attributes, *(self.names.of if self.names else ())} - {*self.counts}
        return tuple(column.name for column in self.breakdown.columns if column.name in known)

    @property
    def columns(self) -> tuple[str, ...]:
        """All its columns of the registry, in the order of the registry."""
        shown = {*self.keys, *self.counts}
        return tuple(column.name for column in self.breakdown.columns if column.name in shown)


_CLASSES = Names("plugin", of={"kind": KINDS}, place="plugin")
_WWW = Names("plugin", of={"kind": ("www",)}, place="plugin")

PUBLIC_TABLES: tuple[PublicTable, ...] = (
    PublicTable("installs", "state", "Installations", ("state",), values={"state": ("alive", "new", "lapsed")}),
    PublicTable(
        "installs",
        "month",
        "Installations seen, by month",
        ("period", "new"),
        ("installations", "new"),
        window="months",
    ),
    PublicTable("versions", "buildbot", "Versions of Buildbot", ("version",), names=Names("version")),
    PublicTable("versions", "python", "Versions of Python", ("version",), names=Names("version")),
    PublicTable("versions", "twisted", "Versions of Twisted", ("version",), names=Names("version")),
    PublicTable("versions", "sqlalchemy", "Versions of SQLAlchemy", ("version",), names=Names("version")),
    PublicTable("plugins", "all", "Plugins", ("plugin", "customized"), ("installations", "customized"), names=_CLASSES),
    PublicTable("plugins", "bands", "Instances of plugins", ("plugin", "band"), names=_CLASSES, values={"band": BANDS}),
    PublicTable("plugins", "www", "Plugins of the web interface", ("plugin",), names=_WWW),
)
"""All of them, in the order of the pages."""


def public_table(question: str, by: str) -> PublicTable:
    """The public table of a question by something. Raises StopIteration where there is none."""
    return next(table for table in PUBLIC_TABLES if (table.question, table.by) == (question, by))


def with_share(columns: Iterable[str]) -> list[str]:
    """The names of columns, with ``share`` after ``installations``."""
    names = []
    for column in columns:
        names += [column, "share"] if column == "installations" else [column]
    return names
