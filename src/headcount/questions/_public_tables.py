"""The tables that the public sees, over confirmed installations, and those that it sees of few; there is no other.

A table counts installations by at most two attributes. To publish another one, add it here: the
publication, its pages, the data dictionary and the tests read this list. A sum over installations is
not for the public; its bands are.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Literal

from headcount.contract import CATALOG
from headcount.questions._bands import PORTIONS, SIZES, names, place
from headcount.questions._columns import release
from headcount.questions._kinds import KINDS
from headcount.questions._question import Breakdown
from headcount.questions._registry import REGISTRY
from headcount.questions._series import series
from headcount.questions.entries.coverage import LEVELS, SENDERS
from headcount.questions.entries.customization import PORTION_NAMES
from headcount.questions.entries.environments import PROTOCOLS
from headcount.questions.entries.plugins import BANDS
from headcount.warehouse import Cells

RARE = "rare"
"""The name that stands for all names on fewer than k installations."""

FEW = 300
"""Under so many confirmed installations, as their number is published, `TABLES_OF_FEW` are published alone."""


@dataclasses.dataclass(frozen=True)
class Names:
    """A column of names: values that nobody can list beforehand, and that may give an installation away.

    ``of``: the columns that a name decides, which are therefore not attributes of their own, each with
    all its values. ``rare``: where an installation can have several names, the statement that counts
    the installations with a name that is not in ``{said}``; None where each has one at most, so that
    their counts are added up. ``newest_first``: the names are versions, and stand in their order rather
    than in that of their counts.
    """

    column: str
    of: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    rare: str | None = None
    newest_first: bool = False


@dataclasses.dataclass(frozen=True)
class PublicTable:
    """A published table: one way to ask a question of the registry, over confirmed installations.

    ``attributes``: what tells its installations apart; ``counts``: the columns that count
    installations, ``installations`` first; ``names``: its columns of names; ``values``: all the values
    of its other columns, so that an empty row is there too; ``window``: the 13 months before the end of
    the week, or the last 12 months that are over; ``read`` returns the keys and the counts of a row of
    the statement, where the statement has other columns than the answer; ``noise``: what its counts have noise
    of their own by, where not that of all tables, so that two figures of the same installations differ.
    """

    question: str
    by: str
    title: str
    attributes: tuple[str, ...]
    counts: tuple[str, ...] = ("installations",)
    names: tuple[Names, ...] = ()
    values: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    window: Literal["alive", "months"] = "alive"
    read: Callable[[Cells], tuple[tuple[str, ...], tuple[int, ...]]] | None = None
    noise: str = ""

    @property
    def breakdown(self) -> Breakdown:
        """The way to ask, of the registry."""
        return REGISTRY[self.question].by[self.by]

    @property
    def keys(self) -> tuple[str, ...]:
        """Its columns that are not counts, in the order of the registry."""
        known = {*self.attributes, *(column for names in self.names for column in names.of)} - {*self.counts}
        return tuple(column.name for column in self.breakdown.shown.columns if column.name in known)

    @property
    def columns(self) -> tuple[str, ...]:
        """All its columns of the registry, in the order of the registry."""
        shown = {*self.keys, *self.counts}
        return tuple(column.name for column in self.breakdown.shown.columns if column.name in shown)


_CLASSES = Names("plugin", of={"kind": KINDS}, rare="plugins.rare")
_BANDED = Names("plugin", of={"kind": KINDS}, rare="plugins.bands.rare")
_WWW = Names("plugin", of={"kind": ("www",)}, rare="plugins.rare")


def _versions(product: str) -> tuple[PublicTable, PublicTable]:
    """Return the tables of the series and of the releases of a product, which are of the same installations.

    With the same noise, a series and its only named release would have the same figure exactly where nobody is on
    another one: so the releases have noise of their own.
    """
    by, title, names = product.lower(), f"Releases of {product}", (Names("version", newest_first=True),)
    of_series, of_releases = partial(_version, partial(series, by)), partial(_version, release)
    return (
        PublicTable("versions", by, f"Series of {product}", ("version",), names=names, read=of_series),
        PublicTable("versions", f"{by}.release", title, ("version",), names=names, read=of_releases, noise="release"),
    )


def _version(name: Callable[[int], str], row: Cells) -> tuple[tuple[str, ...], tuple[int, ...]]:
    number, installations = row
    return (name(number),), (installations,)


def _environment(by: str, title: str) -> PublicTable:
    return PublicTable("environments", by, title, ("value",), names=(Names("value"),))


def _crossed(by: str, title: str) -> PublicTable:
    return PublicTable("environments", by, title, ("value", "with"), names=(Names("value"), Names("with")))


def _size(row: Cells) -> tuple[tuple[str, ...], tuple[int, ...]]:
    size, installations = row
    return (_SIZES[place(size, SIZES)],), (installations,)


def _sizes(by: str) -> PublicTable:
    return PublicTable("sizes", by, f"Number of {by}", ("band",), values={"band": _SIZES}, read=_size)


def _portion(row: Cells) -> tuple[tuple[str, ...], tuple[int, ...]]:
    own, every, installations = row
    return (PORTION_NAMES[place(100 * own / max(every, 1), PORTIONS)],), (installations,)


def _coverage(by: str, title: str, values: tuple[str, ...]) -> PublicTable:
    return PublicTable("coverage", by, title, ("value",), values={"value": values})


_SIZES = tuple(names(SIZES))
_BUILDBOT = _versions("Buildbot")

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
    *_BUILDBOT,
    *(table for product in ("Python", "Twisted", "SQLAlchemy") for table in _versions(product)),
    PublicTable("plugins", "all", "Plugins", ("plugin", "customized"), ("installations", "customized"), (_CLASSES,)),
    PublicTable(
        "plugins", "bands", "Instances of plugins", ("plugin", "band"), names=(_BANDED,), values={"band": BANDS}
    ),
    PublicTable("plugins", "www", "Plugins of the web interface", ("plugin",), names=(_WWW,)),
    PublicTable(
        "customization",
        "portion",
        "How much is customized",
        ("band",),
        values={"band": PORTION_NAMES},
        read=_portion,
    ),
    _environment("system", "Operating systems"),
    _environment("distro", "Distributions"),
    _environment("machine", "Processors"),
    _environment("implementation", "Kinds of Python"),
    _environment("db", "Databases"),
    _environment("mq", "Message queues"),
    PublicTable("environments", "protocol", "Protocols of workers", ("value",), values={"value": PROTOCOLS}),
    _crossed("system,machine", "Operating systems and processors"),
    _crossed("distro,db", "Distributions and databases"),
    *(_sizes(by) for by in ("workers", "builders", "steps")),
    _coverage("field", "Who answers what", tuple(field.path for field in CATALOG)),
    _coverage("level", "Levels of reports", LEVELS),
    _coverage("sender", "Reporters", SENDERS),
)
"""Every table, in the order of the public page."""

TABLES_OF_FEW: tuple[PublicTable, ...] = (
    PublicTable("installs", "state", "Installations", ("state",), values={"state": ("alive",)}),
    _BUILDBOT[0],
)
"""What is published of few installations: their number, and the series of Buildbot that they run."""


def public_table(question: str, by: str) -> PublicTable:
    """Return the public table of a question and its ``by``.

    Raises StopIteration where none is published.
    """
    return next(table for table in PUBLIC_TABLES if (table.question, table.by) == (question, by))


def with_share(columns: Iterable[str]) -> list[str]:
    """Return the names of columns, with ``share`` after ``installations``."""
    names = []
    for column in columns:
        names += [column, "share"] if column == "installations" else [column]
    return names
