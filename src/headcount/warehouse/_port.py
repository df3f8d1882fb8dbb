"""The port of the warehouse: what the rest of Headcount may ask of any engine, in three protocols by who asks it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from typing import Any, Literal, NamedTuple, Protocol

from headcount.contract import Arrival
from headcount.warehouse._floods import FloodRule

Parameters = Mapping[str, str | int]
"""Values of the ``$names`` in a statement. A day is an ISO string."""

Cells = tuple[Any, ...]
"""A row of a statement: whole numbers, floats, strings, dates, lists of them, or None."""


Kind = Literal["text", "day", "count", "share"]
"""What a column of a table holds."""


Progress = Callable[[str, float], None]
"""Is told of long work: what is done, and which part of it is, from 0 to 1."""


def silent(_what: str, _share: float) -> None:
    """Say nothing of the progress of a work."""


class Generation(NamedTuple):
    """Which state of the data an answer is of.

    ``data`` grows with each change; ``corrections`` with each change that is no load: an erasure, a rebuild, another
    file. No answer from before a correction may be shown after it.
    """

    data: int
    corrections: int


class Holding(NamedTuple):
    """All that is held of an installation; false where that is nothing.

    ``sightings``: UTC day, time of the last report on it (ISO 8601), and which of ``profiles``, by number from 0;
    ``profiles``: what each says, by column; ``apart``: times of reports that are not believed, since the clock was wrong.
    """

    sightings: Sequence[Mapping[str, object]]
    profiles: Sequence[Mapping[str, object]]
    apart: Sequence[str]

    def __bool__(self) -> bool:
        return bool(self.sightings or self.apart)


class Finding(NamedTuple):
    """What the doctor says of a part: whether it is well, and in words what is there, or what is wrong and what to do."""

    well: bool
    what: str


class Snapshot(Protocol):
    """A view of the warehouse in which nothing changes between two statements."""

    @property
    def once(self) -> bool:
        """Whether each row is held once; elsewhere a row that was delivered twice may stand there twice for a while."""

    def query(self, sql: str, parameters: Parameters) -> list[Cells]:
        """Return the rows of a statement."""

    def data_until(self) -> int | None:
        """Return when the newest report came, Unix time; None while there is none."""

    def set_apart(self) -> int:
        """Return how many installations a flood set apart that are not released."""


class Asking(Protocol):
    """What questions ask."""

    def snapshot(self) -> AbstractContextManager[Snapshot]:
        """Yield a snapshot. Raises `WarehouseUnavailable`."""

    def generation(self) -> Generation:
        """Return which state of the data an answer would be of now."""


class Loading(Protocol):
    """What the loader does."""

    floods: FloodRule
    """How many newcomers are believed on a day; the next load takes it up."""

    def load(self, arrivals: Sequence[Arrival], *, inbox: str, through: int, now: float | None = None) -> None:
        """Add arrivals, and the mark of how far ``inbox`` is loaded; on return they are durable.

        Loading the same arrivals again changes no answer, nor does a report that was sent again. What is later than
        ``now`` (Unix time, seconds) is set apart; what is found damaged is noted as a drop. Raises `WarehouseUnavailable`,
        and `Unloadable` where something in the arrivals cannot be loaded: then nothing was, and they are not to be tried
        again together.
        """

    def mark(self, inbox: str) -> int:
        """Return the last row of ``inbox`` that is known to be loaded; 0 where none is. Raises `WarehouseUnavailable`."""

    def loaded_inboxes(self) -> list[str]:
        """Return the names of all inboxes of which something was loaded. Raises `WarehouseUnavailable`."""


class Keeping(Protocol):
    """What an operator does, and what is done day by day. Each method raises `WarehouseUnavailable`."""

    @property
    def place(self) -> str:
        """Where the data lie, in a word or two for the privacy page: such as the file's name."""

    def keep_time(self, now: float) -> int:
        """Set apart what is later than ``now``, and bring back what a clock that stepped on has passed.

        Return how many sightings moved.
        """

    def move(self, name: str, since: int, through: int, by: int) -> None:
        """Move what was received from ``since`` through ``through``, Unix time, by so many seconds: the clock was wrong.

        What was set apart since a clock was behind comes back. A move under the name of the last one changes nothing.
        """

    def holding(self, install: int) -> Holding:
        """Return what is held of an installation, by its pseudonym."""

    def heirs(self, stock: int) -> list[int]:
        """Return the pseudonyms with a secret that came with this stock pseudonym."""

    def stock_half(self, install: int) -> int | None:
        """Return the stock pseudonym that is one installation with this one, which has a secret; None where none is."""

    def erase(self, installs: Sequence[int], until: int, receipt: str | None = None) -> None:
        """Take installations out of all answers; what was received of them up to ``until``, Unix time, stays out.

        Profiles that nobody has any more go too. The receipt is stored until `rewrite` has taken the rest off the disk.
        """

    def tombstones(self) -> dict[int, int]:
        """Return the installations that were erased, and up to when, Unix time."""

    def receipt(self, receipt: str) -> tuple[int, int | None] | None:
        """Return when an erasure left the answers and when the disk, Unix time; None where there is no such receipt."""

    def oldest_erasure(self) -> int | None:
        """Return when the oldest erasure was asked for that is still on the disk, Unix time; None where there is none."""

    def rewrite(self, now: float) -> None:
        """Take what was deleted off the disk, and note so on the receipts. Raises OSError where there is no room."""

    def compact(self, now: float) -> bool:
        """Rewrite what grew, at most once a day; return whether it was done."""

    def expire(self, before: date, ids_before: date) -> bool:
        """Take away the sightings from before a day, but for their counts; return whether there were any.

        The ids of reports go that came before ``ids_before``.
        """

    def rebuild(self) -> None:
        """Compute the derived tables again from the sightings and profiles."""

    def was_published(self, week: str) -> bool:
        """Return whether a week (``2026-W47``), or a record by its name, was published, or may have been."""

    def note_published(self, week: str) -> None:
        """Note that a week may have been published, or the records of a quarter: it is not computed again."""

    def publish(self, name: str, document: str, states: Mapping[int, int] | None = None) -> str:
        """Store what is published of a week, or as a record of this name, unless something is; return what is stored.

        Of several processes that do it at once, one stores its own. ``states``: those that the tables of a week count. What
        is stored is in the table ``documents``.
        """

    def take_over(self, tables: Mapping[str, Sequence[Cells]]) -> None:
        """Take rows of tables of another warehouse of the same key, by name: see `TAKEN_OVER`.

        A row that is held is not added; one of ``origins`` or ``daily`` replaces that of the same installation or day. All
        that is derived is computed anew with them, in one change.
        """

    def forget_key(self) -> int:
        """Forget under which key the pseudonyms are: the next owner's holds. Return how many installations there are."""

    def examine(self, now: float) -> Iterable[Finding]:
        """Read all that is held, and say what is wrong with it when it is ``now``, Unix time. Raises nothing."""

    def close(self) -> None:
        """Give the warehouse up. Raises nothing."""


class Warehouse(Asking, Loading, Keeping, Protocol):
    """Where reports live and are asked."""


TAKEN_OVER: Mapping[str, tuple[str, ...]] = {
    "origins": ("install", "stock", "first_at", "first_profile", "agrees"),
    "repeats": ("install", "profile", "last"),
    "crowded": ("install", "day"),
    "veterans": ("install",),
    "daily": ("day", "installs", "newcomers"),
    "drops": ("day", "kind", "body"),
    "reports": ("report", "day"),
    "tombstones": ("install", "until"),
    "receipts": ("receipt", "asked", "disk"),
    "published": ("install", "profile"),
    "facts": ("name", "value"),
    "documents": ("name", "document"),
}
"""What one warehouse takes over from another beside its reports: tables, and their columns in order.

Of ``facts`` those named `HELD_SINCE`, `published` and `published states`: the others are of a warehouse itself.
"""

HELD_SINCE = "held since"
"""The fact of the last retention: the day from which on sightings are held."""

REPORT_DAYS = 90
"""For so many days the id of a report is stored, so that a report that is sent again is known."""
