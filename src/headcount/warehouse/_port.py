"""The port of the warehouse: what the loader and the questions may ask of any engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from headcount.contract import Arrival

Parameters = Mapping[str, str | int]
"""Values of the ``$names`` in a statement. A day is an ISO string."""


Cells = tuple[Any, ...]
"""A row of a statement: numbers as int or float, texts as str, days as `datetime.date`, arrays as lists of them."""


class Snapshot(Protocol):
    """A view of the warehouse in which nothing changes between two questions."""

    @property
    def once(self) -> bool:
        """Whether each row is held once; elsewhere one that was delivered twice may stand there twice for a while."""

    def query(self, sql: str, parameters: Parameters) -> list[Cells]:
        """The rows of a statement."""

    def data_until(self) -> int | None:
        """When the newest report came, Unix time; None while there is none."""


class Warehouse(Protocol):
    """Where reports live and are asked."""

    def load(self, arrivals: Sequence[Arrival], *, inbox: str, through: int, now: float | None = None) -> None:
        """Add arrivals, and the mark of how far ``inbox`` is loaded, all or nothing.

        Loading the same arrivals again changes no answer, nor does a report that was sent again. What is later than ``now``
        (Unix time, seconds) is set apart.
        """

    def mark(self, inbox: str) -> int:
        """The last row of ``inbox`` that was loaded; 0 where none was."""

    def snapshot(self) -> AbstractContextManager[Snapshot]:
        """A snapshot to ask."""

    def was_published(self, week: str) -> bool:
        """Whether a week (``2026-W47``) was published, or may have been."""

    def note_published(self, week: str, states: Mapping[int, int] | None = None) -> None:
        """Note that a week is published, or may have been; ``states``: of whom its tables were computed, if they were."""

    def close(self) -> None:
        """Give the warehouse up."""
