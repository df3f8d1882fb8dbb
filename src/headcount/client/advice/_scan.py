"""What a configuration uses that Buildbot has deprecated or removed, found by syntax."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Optional

from headcount.client.advice._concern import Concern
from headcount.client.advice._sources import Source

Release = tuple[int, int, int]


def find(sources: Sequence[Source], classes: Iterable[str], running: Optional[Release]) -> list[Concern]:
    """Return a concern for each use, in the order of places; classes are the dotted names of a full report."""
    raise NotImplementedError(sources, classes, running)
