"""What an inbox holds: reports, scrubbed and under pseudonyms, and notes of bodies that were thrown away."""

from __future__ import annotations

from typing import NamedTuple

REPORT = "report"
"""The kind of an arrival that is a report."""

REPEAT = "repeat"
"""The kind of a report that stock Buildbot says it sent before."""

ANONYMOUS = "anonymous"
"""The kind of a report without an install id."""

DAMAGED = "damaged"
"""The kind of the note that an arrival was thrown away, since it could not be loaded."""

WITH_PROFILE = frozenset({REPORT, REPEAT, ANONYMOUS})
"""The kinds that carry a profile. Any other kind notes a drop."""

EARLIEST = 946_684_800
"""2000-01-01, Unix time: no report is older."""

LATEST = (1 << 32) - 1
"""In 2106, Unix time: an engine stores no later moment of a report."""


class Arrival(NamedTuple):
    """A report as an inbox holds it, or the note of a drop.

    ``received``: Unix time, seconds. ``install`` and ``profile``: pseudonyms of 63 bits; ``install`` is 0
    for `ANONYMOUS`. ``content``: the profile's canonical bytes. ``stock``: for an installation with a
    secret the pseudonym of its id alone, else 0. ``report``: the pseudonym of the report's id, 0 where it
    had none. ``what``: the kind. ``crowded``: it is of one installation too many of its block of addresses
    on that day, so that it is not believed where it is new.

    For a drop, ``what`` says why the body was thrown away, ``install`` is a pseudonym of the body, and the
    rest is empty.
    """

    received: int
    install: int
    profile: int
    content: bytes
    stock: int = 0
    report: int = 0
    what: str = REPORT
    crowded: bool = False


class Batch(NamedTuple):
    """Arrivals that wait in an inbox, in the order of its rows; empty where none waits.

    ``through``: the row of the last one, or the row after which was asked where there is none.
    """

    arrivals: list[Arrival]
    through: int
